"""What a model writes around its answer: a fence around the whole, a greeting, an offer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.asking.expected import Form
from sous.asking.offers import begins_with, offers
from sous.asking.thinking import is_balanced
from sous.document.fences import MARKDOWN, fence_line
from sous.document.headings import heading_line, is_rule
from sous.document.markdown import parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.document.blocks import Block
    from sous.document.markdown import Document


_LONGEST_CHAT = 1_500  # characters before or behind an answer
_LONGEST_OFFER = 600  # characters of a paragraph
_MOST_ENDS = 200  # fences that are tried as the end of one around the answer
_PLACE = re.compile(r"`[^`\n]+:\d+[^`\n]*`")
_FILE_NAME = re.compile(r"[`*_]*[\w./-]{1,80}\.(?:md|markdown|mdx)[`*_]*:?", re.IGNORECASE)
_LABEL = re.compile(r"(?:\*\*|__)[^*_\n]{1,60}(?::\*\*|\*\*:|:__|__:|\uff1a\*\*|\*\*\uff1a)")
_NO_LANGUAGE = ("text", "txt", "plaintext", "html", "xml")  # what markdown is called by mistake
_PARAGRAPHS_BEHIND = 3


def extracted(text: str, which: str) -> str:
    """Return the first (or last) block of code alone, as llm does for `extract` of a template.

    All of a text without one, and where nothing is to be taken out.
    """
    document = parse(text) if which else None
    if document is None or not document.fences:
        return text
    place = document.content(document.fences[0 if which == "first" else -1])
    return document.text[place.start : place.end]


def unfenced(text: str, form: Form) -> str:
    """Return what stands in a fence around the whole answer, or around all but chat.

    Fences inside stay as they are. A text that is not in one fence is returned as it is.
    """
    lines = text.split("\n")
    opened = _wrapper(lines, form)
    if opened is None:
        return text
    begin, marks = opened
    end = _end_of(lines, begin, marks)
    if end is None:
        return text
    indent = len(lines[begin]) - len(lines[begin].lstrip())
    body = [line[indent:] if not line[:indent].strip() else line for line in lines[begin + 1 : end]]
    inside = "\n".join(body)
    around = sum(map(len, lines[:begin])) + sum(map(len, lines[end + 1 :]))
    is_most = len(inside) * 2 >= around
    return f"{inside}\n" if is_most and inside.strip() else text


def is_unclosed(text: str, form: Form) -> bool:
    """Tell whether a fence around the answer has no end: the answer has none either."""
    lines = text.split("\n")
    opened = _wrapper(lines, form)
    return opened is not None and _end_of(lines, *opened) in (None, len(lines))


def _wrapper(lines: Sequence[str], form: Form) -> tuple[int, str] | None:
    """Return where a fence around the answer begins, and its marks."""
    before = 0
    for at, line in enumerate(lines):
        fence = fence_line(line)
        if fence:
            is_open = fence.language in MARKDOWN or (
                not fence.info.strip("`") or fence.language in _NO_LANGUAGE
            )
            if is_open and ">" not in line and _may_begin(lines, at, fence.language, form):
                return at, fence.marks
            return None
        if (heading := heading_line(line)) and not _names_file(heading.text, form):
            return None
        before += len(line) + 1
        if before > _LONGEST_CHAT:
            return None
    return None


def _names_file(title: str, form: Form) -> bool:
    """Tell whether the title before a fence is the name of what is in it, and no part of it."""
    return form in (Form.DOCUMENT, Form.FINDINGS) and bool(_FILE_NAME.fullmatch(title.strip()))


def _may_begin(lines: Sequence[str], at: int, language: str, form: Form) -> bool:
    """Tell whether a fence holds what was asked for: markdown, or what begins as an answer does."""
    first = next((line for line in lines[at + 1 :] if line.strip()), "")
    if language in MARKDOWN:
        return True
    if form is Form.LINES:
        return True
    return bool(heading_line(first)) and form is not Form.ANY


def _end_of(lines: Sequence[str], begin: int, marks: str) -> int | None:
    """Return the line that ends the fence; the end of the text where it has none of its own."""
    ends = [
        at
        for at in range(len(lines) - 1, begin, -1)
        if (fence := fence_line(lines[at])) and fence.closes(marks)
    ]
    for end in ends[:_MOST_ENDS]:
        if any(heading_line(line) for line in lines[end + 1 :]):
            break
        is_most = sum(len(line) + 1 for line in lines[end + 1 :]) <= _LONGEST_CHAT
        inside = lines[begin + 1 : end]
        if is_most and is_balanced(inside) and is_balanced(lines[end + 1 :]):
            return end
    return len(lines) if is_balanced(lines[begin + 1 :]) else None


def without_chat(text: str, form: Form) -> str:
    """Return an answer without what is said before and behind it to the one who asked."""
    if form in (Form.ANY, Form.LINES):
        return text
    document = parse(text)
    if not document.headings:
        return text
    begin = _begin(document, form)
    end = _end(document, form, begin)
    lines = document.written[begin:end]
    if begin == 0 and end == len(document.written):
        return text
    return "\n".join(lines).strip("\n") + "\n"


def _begin(document: Document, form: Form) -> int:
    """Return the line in which the answer begins."""
    blocks = [block for block in document.blocks if block.is_outside or block.is_first]
    size = 0
    chat: list[Block] = []
    for block in blocks:
        if _is_begin(block):
            break
        if block.kind in ("code", "row") or _PLACE.search(block.text):
            return 0
        size += len(block.text)
        chat.append(block)
    else:
        return 0
    if not chat or size > _LONGEST_CHAT or document.front_matter:
        return 0
    is_chat = form is Form.FINDINGS or block.level == 1 or _is_greeting(chat[-1].text, chat[0].text)
    return block.line if is_chat else 0


def _is_begin(block: Block) -> bool:
    """Tell whether an answer may begin with a block: a heading, HTML, or images."""
    if block.kind == "heading":
        is_underlined = not block.marks.startswith("#")
        return not (is_underlined and block.level > 1 and block.text.rstrip()[-1:] in ":.!?\uff1a")
    return block.kind == "html" or block.text.lstrip().startswith(("![", "[!["))


def _is_greeting(last: str, first: str) -> bool:
    return last.rstrip(" *_").endswith((":", "\uff1a")) or begins_with(first, offers().begins)


def _end(document: Document, form: Form, begin: int) -> int:
    """Return the line behind the last one of the answer."""
    end = len(document.written)
    blocks = [block for block in document.blocks if block.line >= begin]
    for _ in range(_PARAGRAPHS_BEHIND):
        while blocks and blocks[-1].kind == "rule":  # that separates nothing
            end = blocks.pop().line
        if len(blocks) < 2 or not _is_offer(blocks, form):  # noqa: PLR2004  # one is the answer
            return end
        end = blocks.pop().line
    return end


def _is_offer(blocks: Sequence[Block], form: Form) -> bool:
    """Tell whether the last block is said to the one who asked, and no part of the answer."""
    last, before = blocks[-1], blocks[-2]
    text = last.text.strip(" *_\n")
    is_prose = last.kind == "text" and last.is_outside and len(text) < _LONGEST_OFFER
    if not is_prose or "`" in text or "](" in text or is_rule(text) or ":**" in last.text:
        return False
    if before.kind == "heading" and form is not Form.FINDINGS:
        return False
    if begins_with(text, offers().ends):
        return True
    if form is not Form.FINDINGS or before.kind == "heading":
        return False
    is_asked = text.endswith(("?", "!", "\uff1f", "\uff01"))
    return is_asked or before.kind == "rule" or _sums_up(blocks)


def _sums_up(blocks: Sequence[Block]) -> bool:
    """Tell whether the last block sums up, behind the fields of a finding as in no other one."""
    if not begins_with(blocks[-1].text, offers().closes):
        return False  # a field may have a second paragraph
    level = max((block.level for block in blocks if block.kind == "heading"), default=0)
    ends = [
        blocks[at - 1]
        for at, block in enumerate(blocks)
        if at and block.kind == "heading" and block.level == level
    ]
    ends = [end for end in ends if end.kind != "heading" or end.level == level]
    ends.append(blocks[-2])
    fields = [end for end in ends if end.kind == "text" and _LABEL.match(end.text)]
    return len(fields) == len(ends) > 1
