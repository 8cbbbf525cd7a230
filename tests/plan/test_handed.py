from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sous.errors import OverBudget
from sous.plan.handed import files_named, handed
from sous.plan.progress import Progress, read_progress

if TYPE_CHECKING:
    from pathlib import Path

PLAN = """# Plan: x

## Step 1: The store

- **Files:** `store.py`

```text
Write the store in `store.py`, tested.
```

## Step 2: The page

- **Files:** `page.py`, `app/[id]/page.tsx`

```text
Write `page.py`; it reads `store.py:12`, and calls `go`.
```

**Verify:**

- `pytest -q` passes
"""


@pytest.fixture
def progress(tmp_path: Path) -> Progress:
    (tmp_path / "plan.md").write_text(PLAN)
    (tmp_path / "todo.md").write_text("- [x] Step 1: The store\n- [ ] Step 2: The page\n")
    return read_progress(tmp_path / "plan.md")


def test_the_files_of_a_step_are_those_of_its_field_and_its_prompt(progress: Progress) -> None:
    assert files_named(progress.open[0]) == ["page.py", "app/[id]/page.tsx", "store.py"]


def test_a_step_has_its_verification_what_is_done_and_its_files(progress: Progress) -> None:
    found = handed(progress.open[0], progress.done, {"store.py": "x = 1\n"}, limit=1000)
    assert found.text == (
        "# Step 2: The page\n\nWrite `page.py`; it reads `store.py:12`, and calls `go`.\n\n"
        "How it will be verified:\n\n- `pytest -q` passes\n\n"
        "What is done already, and in the repository:\n\n- Step 1: The store\n\n"
        'The files that this is about:\n\n<file path="store.py">\nx = 1\n</file>\n'
    )
    assert found.told.startswith("1 file, ")


def test_a_file_that_does_not_fit_is_left_out_and_named(progress: Progress) -> None:
    files = {"big.py": "word " * 500, "store.py": "x = 1\n"}
    found = handed(progress.open[0], progress.done, files, limit=200)
    assert (found.files, found.left_out) == (["store.py"], ["big.py"])
    assert "big.py did not fit" in found.told
    assert found.tokens <= 200


def test_a_step_that_is_too_long_alone_is_refused(progress: Progress) -> None:
    with pytest.raises(OverBudget, match="--limit"):
        handed(progress.open[0], progress.done, {}, limit=5)


def test_other_texts_come_before_files_and_are_named_where_they_do_not_fit(progress: Progress) -> None:
    more = {"the log": "word " * 500, "the note": "Bob says: careful."}
    found = handed(progress.open[0], progress.done, {"store.py": "x = 1\n"}, limit=200, more=more)
    assert found.text.index("Bob says") < found.text.index("x = 1")
    assert found.left_out == ["the log"]
