"""Lines of a plan that can be the title of a step, by how they are called and counted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sous.document.boxes import without_box
from sous.document.counted import counted_by_word, marked
from sous.document.headings import heading_line, summary_line
from sous.document.outline import Title, on_one_line
from sous.document.words import any_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from sous.plan.page import Page

_NUMBER = r"(?P<number>[A-Z]?\d+(?:[.\-]\d+)*[a-z\u03b1-\u03c9\u0430-\u044f]?(?:-[A-Z]{2,})?)"
_AFTER = (
    r"(?:\s*(?:/|of\s)\s*\d+)?"  # 1/8, 1 of 8
    r"\s*(?:\*\*|__)?\s*(?:[:\uff1a.)\u2013\u2014\u00b7\u2022-]+\s*|(?=\()|$|(?=\s))(?P<title>.*)$"
)
_LETTER = (
    r"(?<!\w)(?P<letter>(?-i:[A-Z])(?=\s*(?:[:\uff1a.)\u2013\u2014]|/\d|-\s|\*\*)))"  # Prompt A: x
)
_UNCOUNTED = r"(?P<number>)\s*(?:[:\uff1a]|[\u2013\u2014-](?=\s))\s*(?P<title>\S.*)$"  # Task: x
_DECORATION = r"(?:\*\*|__|`)?\s*"
_STATUS = r"""
    (?: [^\w#`]* \b(?:CURRENT|FUTURE|NEXT|DONE|COMPLETED|TODO)\b [^:]* : \s*
      | [^\w#`]{1,6} \s* )?
"""
_ROMAN = {"I", "V", "X"}  # alone they are no letters, but of I, II, III, IV, V
_STEP_WORDS = rf"(?:{any_of('step')})"
_PROMPT_WORDS = rf"(?:project\s+)?(?:{any_of('prompt')})(?:\s+for\s+{_STEP_WORDS})?"
_NAMES = 2  # words of a title that only names a section
_WIDE = 5
_QUESTIONS = 3
_NEAR = 3  # lines above a block in which its title is
_LONGEST = 100  # characters of a title
_RANGE = re.compile(r"\bprompts\b|\d\s*(?:-|\u2013|to)\s*\d+\s*:", re.IGNORECASE)


def _pattern(words: str, *, with_status: bool) -> re.Pattern[str]:
    status = "".join(_STATUS.split()) if with_status else ""
    counted = rf"{words}\s*\#?" if words else ""
    number = f"(?:{_NUMBER}|{_LETTER})" if words else _NUMBER
    return re.compile(f"{_DECORATION}{status}{counted}{number}{_AFTER}", re.IGNORECASE)


_FORMS = {  # of a heading, and of another line
    "prompt": (
        _pattern(_PROMPT_WORDS, with_status=True),
        _pattern(_PROMPT_WORDS, with_status=False),
    ),
    "step": (_pattern(_STEP_WORDS, with_status=True), _pattern(_STEP_WORDS, with_status=False)),
    "number": (_pattern("", with_status=False), None),
}
_WITHOUT_NUMBER = {
    "prompt": re.compile(rf"{_DECORATION}{_PROMPT_WORDS}{_UNCOUNTED}", re.IGNORECASE),
    "step": re.compile(rf"{_DECORATION}{_STEP_WORDS}{_UNCOUNTED}", re.IGNORECASE),
}
_SYMBOLS = re.compile(r"^(?:[^\w\s\x00-\x7f]+\s+)+")  # an emoji before a title
_LISTED = re.compile(r"^\d{1,9}[.)] +(?P<title>(?:\*\*|__)\S.*)$")
_WHOLE_BOLD = re.compile(r"^(?:\*\*|__)[^*_\s].*(?:\*\*|__)\W*$")
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


_KINDS = {
    "heading": "a heading",
    "bold": "a bold line",
    "line": "a line",
    "first": "the first line of a block",
    "list": "a bold item of a list",
}
_COUNTED_BY = {
    "prompt": "that says prompt",
    "step": "that says step or task",
    "word": "with a word and a number like its siblings",
    "number": "with a number",
}


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
    lines = ((at, line) for at, line in enumerate(page.lines) if line.strip())
    titles = (
        title for at, line in lines if not page.hidden(at) for title in _titles(page, at, line)
    )
    found = [counted for title in titles for counted in _counts(title)]
    letters: dict[tuple[str, str, int], set[str]] = {}
    for counted in found:
        if counted.number.isalpha():
            letters.setdefault(_alike(counted), set()).add(counted.number)
    roman = {alike for alike, signs in letters.items() if signs <= _ROMAN}
    for counted in found:
        if not (counted.number.isalpha() and _alike(counted) in roman):
            yield counted


def _alike(counted: Counted) -> tuple[str, str, int]:
    """Return what titles that count on have alike: kind, word and level."""
    return counted.title.kind, counted.word, counted.title.level


def _counts(title: Title) -> Iterator[Counted]:
    """Yield by what a title is counted; it may be several words."""
    if title.kind == "list":
        number, _, text = title.text.partition(" ")
        yield Counted(title, "number", number.rstrip(".)"), clean_title(text))
        return
    for word, (of_heading, of_line) in _FORMS.items():
        pattern = of_heading if title.level or title.kind == "bold" else of_line
        found = _counted(title, word, pattern)
        if found is None and title.kind == "heading":
            found = _counted(title, word, _WITHOUT_NUMBER.get(word))
        if found:
            yield found
    said = counted_by_word(title.text) if title.kind != "line" else None
    if said and not marked(title.text):  # no plan, but a list of issues
        yield Counted(title, f"word {said.word}", said.number, clean_title(said.title))


def _counted(title: Title, word: str, pattern: re.Pattern[str] | None) -> Counted | None:
    match = pattern.match(title.text) if pattern else None
    if match is None:
        return None
    group = "letter" if match.groupdict().get("letter") else "number"
    if _RANGE.search(title.text[: match.start(group)]):
        return None
    return Counted(title, word, match[group], clean_title(match["title"]))


def _titles(page: Page, at: int, line: str) -> Iterator[Title]:
    """Yield what a line is: a heading, bold, any line, or the first in a block of code."""
    is_indented = line.startswith("  ")
    line = on_one_line(line)
    heading = None if is_indented else heading_line(line)
    level = heading.level if heading else 0
    text = heading.text if heading else summary_line(line) or line
    if page.is_first_in_code(at):
        yield Title("first", level, at, at + 1, _bare(text))
    if page.is_code(at) or is_indented:
        return
    underlined = page.heading_level(at) if not heading else 0
    if heading:
        yield Title("heading", level, at, at + 1, _bare(text))
    elif underlined:
        yield Title("heading", underlined, at, at + 2, _bare(text))
        return
    elif text.startswith(("**", "__")):
        yield Title("bold", 0, at, at + 1, _bare(text[2:].lstrip()))
    elif (listed := _LISTED.match(text)) and _WHOLE_BOLD.match(listed["title"]):
        yield Title("list", 0, at, at + 1, text)
    yield Title("line", level, at, at + 1, text)


def _bare(text: str) -> str:
    """Return a title without the box and the symbols before it."""
    return _SYMBOLS.sub("", without_box(text)[1])


def title_above(page: Page, title: Title) -> str:
    """Return the line above a block whose first line only counts it: that is its title."""
    code = page.code_at(title.line) if title.kind == "first" else None
    above = range(code.line - 1, max(code.line - _NEAR, page.start) - 1, -1) if code else ()
    at = next((at for at in above if page.lines[at].strip()), None)
    if at is None or page.is_code(at):
        return ""
    line = on_one_line(page.lines[at]).strip()
    heading = heading_line(line)
    text = clean_title(heading.text if heading else line).rstrip(":\uff1a")
    is_title = text and len(text) <= _LONGEST and text[0].isalnum() and text[-1] not in ".!?"
    return text if is_title else ""


def without_done(title: str) -> str:
    """Return a title without the mark behind it that says it is done."""
    mark = _DONE_BEHIND.search(title)
    return title[: mark.start()].rstrip(" \t*_~|:([\u2013\u2014-") or title if mark else title


def clean_title(title: str) -> str:
    """Return a title without marks of emphasis around it."""
    return _EMPHASIS.sub(r"\2", title.strip()).strip("*_").strip()


def bare_words(text: str) -> str:
    """Return the words of a title, whatever marks and case they have."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def are_questions(titles: Sequence[str]) -> bool:
    """Tell whether titles ask, a third of them at least: no step does."""
    asking = sum(title.rstrip(" *_").endswith(("?", "\uff1f")) for title in titles)
    return asking * _QUESTIONS >= len(titles) > 0


def is_clause(title: str) -> bool:
    """Tell whether a title says something to do rather than what a section is about."""
    words = re.findall(r"[^\W\d_]+", title)
    wide = sum(char > "\u2e80" for char in title)  # scripts without blanks
    return len(words) > _NAMES or wide > _WIDE


def is_done(line: str, title: str) -> bool:
    """Tell whether a line marks its step as done, and its title does not merely speak of that."""
    line = on_one_line(line)
    before, found, _ = line.partition(title) if title else (line, " ", "")
    is_before = _DONE_BEFORE.search(before if found else "")
    return bool(is_before or _DONE_BEHIND.search(title))


def why_title(kind: str, traits: AbstractSet[str]) -> str:
    """Return in words why a title of a kind, with some traits, is one of a step."""
    word = next(word for word in _COUNTED_BY if word in traits)
    prompt = "block" if "block" in traits else "section"
    return f"{_KINDS[kind]} {_COUNTED_BY[word]}; its {prompt} is the prompt"
