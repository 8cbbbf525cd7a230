"""The prompt of a step: the section below its title, or the one block said to be it."""

from __future__ import annotations

import re
from itertools import takewhile
from textwrap import dedent, shorten
from typing import TYPE_CHECKING, NamedTuple

from sous.document.boxes import box_line
from sous.document.fences import fence_line, shallow_fence
from sous.document.fields import field_in
from sous.document.headings import heading_line, is_details, is_rule
from sous.document.words import any_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.document.blocks import Span
    from sous.document.fences import FenceLine
    from sous.plan.page import Page

VERIFY = re.compile(r"^\W*(?:how to )?verify\b[^\w]*$", re.IGNORECASE)
PROMPT_NAME = re.compile(
    rf"^\W*(?:{any_of('prompt')})\s*(?:(?:\*\*|__)?\s*[:\uff1a]\s*(?:\*\*|__)?|\*\*|__)\s*$",
    re.IGNORECASE,
)
_NAME_ALONE = re.compile(r"^\s*(?:[-*+] )?(?:\*\*|__)[^*_]+(?:\*\*|__)?[:\uff1a]?(?:\*\*|__)?\s*$")
WEB_COPY = ("text", "Copy", "Edit", "Copy code")
_SAID = ("text", "prompt")  # info strings of blocks that are prompts, whatever stands around them
_MAY_BE = ("", "markdown", "md", "plaintext", "txt")
_LANGUAGE = re.compile(r"[\w+#.-]*")
_FILES = ("files", "file", "files to modify", "files to create")
_MOST_BEFORE = 400  # characters of text before a block: a goal or two
_SYMBOLS = re.compile(r"[{}\[\]<>=|+\\/~^$%&@\u2190-\u21ff\u2500-\u27bf]")  # of code, of drawings
_LEAST_WORDS = 2
_QUOTE = re.compile(r"^[ \t]*(?:>[ \t]?)+")
_QUOTED = re.compile(r"[ \t]*>")
_SENTENCE = re.compile(r"\W*(?:[^\Wa-z_]|\d+[.)])")  # no command begins with a capital
_NEAR = 14  # lines below a title in which its block begins
_SENTENCE_END = re.compile(r"[.!?:](?:\s|$)|[\u3002\uff01\uff1f]")
_TOLD = re.compile(r"\w(?:\W+\w+){3,}[.!?](?:\s|$)|\w{6,}[\u3002\uff01\uff1f]")
_TITLE = 80  # characters
_NAME = 2  # words of a field
_FEW = 8  # letters for each symbol, in a text


class StepPrompt(NamedTuple):
    """A prompt, and what is known of it: block, prose (the block is text), work (boxes, files).

    `told`: it is said to be one, or names its files.
    """

    text: str
    traits: frozenset[str]


def prompt_in(page: Page, first: int, last: int, *, is_last: bool) -> StepPrompt | None:
    """Return the prompt in some lines; None where there is none."""
    found = (_sound if page.is_sound else _torn)(page, first, last, is_last=is_last)
    least = 1 if "block" in found.traits else _LEAST_WORDS
    return found if words_in(found.text) >= least else None


def prompt_alike(page: Page, first: int, last: int, *, is_last: bool, is_block: bool) -> str:
    """Return the prompt in some lines as its siblings have it: the section, or its only block."""
    if not is_block:
        return whole_text(page.lines[first:last], is_last=is_last)
    codes = page.codes_between(first, last)
    if len(codes) != 1 or any(line.strip(" -*_") for line in page.outside(first, last)):
        return ""
    return _inside(page, codes, last)


def first_words(prompt: str) -> str:
    """Return the first sentence of a prompt, cut to the length of a title."""
    line = prompt.lstrip().partition("\n")[0]
    field = field_in(line, is_item=True)
    is_named = field is not None and field.value and len(field.name.split()) <= _NAME
    said = field.value if field and is_named else line
    sentence = _SENTENCE_END.split(said, 1)[0]
    return shorten(sentence.strip(" *_#"), _TITLE, placeholder=" \u2026")


def words_in(text: str) -> int:
    """Return how many words a text has; scripts without blanks have one for two signs."""
    wide = sum(char > "\u2e80" for char in text)
    return len(re.findall(r"\w+", text)) + wide // 2


def _sound(page: Page, first: int, last: int, *, is_last: bool) -> StepPrompt:
    language, inside = _block(page, first, last)
    quoted = "" if inside else _quoted(page, first, last)
    outside = page.outside(first, last)
    known = {
        "block": bool(inside),
        "prose": (is_prose := bool(quoted) or is_text(inside, is_said=language in _SAID)),
        "tells": is_prose
        and (page.is_of_prompts or language == "prompt" or tells(inside + quoted)),
        "work": _is_work(page, first, last),
        "boxes": any(map(box_line, outside)),
        "told": _is_told(outside, language, inside),
        "paragraph": any(map(_is_own_text, outside)),
    }
    traits = filter(known.__getitem__, known)
    text = inside or quoted or whole_text(page.lines[first:last], is_last=is_last)
    return StepPrompt(text, frozenset(traits))


def _is_told(outside: Sequence[str], language: str, inside: str) -> bool:
    """Tell whether a section says that it is to be done: by files, a prompt, boxes with code."""
    if language in _SAID and (language == "prompt" or is_text(inside, is_said=False)):
        return True
    fields = (field_in(line, is_item=False) for line in outside)
    if any(field.name in _FILES for field in fields if field) or any(
        map(PROMPT_NAME.match, outside)
    ):
        return True
    unnamed = takewhile(lambda line: not _is_of_name(line), outside)
    return any("`" in line and box_line(line) for line in unnamed)


def _is_of_name(line: str) -> bool:
    """Tell whether a line names what follows: the boxes below it may be when it is good."""
    is_name = line.rstrip().endswith((":", "\uff1a")) or _is_name_alone(line)
    return is_name or heading_line(line) is not None


def _is_own_text(line: str) -> bool:
    """Tell whether a line is a text, wherever it is indented: in no list, no heading."""
    return _is_paragraph(line.strip())


def _quoted(page: Page, first: int, last: int) -> str:
    """Return the quote that follows a line which says that it is the prompt."""
    for at in range(first, last):
        if not page.is_code(at) and PROMPT_NAME.match(page.lines[at]):
            below = "\n".join(page.lines[at + 1 : last]).lstrip().split("\n")
            quote = takewhile(_QUOTED.match, below)
            return "\n".join(unquoted([*quote])).strip()
    return ""


def _torn(page: Page, first: int, last: int, *, is_last: bool) -> StepPrompt:
    lines = page.lines[first:last]
    has_block = any(map(fence_of_prompt, lines[:_NEAR]))
    traits = frozenset({"block", "prose", "tells"} if has_block else ())
    return StepPrompt(prompt_of_torn(lines, is_last=is_last), traits)


def _block(page: Page, first: int, last: int) -> tuple[str, str]:
    """Return language and content of the block that is said to be the prompt, if one is."""
    end = next((at for at in range(first, last) if _is_verify(page, at)), last)
    codes = page.codes_between(first, end)
    fence = fence_line(page.lines[codes[0].line]) if codes else None
    if fence is None or _is_prose(page.lines[first : codes[0].line]):
        return "", ""
    has_boxes = any(map(box_line, page.outside(first, end)))
    inside = _inside(page, codes, end)
    is_prompt = fence.language in _SAID
    if fence.language in _MAY_BE and not has_boxes:
        is_prompt = not _is_of_another(page, codes[0], first, inside)
        behind = page.outside(codes[0].end, end)
        is_shown = not fence.language and _is_shown(page.outside(first, end), behind, inside)
        is_prompt = is_prompt and not is_shown
    return (fence.language, inside) if is_prompt else ("", "")


def _is_of_another(page: Page, code: Span, first: int, inside: str) -> bool:
    """Tell whether a block without a language is what another name above it says: no prompt."""
    above = range(code.line - 1, first - 1, -1)
    line = next((page.lines[at] for at in above if page.lines[at].strip()), "")
    is_named = _is_name_alone(line) and not PROMPT_NAME.match(line)
    return is_named and not is_text(inside, is_said=False)


def _is_shown(outside: Sequence[str], behind: Sequence[str], inside: str) -> bool:
    """Tell whether a block only shows something: it is drawn, or headings and tables follow it."""
    if any(map(PROMPT_NAME.match, outside)):
        return False
    if any(line.startswith("|") or heading_line(line) for line in behind):
        return True
    return any(map(str.strip, outside)) and not is_text(inside, is_said=True)


def _is_name_alone(line: str) -> bool:
    """Tell whether a line is a name whose value follows below: `**Verify:**`."""
    return bool(_NAME_ALONE.match(line))


def _is_verify(page: Page, line: int) -> bool:
    return not page.is_code(line) and bool(VERIFY.match(page.lines[line]))


def _inside(page: Page, codes: Sequence[Span], end: int) -> str:
    """Return what is in the first block, up to the last one if the section ends with it.

    Not so far where a name stands between: what follows belongs to that.
    """
    first, last = codes[0], codes[-1]
    behind = (line.strip() for line in page.lines[last.end : end])
    is_end = not any(line and not is_rule(line) for line in behind)
    fence = fence_line(page.lines[last.line])
    between = page.outside(first.end, last.line)
    is_whole = is_end and fence and not fence.info and not any(map(_is_name_alone, between))
    stop = last.end if is_whole else first.end
    return "\n".join(unquoted(undented(page.lines[first.line + 1 : stop - 1]))).strip()


def _is_work(page: Page, first: int, last: int) -> bool:
    """Tell whether a section looks like work: it names files, or has boxes and not only them."""
    outside = page.outside(first, last)
    if any(map(_is_files, outside)):
        return True
    is_more = len(outside) < last - first or any(map(_is_paragraph, outside))
    return is_more and any(map(box_line, outside))


def _is_paragraph(line: str) -> bool:
    """Tell whether a line is text that is in no list, a bold field too."""
    if not line.strip() or line[0].isspace() or is_rule(line) or heading_line(line):
        return False
    return not line.startswith(("- ", "* ", "+ ", "<!--"))


def _is_files(line: str) -> bool:
    field = field_in(line, is_item=False)
    return field is not None and field.kind == "bold" and field.name in _FILES


def is_text(block: str, *, is_said: bool) -> bool:
    """Tell whether a block is text, not code, a drawing or (if not said) commands."""
    letters = sum(char.isalpha() for char in block)
    is_drawn = len(_SYMBOLS.findall(block)) * _FEW > letters
    return bool(letters) and not is_drawn and (is_said or bool(_SENTENCE.match(block)))


def tells(text: str) -> bool:
    """Tell whether a text has a sentence: it is no output, no list of names."""
    return bool(_TOLD.search(text))


def undented(lines: Sequence[str]) -> list[str]:
    """Return lines without the blanks that all of them begin with: those of an item of a list."""
    first = next((line for line in lines if line.strip()), "")
    return dedent("\n".join(lines)).split("\n") if first[:1].isspace() else list(lines)


def unquoted(lines: Sequence[str]) -> list[str]:
    """Return lines without the marks of a quote that they are all in."""
    texts = filter(str.strip, lines)
    if not all(map(_QUOTE.match, texts)):
        return list(lines)
    return [_QUOTE.sub("", line) for line in lines]


def whole_text(lines: Sequence[str], *, is_last: bool) -> str:
    """Return a section without what only says that a prompt follows, and the rule behind it."""
    shown = [line for line in undented(lines) if not is_details(line)]
    body = "\n".join(shown).strip().split("\n")
    while body and _is_before(body[0]):
        del body[0]
    if is_last:
        body = body[: next((at for at, line in enumerate(body) if is_rule(line)), len(body))]
    while body and (is_rule(body[-1]) or not body[-1].strip()):
        del body[-1]
    return "\n".join(unquoted(body)).strip()


def _is_before(line: str) -> bool:
    return bool(PROMPT_NAME.match(line)) or line.strip() in ("", *WEB_COPY)


# -- where the fences of a plan are broken


def prompt_of_torn(lines: Sequence[str], *, is_last: bool) -> str:
    """Return what is in the first block, whatever fences are inside, else all of the text."""
    fences = [at for at, line in enumerate(lines) if fence_of_prompt(line)]
    if not fences or _is_of_section(lines, fences[0]):
        return whole_text(_to_heading(lines), is_last=True)
    opened = fences[0]
    closing = [at for at in fences[1:] if not _language(lines[at])]
    end = closing[-1] if closing else len(lines)
    if is_last and closing:
        end = _first_that_fits(lines, opened, closing)
    return "\n".join(lines[opened + 1 : end]).strip()


def _is_of_section(lines: Sequence[str], fence: int) -> bool:
    """Tell whether a block is code of a section, or behind files, boxes or prose: no prompt."""
    before = lines[:fence]
    is_code = _language(lines[fence]) not in (*_SAID, *_MAY_BE)
    return is_code or _is_prose(before) or any(_is_files(line) or box_line(line) for line in before)


def _to_heading(lines: Sequence[str]) -> Sequence[str]:
    """Return the lines before the first heading of a section; those at the very beginning stay."""
    at = next((at for at, line in enumerate(lines) if is_heading(line, 2)), len(lines))
    return lines[:at]


def _first_that_fits(lines: Sequence[str], opened: int, closing: Sequence[int]) -> int:
    """Return which closing fence ends the last block: as many open as close inside."""
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
