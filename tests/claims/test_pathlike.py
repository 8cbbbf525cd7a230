from __future__ import annotations

import pytest

from scene import packed
from sous.bundle.read import bundle_from
from sous.claims.evidence import Evidence
from sous.claims.pathlike import PathLike, normal

FILES = {"src/app.py": "x\n", "src/deep/my file.py": "y\n", "Makefile": "all:\n", ".github/ci.yml": "z\n"}


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
    paths = PathLike(Evidence(bundle_from(packed(FILES).encode(), None)))
    assert (paths.is_path(text, in_code=False), paths.is_path(text, in_code=True)) == (in_words, in_code)


def test_a_normal_path() -> None:
    assert normal(" ././src\\x//y.py ") == "src/x/y.py"
