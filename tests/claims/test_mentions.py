from __future__ import annotations

import pytest

from scene import packed
from sous.bundle.read import bundle_from
from sous.claims.evidence import Evidence
from sous.claims.mentions import Mentions

FILES = {"src/app.py": "x\n", "src/deep/my file.py": "y\n", "Makefile": "all:\n", ".github/ci.yml": "z\n"}


def evidence() -> Evidence:
    return Evidence(bundle_from(packed(FILES).encode(), None))


@pytest.mark.parametrize(
    ("text", "path", "ranges", "said"),
    [
        ("see `src/app.py:3`", "src/app.py", [(3, 3)], "src/app.py:3"),
        ("see src/app.py:3.", "src/app.py", [(3, 3)], "src/app.py:3"),
        ("(src/app.py)", "src/app.py", [], "src/app.py"),
        ("`src/app.py` (3, 5-6)", "src/app.py", [(3, 3), (5, 6)], "`src/app.py` (3, 5-6)"),
        ("`src/app.py` at lines 3-5", "src/app.py", [(3, 5)], "`src/app.py` at lines 3-5"),
        ("lines 3-5 of `src/app.py`", "src/app.py", [(3, 5)], "lines 3-5 of `src/app.py`"),
        ("`src/app.py:3`-`src/app.py:5`", "src/app.py", [(3, 5)], "`src/app.py:3`-`src/app.py:5`"),
        ("`./src//app.py`", "src/app.py", [], "./src//app.py"),
        ("`src\\app.py`", "src/app.py", [], "src\\app.py"),
        ("`src/deep/my file.py:2`", "src/deep/my file.py", [(2, 2)], "src/deep/my file.py:2"),
        ("`cat src/app.py`", "src/app.py", [], "src/app.py"),
        (".github/ci.yml", ".github/ci.yml", [], ".github/ci.yml"),
        ("_src/app.py_", "src/app.py", [], "src/app.py"),
        ("lines 3-5", None, [(3, 5)], "lines 3-5"),
    ],
)
def test_what_a_text_names(text: str, path: str | None, ranges: list[tuple[int, int]], said: str) -> None:
    (mention,) = Mentions(evidence()).of(text)
    assert (mention.path, mention.ranges, mention.text) == (path, ranges, said)


def test_paths_behind_a_comma_are_two() -> None:
    assert [one.path for one in Mentions(evidence()).of("src/app.py,src/new.py")] == ["src/app.py", "src/new.py"]


def test_a_path_with_its_lines_and_another_are_two() -> None:
    mentions = Mentions(evidence()).of("`src/app.py:3` - `src/new.py:5`")
    assert [(one.path, one.ranges) for one in mentions] == [("src/app.py", [(3, 3)]), ("src/new.py", [(5, 5)])]
