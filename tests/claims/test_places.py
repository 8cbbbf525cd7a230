"""Quotes, names and literals are looked for at the lines that their finding names."""

from __future__ import annotations

import pytest

from scene import packed
from sous.bundle.read import bundle_from
from sous.claims.check import check_report
from sous.claims.evidence import Evidence

RUST = """\
use std::fs;

const LIMIT: usize = 40;

fn load(path: &str) -> String {
    let raw = fs::read_to_string(path).unwrap();
    raw.trim().to_string()
}

fn total(rows: &[u32]) -> u32 {
    let sum = rows.iter().skip(1).sum();
    sum
}
"""
SHORT = "fn load() {}\n"
FILES = {"src/io.rs": RUST, "src/net/io.rs": SHORT, "Cargo.toml": 'name = "x"\nedition = "2021"\n'}
BODY = "\n".join(RUST.split("\n")[4:7])
FIRST = "let raw = fs::read_to_string(path).unwrap();"


def verdicts(report: str) -> list[str]:
    evidence = Evidence(bundle_from(packed(FILES).encode(), None))
    return [one.verdict.value for one in check_report(report, evidence).judged]


def fence(code: str, info: str = "rust") -> str:
    return f"```{info}\n{code}\n```\n"


@pytest.mark.parametrize(
    "report",
    [
        f"### Panics (`src/io.rs:6`)\n\n`{FIRST}` panics.\n",
        f"### Panics\n\n- **Location:** `src/io.rs:5-8`\n- **Severity:** low\n\n`{FIRST}` panics.\n",
        f"| # | Where | What |\n|---|---|---|\n| 1 | `src/io.rs:6` | `{FIRST}` panics |\n",
        "### Panics (`src/io.rs:5-8`)\n\nThe function `load` panics.\n",
        '### Old (`Cargo.toml:2`)\n\n`edition = "2021"` is old.\n',
        '### Old (`Cargo.toml:2`)\n\nThe edition is "2021" here.\n',
        "### Low (`src/io.rs:3`)\n\n`LIMIT` is too low.\n",
        "### Low (`src/io.rs:3`)\n\nThe limit is 40.\n",
        "### Low (`src/io.rs:3`)\n\n`LIMIT` is 40.\n",
        "`load/total` in `src/io.rs` have no tests.\n",
        f"`{FIRST}` (`src/io.rs:6`), `sum` (`src/io.rs:12`)\n",
        f"At `src/io.rs:6`:\n\n{fence(FIRST, 'text')}",
        f"At `src/io.rs:6`:\n\n{fence(FIRST, 'md')}",
        "`.../src/io.rs:5-8`: `load` panics.\n",
        f"Here it is.\r\n\r\n````markdown\r\n# Review\r\n\r\n`src/io.rs:6`: `{FIRST}`\r\n\r\nIt panics.\r\n````\r\n",
    ],
)  # fmt: skip
def test_what_stands_at_the_place_is_verified(report: str) -> None:
    said = verdicts(report)
    assert "verified" in said
    assert not {"moved", "unproven"} & set(said)


@pytest.mark.parametrize(
    "report",
    [
        f"### Panics (`src/io.rs:12`)\n\n`{FIRST}` panics.\n",
        f"### Panics (`src/io.rs:6`)\n\n`{FIRST.replace('unwrap', 'expect')}` panics.\n",
        "### Panics (`src/io.rs:10-13`)\n\n`load` panics.\n",
        "### Panics (`src/io.rs:5-8`)\n\n`load_all` panics.\n",
        '### Old (`Cargo.toml:2`)\n\n`edition = "2024"` is new.\n',
        '### Old (`Cargo.toml:2`)\n\nThe edition is "2024" here.\n',
        "### Low (`src/io.rs:3`)\n\nThe limit is 400.\n",
        "### Low (`src/io.rs:3`)\n\n`LIMIT` is 400.\n",
        f"At `src/io.rs:5-7`:\n\n{fence('fn load(path: &Path) -> String {', 'md')}",
        "`src/io.rs` panics in two places (60, 120).\n",
        "Lines 1-6 in `src/io.rs` and `Cargo.toml`: bad names.\n",
        "### Low (`src/io.rs:3`)\n\nLIMIT is 400, which is fine.\n".replace("LIMIT is", "LIMIT ="),
        f"`sum` (`src/io.rs:6`), `{FIRST}` (`src/io.rs:12`)\n",
        f"At `src/io.rs:5-7`:\n\n{fence(BODY.replace('trim', 'strip'), 'text')}",
    ],
)  # fmt: skip
def test_what_stands_elsewhere_or_otherwise_is_not_verified(report: str) -> None:
    assert {"moved", "unproven"} & set(verdicts(report))


@pytest.mark.parametrize(
    "report",
    [
        "`src/io.rs:5-8`: with `name = 'a b'` as input it panics.\n",
        "`src/io.rs:5-8`: this has no `timeout = 30`.\n",
        f"`src/io.rs:5-8`: Better:\n\n{fence('let raw = fs::read(path)?;')}",
        f"`src/io.rs:5-8`: So laesst es sich nachstellen:\n\n**Reproduktion:**\n\n{fence('load(None);')}",
        f"**To reproduce** (`src/io.rs:5-8`):\n\n{fence('let x = load(1);')}",
        "It came with `a14c335`, see `cargo test --test tests/nope.rs`.\n",
        f"Loading twice panics (`src/io.rs:5-8`):\n\n{fence('let a = load(one);')}",
        "`${HOME}/src/io.rs` is read (`src/io.rs:5`).\n",
        "Run `pytest -q tests/test_nope.py -k x`.\n",
        f"`src/io.rs:5-8` prints:\n\n{fence('thread main panicked at nothing', 'text')}",
    ],
)
def test_what_is_no_claim_is_not_marked(report: str) -> None:
    assert not {"moved", "unproven"} & set(verdicts(report))


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        ("`src/io.rs:5-8` is long.\n", ["located"]),
        ("`src/io.rs` (5, 12)\n", ["located", "located"]),
        ("`src/io.rs` panics when the file is gone (5-8).\n", ["located", "located"]),
        ("In `src/io.rs` since then (2019-2024), as in f(5, 8) and (8, 5).\n", ["located"]),
        ("`src/io.rs:5` and `Cargo.toml:1`\n", ["located", "located"]),
        ("### Long (`src/io.rs:5-8`)\n\nThe loop on line 7 ends.\n", ["located", "located"]),
        ("`io.rs:12` ends.\n", ["located"]),  # the longer of two files of one name
        ("`io.rs:1` begins.\n", ["ambiguous"]),
        ("## `src/net/io.rs`\n\n`io.rs:1` begins.\n", ["located", "located"]),
    ],
)
def test_a_place_that_nothing_proves_is_located(report: str, expected: list[str]) -> None:
    assert verdicts(report) == expected


def test_a_block_of_code_belongs_to_the_place_of_its_heading() -> None:
    report = f"### Panics (`src/io.rs:6`, called at `Cargo.toml:1`)\n\n{fence(FIRST)}"
    assert verdicts(report) == ["verified", "located"]


STORE = """\
import os

COPIES = 3


class Store:
    # keeps what was asked
    def __init__(self, path):
        self.path: str | None = path
        self.file = open(path + "/store.json", encoding="utf-8")
        os.truncate(path, 12)

    def token(self):
        return secrets.token_hex(16)


def main():
    store = Store(".")
    prune(store.path)
    if store.file:
        prune(store.path)
"""
CUT = "os.truncate(path, 12)  # line 11\n...\nreturn secrets.token_hex(16)  # here"
TICKS = "# ❌ wrong\nCOPIES = 3\n# ✅ right\nCOPIES = 9"
PICKED = "COPIES = 3\nreturn secrets.token_hex(16)\nos.truncate(path, 12)"
STORED = {"src/store.py": STORE, "src/other.py": "LIMIT = 1\nQUIET = True\n", "src/helpers.sh": "echo\n"}


def _marks(report: str) -> list[str]:
    evidence = Evidence(bundle_from(packed(STORED).encode(), None))
    judged = check_report(report, evidence).judged
    return [one.reference.text for one in judged if one.verdict.value in ("moved", "unproven", "ambiguous")]


@pytest.mark.parametrize(
    "report",
    [
        "In `src/store.py:10` the macro `format!()` and `vec![]` are used.\n",
        "`src/store.py:10` writes `store.json` without a lock, and `data/store.json` too.\n",
        "The file is `~/.config/x/store.conf` in truth (`src/store.py:10`).\n",
        "**Helpers.sh does too much.** Helpers.sh is long. See `src/store.py:3`.\n",
        "**File:** src/{other,store}.py:1\n",
        "`truncate()` and `chmod()` seem to work (`src/store.py:11`).\n",
        "| File | Lines | High |\n|---|---|---|\n| `src/other.py` | 3 | 2 |\n",
        f"**Files:** `src/store.py:3`, `src/other.py:1-2`\n\n{fence('COPIES = 3  # shared!', 'python')}",
        f"**File:** `src/store.py:9-10`\n\n{fence('self.file = open(path, ...)', 'python').replace('path,', 'path')}",
        f"**File:** `src/store.py:3-14`\n\n{fence(PICKED, 'python')}",
        "`src/store.py:21` — `prune(...)` is called again.\n",
        f"**File:** `src/store.py:3`\n\n{fence('# Suggestion' + chr(10) + 'COPIES = [1, 2, 3]', 'python')}",
        f"**File:** `src/store.py:3`\n\n{fence('COPIES = 3' + chr(10) + '# Nobody reads it, so why', 'python')}",
        "The threads (`src/store.py:3`) are `QUIET = True` there.\n",
    ],
)
def test_what_a_review_says_beside_the_code_is_not_marked(report: str) -> None:
    assert _marks(report) == []


@pytest.mark.parametrize(
    "report",
    [
        f"## Store (`src/store.py:3`)\n\n{fence('class Cache:' + chr(10) + '    ttl = 60', 'python')}",
        f"### As in `src/store.py`:\n\n{fence('COPIES: how many, KEEP: how long', 'python')}",
        "`src/store.py:3`: it is lost. Fix: keep `all_copies()` of it in `save_all(rows, 3)`.\n",
        "In 3fa94c1 there was `drop_copies()` in `src/store.py:3`.\n",
        "Mend `src/store.py:3`, `retries <= rows`, and say so.\n",
        "The macro in `src/store.py:3` may be `~100` lines long.\n",
    ],
    ids=["above", "summary", "fix", "commit", "listed", "about"],
)
def test_what_is_told_freely_or_asked_for_is_not_marked(report: str) -> None:
    assert _marks(report) == []


@pytest.mark.parametrize(
    ("report", "marked"),
    [
        (
            f"{fence('# src/store.py:3' + chr(10) + 'class Cache:' + chr(10) + '    ttl = 60', 'python')}",
            "src/store.py:3",
        ),
        ("`src/store.py` draws `secrets.token_hex(12)` for each.\n", "secrets.token_hex(12)"),
        ("The file `lost/other.py` is long.\n", "lost/other.py"),
        ("The file `src/stores.py` is long.\n", "src/stores.py"),
        ("| File | Lines |\n|---|---|\n| `src/other.py` | 40 |\n", "40"),
        ("The macro `formats()` in `src/store.py:10` is gone, and `format_all()` fails.\n", "format_all"),
        (f"**File:** `src/store.py:7`\n\n{fence('# keeps what was axed', 'python')}", "src/store.py:7"),
    ],
)
def test_what_is_false_still_is(report: str, marked: str) -> None:
    assert marked in _marks(report)


@pytest.mark.parametrize(
    "report",
    [
        f"**File:** `src/store.py:9-14`\n\n{fence(CUT, 'python')}",
        f"**File:** `src/store.py:3`\n\n{fence(TICKS, 'python')}",
        f"**File:** `src/store.py:3`\n\n{fence('# There is no limit here', 'python')}",
        "It makes `.d.mts` files. It asks `COUNT(*)` for each.\n",
        "`Store::path` and `fs::write` are called there (`src/other.py:1`).\n",
    ],
    ids=["comments behind cut code", "ticks", "a remark", "endings and queries", "qualified"],
)  # fmt: skip
def test_comments_ticks_and_endings_are_not_marked(report: str) -> None:
    files = {**STORED, "src/other.py": "LIMIT = 1\ncount = 2\n\n\nclass Fs:\n    write = 1\n"}
    judged = check_report(report, Evidence(bundle_from(packed(files).encode(), None))).judged

    assert [one.reference.text for one in judged if one.verdict.value in ("moved", "unproven")] == []


PYTHON = """\
class Settings:
    limit = compute_limit(3)
    proxy = {
        "/api": "http://localhost:8000",
    }


def load(path, strict=True):
    if path and strict:
        return read_all(path, "utf-8")
    return None


WAIT_TIME = 30 * 1000
MOST_BYTES = 200


def drop(path):
    rows = load(path)
    queue.enqueue("purge", rows, later=True)
    return rows
"""
JOBS = "Jobs:\n1. build: compile, test\n2. ship: upload"
BUILT = 'def build():\n    app = make().start()\n    return "a"\n'


@pytest.mark.parametrize(
    ("report", "told"),
    [
        # a line in the middle of a quote of several
        ("### `a.py:10`\n\n" + fence('if path and strict:\n    return read_all(path, "utf-8")'), "verified"),
        # told in a row, with its class, or with what is left out in one line
        ("`a.py:3`: `proxy = {'/api': 'http://localhost:8000'}` is fixed.\n", "located"),
        ("`Settings.limit = compute_limit(3)` in `a.py` is low.\n", None),
        ("`a.py:17-20`\n\n" + fence('queue.enqueue("purge", ...)  # here'), "verified"),
        # what is nearly so
        ("`a.py:19`: here it is `rows, later=False)` at once.\n", "unproven"),
        ('At `a.py:10` the encoding of `read_all(path, "latin1")` is fixed.\n', "unproven"),
        ("At `a.py:8` the default `load(path, strict=False)` is bad.\n", "unproven"),
        ("At `a.py:8` calling `load(name, strict)` is bad.\n", None),
        # a range alone between ticks
        ("In `a.py` the method `drop` (`:17-20`) is slow.\n", "verified"),
        # a variable that a sentence is about need not be in the lines of its finding
        ("### `a.py:9`\n\n`rows` is used later.\n", "located"),
        # code that is to be there
        (f"2. **Missing ids** (later):\n{fence('rows = with_ids(rows)')}", None),
        (f"The workflow in `a.py`:\n\n{fence(JOBS, 'yaml')}", None),
        # words in ticks that are no code
        ("`a.py:9` fails with `network <name> declared but could not be found`.\n", None),
        ("`a.py:9` allows `SELECT * FROM rows WHERE user = :user OR 1=1`.\n", None),
        ("The tests use `make().start()`.\n", None),
        # a value of a constant, wherever that is
        ("`MOST_BYTES` is 200 bytes.\n", "verified"),
        ("`WAIT_TIME` (30 seconds) is long.\n", "verified"),
        ("`WAIT_TIME` (60 seconds) is long.\n", "unproven"),
        ("`MOST_BYTES` is 300.\n", "unproven"),
        ("`WAIT_TIME` is 5.\n", "unproven"),
        # what a file is said not to define, and what it is said to
        ("`b.py` defines no `build`.\n", "unproven"),
        ("`b.py` defines no `drop`.\n", None),
        ("`build()` (`a.py:9`) is slow.\n", "moved"),
        ("More arguments than it takes: `drop(path, rows)`.\n", "unproven"),
        ("It is `load(path, True)`.\n", None),
        # three names of the file, and none near the lines
        ("### Slow (`a.py:1`)\n\nThe rows of `rows, later` come from `drop`, `read_all()` and `enqueue`.\n", "unproven"),
        ("### Slow (`a.py:8-10`)\n\nThe rows of `rows, later` come from `drop`, `read_all()` and `enqueue`.\n", None),
        # names of a later sentence, or in several files, need not be near
        ("In `a.py` line 1 is slow. The `rows, later` come from `drop`, `read_all()` and `enqueue`.\n", None),
        # two names with their two places, and lines before any file
        ("`load` and `drop` (`a.py:8-11`, `a.py:17-20`) are alike.\n", None),
        ("Then, lines 278-281 are like `b.py`.\n", None),
        ("`rows = load(other)` would be better in `a.py`, at `a.py:18`.\n", None),
        ("`Settings.read_all(path, 'utf-8')` is in `a.py`.\n", None),
        # of a library, a command, and input
        ("It raises `Settings::Other` and `Error.OTHER`.\n", None),
        ("### `a.py:9`\n\n`tool --size=3 file` prints nothing, `'a-b=c'` too.\n", None),
        # a file that is told in passing
        ("Options: a single factories.py, or none.\n", None),
        # a dotted name whose parts are never together
        ("`queue.build()` is slow.\n", "located"),
        ("`queue.enqueue()` is slow.\n", "verified"),
    ],
)  # fmt: skip
def test_what_is_nearly_so_and_what_is_told_otherwise(report: str, told: str | None) -> None:
    evidence = Evidence(bundle_from(packed({"a.py": PYTHON, "b.py": BUILT}).encode(), None))
    found = [one.verdict.value for one in check_report(report, evidence).judged]
    wrong = {"unproven", "moved"}
    if told is None:
        assert not wrong & set(found)
    else:
        assert told in found
        assert told in wrong or not wrong & set(found)


@pytest.mark.parametrize("label", ["Quote", "Code"])
@pytest.mark.parametrize(("place", "code"), [("4-5", "    return fetch(everything).read()"), ("3", "    return a / b")])
def test_a_block_that_its_label_calls_a_quote_is_looked_for(label: str, place: str, code: str) -> None:
    report = f"## A\n\n- **Location:** `app.py:{place}`\n\n**{label}:**\n\n{fence(code, 'python')}\n**What is wrong:** It is.\n"
    files = {"app.py": "import os\n\ndef add(a, b):\n    x = a\n    return a - b\n"}
    (one,) = check_report(report, Evidence(bundle_from(packed(files).encode(), None))).judged
    assert one.verdict.value == "unproven"
