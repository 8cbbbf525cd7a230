"""What is posted of an item: its text as markdown of its own, cut, and our hidden mark."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sous.claims.blocks import ReportText
from sous.document.fences import MARKDOWN, fence_line
from sous.document.headings import heading_line
from sous.document.markdown import closed
from sous.forge.defuse import harmless_line
from sous.items.words import said_in
from sous.terminal import clean

if TYPE_CHECKING:
    from sous.items.read import Item

_MARKER = re.compile(
    r"<!-- sous:finding (?P<identity>[0-9a-f]{64}) "
    r"(?P<content>[0-9a-f]{16}) (?P<text>[0-9a-f]{16}) -->"
)
_DUPLICATE = re.compile(r"<!-- sous:duplicate (?P<kept>\d{1,18}) -->\s*\Z")
_CLOSING = 20  # characters for fences that are to be closed


@dataclass(frozen=True)
class IssueMark:
    """What our mark in an issue says: which finding it is, and hashes of what we say and wrote."""

    identity: str
    content: str
    text: str


def mark_in(body: str) -> IssueMark | None:
    """Return our mark in the body of an issue.

    Of several the last, which no text of an item can come behind.

    One in code is no mark but a text about one, or somebody who would like to be taken for us.
    """
    found = list(_MARKER.finditer(body))
    if not found or (body[found[-1].end() :].strip() and _is_code(body, found[-1].start())):
        return None
    return IssueMark(*found[-1].group("identity", "content", "text"))


def _is_code(body: str, at: int) -> bool:
    return any(start <= at < end for start, end in code_in(body.replace("\r", " ")))


def is_as_written(title: str, body: str, mark: IssueMark) -> bool:
    """Tell whether an issue is as we wrote it, so that nobody's words are lost by an update."""
    last = list(_MARKER.finditer(body))[-1:]
    ours = body[: last[0].start()] + body[last[0].end() :] if last else body
    return _digest(title, ours) == mark.text


def duplicate_body(title: str, body: str, mark: IssueMark, kept: int) -> str:
    """Return the body of an issue that is closed as a duplicate: of which one, and its text."""
    last = list(_MARKER.finditer(body))[-1]
    said = body[: last.start()].rstrip()
    text = f"Duplicate of #{kept}: both were posted at the same time.\n\n{said}"
    marked = (
        f"{text}\n\n<!-- sous:finding {mark.identity} {mark.content} {_digest(title, text)} -->"
    )
    return f"{marked}\n<!-- sous:duplicate {kept} -->"


def kept_instead(body: str) -> int | None:
    """Return the number of the issue that we closed one in favour of, None where we did not."""
    found = _DUPLICATE.search(body)
    return int(found["kept"]) if found else None


def _digest(title: str, body: str) -> str:
    folded = "\n".join(line.rstrip() for line in body.replace("\r\n", "\n").strip().split("\n"))
    return hashlib.sha256(f"{title.strip()}\0{folded}".encode("utf-8", "replace")).hexdigest()[:16]


def marked_body(identity: str, title: str, *, content: str, text: str) -> str:
    """Return a body with our mark behind it.

    `content` is what it says without what changes with every commit.
    """
    hashes = f"{_digest(title, content)} {_digest(title, text)}"
    return f"{text}\n\n<!-- sous:finding {identity} {hashes} -->"


def content_mark(title: str, content: str) -> str:
    """Return what a mark says of a content."""
    return _digest(title, content)


def plain_body(item: Item, body: str) -> str:
    """Return the body of an item as markdown of its own: out of its fence or list, no title."""
    text = body.replace("\r\n", "\n").replace("\r", "\n")
    inner = _in_a_fence(text)
    if inner is not None:
        text = inner
    elif item.kind in ("heading", "bold", "field"):
        text = _unwrapped(text)
    if item.kind in ("list", "box", "item"):
        text = _dedented(text)
    elif item.kind == "row":
        text = _of_row(text, item)
    lines = text.strip("\n").split("\n")
    first = heading_line(lines[0])
    if first and said_in(first.text).title.casefold() in item.title.casefold():
        lines = lines[1:]
    return clean("\n".join(lines).strip("\n")).rstrip()


def _in_a_fence(text: str) -> str | None:
    """Return what is in a text that is one block as a whole, of markdown or of no language.

    None for another.
    """
    lines = text.strip().split("\n")
    first, last = fence_line(lines[0]), fence_line(lines[-1])
    is_whole = (
        len(lines) > 2 and first and last and first.info in (*MARKDOWN, "") and last.info == ""  # noqa: PLR2004
    )
    return (
        "\n".join(lines[1:-1])
        if is_whole and first and last and first.marks == last.marks and not last.indent
        else None
    )


def _unwrapped(text: str) -> str:
    """Remove the fence of a block of markdown that is most of the text, with code inside."""
    lines = text.rstrip().split("\n")
    fences = {at: fence for at, line in enumerate(lines) if (fence := fence_line(line))}
    opened = next(
        (at for at, one in fences.items() if not one.indent and one.info in MARKDOWN), None
    )
    if opened is None:
        return text
    last = fences.get(len(lines) - 1)
    if (
        len(lines) - 2 <= opened
        or last is None
        or last.indent
        or not last.closes(fences[opened].marks)
    ):
        return text
    inside = lines[opened + 1 : -1]
    if sum(at > opened for at in fences) % 2 == 0:
        inside = lines[opened + 1 :]  # the block was closed by the fence of a block inside
    return "\n".join([*lines[:opened], *inside])


def _dedented(text: str) -> str:
    first, _, rest = text.partition("\n")
    indents = [len(line) - len(line.lstrip(" \t")) for line in rest.split("\n") if line.strip()]
    depth = min(indents, default=0)
    return "\n".join(
        [
            first.strip(),
            *(line[depth:] if line[:depth].isspace() else line for line in rest.split("\n")),
        ]
    )


def _of_row(text: str, item: Item) -> str:
    cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", text.strip().strip("|"))]
    return "\n".join(f"- {cell}" for cell in cells if cell and said_in(cell).title != item.title)


def code_in(text: str, at: int = 0) -> list[tuple[int, int]]:
    """Return from where to where code stands, blocks and spans; links are no code.

    `at` is where the text begins.
    """
    report = ReportText(f"\n{text}")  # what it begins with is no front matter
    at -= 1
    found = []
    for block in report.blocks:
        if block.kind == "code":
            found.append((report.start(block.first_code_line) + at, report.start(block.end) + at))
        found += [
            (start + at, end + at)
            for start, end in block.atoms
            if report.text[start : start + 1] == "`"
        ]
    return sorted(found)


def harmless_title(title: str, most: int) -> str:
    """Return a title that calls nobody, on one line, cut at a word."""
    text = " ".join(clean(title).split())
    text = harmless_line(text)
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    return f"{cut[: cut.rfind(' ')] if cut.rfind(' ') > most // 2 else cut}…"


def cut_to(text: str, most: int, more: str) -> str:
    """Return a text of at most so many characters, cut before a paragraph.

    `more` says where the rest is.

    It swallows nothing that is put behind it: a block that is open at its end is closed.
    """
    if len(text) <= most:
        return closed(text).rstrip()
    cut = text[: max(0, most - len(more) - _CLOSING)]
    ends = (cut.rfind("\n\n"), cut.rfind("\n"), len(cut))
    end = next(at for at in ends if at > len(cut) // 2)
    return f"{closed(cut[:end].rstrip()).rstrip()}\n\n{more}"
