# ruff: noqa: E501
"""What a plan lacks is found, and honest ways to write a plan are not complained about."""

from __future__ import annotations

import pytest

from planned import IN_OTHER_WORDS, PLAN, SPEC, SPEC_WITH_IDS
from sous.plan.check import holes_in

Changes = list[tuple[str, str]]


def changed(plan: str, changes: Changes) -> str:
    for old, new in changes:
        assert old in plan
        plan = plan.replace(old, new)
    return plan


HONEST: dict[str, Changes] = {
    "as asked": [],
    "slash": [("**Covers:** Data handling; Error handling", "**Covers:** Data handling / Error handling")],
    "and": [("**Covers:** Data handling; Error handling", "**Covers:** Data handling and Error handling")],
    "ampersand": [("**Covers:** Data handling; Error handling", "**Covers:** Data handling & error handling")],
    "path": [("**Covers:** Search", "**Covers:** Requirements > Search")],
    "arrow": [("**Covers:** Search", "**Covers:** Requirements → Search")],
    "parens": [("**Covers:** Import from browsers", "**Covers:** Requirements (Import from browsers)")],
    "ticked": [("**Covers:** Import from browsers", "**Covers:** `Import from browsers`, `Search`")],
    "hashes": [("**Covers:** Import from browsers", "**Covers:** ### Import from browsers")],
    "half": [("**Covers:** Search", "**Covers:** Search (limits only); Import from browsers — folders")],
    "dash": [("**Covers:** Search", "**Covers:** Requirements \u2013 Search")],
    "italic": [("**Covers:** Dead links", "**Covers:** *Dead links*, _Search_")],
    "and joined": [("**Covers:** Dead links", "**Covers:** Dead links, Error-handling and Search")],
    "singular": [("**Covers:** Dead links", "**Covers:** Dead link; Requirements: Search")],
    "no bold": [("- **Covers:** Dead links", "- Covers: Dead links")],
    "colon outside": [("- **Covers:** Dead links", "- **Covers**: Dead links")],
    "section": [("**Covers:** Search", '**Covers:** the section "Search"')],
    "oxford": [("**Covers:** Adding and tagging", "**Covers:** Adding & tagging")],
    "range": [("steps 3 and 4", "steps 1-4")],
    "range words": [("steps 3 and 4", "steps 1 to 4")],
    "all before": [("steps 3 and 4", "all previous steps")],
    "builds with names": [("**Builds on:** step 1\n", "**Builds on:** Step 1 (The store)\n")],
    "wired by main": [("**Wired in by:** step 5", "**Wired in by:** `bm/cli.py` calls it")],
    "wired n/a at the end": [
        ("tests/test_check.py`\n- **Wired in by:** this step", "tests/test_check.py`\n- **Wired in by:** n/a")
    ],
    "verify inline": [
        (
            "**Verify:**\n\n- a server that answers 410 marks its link",
            "**Verify:** a server that answers 410 marks its link",
        )
    ],
    "verify boxes": [("- a server that answers 410", "- [ ] a server that answers 410")],
    "verify fence": [
        ("- a server that answers 410 marks its link", "```sh\npython -m pytest -q tests/test_check.py\n```")
    ],
    "verify numbers": [("- a server that answers 410 marks its link", "1. start a server\n2. run `bm check`")],
    "verify heading": [("**Verify:**\n\n- a server", "### How to verify\n\n- a server")],
    "files nested": [
        (
            "- **Files:** `bm/check.py`, `bm/cli.py`, `tests/test_check.py`",
            "- **Files:**\n  - `bm/check.py`\n  - `tests/test_check.py`",
        )
    ],
    "files plain": [
        (
            "- **Files:** `bm/check.py`, `bm/cli.py`, `tests/test_check.py`",
            "- **Files:** bm/check.py, tests/test_check.py",
        )
    ],
    "points at code": [("Test it against", "Use `Store` that step 1 made in `bm/store.py`. Test it against")],
    "above in itself": [
        ("Case and accents", "- title\n- URL\n- tags\n\nThe fields above are all searched. Case and accents")
    ],
    "rfc": [("Test it against", "Follow redirects as in RFC 9110, section 15.4. Test it against")],
}


@pytest.mark.parametrize("changes", HONEST.values(), ids=HONEST.keys())
def test_a_plan_may_be_worded_in_many_ways(changes: Changes) -> None:
    assert holes_in(changed(PLAN, changes), SPEC) == []


HOLES: dict[str, tuple[Changes, str]] = {
    "heading dropped": ([("**Covers:** Import from browsers", "**Covers:** Search")], "Import from browsers"),
    "no prompt": (
        [
            (
                "```text\nAdd `bm import FILE` to `bm/cli.py`: read the HTML export that Firefox and Chrome write (`bm/importing.py`, with\nhtml.parser). The names of folders become tags. A link that exists already is skipped and counted as skipped.\n```\n",
                "",
            )
        ],
        "step 4",
    ),
    "no verify": ([("**Verify:**\n\n- `bm find Café` finds cafe", "")], "Step 3"),
    "no files": ([("- **Files:** `bm/search.py`, `bm/cli.py`, `tests/test_search.py`\n", "")], "Step 3"),
    "files none": ([("**Files:** `bm/search.py`, `bm/cli.py`, `tests/test_search.py`", "**Files:** none")], "Step 3"),
    "orphan": (
        [("**Builds on:** step 1", "**Builds on:** nothing"), ("**Wired in by:** step 2", "**Wired in by:** nothing")],
        "Step 1",
    ),
    "builds later": ([("**Builds on:** step 1", "**Builds on:** step 4")], "Step 2"),
    "number twice": ([("## Step 4", "## Step 3")], "number 3"),
    "gap": ([("## Step 5", "## Step 6")], "numbered"),
    "as in the spec": (
        [("Print 50 results at most, with `--all` every one.", "Limit the results as described in the specification.")],
        "Step 3",
    ),
    "like step 2": ([("Print 50", "Parse arguments the same way as in step 2. Print 50")], "Step 3"),
    "previous prompt": ([("Print 50", "Keep the format from the previous prompt. Print 50")], "Step 3"),
    "as discussed": ([("Print 50", "Sort as we discussed. Print 50")], "Step 3"),
    "requirement removed from prompt": (
        [(" Case and accents are ignored when matching.", ""), ("- `bm find Café` finds cafe", "- `bm find x` works")],
        "accents",
    ),
    "limit removed": ([(" Print 50 results at most, with `--all` every one.", "")], "50"),
    "retry removed": (
        [
            (
                " Where the database is locked, try again for 2 seconds, then print `the database is in use` and exit with 1.",
                "",
            )
        ],
        "locked",
    ),
    "scheme removed": (
        [
            (
                " A URL without scheme gets `https://`\nin front. What is no URL prints `not a URL: X` and exits with code 2.",
                "",
            )
        ],
        "scheme",
    ),
    "see spec.md": ([("Test it against", "See spec.md for what is a dead link. Test it against")], "Step 5"),
    "wired by missing": ([("**Wired in by:** step 5", "**Wired in by:** step 9")], "Step 4"),
}


@pytest.mark.parametrize(("changes", "says"), HOLES.values(), ids=HOLES.keys())
def test_a_hole_is_found(changes: Changes, says: str) -> None:
    assert any(says in hole for hole in holes_in(changed(PLAN, changes), SPEC))


def covering(*covers: str) -> str:
    lines = [line for line in IN_OTHER_WORDS.splitlines() if line.startswith("- **Covers:**")]
    new = [f"- **Covers:** {one}" for one in covers]
    return changed(IN_OTHER_WORDS, list(zip(lines, new, strict=True)))


@pytest.mark.parametrize(
    "covers",
    [
        ("Data handling, Error handling", "R1, R2", "R3\u2013R5", "R6 and R7", "R8"),
        ("Data handling, Error handling", "1", "\u00a72", "Section 3", "4"),
        ("Data handling, Error handling", "1-2", "Section 2", "3", "4 Export"),
    ],
    ids=["ids", "numbers", "a range"],
)
def test_a_requirement_may_be_named_by_its_number(covers: tuple[str, ...]) -> None:
    assert holes_in(covering(*covers), SPEC_WITH_IDS) == []


LOST: dict[str, tuple[Changes, str]] = {
    "R2": (
        [(" Deleting somebody with outstanding debts must fail with 422 and report the outstanding amount.", "")],
        "R2",
    ),
    "R5": (
        [(" PATCH is permitted during the first 30 days; later the expense is read-only and PATCH answers 403.", "")],
        "R5",
    ),
    "R4": (
        [(" Split the amount evenly by default, or by optional weights; leftover cents are charged to the payer.", "")],
        "R4",
    ),
    "only its id": (
        [
            (
                " A month that was settled becomes locked: its expenses cannot be changed, and the page shows it in grey.",
                " Implement R7.",
            )
        ],
        "Implement R7",
    ),
    "no id": ([(" Rows are soft-deleted through a `deleted_at` column, never physically.", "")], "deleted"),
    "an id in Covers": ([("1. Members (R1, R2)", "1. Members (R1)")], "no step covers R2"),
}


@pytest.mark.parametrize(("changes", "says"), LOST.values(), ids=LOST.keys())
def test_a_requirement_that_no_prompt_says_is_lost(changes: Changes, says: str) -> None:
    assert holes_in(IN_OTHER_WORDS, SPEC_WITH_IDS) == []
    assert any(says in hole for hole in holes_in(changed(IN_OTHER_WORDS, changes), SPEC_WITH_IDS))
