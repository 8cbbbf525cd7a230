"""Named values, `- **Name:** value` and the like, in our own shape and in others."""

from __future__ import annotations

import re
from typing import NamedTuple

from sous.document.boxes import without_box

# Our own: the colon inside or behind, or left out. `[^*_:]` keeps the name from running over a
# second field.
_OWN = re.compile(r"(?:[-*] +)?\*\*(?P<name>[\w /-]{1,40}?):?\*\*:?\s*(?P<value>.*)", re.DOTALL)
_BOLD = re.compile(
    r"^(?:[\u2022\-*+]\s+)?(?:\*\*|__)(?P<name>[^*_:\uff1a`\n]{1,40}?)\s*"
    r"(?:[:\uff1a]\s*(?:\*\*|__)|(?:\*\*|__)\s*[:\uff1a]|[:\uff1a]\s*(?P<inner>[^*\n]+?)(?:\*\*|__))\s*(?P<value>.*)$"
)
_PLAIN = re.compile(r"^(?P<name>[^\W\d][^:\uff1a`*\n.,]{0,24}?)\s*[:\uff1a]\s*(?P<value>.*)$")
_BARE = re.compile(r"^(?:\*\*|__)(?P<name>[^*_`\n]{1,40})(?:\*\*|__)$")
_LABEL = re.compile(
    r"\s*(?:[-*+]\s+|(?P<number>\d+[.)]\s+))?(?:\*\*|__)(?P<name>[^*_\n]{2,80}?)"
    r"(?:[:\uff1a]\s*(?:\*\*|__)|(?:\*\*|__)\s*(?:[:\uff1a]|$))"
)
_SEVERAL = re.compile(r"\s+[·•|]\s+(?=\*\*|__)")


class FieldText(NamedTuple):
    """A named value: its name in lower case, its words alone; the value; the box before it.

    `kind`: bold, plain, or name where it stands alone.
    """

    name: str
    value: str
    kind: str
    box: str = ""


class BoldLabel(NamedTuple):
    """What a line begins with in bold, before a colon or alone; `is_counted`: behind a number."""

    name: str
    is_counted: bool


def bold_label(line: str) -> BoldLabel | None:
    """Return what a line, or an item of a list, begins with in bold, as it is written."""
    match = _LABEL.match(line)
    return BoldLabel(match["name"], bool(match["number"])) if match else None


def own_field(text: str) -> FieldText | None:
    """Return the field that a line or a paragraph of our own shape begins with."""
    match = _OWN.match(text)
    return (
        FieldText(match["name"].strip().lower(), match["value"].strip(), "bold") if match else None
    )


def listed_field(line: str) -> FieldText | None:
    """Return the field that a list item of our own shape is."""
    return own_field(line) if line.startswith(("- ", "* ")) else None


def field_in(line: str, *, is_item: bool) -> FieldText | None:
    """Return the field that a line is, in any author's form; `is_item`: it begins a list item."""
    box, line = without_box(line.strip())
    match = _BOLD.match(line)
    if match:
        return FieldText(
            plain_name(match["name"]), (match["inner"] or match["value"] or "").strip(), "bold", box
        )
    match = _BARE.match(line)
    if match:
        return FieldText(plain_name(match["name"]), "", "name")
    match = _PLAIN.match(line)
    if (
        match
        and (is_item or "\uff1a" in line[:30] or match["name"][:1].isupper())
        and "//" not in line[:12]
    ):
        return FieldText(plain_name(match["name"]), match["value"].strip(), "plain", box)
    return None


def several(field: FieldText) -> list[FieldText]:
    """Return the fields that one line names: `**A:** 1 · **B:** 2`."""
    if field.kind != "bold" or not (parts := _SEVERAL.split(field.value)[1:]):
        return [field]
    first = field._replace(value=_SEVERAL.split(field.value)[0].strip())
    return [first, *filter(None, (field_in(part, is_item=False) for part in parts))]


def plain_name(text: str) -> str:
    """Return the words of a name in lower case."""
    return " ".join(re.findall(r"[\w'/-]+", text.casefold()))
