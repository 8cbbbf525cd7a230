from __future__ import annotations

import pytest

from sous.runner.answered import FileEdit, read_answer

CODE = "```python\nx = 1\n```\n"


@pytest.mark.parametrize(
    "title",
    [
        "## `src/a.py`",
        "## src/a.py",
        "## **src/a.py**",
        "### **`src/a.py`**",
        "## `src/a.py` (updated)",
        "## **src/a.py** (new file)",
        "## src/a.py (changed)",
        "## File: `src/a.py`",
        "## File: src/a.py",
        "## 1. `src/a.py`",
        "## Updated `src/a.py`",
        "## Create src/a.py",
        "## `src/a.py` \u2014 new",
        "## `src/a.py`:",
        "**`src/a.py`**",
        "**src/a.py**",
        "`src/a.py`:",
        "**File: `src/a.py`**",
        "src/a.py",
    ],
)
def test_a_title_names_a_file_in_many_ways(title: str) -> None:
    found = read_answer(f"Here it is.\n\n{title}\n\n{CODE}\nThat is all.\n")
    assert found == ([FileEdit("src/a.py", "x = 1\n")], [])


@pytest.mark.parametrize("title", ["## Delete `src/a.py`", "## Deleted: src/a.py", "## Remove **src/a.py**"])
def test_a_title_deletes_a_file(title: str) -> None:
    assert read_answer(f"{title}\n\n## `b.py`\n\n{CODE}").edits[0] == FileEdit("src/a.py", None)


@pytest.mark.parametrize("name", ["Makefile", "src/my file.py", "app/[id]/page.tsx", ".github/workflows/ci.yml"])
def test_odd_names_are_names(name: str) -> None:
    assert read_answer(f"## `{name}`\n\n{CODE}").edits == [FileEdit(name, "x = 1\n")]


@pytest.mark.parametrize(
    "text",
    [
        f"Here is the code:\n\n{CODE}",
        f"## What I did\n\n{CODE}",
        f"## `a.py`\n\n{CODE}\n{CODE}",
        f"## `a.py`\n\n{CODE}\nand\n\n## `a.py`\n\n{CODE}",
        "## `a.py`\n\n```sh\n#!/bin/sh\necho\n```\n\n```sh\n#!/bin/sh\n```\n",
    ],
    ids=["none", "no path", "two blocks", "twice", "a script"],
)
def test_code_that_cannot_be_placed_is_told(text: str) -> None:
    assert read_answer(text).unplaced


def test_a_command_to_run_is_for_people() -> None:
    text = f"## `a.py`\n\n{CODE}\nRun the tests:\n\n```sh\npytest -q\n```\n"
    assert read_answer(text) == ([FileEdit("a.py", "x = 1\n")], [])


README = "# Tool\n\n```sh\npip install tool\n```\n\nOutput:\n\n```\n1 done\n```\n\n## End\n"


@pytest.mark.parametrize("behind", ["", f"\n## `a.py`\n\n{CODE}", "\nRun it:\n\n```sh\ntool\n```\n"])
@pytest.mark.parametrize("text", [README, "a\n\n```\nb\n```\n", "```py\na\n```\n", "none\n"])
def test_fences_inside_a_file_of_markdown_stay(text: str, behind: str) -> None:
    found = read_answer(f"## `README.md`\n\n```markdown\n{text}```\n{behind}")
    assert found.edits[0] == FileEdit("README.md", text)
    assert found.unplaced == []


def test_a_longer_fence_holds_anything() -> None:
    text = 'def f():\n    """\n    ```\n    x\n    ```\n    """\n'
    assert read_answer(f"## `a.py`\n\n````python\n{text}````\n").edits == [FileEdit("a.py", text)]


def test_an_example_in_a_docstring_stays() -> None:
    text = 'def f():\n    """\n    ```python\n    x\n    ```\n    """\n'
    assert read_answer(f"## `a.py`\n\n```python\n{text}```\n").edits == [FileEdit("a.py", text)]
