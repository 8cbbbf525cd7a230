"""Lines of a plan that can be the title of a step, by how they are called and counted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sous.document.counted import marked, worded
from sous.document.headings import heading_line, summary_line
from sous.document.outline import Title, on_one_line
from sous.document.words import any_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sous.plan.page import Page

_NUMBER = r"(?P<number>[A-Z]?\d+(?:[.\-]\d+)*[a-z]?(?:-[A-Z]{2,})?)"
_AFTER = r"\s*(?:\*\*|__)?\s*(?:[:.)\u2013\u2014-]+\s*|(?=\()|$|(?=\s))(?P<title>.*)$"
_DECORATION = r"(?:\*\*|__|`)?\s*"
_STATUS = r"""
    (?: [^\w#`]* \b(?:CURRENT|FUTURE|NEXT|DONE|COMPLETED|TODO)\b [^:]* : \s*
      | [^\w#`]{1,6} \s* )?
"""
_PROMPT_WORDS = rf"(?:project\s+)?(?:{any_of('prompt')})"
_STEP_WORDS = rf"(?:{any_of('step')})"
_RANGE = re.compile(r"\bprompts\b|\d\s*(?:-|\u2013|to)\s*\d+\s*:", re.IGNORECASE)


def _pattern(words: str, *, with_status: bool) -> re.Pattern[str]:
    status = "".join(_STATUS.split()) if with_status else ""
    counted = rf"{words}\s*\#?" if words else ""
    return re.compile(f"{_DECORATION}{status}{counted}{_NUMBER}{_AFTER}", re.IGNORECASE)


_FORMS = {  # of a heading, and of another line
    "prompt": (
        _pattern(_PROMPT_WORDS, with_status=True),
        _pattern(_PROMPT_WORDS, with_status=False),
    ),
    "step": (_pattern(_STEP_WORDS, with_status=True), _pattern(_STEP_WORDS, with_status=False)),
    "number": (_pattern("", with_status=False), None),
}
_EMPHASIS = re.compile(r"^(\*{1,3}|_)(\S[^*_]*)\1(?=\W|$)")
# Marks that a step is done, before its title or behind it; words only in brackets, behind a dash,
# before a colon.
_SIGN = r"(?:\u2705|\u2611\ufe0f?|\[x\])"
_WORD = rf"(?:{any_of('step_done')})"
_DONE_BEFORE = re.compile(rf"{_SIGN}|^[\W_]*{_WORD}\b", re.IGNORECASE)
_DONE_BEHIND = re.compile(
    rf"""
      ^[\W_]*(?:{_SIGN}|{_WORD}[*_]*\s*:)
    | {_SIGN}[\W_]*$
    | \((?:[^()]*\s)?{_WORD}(?:\s[^()]*)?\)[\W_]*$
    | [-\u2013\u2014:|]\s*[*_~]*{_WORD}[\W_]*$
    | {_SIGN}[\W_]*{_WORD}[\W_]*$
    """,
    re.IGNORECASE | re.VERBOSE,
)


class Counted(NamedTuple):
    """A title that is counted: by what word, its number, and the rest.

    `word`: prompt, step, number (none), or `word` and any other.
    """

    title: Title
    word: str
    number: str
    text: str


def counted_titles(page: Page) -> Iterator[Counted]:
    """Yield the lines that can be the title of a step; one line may be several kinds of title."""
    for at, line in enumerate(page.lines):
        if not line.strip() or page.hidden(at):
            continue
        for title in _titles(page, at, line):
            for word, (of_heading, of_line) in _FORMS.items():
                found = _counted(title, word, of_heading if title.level else of_line)
                if found:
                    yield found
            said = worded(title.text) if title.kind == "heading" else None
            if said and not marked(title.text):  # no plan, but a list of issues
                yield Counted(title, f"word {said.word}", said.number, clean_title(said.title))


def _counted(title: Title, word: str, pattern: re.Pattern[str] | None) -> Counted | None:
    match = pattern.match(title.text) if pattern else None
    if match is None or _RANGE.search(title.text[: match.start("number")]):
        return None
    return Counted(title, word, match["number"], clean_title(match["title"]))


def _titles(page: Page, at: int, line: str) -> Iterator[Title]:
    """Yield what a line is: a heading, bold, any line, or the first in a block of code."""
    is_indented = line.startswith("  ")
    line = on_one_line(line)
    heading = None if is_indented else heading_line(line)
    level = heading.level if heading else 0
    text = heading.text if heading else summary_line(line) or line
    if page.is_first_in_code(at):
        yield Title("first", level, at, at + 1, text)
    if page.is_code(at) or is_indented:
        return
    if heading:
        yield Title("heading", level, at, at + 1, text)
    elif text.startswith(("**", "__")):
        yield Title("bold", 0, at, at + 1, text[2:].lstrip())
    yield Title("line", level, at, at + 1, text)


def clean_title(title: str) -> str:
    """Return a title without marks of emphasis around it."""
    return _EMPHASIS.sub(r"\2", title.strip()).strip("*_").strip()


def is_done(line: str, title: str) -> bool:
    """Tell whether a line marks its step as done, and its title does not merely speak of that."""
    line = on_one_line(line)
    before, found, _ = line.partition(title) if title else (line, " ", "")
    is_before = _DONE_BEFORE.search(before if found else "")
    return bool(is_before or _DONE_BEHIND.search(title))
