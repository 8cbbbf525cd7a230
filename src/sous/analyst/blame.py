"""When a line was written, as git knows it."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.files import inside
from sous.git import read_git

if TYPE_CHECKING:
    from sous.analyst.survey import Survey

_TIME = re.compile(rb"^author-time (\d{1,12})$", re.MULTILINE)
_NOT_YET = b"0" * 40  # the commit of what is not committed


def written_at(survey: Survey, path: str, line: int) -> str:
    """Return the month (`2021-04`) in which a line was committed; empty where nobody knows."""
    if survey.root is None or not inside(survey.root, survey.root / path):
        return ""
    number = survey.number(path, line)
    try:
        told = read_git(survey.root, "blame", "--porcelain", "-L", f"{number},{number}", "--", path)
    except SousError:
        return ""
    text = told.rstrip(b"\n").rpartition(b"\n")[2].removeprefix(b"\t").rstrip(b"\r")
    time = _TIME.search(told)
    if (
        told.startswith(_NOT_YET)
        or time is None
        or text.decode("utf-8", "replace") != survey.lines(path)[line - 1]
    ):
        return ""
    return dt.datetime.fromtimestamp(int(time[1]), dt.timezone.utc).strftime("%Y-%m")
