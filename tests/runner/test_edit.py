from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from sous.runner.answered import FileEdit, read_answer
from sous.runner.edit import left_out
from sous.runner.said import usage_in

if TYPE_CHECKING:
    from pathlib import Path

    from fake_model import FakeModel

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


@pytest.mark.parametrize(("most", "code"), [("5", 0), ("0.001", 4)])
def test_what_a_model_cost_is_told_and_held_to_a_limit(repo: Path, model: FakeModel, most: str, code: int) -> None:
    (repo / "step.txt").write_text("Make new.py.\n")
    model.script = lambda _prompt: f"## `new.py`\n\n{CODE}"
    done = subprocess.run(
        [sys.executable, "-m", "sous.runner.edit", "step.txt", "--model", "gpt-4", "--max-cost", most],
        cwd=repo, env={**os.environ, "OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "x"}, capture_output=True,
        text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    used = usage_in(done.stdout, "llm")
    assert (used.tokens, bool(used.cost)) == ((1050, True) if code == 0 else (0, False))
    assert used.cost is not None  # nothing was sent: nothing is what it cost
    assert (repo / "new.py").is_file() == (code == 0)
