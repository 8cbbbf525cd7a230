"""Plans without titles that are counted: copies of web pages, fields, blocks of text."""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from sous.document.fences import fence_line
from sous.plan.prompts import (
    PROMPT_NAME,
    WEB_COPY,
    fence_of_prompt,
    is_heading,
    is_text,
    prompt_of_torn,
    tells,
)
from sous.plan.titles import clean_title

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sous.plan.page import Page

_LEAST = 20  # characters of a prompt
_LEAST_WORDS = 4
_AROUND = 3  # lines around a prompt: its title and two fences
_LEAST_SHARE = 0.2  # of the lines, of the only block
_NUMBER = re.compile(r"[A-Z]?\d+(?:[.\-]\d+)*[a-z]?(?:-[A-Z]{2,})?")
_WEB_NUMBER = re.compile(r"\s*(\d+)\.\s*")
_WEB_MARK = re.compile(r"\s*(?:\d+\.\s*)?(?:text|markdown|prompt|plaintext)\s*$")
_QUOTE = re.compile(r"^\s*> ?")


class Loose(NamedTuple):
    """A step without a counted title: number, title, prompt, and line (from 0) of the title.

    `is_said`: the block says that it is a prompt.
    """

    number: str
    title: str
    prompt: str
    line: int
    is_said: bool = False


def loose_steps(page: Page) -> list[Loose]:
    """Return the steps of a plan whose titles are not counted."""
    for read in (_by_web_copy, _by_fields, _by_blocks):
        found = [step for step in read(page) if _has_words(step.prompt)]
        if found and not _is_aside(page, found):
            return found
    return []


def _is_aside(page: Page, found: Sequence[Loose]) -> bool:
    """Tell whether the only block is a small part of a document: an example in it."""
    if len(found) > 1 or found[0].is_said:
        return False
    lines = sum(bool(line.strip()) for line in page.lines)
    return found[0].prompt.count("\n") + 1 < lines * _LEAST_SHARE


def _has_words(prompt: str) -> bool:
    """Tell whether a block is long enough, and made of words: no name, no formula."""
    words = len(prompt.split()) + sum(char > "\u2e80" for char in prompt) // 2
    return len(prompt) >= _LEAST and words >= _LEAST_WORDS


def _by_web_copy(page: Page) -> Iterator[Loose]:
    """Read steps copied from a web page: blocks became the lines `text`, `Copy`, `Edit`."""
    lines = page.lines
    marks = [
        at - 1
        for at in range(1, len(lines))
        if lines[at].strip() in WEB_COPY[1:] and _WEB_MARK.match(lines[at - 1])
    ]
    if not marks:
        return
    first = next((at for at in range(marks[0]) if fence_line(lines[at])), None)
    starts = marks if first is None else [first, *marks]
    titles = [_above(lines, at, default=at) for at in starts]
    for at, title_at, end in zip_longest(starts, titles, titles[1:], fillvalue=len(lines)):
        number = _WEB_NUMBER.match(lines[at]) or _WEB_NUMBER.match(lines[title_at])
        title = clean_title(_WEB_NUMBER.sub("", lines[title_at], count=1))
        prompt = prompt_of_torn(lines[at + 1 : end], is_last=True)
        yield Loose(number[1] if number else "", title, prompt, title_at)


def _above(lines: Sequence[str], at: int, default: int) -> int:
    """Return the line with text above one."""
    return next((above for above in range(at - 1, -1, -1) if lines[above].strip()), default)


def _by_fields(page: Page) -> Iterator[Loose]:
    """Read steps whose prompt follows a line `Prompt:` alone, under whatever heading."""
    lines = page.lines
    starts = [at for at, line in enumerate(lines) if PROMPT_NAME.match(line)]
    headings = [at for at, line in enumerate(lines) if starts and is_heading(line, 3)]
    for at, following in zip_longest(starts, starts[1:], fillvalue=len(lines)):
        below = bisect_left(headings, at)
        if not below:
            continue
        heading = headings[below - 1]
        end = min([following, *headings[below : below + 1]])
        quoted = [_QUOTE.sub("", line) for line in lines[at + 1 : end]]
        title = clean_title(lines[heading].lstrip("# "))
        number = _NUMBER.search(title)
        prompt = prompt_of_torn(quoted, is_last=True)
        yield Loose(number[0] if number else "", title, prompt, heading)


def _by_blocks(page: Page) -> Iterator[Loose]:
    """Read steps that are blocks of text, each under a title of any kind.

    A block under a sentence is what that shows, unless there is nothing else in the document.
    Blocks of text are prompts where most of them tell something, or the document is of prompts.
    """
    found = list(_blocks(page))
    telling = sum(step.is_said or tells(step.prompt) for step in found)
    if telling * 2 <= len(found) and not page.is_of_prompts:
        return
    titled = [step for step in found if not _is_sentence(page, step)]
    lines = sum(bool(line.strip()) for line in page.lines)
    in_steps = sum(len(step.prompt.split("\n")) + _AROUND for step in found)
    are_all = len(found) > 1 and lines - in_steps <= len(found)
    yield from titled or (found if are_all else ())


def _is_sentence(page: Page, step: Loose) -> bool:
    """Tell whether what stands above a block is a sentence, and no heading."""
    is_heading_line = is_heading(page.lines[step.line], 6)
    return step.title.endswith(".") and not step.is_said and not is_heading_line


def _blocks(page: Page) -> Iterator[Loose]:
    """Yield the blocks of text, each with the line above it."""
    lines, at = page.lines, 0
    while at < len(lines):
        fence = fence_of_prompt(lines[at])
        if not fence or fence.info not in ("text", "prompt"):
            at += 1
            continue
        behind = range(at + 1, len(lines))
        end = next((line for line in behind if lines[line].strip() == fence.marks), len(lines))
        prompt = "\n".join(lines[at + 1 : end]).strip()
        title_at = _above(lines, at, default=-1)
        if fence.info == "prompt" or is_text(prompt, is_said=True):
            title = clean_title(lines[title_at].lstrip("# ")) if title_at >= 0 else ""
            is_said = fence.info == "prompt"
            yield Loose("", title, prompt, title_at if title_at >= 0 else at, is_said)
        at = end + 1
