"""The files that a model's answer gives: each a title with its path, and a fence below it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sous.document.fences import FenceLine, fence_line
from sous.document.headings import heading_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MARKS = re.compile(r"^(?:[-*+]\s+|\d+[.)]\s+)+")
_WORDS = r"new|changed|updated|modified|created|added|edited|rewritten|complete|full|revised"
_BEHIND = re.compile(
    rf"(?:\s*\((?:{_WORDS})(?: (?:file|version|content))?\)|\s+\([^()`]{{1,40}}\)|\s*(?:"
    rf"(?:[-\u2013\u2014:]\s*)(?:{_WORDS})(?: (?:file|version))?|:))\s*$",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    rf"^(?P<word>delete[ds]?|remove[ds]?|(?:{_WORDS}|create|update|add|edit|modify)|\w{{2,20}}(?=:)|)\s*:?\s*"
    r"(?:(?:the )?file:?\s+)?(?:`|\*\*|__|(?=[\w.@/\\-]+$))",
    re.IGNORECASE,
)
_NAME = re.compile(r"[^\s`*<>|\"?:][^`*<>|\"?:\n]*")
_BARE = re.compile(
    r"(?:[\w.@()\[\]+~-]+[/\\])*(?:[\w@()\[\]+~-]*\.[\w-]{1,12}|[A-Z]\w*file|LICENSE)"
)
_COMMANDS = (
    "sh",
    "bash",
    "shell",
    "console",
    "shell-session",
    "zsh",
    "powershell",
    "cmd",
    "output",
)
_FEW = 5  # lines of commands that are for people


class FileEdit(NamedTuple):
    """A file to be written; without a text, to be deleted."""

    path: str
    text: str | None


class Answered(NamedTuple):
    """The files of an answer, and what of it cannot be placed, in words."""

    edits: list[FileEdit]
    unplaced: list[str]


class _Title(NamedTuple):
    path: str
    is_gone: bool


def read_answer(answer: str) -> Answered:
    """Return the files that an answer gives, and its blocks of code that belong to none.

    A block may hold others: what a file of markdown has in fences stays in it.
    """
    lines = answer.replace("\r\n", "\n").split("\n")
    edits: list[FileEdit] = []
    unplaced: list[str] = []
    named: str | None = None
    at = 0
    while at < len(lines):
        opened = fence_line(lines[at])
        if opened is None:
            title = _title_in(lines, at)
            if title and title.is_gone:
                edits.append(FileEdit(title.path, None))
                named = None
            elif title:
                named = title.path
            at += 1
            continue
        end = _end_of(lines, at, opened, named)
        body = lines[at + 1 : end]
        if named is not None:
            text = "".join(f"{line}\n" for line in _undented(body, opened))
            edits.append(FileEdit(named, text))
            named = None
        elif not _is_for_people(opened, body):
            unplaced.append(f"the block of code at line {at + 1} of the answer names no file")
        at = end + 1
    return Answered(edits, [*unplaced, *_twice(edits)])


def _twice(edits: Sequence[FileEdit]) -> Iterator[str]:
    seen: set[str] = set()
    for edit in edits:
        if edit.path in seen:
            yield f"the answer gives {edit.path!r} twice"
        seen.add(edit.path)


def _title_in(lines: Sequence[str], at: int) -> _Title | None:
    """Return the file that a line names: a heading, or a line alone right above a fence."""
    line = lines[at].strip()
    heading = heading_line(line)
    if heading is None:
        below = next((one for one in lines[at + 1 : at + 3] if one.strip()), "")
        if not line or fence_line(below) is None:
            return None
    text = heading.text if heading else line
    return _named(_MARKS.sub("", text).rstrip("#").strip())


def _named(text: str) -> _Title | None:
    """Return the file that a title is about: in ticks, bold or bare, with a word or two around."""
    text = _BEHIND.sub("", text).strip()
    text = re.sub(r"^(\*\*|__)(.*)\1$", r"\2", text).strip()
    text = _BEHIND.sub("", text).strip()
    match = _BEFORE.match(text)
    if match is None:
        return None
    is_gone = match["word"].lower().startswith(("delete", "remove"))
    rest = text[match.end() :].strip("`*_ ") if match[0] else text
    is_marked = match[0].endswith(("`", "*", "_"))
    if not _NAME.fullmatch(rest) or not (is_marked or _BARE.fullmatch(rest)):
        return None
    if is_marked and not match[0].endswith("`") and not _BARE.fullmatch(rest):
        return None  # words in bold
    return _Title(rest, is_gone)


def _end_of(lines: Sequence[str], at: int, opened: FenceLine, named: str | None) -> int:
    """Return the line of the fence that closes a block, else where the next file begins.

    A fence inside that says its language opens a block of its own; in a file of markdown a bare one
    does too, where as many are left as that needs.
    """
    fences, stop = _fences_in(lines, at, opened)
    depth = 1
    for place, (number, fence) in enumerate(fences):
        left = [one for _, one in fences[place + 1 :]]
        if fence.info or (depth == 1 and _is_markdown(named) and _may_open(left)):
            depth += 1
            continue
        depth -= 1
        if depth == 0:
            return number
    return next((number for number, one in reversed(fences) if not one.info), stop)


def _fences_in(
    lines: Sequence[str], at: int, opened: FenceLine
) -> tuple[list[tuple[int, FenceLine]], int]:
    """Return the fences that a block may hold or end with, and where the next file begins."""
    fences: list[tuple[int, FenceLine]] = []
    for number in range(at + 1, len(lines)):
        fence = fence_line(lines[number])
        if fence and (fence.closes(opened.marks) or _is_inner(fence, opened)):
            fences.append((number, fence))
        elif any(not one.info for _, one in fences) and _title_in(lines, number):
            return fences, number
    return fences, len(lines)


def _is_inner(fence: FenceLine, opened: FenceLine) -> bool:
    return bool(fence.info) and fence.marks.startswith(opened.marks)


def _may_open(left: Sequence[FenceLine]) -> bool:
    """Tell whether a bare fence may open a block: enough are left to close it and the file."""
    bare = sum(not one.info for one in left)
    more = bare - (len(left) - bare)
    return more > 0 and more % 2 == 0


def _is_markdown(named: str | None) -> bool:
    return bool(named and named.lower().endswith((".md", ".markdown", ".mdx")))


def _undented(body: Sequence[str], opened: FenceLine) -> list[str]:
    """Return the lines of a block without the indent of its fence."""
    indent = opened.indent
    return [line.removeprefix(indent) if indent else line for line in body]


def _is_for_people(opened: FenceLine, body: Sequence[str]) -> bool:
    """Tell whether a block is a few commands to run, no file."""
    few = len(body) <= _FEW and not any(line.startswith("#!") for line in body)
    return opened.language in _COMMANDS and few
