"""The prompt of a step: the whole section below its title, or the one block that is said to be it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sous.document.boxes import box_line
from sous.document.fences import fence_line, shallow_fence
from sous.document.fields import field_in
from sous.document.headings import heading_line, is_details, is_rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sous.document.blocks import Span
    from sous.document.fences import FenceLine
    from sous.plan.page import Page

VERIFY = re.compile(r"^\W*(?:how to )?verify\b[^\w]*$", re.IGNORECASE)
PROMPT_NAME = re.compile(
    r"^\W*(?:prompt|промпт)\s*(?:\*\*|__)?\s*:\s*(?:\*\*|__)?\s*$", re.IGNORECASE
)
WEB_COPY = ("text", "Copy", "Edit", "Copy code")
_SAID = ("text", "prompt")  # info strings of blocks that are prompts, whatever stands around them
_MAY_BE = ("", "markdown", "md", "plaintext", "txt")
_LANGUAGE = re.compile(r"[\w+#.-]*")
_FILES = ("files", "file", "files to modify", "files to create")
_MOST_BEFORE = 400  # characters of text before a block: a goal or two
_SYMBOLS = re.compile(r"[{}\[\]<>=|+\\/~^$%&@\u2190-\u21ff\u2500-\u27bf]")  # of code, of drawings
_LEAST_WORDS = 2
_QUOTE = re.compile(r"^[ \t]*(?:>[ \t]?)+")
_SENTENCE = re.compile(r"\W*(?:[^\Wa-z_]|\d+[.)])")  # no command begins with a capital
_NEAR = 14  # lines below a title in which its block begins
_FEW = 8  # letters for each symbol, in a text


class Prompt(NamedTuple):
    """A prompt, and what is known of it: block, prose (the block is text), work (boxes, files)."""

    text: str
    traits: frozenset[str]


def prompt_in(page: Page, first: int, last: int, *, is_last: bool) -> Prompt | None:
    """Return the prompt in some lines; None where there is none."""
    lines = page.lines[first:last]
    if not page.is_sound:
        text = prompt_of_torn(lines, is_last=is_last)
        block = any(fence_of_prompt(line) for line in lines[:_NEAR])
        traits = {"block", "prose"} if block else set()
    else:
        fence, inside = _block(page, first, last)
        text = inside or whole_text(lines, is_last=is_last)
        traits = set(_traits(page, first, last))
        traits |= {"block"} if inside else set()
        is_prose = is_text(inside, is_said=fence in _SAID)
        traits |= {"prose"} if is_prose else set()
    least = 1 if "block" in traits else _LEAST_WORDS
    is_prompt = len(re.findall(r"\w+", text)) >= least
    return Prompt(text, frozenset(traits)) if is_prompt else None


def _block(page: Page, first: int, last: int) -> tuple[str, str]:
    """Return language and content of the one block that is said to be the prompt; empty where none is."""
    end = next((at for at in range(first, last) if _is_verify(page, at)), last)
    codes = page.codes_between(first, end)
    if not codes:
        return "", ""
    fence = fence_line(page.lines[codes[0].line])
    outside = [page.lines[at] for at in range(first, end) if not page.is_code(at)]
    before = [page.lines[at] for at in range(first, codes[0].line)]
    is_said = fence is not None and fence.language in _SAID
    may_be = fence is not None and fence.language in _MAY_BE and not any(map(box_line, outside))
    if not (is_said or may_be) or _is_prose(before):
        return "", ""
    return (fence.language if fence else ""), _inside(page, codes, end)


def _is_verify(page: Page, line: int) -> bool:
    return not page.is_code(line) and bool(VERIFY.match(page.lines[line]))


def _inside(page: Page, codes: Sequence[Span], end: int) -> str:
    """Return what is in the first block; to the last where the section ends with that, as in one block torn apart."""
    first, last = codes[0], codes[-1]
    behind = (line.strip() for line in page.lines[last.end : end])
    is_end = not any(line and not is_rule(line) for line in behind)
    fence = fence_line(page.lines[last.line])
    stop = last.end if is_end and fence and not fence.info else first.end
    return "\n".join(unquoted(page.lines[first.line + 1 : stop - 1])).strip()


def _traits(page: Page, first: int, last: int) -> Iterator[str]:
    """Yield whether a section looks like work to be done: it names files, or has boxes and not only them."""
    outside = [page.lines[at] for at in range(first, last) if not page.is_code(at)]
    has_boxes = any(map(box_line, outside))
    has_code = any(page.is_code(at) for at in range(first, last))
    is_more = has_code or any(map(_is_paragraph, outside))
    if any(map(_is_files, outside)) or (has_boxes and is_more):
        yield "work"


def _is_paragraph(line: str) -> bool:
    """Tell whether a line is text that is in no list, a bold field too."""
    if not line.strip() or line[0].isspace() or is_rule(line) or heading_line(line):
        return False
    return not line.startswith(("- ", "* ", "+ ", "<!--"))


def _is_files(line: str) -> bool:
    field = field_in(line, is_item=False)
    return field is not None and field.kind == "bold" and field.name in _FILES


def is_text(block: str, *, is_said: bool) -> bool:
    """Tell whether what is in a block is text, not code, a drawing or (where it is not said) commands."""
    letters = sum(char.isalpha() for char in block)
    is_drawn = len(_SYMBOLS.findall(block)) * _FEW > letters
    return bool(letters) and not is_drawn and (is_said or bool(_SENTENCE.match(block)))


def unquoted(lines: Sequence[str]) -> list[str]:
    """Return lines without the marks of a quote that they are all in."""
    is_quote = all(line.lstrip().startswith(">") for line in lines if line.strip())
    return [_QUOTE.sub("", line) if is_quote else line for line in lines]


def whole_text(lines: Sequence[str], *, is_last: bool) -> str:
    """Return a section without what only says that a prompt follows, and the rule behind it."""
    body = [line for line in lines if not is_details(line)]
    while body and (not body[0].strip() or _is_before(body[0])):
        del body[0]
    if is_last:
        rule = next((at for at, line in enumerate(body) if is_rule(line)), len(body))
        body = body[:rule]
    while body and (not body[-1].strip() or is_rule(body[-1])):
        del body[-1]
    return "\n".join(unquoted(body)).strip()


def _is_before(line: str) -> bool:
    return bool(PROMPT_NAME.match(line)) or line.strip() in WEB_COPY


# -- where the fences of a plan are broken


def prompt_of_torn(lines: Sequence[str], *, is_last: bool) -> str:
    """Return what is in the first block, whatever fences are inside, else all of the text."""
    fences = [at for at, line in enumerate(lines) if fence_of_prompt(line)]
    if not fences or _is_prose(lines[: fences[0]]):
        return whole_text(_to_heading(lines), is_last=True)
    opened = fences[0]
    closing = [at for at in fences[1:] if not _language(lines[at])]
    end = closing[-1] if closing else len(lines)
    if is_last and closing:
        end = _first_that_fits(lines, opened, closing)
    return "\n".join(lines[opened + 1 : end]).strip()


def _to_heading(lines: Sequence[str]) -> Sequence[str]:
    """Return the lines before the first heading of a section; those at the very beginning stay."""
    at = next((at for at, line in enumerate(lines) if is_heading(line, 2)), len(lines))
    return lines[:at]


def _first_that_fits(lines: Sequence[str], opened: int, closing: Sequence[int]) -> int:
    """Return which of the closing fences ends the last block: as many are opened as closed inside."""
    depth = 1
    for at in range(opened + 1, len(lines)):
        if fence_of_prompt(lines[at]):
            depth += 1 if _language(lines[at]) else -1
        if depth == 0:
            return at
    return closing[-1]


def _language(line: str) -> str:
    fence = fence_of_prompt(line)
    return fence.info if fence else ""


def fence_of_prompt(line: str) -> FenceLine | None:
    """Return what a line says as the fence of a prompt, whose info string is a word at most."""
    fence = shallow_fence(line)
    return fence if fence and _LANGUAGE.fullmatch(fence.info) else None


def is_heading(line: str, deepest: int) -> bool:
    """Tell whether a line is a heading of a level or one above it."""
    heading = None if line[:1].isspace() else heading_line(line)
    return heading is not None and heading.level <= deepest


def _is_prose(lines: Sequence[str]) -> bool:
    """Tell whether text before a block is a prompt itself rather than a few fields of the step."""
    words = [line for line in lines if line.strip() and not _is_of_a_step(line)]
    return sum(map(len, words)) > _MOST_BEFORE


def _is_of_a_step(line: str) -> bool:
    """Tell whether a line is a field, an item of a list or a heading, not prose."""
    text = line.strip()
    return text.startswith(("**", "__", "- ", "* ", "+ ")) or heading_line(text) is not None
