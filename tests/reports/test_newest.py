from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from sous.errors import SousError
from sous.reports.newest import newest_report

if TYPE_CHECKING:
    from pathlib import Path


def test_the_report_that_was_written_last_is_meant(tmp_path: Path) -> None:
    for time, name in enumerate(("issues.md", "code-review.md", "missing-tests.md")):
        (tmp_path / name).write_text("# Report\n")
        os.utime(tmp_path / name, (time % 2, time % 2))
    assert newest_report(tmp_path).name == "code-review.md"


def test_a_report_without_items_is_passed_over_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "issues.md").write_text("# Issues\n\n## 1. Adding subtracts\n\ntext\n\n## 2. Halving doubles\n\ntext\n")
    (tmp_path / "code-review.md").write_text("## No findings\n")
    os.utime(tmp_path / "issues.md", (1, 1))
    assert newest_report(tmp_path).name == "issues.md"
    assert capsys.readouterr().err == "code-review.md: 0 items; taking issues.md\n"
    (tmp_path / "issues.md").write_text("## No issues\n")
    os.utime(tmp_path / "issues.md", (1, 1))
    assert newest_report(tmp_path).name == "code-review.md"


def test_a_readme_has_no_items(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Demo\n")
    with pytest.raises(SousError, match="no report here yet"):
        newest_report(tmp_path)
