"""Where marks and mends go, and that nothing else of a report changes."""

from __future__ import annotations

import time

import pytest

from scene import packed
from sous.bundle.read import bundle_from
from sous.claims.check import check_report
from sous.claims.evidence import Evidence
from sous.claims.mark import MARK, edits_of, unmarked
from sous.document.edits import edited

SERVER = """\
import os
import sys


MODES = {"a": 1}


MAX_SIZE = 1024


class UserStore:
    def save_user(self, user, force=False):
        with open(user) as stream:
            return stream.read()

    def get_user(self, user_id):
        return user_id
"""
FILES = {
    "src/app/server.py": SERVER,
    "src/my_mod.py": "LIMIT_X = 1024\n",
    "my docs/read me.md": "# notes here\n",
    "lib/parse.rs": "fn parse() -> i32 {\n    let tokens = vec![];\n    1\n}\n",
    "src/util.py": "def get_usr_by_id(x):\n    return x\n",
    "lib/thing.rb": "module Billing\n  class Invoice\n    def pay!\n      charge\n    end\n  end\nend\n",
}
NOPE = "```python\n# src/nope.py:3\nx = 1\n```\n"
ELLIPSIS = "class UserStore:\n    # ... other methods ...\n    def save_user(self, user, force=False):\n        ...\n"
TABLE = "| File | Line |\n|--|--|\n"
FENCE = "```python\nMAX_SIZE = 1024\n```\n"


def quoted(text: str, prefix: str = "> ") -> str:
    return "".join(f"{prefix}{line}\n" for line in text.splitlines())


def crlf(text: str) -> str:
    return text.replace("\n", "\r\n")


def fixed(report: str) -> str:
    evidence = Evidence(bundle_from(packed(FILES).encode(), None))
    checked = check_report(report, evidence)
    return edited(checked.text, edits_of(checked.text, checked.judged))


def unproven(report: str) -> list[str]:
    evidence = Evidence(bundle_from(packed(FILES).encode(), None))
    return [one.reference.text for one in check_report(report, evidence).judged if one.verdict.value == "unproven"]


@pytest.mark.parametrize(
    ("report", "mended"),
    [
        # the same reference twice on a line: the false one is mended
        (
            "Opened at `src/app/server.py:12`, but limited at `src/app/server.py:12` - `MAX_SIZE = 1024`.",
            "Opened at `src/app/server.py:12`, but limited at `src/app/server.py:8` - `MAX_SIZE = 1024`.",
        ),
        ("`get_usr()` and `get_usr()`", f"`get_usr()` {MARK} and `get_usr()` {MARK}"),
        # one is part of the other
        ("see lib/nope.rs.tmpl:3 and lib/nope.rs", f"see lib/nope.rs.tmpl:3 {MARK} and lib/nope.rs {MARK}"),
        ("`get_usr_by_id()` is called from `get_usr()`.", f"`get_usr_by_id()` is called from `get_usr()` {MARK}."),
        # behind links
        (
            "[p](src/util.py#L1), `src/app/server.py:11` `MAX_SIZE = 1024` [go](src/util.py)\n\n`src/app/server.py:11`",
            "[p](src/util.py#L1), `src/app/server.py:8` `MAX_SIZE = 1024` [go](src/util.py)\n\n`src/app/server.py:11`",
        ),
        # escapes
        ("src/my\\_mod.py:20 `LIMIT_X = 1024`\n\nmy_mod.py:1", "src/my_mod.py:1 `LIMIT_X = 1024`\n\nmy_mod.py:1"),
        # the file is named above, and it is another
        (f"## lib/parse.rs\n\n**Lines 3-4**:\n\n{FENCE}", f"## lib/parse.rs\n\n**`src/app/server.py:8`**:\n\n{FENCE}"),
        # a path with blanks
        ("src/app/server.py:1 `# notes here`", "`my docs/read me.md:1` `# notes here`"),
        # links whose text is a reference
        (
            "[src/app/server.py:12](src/app/server.py#L12): `MAX_SIZE = 1024`",
            "[src/app/server.py:8](src/app/server.py#L8): `MAX_SIZE = 1024`",
        ),
        ("[`src/app/nope.py`](https://e.x/a_(b)) end", f"[`src/app/nope.py`](https://e.x/a_(b)) {MARK} end"),
        ("[it](src/nope.py#L3 'a title') end", f"[it](src/nope.py#L3 'a title') {MARK} end"),
        ("[it][x] end\n\n[x]: src/nope.py#L2\n", f"[it][x] {MARK} end\n\n[x]: src/nope.py#L2\n"),
        # code in quotes and lists, indented, without an end
        (quoted(NOPE) + "> more\n", quoted(f"{NOPE}{MARK}\n") + "> more\n"),
        ("text\n\n    # src/nope.py:3\n    x\n\nmore\n", f"text\n\n    # src/nope.py:3\n    x\n{MARK}\n\nmore\n"),
        ("text\n\n```python\n# src/nope.py:3\nx = 1\n", f"text\n\n{MARK}\n```python\n# src/nope.py:3\nx = 1\n"),
        ("- a\n\n" + quoted(NOPE, "  "), "- a\n\n" + quoted(f"{NOPE}{MARK}\n", "  ")),
        (crlf(f"{NOPE}\nEnd.\n"), crlf(f"{NOPE}{MARK}\n\nEnd.\n")),
        ("---\nfile: src/nope.py:3\n---\n\nHello.\n", "---\nfile: src/nope.py:3\n---\n\nHello.\n"),
        (f"{TABLE}| `src/util.py` | 9999 |\n", f"{TABLE}| `src/util.py` | 9999 {MARK} |\n"),
        ("| a \\| b | `src/nope.py:1` |\n|--|--|\n", f"| a \\| b | `src/nope.py:1` {MARK} |\n|--|--|\n"),
        # a line of a quote that leaves lines out
        (f"### `src/app/server.py:12`\n\n```python\n{ELLIPSIS}```\n", None),
    ],
)  # fmt: skip
def test_marks_and_mends_stand_where_they_belong(report: str, mended: str | None) -> None:
    once = fixed(report)
    assert once == (report if mended is None else mended)
    assert fixed(once) == once
    assert unmarked(once) == unmarked(unmarked(once))


def test_what_somebody_wrote_about_marks_stays() -> None:
    own = f"The mark ` {MARK}` is written.\n\n```\n{MARK}\n```\n\n<!-- sous check -->\n| my | table |\n|---|---|\n"
    assert unmarked(own) == own
    assert fixed(own) == own


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_the_table_closes_an_open_fence_and_ends_lines_as_the_report_does(ends: str) -> None:
    evidence = Evidence(bundle_from(packed(FILES).encode(), None))
    report = f"See `src/util.py:1`.{ends}{ends}```python{ends}x = 1{ends}"
    text = check_report(report, evidence).marked()
    assert f"x = 1{ends}```{ends}{ends}<!-- sous check -->{ends}| references |" in text
    assert text.count("\n") == text.count(ends)
    assert check_report(text, evidence).marked() == text


@pytest.mark.parametrize(
    "report",
    [
        "**File:** `src/app/server.py`\n\n**Line:** 9999\n",
        "**File:** `src/app/server.py`\n\n- **Line(s):** 8888\n",
        "**File:** `src/app/server.py`\n\nLine: **7777**\n",
        "**File:** `src/app/server.py`\n\nLine numbers: 6666\n",
        "**File:** `src/app/server.py` (Line `5555`)\n",
        "`src/app/server.py:8`: `eval(request.data)` runs code\n",
        "`src/app/server.py:8` - `os.system(user_id)`\n",
        "It is written into `src/app/secrets.py` unencrypted.\n",
        "The class named `SuperAdmin` is in `src/app/admin.py`.\n",
        "Without validation, `src/app/handlers.py` passes the input on.\n",
        "The new `src/app/auth.py` module stores passwords.\n",
        "We use `drop_tables()` in the request handler.\n",
        "The request must reach `run_query_raw()`.\n",
        "There is no locking around the store at all, nor any transaction, so `flush_all_now()` races.\n",
        "`flush_all_now()` does not lock.\n",
    ],
)
def test_what_is_made_up_is_unproven(report: str) -> None:
    assert unproven(report)


@pytest.mark.parametrize(
    "report",
    [
        "Split it into modules, e.g. `src/app/auth.py` and `src/app/db.py`.\n",
        "Limit it (e.g. `rate_limit()`).\n",
        "No `requirements.txt` is present.\n",
        "`requirements.txt` is missing.\n",
        "The repository has no `README.md`, no `tests/test_app.py`, and no `setup.py`.\n",
        "There is neither a `pyproject.toml` nor a `tox.ini`.\n",
        "`close_connection()` is never called anywhere.\n",
        "The function `parameterized_query()` does not exist.\n",
        "`KeyError`, `FileNotFoundError`, `NullPointerException`, `AbortController`, `localStorage`, `env.NODE_ENV`\n",
        "`logger.info()`, `pd.DataFrame()`, `pytest.raises()`, `localStorage.getItem()`, `tokio::spawn()` cost time.\n",
        "`app.server` and `src.app.server` import it.\n",
        "`Billing::Invoice#pay!` (lib/thing.rb:3) charges twice.\n",
        "`curl -X POST localhost/users` (src/app/server.py:16) fails.\n",
        "`' OR 1=1 --` at src/app/server.py:16 works.\n",
        "`a/src/app/server.py:12` and `b/src/app/server.py`\n",
        "The component imports `../util.py`.\n",
        "Consider adding `src/app/cache.py` with `cached_get()`.\n",
        "By using `safe_open()` instead it is closed.\n",
    ],
)
def test_what_is_true_or_only_proposed_is_not(report: str) -> None:
    assert unproven(report) == []


def test_the_file_that_a_bundle_ends_in_may_go_on() -> None:
    text = packed({"a.py": "x = 1\n", "b.py": "".join(f"y{number} = {number}\n" for number in range(100))})
    evidence = Evidence(bundle_from(text[: text.index("y50 =")].encode(), None))
    judged = check_report("`b.py:90`, `b.py:3` and `a.py:90`, `y70()`\n", evidence).judged
    assert [one.verdict.value for one in judged] == ["unknown", "located", "unproven", "unknown"]


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "piece",
    [
        "`src/app/server.py:3` `get_user()`\n",
        "line 3 `foo(bar)` ",
        "`foo(bar, baz)` src/app/server.py:3 ",
        "```\nx = y(1)\n```\n",
        "`get_user()` and `x` [a](src/util.py) ",
        "| `src/util.py:1` | 3 |\n",
    ],
)
@pytest.mark.parametrize("start", ["", "src/util.py\n\n"])
def test_time_grows_with_one_long_paragraph_and_not_faster(piece: str, start: str) -> None:
    evidence = Evidence(bundle_from(packed(FILES).encode(), None))

    def seconds(count: int) -> float:
        report = f"{start}{piece * count}"
        began = time.process_time()
        check_report(report, evidence).marked()
        return time.process_time() - began

    seconds(50)
    small, large = seconds(400), seconds(1600)
    assert large < 12 * small + 0.5


@pytest.mark.parametrize("text", ["x" + " " * 60_000 + "y", "\n" * 60_000 + "<!-- sous check -->x"])
def test_long_runs_of_blanks_take_no_time(text: str) -> None:
    began = time.process_time()
    fixed(f"`src/util.py:1`:\n\n```\n{text}\n```\n\n{text}")
    assert time.process_time() - began < 3


@pytest.mark.parametrize("before", ["", "\n", "\n\n\n"])
def test_lines_of_a_report_in_a_fence_are_counted_from_its_begin(before: str) -> None:
    report = f"{before}```markdown\n# Review\n\n`src/nope.py:3` and `src/app/server.py:1`\n```\n"
    assert fixed(report) == report.replace("nope.py:3`", f"nope.py:3` {MARK}")


@pytest.mark.parametrize("end", ["", "\n", "\n\n", "\r\n"])
@pytest.mark.parametrize("piece", [NOPE, f"- one\n\n{quoted(NOPE, '  ')}", quoted(NOPE), "`src/nope.py:3`"])
def test_a_report_with_a_table_is_mended_only_once(piece: str, end: str) -> None:
    evidence = Evidence(bundle_from(packed(FILES).encode(), None))
    once = check_report(f"# Review\n\n{piece.rstrip()}{end}", evidence).marked()
    assert once.count("<!-- sous check -->") == once.count(MARK) == 1
    assert check_report(once, evidence).marked() == once


def test_words_stand_beside_any_signs() -> None:
    files = {"a.js": "const x = \u201cquoted\u201d;  // \u2192handled\u2026\n$fetch(x)\n\u00e9t\u00e9\u2192summer\n"}
    evidence = Evidence(bundle_from(packed(files).encode(), None))
    report = "`quoted()`, `handled()`, `$fetch()`, `summer()` and `nothing_else()`\n"
    judged = check_report(report, evidence).judged
    assert [one.reference.text for one in judged if one.verdict.value == "unproven"] == ["nothing_else"]


def test_many_comments_in_a_file_and_in_a_quote_take_no_time() -> None:
    files = {
        "a.py": "".join(
            f"# comment number {number} of many, {number * 7}\ncounter_{number} = 1\n" for number in range(1000)
        )
    }
    evidence = Evidence(bundle_from(packed(files).encode(), None))
    quote = "".join(f"# a remark, the {number}th, on {number}\ncounter_{number} = 1\n" for number in range(90))
    began = time.process_time()
    assert check_report(f"`a.py:1`:\n\n```python\n{quote}```\n", evidence).counts["moved"] == 1
    assert time.process_time() - began < 5
