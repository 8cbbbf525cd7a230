"""Ids of steps, `- **Id:** k7f3` among their fields: they stay when a step is renamed or moved."""

from __future__ import annotations

import re
import secrets
from itertools import zip_longest
from typing import TYPE_CHECKING

from sous.document.fields import listed_field
from sous.document.headings import heading_line
from sous.document.markdown import parse
from sous.errors import SousError
from sous.plan.shape import planned_steps

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from sous.document.markdown import Document
    from sous.plan.shape import Planned

ID = re.compile(r"[a-z0-9]{4,12}")
RESERVED = ("landing",)  # what a team's claims are called that are no step's
_FIELD = "id"
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+$")
_BULLET = re.compile(r"[ \t]*(?:[-*+]|\d+[.)])[ \t]+")
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
_LENGTH = 4


def ids_in(text: str, steps: Sequence[Planned]) -> list[str]:
    """Return the id of each step of a plan, "" where it has none."""
    document = parse(text)
    return [
        next((value for _, value in _id_lines(document, start, end)), "")
        for start, end in _spans(document, steps)
    ]


def check_ids(name: str, text: str, steps: Sequence[Planned]) -> list[str]:
    """Return the id of each step of the plan called `name`, "" where it has none.

    Raises SousError where an id is not one, a step has several, or two steps share one.
    """
    document = parse(text)
    lines_of: dict[str, int] = {}
    found: list[str] = []
    for step, (start, end) in zip(steps, _spans(document, steps), strict=True):
        own = list(_id_lines(document, start, end))
        if len(own) > 1:
            at, other = own[0][0] + 1, own[1][0] + 1
            raise SousError(
                f"{name}:{other}: {step.name} has an id already, in line {at}; keep one"
            )
        found.append("")
        for at, value in own:
            if not ID.fullmatch(value) or value in RESERVED:
                raise SousError(
                    f"{name}:{at + 1}: {value!r} is not an id: use 4 to 12 small letters and digits"
                )
            if value in lines_of:
                raise SousError(
                    f"{name}:{at + 1}: {step.name} has the id of the step in line "
                    f"{lines_of[value]}; delete the line of the copy, it gets another id"
                )
            lines_of[value] = at + 1
            found[-1] = value
    return found


def with_ids(name: str, text: str, *, make: Callable[[], str] | None = None) -> str:
    """Return a plan in which each step has an id; every other byte stays.

    Raises SousError where the ids that are there cannot hold, or the steps of a plan stand where
    no field can (in a table, inside a fence).
    """
    steps = planned_steps(text)
    ids = check_ids(name, text, steps)
    taken = {one for one in ids if one}
    lines = _LINE.findall(text)
    for step, own in reversed(list(zip(steps, ids, strict=True))):
        if not own:
            fresh = _new(taken, make or _random)
            taken.add(fresh)
            _insert(lines, step.step.line - 1, fresh)
    changed = "".join(lines)
    after = planned_steps(changed)
    if [_known(one) for one in after] != [_known(one) for one in steps] or not all(
        ids_in(changed, after)
    ):
        raise SousError(
            f"the steps of {name} are where no `- **Id:** …` line can be put below each: "
            "write each step as a heading"
        )
    return changed


def _known(step: Planned) -> tuple[str, str, bool]:
    return step.step.number, step.step.title, step.step.done


def _spans(document: Document, steps: Sequence[Planned]) -> Iterator[tuple[int, int]]:
    """Yield, for each step, the line behind its title, from 0, and the one behind its end."""
    for step, following in zip_longest(steps, steps[1:]):
        if step:
            end = following.step.line - 1 if following else len(document.written)
            yield step.step.line, end


def _id_lines(document: Document, start: int, end: int) -> Iterator[tuple[int, str]]:
    """Yield the lines, from 0, that give an id, and what they give.

    Only among the fields right below a title: what stands in prose or in a fence is text.
    """
    for at in range(start, min(end, len(document.written))):
        line = document.written[at]
        field = listed_field(line.strip()) if not document.fenced[at] else None
        if field is None and line.strip() and (document.fenced[at] or not line[0].isspace()):
            return
        if field and field.name == _FIELD:
            yield at, field.value.strip(" `")


def _insert(lines: list[str], title: int, own: str) -> None:
    """Put the field below a title: behind the fields that stand there, else as the first."""
    written = lines[title]
    ending = written[len(written.rstrip("\r\n")) :] or "\n"
    at = title + 1
    while at < len(lines) and not lines[at].strip():
        at += 1
    if at < len(lines) and listed_field(lines[at].rstrip()):
        while at < len(lines) and (listed_field(lines[at].rstrip()) or _goes_on(lines[at])):
            at += 1
        lines[at:at] = [f"- **Id:** {own}{ending}"]
        return
    lines[title] = written.rstrip("\r\n") + ending
    bullet = _BULLET.match(written)
    if bullet and heading_line(written) is None:
        blanks = " " * len(bullet[0].expandtabs(4))
        lines[title + 1 : title + 1] = [f"{blanks}- **Id:** {own}{ending}"]
        return
    is_open = title + 1 < len(lines) and lines[title + 1].strip()
    lines[title + 1 : title + 1] = [
        ending,
        f"- **Id:** {own}{ending}",
        *([ending] if is_open else []),
    ]


def _goes_on(line: str) -> bool:
    """Tell whether a line goes on a field of the line above."""
    return line[:1].isspace() and bool(line.strip())


def _new(taken: Collection[str], make: Callable[[], str]) -> str:
    while (found := make()) in taken:
        pass
    return found


def _random() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
