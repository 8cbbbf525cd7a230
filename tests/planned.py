# ruff: noqa: E501
"""Two specifications with plans for them that lack nothing, for tests that take something away.

The plan for the second says all in other words, and the specification has ids.
"""

SPEC = """# Bookmarks

## Overview

A command line tool that keeps links.

## Requirements

### Adding and tagging

- `bm add URL [--tag NAME]` stores a link; the same URL again updates its tags and keeps its date.
- A URL without a scheme gets `https://`; one that is no URL prints `not a URL: X` and exits with 2.

### Search

- `bm find WORDS` lists links whose title, URL or tags contain all words, newest first.
- Matching ignores case and accents.
- At most 50 results are printed; `--all` lifts the limit.

### Import from browsers

- `bm import FILE` reads the HTML export of Firefox and Chrome; folders become tags.
- Links that are there already are counted as skipped.

### Dead links

- `bm check` requests every link with a timeout of 5 seconds, 8 at a time, and marks those that answer 404 or 410.

### Out of scope

- No synchronisation between machines.

## Architecture

One Python package `bm`, SQLite through the standard library.

## Data handling

- Links are kept in `~/.local/share/bm/links.db`; every write is one transaction.

## Error handling

- A locked database is tried again for 2 seconds, then `the database is in use` is printed and the exit code is 1.

## Testing plan

pytest, `python -m pytest -q`.
"""

PLAN = """# Plan: Bookmarks

## Blueprint

- storage, then commands

- **Test command:** `python -m pytest -q`

## Step 1: The store

- **Builds on:** nothing
- **Files:** `bm/store.py`, `tests/test_store.py`
- **Covers:** Data handling; Error handling
- **Tests:** `tests/test_store.py`
- **Wired in by:** step 2

```text
Create `bm/store.py` with class `Store(path)` on SQLite, by default `~/.local/share/bm/links.db`. Every write is one
transaction. Where the database is locked, try again for 2 seconds, then print `the database is in use` and exit with 1.
Begin with tests in `tests/test_store.py`.
```

**Verify:**

- `python -m pytest -q` passes

## Step 2: Adding links

- **Builds on:** step 1
- **Files:** `bm/cli.py`, `tests/test_add.py`
- **Covers:** Adding and tagging
- **Tests:** `tests/test_add.py`
- **Wired in by:** this step

```text
Create `bm/cli.py` with argparse and the command `bm add URL [--tag NAME]`. It stores the link through `Store` of
`bm/store.py`; when the URL is there already, its tags are updated and its date stays. A URL without scheme gets `https://`
in front. What is no URL prints `not a URL: X` and exits with code 2.
```

**Verify:**

- `bm add example.org` stores https://example.org

## Step 3: Finding links

- **Builds on:** step 2
- **Files:** `bm/search.py`, `bm/cli.py`, `tests/test_search.py`
- **Covers:** Search
- **Tests:** `tests/test_search.py`
- **Wired in by:** this step

```text
Add `bm find WORDS` to `bm/cli.py`, its logic in `bm/search.py`. A link is listed when all words occur in its title, URL or
tags, the newest first. Case and accents are ignored when matching. Print 50 results at most, with `--all` every one.
```

**Verify:**

- `bm find Café` finds cafe

## Step 4: Importing

- **Builds on:** step 2
- **Files:** `bm/importing.py`, `bm/cli.py`, `tests/test_importing.py`
- **Covers:** Import from browsers
- **Tests:** `tests/test_importing.py`
- **Wired in by:** step 5

```text
Add `bm import FILE` to `bm/cli.py`: read the HTML export that Firefox and Chrome write (`bm/importing.py`, with
html.parser). The names of folders become tags. A link that exists already is skipped and counted as skipped.
```

**Verify:**

- importing the same file twice skips all

## Step 5: Dead links

- **Builds on:** steps 3 and 4
- **Files:** `bm/check.py`, `bm/cli.py`, `tests/test_check.py`
- **Covers:** Dead links
- **Tests:** `tests/test_check.py`
- **Wired in by:** this step

```text
Add `bm check` to `bm/cli.py`, with `bm/check.py`: request each link with a timeout of 5 seconds, 8 of them at a time
(ThreadPoolExecutor), and mark those that answer with 404 or 410. Test it against a local http.server.
```

**Verify:**

- a server that answers 410 marks its link
"""

SPEC_WITH_IDS = """# Splitit

## Overview

Shared expenses for a flat.

## Requirements

### 1. Members

- R1: A member has a name of 1 to 40 characters; a second member of the same name is refused with status 409.
- R2: A member who has open debts cannot be removed; the answer is 422 with the amount that is open.

### 2. Expenses

- R3: An expense has a payer, an amount in cents greater than zero, a currency of three letters and a text.
- R4: It is shared equally unless weights are given; rest cents go to the payer.
- R5: Expenses can be corrected for 30 days, after that they are read only.

### 3. Settling

- R6: The suggestion uses as few payments as possible.
- R7: Settled months are locked and shown in grey.

### 4. Export

- R8: `GET /export.csv` has one line per expense, UTF-8 with BOM, semicolons between columns.

### Non-goals

- No app for phones.

## Data handling

- PostgreSQL; amounts are integers. Nothing is ever deleted, rows get `deleted_at`.

## Error handling

- Every error is JSON `{"error": text}`; unknown paths answer 404.
"""

IN_OTHER_WORDS = """# Plan: Splitit

## Blueprint

- x

## Step 1: Schema

- **Builds on:** nothing
- **Files:** `app/db.py`
- **Covers:** Data handling; Error handling
- **Tests:** `app/db.py`
- **Wired in by:** step 2

```text
Set up `app/db.py` with SQLAlchemy against PostgreSQL. Store money as integer cents. Rows are soft-deleted through a `deleted_at` column, never physically. Add an error handler in `app/main.py` that turns each exception into JSON of the form {"error": text}; a path that doesn't exist yields 404.
```

**Verify:**

- pytest passes

## Step 2: Flatmates

- **Builds on:** step 1
- **Files:** `app/members.py`, `tests/test_members.py`
- **Covers:** 1. Members (R1, R2)
- **Tests:** `app/members.py`, `tests/test_members.py`
- **Wired in by:** this step

```text
Build POST /members and DELETE /members/{id} in `app/members.py`. Names are between 1 and 40 characters long; posting a duplicate name must yield 409. Deleting somebody with outstanding debts must fail with 422 and report the outstanding amount.
```

**Verify:**

- a duplicate gives 409

## Step 3: Booking expenses

- **Builds on:** step 2
- **Files:** `app/expenses.py`, `tests/test_expenses.py`
- **Covers:** 2. Expenses (R3-R5)
- **Tests:** `app/expenses.py`, `tests/test_expenses.py`
- **Wired in by:** this step

```text
POST /expenses takes payer, amount (integer cents, > 0), currency (ISO code, three letters) and text. Split the amount evenly by default, or by optional weights; leftover cents are charged to the payer. PATCH is permitted during the first 30 days; later the expense is read-only and PATCH answers 403.
```

**Verify:**

- ten euros by three

## Step 4: Who pays whom

- **Builds on:** step 3
- **Files:** `app/settle.py`, `tests/test_settle.py`
- **Covers:** 3. Settling: R6 and R7
- **Tests:** `app/settle.py`, `tests/test_settle.py`
- **Wired in by:** this step

```text
Compute in `app/settle.py` the suggestion with the minimal number of payments (greedy on the sorted balances). A month that was settled becomes locked: its expenses cannot be changed, and the page shows it in grey.
```

**Verify:**

- four people need three payments at most

## Step 5: CSV

- **Builds on:** steps 1 and 3
- **Files:** `app/export.py`, `tests/test_export.py`
- **Covers:** 4. Export
- **Tests:** `app/export.py`, `tests/test_export.py`
- **Wired in by:** this step

```text
Serve `GET /export.csv`: a row for each expense, columns separated by semicolons, encoded as UTF-8 with a BOM.
```

**Verify:**

- open it in a spreadsheet
"""
