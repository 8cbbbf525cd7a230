"""Steps that are records of fields, each with its title in one: what Task Master exports."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING

from sous.document.fields import field_in
from sous.document.headings import heading_line
from sous.document.words import any_of, names
from sous.plan.structure import FoundStep

if TYPE_CHECKING:
    from sous.plan.page import Page

_ID = re.compile(rf"(?:(?:{any_of('work_word')})[ -]*)?(?:id|nr|no|number)", re.IGNORECASE)
_TITLES = names("titles")
_STATUS = names("status")
_DONE = re.compile(rf"(?:{any_of('step_done')})", re.IGNORECASE)
_NEAR = 4  # lines from the number to the title


def records_in(page: Page) -> list[FoundStep]:
    """Return the records of a plan: each begins with a field that is its number."""
    fields = {
        at: field
        for at in range(page.start, page.end)
        if (field := _field(page, at)) and _ID.fullmatch(field[0]) and " " in field[0]
    }
    starts = [at for at in fields if _title_line(page, at) is not None]
    found = []
    for at, following in zip_longest(starts, starts[1:]):
        end = following if following is not None else page.end
        title_at = _title_line(page, at)
        title = _field(page, title_at) if title_at is not None else None
        if title_at is None or title is None:
            continue
        body = page.lines[title_at + 1 : end]
        while body and not body[-1].strip("- \t"):
            body.pop()
        prompt = "\n".join(body).strip()
        done = _is_done(page, at, min(end, title_at + _NEAR))
        found.append(FoundStep(fields[at][1], title[1], prompt or title[1], done, at, end))
    return found


def _field(page: Page, at: int) -> tuple[str, str] | None:
    """Return the name and the value of a line `# Name: value`, or one without the mark."""
    line = page.lines[at]
    if page.is_code(at) or ":" not in line:
        return None
    heading = heading_line(line)
    field = field_in(heading.text if heading else line, is_item=True)
    return (field.name, field.value) if field and field.value else None


def _title_line(page: Page, at: int) -> int | None:
    lines = range(at + 1, min(page.end, at + _NEAR))
    return next((line for line in lines if (f := _field(page, line)) and f[0] in _TITLES), None)


def _is_done(page: Page, first: int, last: int) -> bool:
    fields = (_field(page, at) for at in range(first, last))
    return any(field[0] in _STATUS and _DONE.fullmatch(field[1]) for field in fields if field)
