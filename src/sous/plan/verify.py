"""How a step of a plan is verified: what is said of it behind the prompt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.document.boxes import without_box
from sous.document.fences import shallow_fence
from sous.document.markdown import parse

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAME = re.compile(
    r"^\W*(?:how to )?(?:verify|verification|verified by)\b"
    r"(?:(?P<said>(?:\*\*|__)?\s*:.*)|[^\w]*)$",
    re.IGNORECASE,
)
_ITEM = re.compile(r"^(?:[-*+]|\d+[.)])\s+(?P<text>\S.*)$")
_ENDS = ("#", "---", "***")  # what begins a line that is no text


def verify_lines(lines: Sequence[str]) -> list[str]:
    """Return how a step is verified: items, text or commands below that name, or behind it."""
    fenced = parse("\n".join(lines)).fenced
    for at, line in enumerate(lines):
        match = _NAME.match(line) if not fenced[at] and any(fenced[:at]) else None
        if match:
            said = (match["said"] or "").strip(" :*_")
            return _below(said, lines[at + 1 :], fenced[at + 1 :])
    return []


def _below(said: str, lines: Sequence[str], fenced: Sequence[bool]) -> list[str]:
    found = [said] if said else []
    is_open = bool(found)  # the last one may go on in the next line
    for line, is_code in zip(lines, fenced, strict=False):
        text = line.strip()
        if is_code:
            found += _commands(line)
        elif item := _ITEM.match(line):
            found.append(without_box(item["text"])[1].strip())
        elif text and found and (is_open or line[0].isspace()):
            found[-1] += f" {text}"
        elif text:
            if found or text.startswith(_ENDS):
                break
            found.append(text)
        is_open = bool(text) and not is_code
    return found


def _commands(line: str) -> list[str]:
    """Return the command that a line of a block of code is."""
    return [] if shallow_fence(line) or not line.strip() else [f"`{line.strip()}`"]
