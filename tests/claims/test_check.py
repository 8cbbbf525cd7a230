from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest

from scene import packed, write_tree
from sous.bundle.read import bundle_from
from sous.claims.check import Checked, check_report
from sous.claims.evidence import Evidence
from sous.claims.mark import MARK, edits_of
from sous.document.edits import edited

if TYPE_CHECKING:
    from pathlib import Path

CORE = """\
import os
from app.store import Store


class Server:
    def __init__(self, store):
        self.store = store

    def handle(self, request):
        key = request.path.strip("/")
        if not key:
            return 404
        value = self.store.get(key)
        return value or 404


def main():
    server = Server(Store(os.environ["STORE"]))
    server.handle(None)
"""
STORE = """\
class Store:
    def __init__(self, path):
        self.path = path
        self.items = {}

    def get(self, key):
        return self.items[key]  # raises KeyError

    def put(self, key, value):
        self.items[key] = value
        self.save()

    def save(self):
        with open(self.path, "w") as stream:
            stream.write(repr(self.items))
"""
FILES = {"app/core.py": CORE, "app/store.py": STORE, "app/deep/util.py": "def twice(x):\n    return x + x\n",
         "README.md": "# App\n", "lib/util.py": "def once(x):\n    return x\n"}  # fmt: skip


def evidence(files: dict[str, str] = FILES, *, folder: Path | None = None, listed: tuple[str, ...] = ()) -> Evidence:
    return Evidence(bundle_from(packed(files, listed=listed).encode(), None), folder=folder)


def check(report: str) -> Checked:
    return check_report(report, evidence())


def without_table(checked: Checked) -> str:
    return edited(checked.text, edits_of(checked.text, checked.judged))


def found(report: str) -> list[tuple[str, str | None, int | None, int | None]]:
    return [(one.reference.kind, one.path, one.reference.start, one.reference.end) for one in check(report).judged]


QUOTE = "```python\n        value = self.store.get(key)\n        return value or 404\n```\n"
SPACED = QUOTE.replace("value or", "value  or").replace("        ", " ")
NUMBERED = QUOTE.replace("        v", "13:         v").replace("        r", "14:         r")
SKETCH = "```python\ndef __init__(self, ...):\n    ...\n    self.store = store\n```\n"
ANNOTATED = """\
```python
key = request.path.strip("/")  # the key
# nothing is checked
value = self.store.get(key)
```
"""
LINES = ("line", "app/core.py", 13, 14)


@pytest.mark.parametrize(
    "report",
    [
        "See `app/core.py:13-14`.\n",
        "See app/core.py:13-14.\n",
        "See `app/core.py` lines 13\u201314.\n",
        "See `app/core.py` (13-14).\n",
        "See `./app/core.py#L13-L14`.\n",
        "See `app\\core.py:13-14`.\n",
        "See `/home/me/project/app/core.py:13-14`.\n",
        "See `core.py:13-14`.\n",
        "Lines 13-14 in `app/core.py` are wrong.\n",
        "**Lines 13-14 (app/core.py) - a title**\n",
        "### A title (app/core.py:13-14)\n",
        "See `app/core.py:13`-`app/core.py:14`.\n",
        "See [the code](app/core.py#L13-L14).\n",
        "| place |\n|---|\n| app/core.py:13-14 |\n",
        f"```13:14:app/core.py\n{QUOTE.split(chr(10), 1)[1]}",
        f"```python title=app/core.py:13-14\n{QUOTE.split(chr(10), 1)[1]}",
        f"```python\n# app/core.py:13-14\n{QUOTE.split(chr(10), 1)[1]}",
        "> See `app/core.py:13-14`.\n",
        "~~~markdown\n# Review\n\nSee `app/core.py:13-14`.\n~~~\n",
    ],
)
def test_a_place_is_read_in_all_its_forms(report: str) -> None:
    assert LINES in found(report)
    counts = check(report).counts
    assert counts["verified" if "return value" in report else "located"] == len(check(report).judged)


@pytest.mark.parametrize(
    "report",
    [
        "### /app/core.py\n\n- The value (lines 13-14)\n",
        "- File: `app/core.py`\n  - Lines 13-14: the value\n",
        "1. `app/core.py`\n\n   The value, lines 13-14.\n",
        "`app/core.py`\n\n- Lines 13-14 are wrong.\n",
        f"```python\n# Lines 13-14\n{QUOTE.split(chr(10), 1)[1]}".replace(
            "```python", "In `app/core.py`:\n\n```python", 1
        ),
    ],
)
def test_lines_go_with_the_file_that_is_named_above_them(report: str) -> None:
    assert LINES in found(report)


def test_lists_of_lines_are_several() -> None:
    report = "`app/core.py:9,13` and `app/store.py` (3, 6-7); Lines 1, 2 and 4-5 of `app/core.py`."
    assert [one[2:] for one in found(report)] == [(9, 9), (13, 13), (3, 3), (6, 7), (1, 1), (2, 2), (4, 5)]


@pytest.mark.parametrize(
    "report",
    [
        "It serves `resources/list` and `social://x`, see https://example.com/app/core.py:13 and mail a@b.py.\n",
        "Node.js and Next.js, version 1.2, at 12:30, and/or `self.path`.\n",
        "`GET /api/users/{id}` answers in `application/json`.\n",
        "It is 963 lines long.\n",
        "Use `frobnicate()` instead, and create `app/new_file.py` for it.\n",
        "There is no `frobnicate()`, which should be in `app/missing.py`.\n",
        "**Fix:** call `frobnicate()`:\n\n```python\nthis.is_new(code)\nthat = nowhere\n```\n",
        "## Recommendations\n\n- Call `frobnicate()`.\n\n```python\nthis.is_new(code)\n```\n",
    ],
)
def test_what_is_no_claim_is_none(report: str) -> None:
    assert not check(report).counts["unproven"]


@pytest.mark.parametrize(
    ("report", "verdict", "place"),
    [
        (f"`app/core.py:13-14`:\n\n{QUOTE}", "verified", None),
        (f"`app/core.py:10-20`:\n\n{QUOTE}", "verified", None),
        (f"`app/core.py:13`:\n\n{QUOTE}", "verified", None),
        (f"`app/core.py:12-13`:\n\n{QUOTE}", "moved", ("app/core.py", 13)),
        (f"`app/core.py:900`:\n\n{QUOTE}", "moved", ("app/core.py", 13)),
        (f"`app/store.py:13-14`:\n\n{QUOTE}", "moved", ("app/core.py", 13)),
        (f"`app/cor.py:13-14`:\n\n{QUOTE}", "moved", ("app/core.py", 13)),
        (f"`app/core.py:13-14`:\n\n{QUOTE.replace('value or', 'values or')}", "unproven", None),
        (f"`app/core.py:13-14`:\n\n{SPACED}", "verified", None),
        (f"`app/core.py:13-14`:\n\n{NUMBERED}", "verified", None),
        ("`app/core.py:99`", "unproven", None),
        ("`app/nowhere.py:3`", "unproven", None),
        ("`app/core.py:14-20` `return`", "unproven", None),
        ("`app/core.py:13`: `value = self.store.get(key)`", "verified", None),
        ("`app/core.py:11`: `value = self.store.get(key)`", "moved", ("app/core.py", 13)),
        ("`handle()` (`app/core.py:2`)", "moved", ("app/core.py", 9)),
        ("`handle()` (`app/core.py:12`)", "verified", None),
        ("`twice()` (`app/core.py:12`)", "moved", ("app/deep/util.py", 1)),
        ("Line 13: `value = self.store.get(key)` is wrong", "verified", None),
        ("Line 3: `value = self.store.get(key)` is wrong", "moved", ("app/core.py", 13)),
        ("On line 3 something is wrong", "unknown", None),
        (f"`app/core.py:6-8`:\n\n{SKETCH}", "verified", None),
        (f"`app/core.py:10-14`:\n\n{ANNOTATED}", "verified", None),
    ],
)  # fmt: skip
def test_lines_are_judged_by_what_is_quoted(report: str, verdict: str, place: tuple[str, int] | None) -> None:
    one = next(one for one in check(report).judged if one.reference.kind == "line")
    assert one.verdict.value == verdict, one.why
    if place:
        assert one.found
        assert (one.found.path, one.found.start) == place


def test_a_quote_that_stands_twice_proves_only_where_it_stands() -> None:
    text = "```python\n    def __init__(self, thing):\n```\n"
    files = {"a.py": "    def __init__(self, thing):\n" * 2 + "\n" * 5}
    for lines, verdict in (("1", "verified"), ("2", "verified"), ("5", "unproven")):
        checked = check_report(f"`a.py:{lines}`:\n\n{text}", evidence(files))
        assert checked.judged[0].verdict.value == verdict


@pytest.mark.parametrize(
    ("report", "verdicts"),
    [
        ("`Server.handle()` calls `Store.get()`.", ["verified", "verified"]),
        ("`Server.frobnicate()` loops.", ["unproven"]),
        ("`validate_token()` trusts its caller.", ["unproven"]),
        ("`os.path.frobnicate()` is slow, `Array.from()` too.", []),
        ("`twice` and `nothing` are names.", ["verified"]),
        ("The `nothing` function loops, the class `Ghost` too.", ["unproven", "unproven"]),
    ],
)
def test_names_are_looked_up(report: str, verdicts: list[str]) -> None:
    assert [one.verdict.value for one in check(report).judged] == verdicts


@pytest.mark.parametrize(
    ("report", "verdict"),
    [("`app/`", "located"), ("`util.py`", "located"), ("`app/deep/*.py`", "located"), ("`app/*.rs`", "unproven"),
     ("`app/nope.py`", "unproven"), ("`app/[x.py`", "unproven"), ("`uv.lock`", "unknown"), ("`issues.md`", "unknown")],
)  # fmt: skip
def test_paths_are_looked_up(report: str, verdict: str) -> None:
    assert [one.verdict.value for one in check(f"Look at {report}.\n").judged] == [verdict]


@pytest.mark.parametrize(
    ("report", "mended"),
    [
        ("The `handle()` method in `app/store.py` loops.", "The `handle()` method in `app/core.py` loops."),
        ("`Store.save` (app/core.py)", "`Store.save` (app/core.py)"),  # its class is named there
        ("`twice` (app/core.py)", "`twice` (app/core.py)"),  # a word, not said to be a name
        ("`twice()` (app/core.py)", "`twice()` (app/deep/util.py)"),
        ("`util.py` holds `handle()`", "`util.py` holds `handle()`"),
        ("There is no `handle()` in `app/store.py`.", "There is no `handle()` in `app/store.py`."),
        ("Put `handle()` in `app/store.py`.", "Put `handle()` in `app/store.py`."),
        ("`self.missing()` in `app/store.py`", f"`self.missing()` {MARK} in `app/store.py`"),
    ],
)
def test_a_name_is_looked_for_in_the_file_that_is_said_to_hold_it(report: str, mended: str) -> None:
    assert without_table(check(report)) == mended


def test_what_the_bundle_leaves_out_is_unknown() -> None:
    files = {"a.py": "def a():\n    return 1\n", "sig.py": "def b():\n\u22ee----\ndef c():\n"}
    known = evidence(files, listed=("left.py",))
    report = (
        "`left.py:3`\n\n`left.py`\n\n`sig.py:2`:\n\n```python\nx = 1 + 2 + 3\n```\n\n`other_name()` is slow.\n\n"
        "`a.py:1`: `x = not + there`\n"
    )
    verdicts = [(one.reference.text, one.verdict.value) for one in check_report(report, known).judged]
    assert verdicts == [
        ("left.py:3", "unknown"), ("left.py", "located"), ("sig.py:2", "unknown"), ("other_name", "unknown"),
        ("a.py:1", "unproven"),
    ]  # fmt: skip


def test_numbers_of_a_bundle_that_lost_blank_lines_become_those_of_the_file(tmp_path: Path) -> None:
    write_tree(tmp_path, FILES)
    squeezed = {path: re.sub(r"\n+", "\n", text) for path, text in FILES.items()}
    known = evidence(squeezed, folder=tmp_path)
    report = f"`app/core.py:10-11`:\n\n{QUOTE}\n`app/core.py:12`\n"
    checked = check_report(report, known)
    assert [one.verdict.value for one in checked.judged] == ["verified", "located"]
    assert "`app/core.py:13-14`" in checked.marked()
    assert "`app/core.py:17`" in checked.marked()
    again = check_report(checked.marked(), known)
    assert again.marked() == checked.marked()
    real = check_report(f"`app/core.py:13-14`:\n\n{QUOTE}\n`app/core.py:12`\n", known)
    assert "`app/core.py:12`" in real.marked(), "an agent that reads files cites their own numbers"


def test_what_is_found_is_mended_and_what_is_not_is_marked_where_it_stands() -> None:
    report = (
        "# Review\n\n- `app/core.py:2-3` and app/gone.py here.\n\n"
        f"{QUOTE}\n1. `app/gone.py:1`\n   ```python\n   something(else_)\n   ```\n\n"
        "```python\n# app/gone.py:7\nnot_there(at, all)\n```\n\nBecause `missing_name()` is **so**.\n"
    )
    text = check(report).marked()
    assert f"- `app/core.py:13-14` and app/gone.py {MARK} here." in text
    assert f"`app/gone.py:1` {MARK}\n" in text
    assert f"`missing_name()` {MARK} is **so**" in text
    assert f"```\n{MARK}\n\nBecause" in text
    assert check_report(text, evidence()).marked() == text.replace("| 0 | 0 | 1 | 0 | 4 |", "| 1 | 0 | 0 | 0 | 4 |")
    assert check_report(text, evidence()).text.strip() == report.replace("core.py:2-3", "core.py:13-14").strip()
    assert text.endswith("|\n")
    assert "<!-- sous check -->\n| references | verified | located | moved | ambiguous | unproven | unknown |" in text


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_mending_keeps_line_ends_and_all_else(ends: str) -> None:
    report = f"See `app/core.py:1-2`:{ends}{ends}{QUOTE.replace(chr(10), ends)}{ends}Fine.{ends}"
    text = without_table(check(report))
    assert text == report.replace("core.py:1-2", "core.py:13-14")


def test_a_moved_place_in_another_file_is_mended_whole() -> None:
    assert f"`app/core.py:13-14`:\n\n{QUOTE}" in check(f"`app/store.py:2-3`:\n\n{QUOTE}").marked()
    assert "Lines 13-14 in `app/core.py`" in check(f"Lines 2-3 in `app/store.py`:\n\n{QUOTE}").marked()


def test_a_report_about_another_repository_is_told() -> None:
    report = "".join(f"- `other/file{number}.py:{number}`\n" for number in range(1, 9))
    assert check(report).is_about_something_else
    assert not check(f"`app/core.py:13`:\n\n{QUOTE}").is_about_something_else


@pytest.mark.parametrize(
    "report", ["", "\n\n", "no markdown at all", "```", "\x00\x1b[31m", "`" * 5000, "[" * 3000, "> " * 500]
)
def test_any_text_is_read(report: str) -> None:
    assert check(report).counts["unproven"] == 0


@pytest.mark.exhaustive
def test_time_grows_with_the_report_and_not_faster() -> None:
    def seconds(count: int) -> float:
        lines = (f"- `src/x/file{number}.py:{number}` and `name_{number}()`: `value = x`\n" for number in range(count))
        report = "".join(lines)
        began = time.process_time()
        check(report)
        return time.process_time() - began

    seconds(100)
    assert seconds(8000) < 16 * max(seconds(1000), 0.05)


@pytest.mark.exhaustive
def test_one_line_of_many_references_takes_no_longer() -> None:
    report = " ".join(f"`src/file{number}.py:{number}`" for number in range(5000))
    began = time.process_time()
    checked = check(report)
    assert len(checked.judged) == 5000
    assert checked.marked().count(MARK) == 5000
    assert time.process_time() - began < 20


@pytest.mark.parametrize(
    ("report", "verdicts"),
    [
        ("Split it into `LedgerForm` and `LedgerTable`.\n", []),
        ("### 7. Codes: `CODE_SENT` chýba\n\nThe list is short.\n", ["unknown"]),
        ("The `flushAllNow` buffer grows.\n", ["unknown"]),
        ("`flush_all_now()` does not lock.\n", ["unproven"]),
    ],
)
def test_a_bare_name_that_nothing_places_may_be_a_proposal(report: str, verdicts: list[str]) -> None:
    found = [one.verdict.value for one in check(report).judged]
    assert [one for one in found if one in ("unknown", "unproven")] == verdicts


@pytest.mark.parametrize(
    ("report", "marks"),
    [
        ("### L10. Barrel file `app/deep/util.py` is unused\n\nIt is.\n", 0),
        ("There is no `error.tsx/loading.tsx` for it.\n", 0),
        ("**Fix**:\n\n1. **Now**: clear it:\n   ```python\n   def clear_it_now(self): pass\n   ```\n", 0),
        (
            "**\u5efa\u8bae\u6539\u8fdb\uff1a**\n\n```python\n# src/ledger/errors.py\nclass LedgerError(Exception): pass\n```\n",
            0,
        ),
        ("- `src/ledger/errors.py`\uff08**\u5b8c\u5168\u7f3a\u5931**\uff09\n", 0),
        ("The file `src/ledger/errors.py` raises.\n", 1),
    ],
)
def test_what_is_proposed_or_only_counted_is_not_marked(report: str, marks: int) -> None:
    found = [one for one in check(report).judged if one.verdict.value in ("unproven", "moved", "ambiguous")]
    assert len(found) == marks


def test_a_quote_may_leave_out_the_comments_of_the_code() -> None:
    code = "def total(rows):\n    # all of them, the hidden ones too\n    found = sum(rows)  # cents\n    return found / 100\n"
    quote = "def total(rows):\n    found = sum(rows)\n    return found / 100"
    found = check_report(f"`a.py:1-4`:\n\n```python\n{quote}\n```\n", evidence({"a.py": code})).judged
    assert [one.verdict.value for one in found] == ["located"]
    altered = quote.replace("/ 100", "/ 1000")
    found = check_report(f"`a.py:1-4`:\n\n```python\n{altered}\n```\n", evidence({"a.py": code})).judged
    assert [one.verdict.value for one in found] == ["unproven"]


def test_lines_that_only_the_file_of_a_part_has_are_in_that() -> None:
    files = {"scripts/run.sh": "a\n" * 3, "v2/scripts/run.sh": "b\n" * 30}
    found = check_report("See `scripts/run.sh:20`.\n", evidence(files)).judged
    assert [(one.verdict.value, one.path) for one in found] == [("located", "v2/scripts/run.sh")]
    found = check_report("See `scripts/run.sh:99`.\n", evidence(files)).judged
    assert [one.verdict.value for one in found] == ["unproven"]


def test_a_number_alone_is_of_the_place_that_the_finding_names() -> None:
    report = "- **File:** `app/core.py`, line 9\n- **Problem:** `app/store.py`.\n- **Fix:** change line 9.\n"
    found = [one for one in check(report).judged if one.reference.text == "line 9"]
    assert {one.path for one in found} == {"app/core.py"}


def test_of_files_of_one_name_the_names_beside_the_lines_tell_which_is_meant() -> None:
    files = {"a/pay.py": "def charge(): pass\n" + "x = 1\n" * 9, "b/pay.py": "y = 2\n" * 10}
    told = "`charge()` (`pay.py:1`) fails.\n\nSo does `pay.py:5`.\n"
    found = [one for one in check_report(told, evidence(files)).judged if one.reference.kind == "line"]
    assert [(one.verdict.value, one.path) for one in found] == [("verified", "a/pay.py"), ("located", "a/pay.py")]
    bare = check_report("See `pay.py:5`.\n", evidence(files)).judged
    assert [one.verdict.value for one in bare] == ["ambiguous"]


def test_of_files_of_one_name_that_is_meant_whose_folder_the_report_is_about() -> None:
    names = ("api/pay.py", "apiv2/pay.py", *(f"apiv2/m{number}.py" for number in range(6)))
    told = "".join(f"## {number}\n\n`apiv2/m{number}.py:{line}` is slow.\n\n" for number in range(6) for line in (1, 2))
    found = check_report(f"{told}## 7\n\nSo is `pay.py:2`.\n", evidence(dict.fromkeys(names, "x = 1\n" * 9))).judged
    assert (found[-1].verdict.value, found[-1].path) == ("located", "apiv2/pay.py")
