"""What an answer looks like: whether it has text, contents, an end; whether it is an excuse."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.asking.offers import refuses
from sous.document.markdown import parse
from sous.items.nothing import nothing_found
from sous.reports.shape import is_visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.document.blocks import Block
    from sous.document.markdown import Document

__all__ = ["has_contents", "is_cut", "is_excuse", "is_excuse_below_title", "is_visible"]

_LONGEST_EXCUSE = 1_200  # characters
_PLACE = re.compile(r"[\w./\\-]+\.\w{1,8}:\d+|`[^`\n]*[./:_()][^`\n]*`")
_BEGUN = ("-", "*", "+", "#", "|", ">")  # lines that only begin
_LABEL = re.compile(r"\*\*([^*\n]{1,40}?):?\*\*")
_END_OF_SENTENCE = ".!?\u2026;)]}>\"'`*_|\u00bb\u201d\u2019\u3002\uff01\uff1f\uff09\u0964"


def is_excuse(text: str) -> bool:
    """Tell whether an answer does nothing of a task: short, no heading, place, list, table, code.

    It is known by its shape: a refusal, or that no code was received, in any language.
    """
    if len(text.strip()) > _LONGEST_EXCUSE or nothing_found(text):
        return False
    blocks = parse(text).blocks
    is_bare = all(block.kind in ("text", "rule") and not block.items for block in blocks)
    return is_bare and not _PLACE.search(text)


def is_excuse_below_title(text: str, *, asks: bool) -> bool:
    """Tell whether an answer is a title and, below it, that the task was not done.

    It is short, has no place, list, table or code, and says so; `asks`: or asks for something.
    """
    if len(text.strip()) > _LONGEST_EXCUSE or nothing_found(text):
        return False
    blocks = parse(text).blocks
    rest = blocks[1:]
    if not rest or blocks[0].kind != "heading":
        return False
    is_bare = all(block.kind in ("text", "rule") and not block.items for block in rest)
    prose = "\n".join(block.text for block in rest)
    return is_bare and not _PLACE.search(text) and refuses(prose, asks=asks)


def has_contents(text: str) -> bool:
    """Tell whether there is text besides headings, or code below one."""
    if nothing_found(text):
        return True
    is_below = False
    for block in parse(text).blocks:
        if block.kind == "heading":
            is_below = True
        elif (
            (block.kind == "code" and is_below and block.text.strip())
            or (block.kind in ("text", "html") and is_visible(block.text))
            or (block.kind == "row" and not block.is_head and is_visible(" ".join(block.cells)))
        ):
            return True
    return False


def is_cut(text: str) -> bool:
    """Tell whether a text ends in the midst of something: of code, a sentence, a finding."""
    document = parse(text.rstrip() + "\n")
    last = document.blocks[-1] if document.blocks else None
    if document.is_open or last is None or not document.headings:
        return True
    if document.text.rstrip().rpartition("\n")[2].strip() in _BEGUN:
        return True
    if last.kind == "heading":
        return not nothing_found(text)
    if last.kind == "code":
        return not last.is_closed or _lacks_fields(document)
    if last.kind == "text" and not _ends_well(last, document.blocks):
        return True
    return _lacks_fields(document)


def _ends_well(last: Block, blocks: Sequence[Block]) -> bool:
    """Tell whether a paragraph ends as a sentence does, or an item as the others do."""
    bare = last.text.strip("*_- \n")
    if not bare or last.text.count("`") % 2 or last.text.count("**") % 2:
        return False
    if bare.endswith((":", "\uff1a")):
        return False  # what it leads to is missing
    if last.text.rstrip()[-1:] in _END_OF_SENTENCE:
        return True
    ends = [block.text.rstrip()[-1:] for block in blocks if block.items and block.is_first]
    return bool(last.items) and any(end not in _END_OF_SENTENCE for end in ends[:-1])


def _lacks_fields(document: Document) -> bool:
    """Tell whether the last section names fewer of its fields than the one before it."""
    levels = [block.level for block in document.titles]
    if not levels:
        return False
    found = [
        set(_LABEL.findall("\n".join(document.written[title.line : end])))
        for title, end in document.sections(levels[-1])
    ]
    if len(found) == 1:
        return bool(found[0]) and bool(document.blocks[-1].items)
    if not found[-1]:  # prose, or what was to be fields
        return bool(found[-2]) and bool(document.blocks[-1].items)
    return bool(found[-2] - found[-1])
