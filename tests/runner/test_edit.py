from __future__ import annotations

import pytest

from sous.runner.answered import FileEdit, read_answer
from sous.runner.edit import left_out

CODE = "````python\nx = 1\n````\n"


@pytest.mark.parametrize(
    ("title", "path"),
    [
        ("## `a/b.py`", "a/b.py"),
        ("### File: a/b.py", "a/b.py"),
        ("#### 2. `b.py` (changed)", "b.py"),
        ("**a/b.py**", "a/b.py"),
        ("**`b.py`**:", "b.py"),
        ("`b.py`", "b.py"),
        ("## Datei: `b.py` (neu)", "b.py"),
        ("## Makefile", "Makefile"),
        ("## .github/workflows/ci.yml", ".github/workflows/ci.yml"),
    ],
)
def test_a_file_is_named_before_its_text(title: str, path: str) -> None:
    assert read_answer(f"Here are the files.\n\n{title}\n\n{CODE}").edits == [FileEdit(path, "x = 1\n")]


@pytest.mark.parametrize("title", ["## How to run it", "Then run `b.py`:", "**Note:**", "## Done."])
def test_other_titles_name_no_file(title: str) -> None:
    assert read_answer(f"{title}\n\n{CODE}").edits == []


def test_a_file_to_be_deleted_has_no_text() -> None:
    assert read_answer("## Delete `old.py`\n\n## Delete file: b.py\n").edits == [
        FileEdit("old.py", None),
        FileEdit("b.py", None),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "# ... rest of the code unchanged ...",
        "    // ... existing code ...",
        "<!-- … the other sections … -->",
        "/* ... */ /* the same */",
        "# The rest of the file stays unchanged...",
        "... (rest of the file is unchanged)",
    ],
)
def test_a_file_that_is_given_in_part_is_known(line: str) -> None:
    assert left_out(FileEdit("a.py", f"x = 1\n{line}\ny = 2\n"), "x = 1\n") == line.strip()


@pytest.mark.parametrize(
    "line", ["x = ...", "def f(): ...", "# wait for it ...", "print('...')", "    ...", ">>> f()", "..."]
)
def test_dots_alone_leave_nothing_out(line: str) -> None:
    assert left_out(FileEdit("a.py", f"{line}\n"), "") == ""


def test_what_stood_in_the_file_before_is_no_gap() -> None:
    line = "# ... rest of the code unchanged ..."
    assert left_out(FileEdit("a.py", f"{line}\nx = 2\n"), f"{line}\nx = 1\n") == ""
