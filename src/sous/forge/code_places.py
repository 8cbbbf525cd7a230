"""Which places in a text are code for a forge, as a CommonMark parser reads what is posted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from markdown_it.token import Token

# private characters: each stands for one place while the text is parsed
_FIRST, _LAST = 0xF0000, 0x10FFFD
_PRIVATE = re.compile(f"[{chr(_FIRST)}-{chr(_LAST)}]")
_LONG_TICKS = re.compile("`{80}")  # cmark knows no code spans with more
_DEFINES = re.compile(rf"\][{chr(_FIRST)}-{chr(_LAST)}]?:")
_BLANK = re.compile(r"[\s>]*\Z")
_RULE = re.compile(r"[\s>*+|:.)\d-]*\Z")
_CONTAINER = re.compile(r"\s*(?:[>*+-]|\d{1,9}[.)])")
_MOST_BRACKETS = 3_000  # the time to parse them grows with their square
MOST_PLACES = _LAST - _FIRST


def woven(text: str, places: Sequence[int], between: Callable[[int], str]) -> list[str]:
    """Return the pieces of a text between places, with what comes between them."""
    pieces, last = [], 0
    for number, place in enumerate(places):
        pieces += [text[last:place], between(number)]
        last = place
    return [*pieces, text[last:]]


def _marked(text: str, places: Sequence[int]) -> str:
    """Return a text with a character of its own at each place."""
    return "".join(woven(_PRIVATE.sub("\ufffd", text), places, lambda number: chr(_FIRST + number)))


def places_in_code(text: str, where: Iterable[int], as_posted: Callable[[str], str]) -> set[int]:
    """Return which places stand in code, in the text as it is with something at each of them."""
    if text.count("[") > _MOST_BRACKETS:
        return set()
    places = sorted(where)
    posted = as_posted(_marked(text, places))
    try:
        tokens = _parsed(posted)
    # too deep, an address that is none: then nothing is taken for code
    except (RecursionError, ValueError):
        return set()
    lines = posted.split("\n")
    unsure = _unsure_lines(lines, tokens)
    has_spans = not _LONG_TICKS.search(text)
    found: set[int] = set()
    for token in tokens:
        is_sure = token.map is None or unsure.isdisjoint(range(*token.map))
        is_block = token.type == "code_block" and token.map and _is_apart(lines, token.map[0])
        if token.type == "fence" or (is_block and is_sure):
            found.update(_numbers(token.info + token.content))
        elif token.children and has_spans and is_sure:
            found.update(_numbers(_spans(token)))
    return {places[number] for number in found}


def _spans(inline: Token) -> str:
    """Return what is in spans of code.

    Nothing where a backtick is left over: cmark then misses spans behind it.
    """
    children = inline.children or []
    if any(child.type == "text" and "`" in child.content for child in children):
        return ""
    if inline.content.startswith("[") and _DEFINES.search(inline.content):  # may be a definition
        return ""
    return "".join(child.content for child in children if child.type == "code_inline")


def _is_apart(lines: Sequence[str], at: int) -> bool:
    """Tell whether a blank line is before a line.

    Without one, what is indented goes on with what was before.
    """
    return at > 0 and bool(_BLANK.match(lines[at - 1]))


def _unsure_lines(lines: Sequence[str], tokens: Sequence[Token]) -> set[int]:
    """Return the lines, from 0, in paragraphs that only some parsers read as a table."""
    tables = {
        token.map[0]
        for token in tokens
        if token.type == "table_open" and token.map and not token.level
    }
    unsure: set[int] = set()
    first = 0  # of the lines between blank ones
    for number, line in enumerate([*lines, ""]):
        if _BLANK.match(line):
            rules = [at for at in range(first, number) if _is_rule(lines, at, first)]
            if rules and (
                rules != [first + 1] or first not in tables or _CONTAINER.match(lines[first])
            ):
                unsure.update(range(first, number))
            first = number + 1
    return unsure


def _is_rule(lines: Sequence[str], at: int, first: int) -> bool:
    """Tell whether a line may be the one below the head of a table."""
    return (
        bool(_RULE.match(lines[at]))
        and "-" in lines[at]
        and ("|" in lines[at] or ":" in lines[at] or (at > first and "|" in lines[at - 1]))
    )


def _parsed(text: str) -> list[Token]:
    from markdown_it import MarkdownIt

    parser = (
        MarkdownIt("commonmark", {"maxNesting": 100})
        .enable(["table", "strikethrough"])
        .disable("text_join")
    )
    # What is a link does not depend on where it leads.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    return parser.parse(text)


def _numbers(text: str) -> Iterator[int]:
    return (ord(match[0]) - _FIRST for match in _PRIVATE.finditer(text))
