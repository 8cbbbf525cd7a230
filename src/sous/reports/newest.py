"""The report that is meant where none is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.names import REPORTS
from sous.terminal import inform

if TYPE_CHECKING:
    from pathlib import Path


def newest_report(folder: Path) -> Path:
    """Return the report that was written last, else the last one that has items.

    A report without items is reported. Raises SousError when there is no report.
    """
    paths = [folder / report.output for report in REPORTS.values() if not report.is_document]
    there = [path for path in paths if path.is_file()]
    if not there:
        raise SousError(
            "there is no report here yet; make one with `sous github-issues`, or name a file"
        )
    newest, *older = sorted(there, key=lambda path: path.stat().st_mtime_ns, reverse=True)
    if not older or _has_items(newest):
        return newest
    found = next((path for path in older if _has_items(path)), newest)
    if found != newest:
        inform(f"{newest.name}: 0 items; taking {found.name}")
    return found


def _has_items(path: Path) -> bool:
    from sous.items.tick import read_file

    try:
        return bool(read_file(path).items)
    except SousError:  # whoever uses it says why it cannot be read
        return True
