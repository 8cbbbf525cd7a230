"""The code beside a report: each line once, and where names lead to."""

from __future__ import annotations

from typing import Any

import pytest

from scene import packed
from sous.bundle.read import bundle_from
from sous.claims.check import check_report
from sous.claims.evidence import Evidence
from sous.reports.excerpts import code_of

CODE = {
    "app/run.py": "from app.tools import mended\n\n\ndef begin(count):\n\treturn mended(count) + twice(count)\n",
    "app/tools.py": "def mended(count):\n    return count\n\n\ndef twice(count):\n    return 2 * count\n",
    "app/other.py": "def twice(count):\n    return count + count\n",
}
LONG = {"a.txt": "".join(f"line {number}\n" for number in range(1, 2001))}


def code(report: str, files: dict[str, str]) -> dict[str, Any]:
    evidence = Evidence(bundle_from(packed(files).encode(), None))
    return code_of(check_report(report, evidence).judged, evidence)


def test_a_name_leads_to_its_definition_where_one_file_alone_has_it() -> None:
    found = code("`app/run.py:4-5`\n", CODE)
    path, names, runs = found["files"][0]
    assert (path, sorted(names)) == ("app/run.py", ["begin", "mended"])  # two files define the other
    first, lines = runs[0]
    assert lines.split("\n") == ["k4_11k6_n6|from app.tools import mended", "|", "|", "k3_f5|def begin(count):",
                                 "_k6_n6|\treturn mended(count) + twice(count)"]  # fmt: skip
    assert (first, len(runs)) == (1, 1)
    name, file, first, end, hit, behind = found["definitions"][names["mended"]]
    assert (name, found["files"][file][0], first, end, hit, behind) == ("mended", "app/tools.py", 1, 14, 1, 2)


def test_of_several_definitions_that_in_the_same_file_is_meant() -> None:
    found = code("`app/other.py:1`\n", CODE)
    assert found["definitions"] == [["twice", 0, 1, 14, 1, 2]]
    assert found["files"][0][:2] == ["app/other.py", {"twice": 0}]


def test_a_line_that_many_references_show_is_there_once() -> None:
    found = code("".join(f"- `a.txt:{number}`\n" for number in (20, 24, 900, 901)), LONG)
    runs = found["files"][0][2]
    assert [(first, lines.count("\n") + 1) for first, lines in runs] == [(8, 29), (888, 26)]
    assert found["places"][1] == [0, 12, 37, 24, 25]


@pytest.mark.parametrize(("references", "around"), [(10, 12), (200, 6), (1500, 3)])
def test_of_many_references_fewer_lines_are_shown(references: int, around: int) -> None:
    found = code("".join(f"- `a.txt:{number}`\n" for number in range(100, 100 + references)), LONG)
    assert found["places"][0] == [0, 100 - around, 101 + around, 100, 101]


def test_what_is_not_in_the_bundle_has_no_code() -> None:
    assert code("`gone.py:3`\n", CODE) == {"places": [[]], "definitions": [], "files": []}


def test_spaces_before_a_line_are_a_number() -> None:
    found = code("`a.py:1`\n", {"a.py": "if x:\n        return  1\n    # y\n"})
    assert found["files"][0][2] == [[1, "k2|if x:\ni8k6_2m|return  1\ni4c3|# y"]]


def test_letters_are_counted_as_a_browser_splits_them() -> None:
    found = code("`a.py:1`\n", {"a.py": 'x = "\U0001f600\u202e" # \U0001f600\n'})
    assert found["files"][0][2] == [[1, '_4s9_c3|x = "\U0001f600\\u202e" # \U0001f600'.replace("\\u202e", "\\x202e")]]
