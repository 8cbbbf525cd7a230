"""The report that is meant where none is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.names import REPORTS

if TYPE_CHECKING:
    from pathlib import Path


def newest_report(folder: Path) -> Path:
    """Return the report with items that was written last. Raises SousError when there is none."""
    paths = [folder / report.output for report in REPORTS.values() if report.command != "readme"]
    there = [path for path in paths if path.is_file()]
    if not there:
        raise SousError(
            "there is no report here yet; make one with `sous github-issues`, or name a file"
        )
    return max(there, key=lambda path: path.stat().st_mtime_ns)
