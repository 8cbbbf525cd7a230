from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sous.asking.ticks import with_old_ticks
from sous.output.provenance import sign
from sous.output.target import Destination, OutputFile, Placing

if TYPE_CHECKING:
    from pathlib import Path

NEW = "## 1. It leaks\n\n- **Severity:** high\n- **Location:** `a.py:1`\n\nIt does.\n"
OLD = NEW.replace("## 1.", "## [x] 1.")


@pytest.mark.parametrize(
    ("task", "placing", "keeps"),
    [
        ("code-review", Placing.WHOLE, True),
        ("readme", Placing.WHOLE, False),
        ("code-review", Placing.ASIDE, False),
    ],
)
def test_ticks_stay_where_a_whole_report_is_replaced(
    task: str, placing: Placing, tmp_path: Path, *, keeps: bool
) -> None:
    path = tmp_path / "code-review.md"
    path.write_text(OLD)
    text = sign(NEW, {"task": task})
    assert ("[x]" in with_old_ticks(text, Destination(OutputFile(path), placing))) is keeps


def test_what_is_not_there_has_no_ticks(tmp_path: Path) -> None:
    text = sign(NEW, {"task": "code-review"})
    assert with_old_ticks(text, Destination(OutputFile(tmp_path / "code-review.md"))) == text
