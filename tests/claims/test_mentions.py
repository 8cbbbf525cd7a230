from __future__ import annotations

import pytest

from scene import packed
from sous.bundle.read import bundle_from
from sous.claims.evidence import Evidence
from sous.claims.mentions import Mentions
from sous.claims.pathlike import PathLike, normal

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


@pytest.mark.parametrize(
    ("text", "in_words", "in_code"),
    [
        ("src/app.py", True, True),
        ("app.py", True, True),
        ("src/nope.py", True, True),
        ("nope.py", True, True),
        ("Makefile", True, True),
        ("src/", True, True),
        ("src/deep", False, True),
        ("src/nope/", False, True),
        ("nope/nope/", False, False),
        ("src/*.py", True, True),
        ("*.py", True, True),
        ("/*.py", False, False),
        ("and/or", False, False),
        ("res.json", False, False),
        ("Node.js", False, False),
        ("1.2", False, False),
        ("a.b()", False, False),
        ("x=src/app.py", False, False),
        ("@scope/app.py", False, False),
        ("www.example.py", False, False),
        ("a@b.py", False, False),
        ("src/{a,b}.py", False, False),
        ("", False, False),
    ],
)
def test_which_words_are_paths(text: str, in_words: bool, in_code: bool) -> None:
    paths = PathLike(evidence())
    assert (paths.is_path(text, in_code=False), paths.is_path(text, in_code=True)) == (in_words, in_code)


def test_a_normal_path() -> None:
    assert normal(" ././src\\x//y.py ") == "src/x/y.py"
