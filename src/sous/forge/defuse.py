"""Makes the text of an issue harmless: no mention, reference, command, image or hidden text.

One rule for all: where a forge could see more than text, an invisible character goes in between.
Only code is left as it is: what a CommonMark parser calls code in the text with these characters,
so the decision is about what is posted.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from sous.forge.code_places import MOST_PLACES, places_in_code, woven

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

JOINER = "\u2060"  # a word joiner: nothing to see, and no longer a mention
_BLANKS = re.compile(r"\A[\s\ufeff]+")

_NEXT = r"(?=[\d&\\<%])"  # a digit, or what may become one
_SIGNS = (
    re.compile(r"@(?=[^\s\u2060])"),
    re.compile(rf"[#!$^]{_NEXT}|&(?=\d)"),
    re.compile(rf"[H>]\\?-{_NEXT}", re.IGNORECASE),
    re.compile(  # of addresses of issues and the like, whole or not
        r"(?:issues?|pulls?|discussions?|merge\\?_requests?|work\\?_items|epics|snippets|"
        rf"milestones?|incidents|vulnerabilities|details|>)\\?/{_NEXT}|(?:commits?|compare)\\?/(?=[\da-f&\\<%])",
        re.IGNORECASE,
    ),
    re.compile(r"\[\w{1,40}:(?=[\w\"&\\<])"),  # GitLab's [issue:1]
    re.compile(
        r"^(?:[^\S\n]|[>*+-])*(?:\d{1,9}[.)])?[^\S\n]*(?=\\?/[A-Za-z])", re.MULTILINE
    ),  # GitLab's and bots' commands
)
# GitLab's milestones and labels, and signs that are encoded
_OUTSIDE_ADDRESSES = re.compile(r"[%~](?=[\w\"&\\<])")
# letters in disguise
_INSIDE_ADDRESSES = re.compile(r"%(?=3\d|[46][1-9a-f]|[57][\da]|2f)", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s<>\"'`/\[\]]*(?P<path>/[^\s<>\"'`\[\]]*)?", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_BACKSLASHES = re.compile(r"\\+(?=&)")
_NUMERIC = re.compile(r"&#(?=[\dxX])")
_MAY_BE_DIGIT = re.compile(_NEXT)
_NUMBER = re.compile(r"[#!]\d+")
# of a number that stands alone
_BEFORE, _AFTER = ("", " ", "\n", "("), ("", " ", "\n", ".", ",", ";", ":", ")", "?")
_PARAGRAPH = 2_000  # characters, the most that is looked through for a word that closes
_LONG_LABEL = 200  # characters
_CLOSING = re.compile(r"clos|fix|resolv|implement|reopen", re.IGNORECASE)
_VANISHING = re.compile(r"[\\*_~\u2060]|<[^<>]*>")

_TAGS = (
    "b|blockquote|br|dd|del|details|dl|dt|em|h[1-6]|hr|i|ins|kbd|li|mark|ol|p|s|samp|small|strong|sub|"
    "summary|sup|table|tbody|td|tfoot|th|thead|tr|ul|var"
)
_MARKUP = re.compile(r"<(?=[A-Za-z/!?])")
_KNOWN_MARKUP = re.compile(rf"</?(?:{_TAGS})[ \t]*/?>|<https?://[^\s<>]*>", re.IGNORECASE)
_INLINE_TAGS = "b|br|del|em|i|ins|kbd|mark|s|samp|small|strong|sub|sup|var"
_LONE_TAG = re.compile(  # on a line of its own below another: HTML to its blank line, or not
    rf"\S[ \t]*\n[ \t>]*<(?=/?(?:{_INLINE_TAGS})[ \t]*/?>[ \t]*$)", re.IGNORECASE | re.MULTILINE
)
_IMAGE = re.compile(r"!(?=\[)")
# of a footnote; what is none after all is shown raw, with its entities
_NOTE = re.compile(r"\[(?=\^)")
_LINK = re.compile(r"\](?=\()")
_LABEL = re.compile(r"\](?=:)")
_PLAIN_DEFINITION = re.compile(r"^ {0,3}\[[\w .-]*\Z")
_PLAIN_DESTINATION = re.compile(
    r"\]\((?:[^\s()<>`\\]|\([^\s()<>`\\]*\))*(?:[ \t]+(?:\"[^\"`\\\n]*\"|'[^'`\\\n]*'))?\)"
)
_RUN = re.compile(r"[^ \t\n<]+")
_SCHEME = re.compile(r"[A-Za-z]:(?=//)|www(?=\.)", re.IGNORECASE)


def harmless(
    text: str,
    *,
    known_numbers: Callable[[str], bool] | None = None,
    as_posted: Callable[[str], str] = str,
) -> str:
    """Return markdown without mentions, references to issues, commands and hidden text.

    Code is left as it is: forges do not look for names there. `known_numbers` tells whether a
    `#123` is in the code, so that it may stay; `as_posted` returns the text with what is still to
    be replaced in it, links for instance.
    """
    text = _BLANKS.sub("", text)  # some forges strip what is posted
    structure = {*_markup(text), *_links(text), *_addresses(text)}
    signs = {*_signs(text, known_numbers), *_entities(text), *_percents(text)}
    if len(structure) + len(signs) > MOST_PLACES:
        return _broken(text, structure | signs)
    in_code = places_in_code(text, structure | signs, as_posted)
    outside = structure - in_code
    if outside != structure and places_in_code(text, outside | signs, as_posted) != in_code & (
        outside | signs
    ):
        outside = structure  # what it is that makes this code is a place inside it
    return _broken(text, outside | (signs - in_code))


def harmless_line(text: str) -> str:
    """Return a line, as a title, in which all is harmless, code too."""
    places = {
        *_signs(text, None),
        *_entities(text),
        *_percents(text),
        *_ends(_NUMERIC, text),
    }  # an entity is none there
    return "".join(woven(text, sorted(places), lambda _number: JOINER))


def _broken(text: str, where: Iterable[int]) -> str:
    """Return a text with a joiner at each place.

    An `@` in the path of an address is written so that the link works.
    """
    is_inside = _Inside(_paths(text))
    places = sorted(where)
    pieces = woven(text, places, lambda _number: JOINER)
    for number, place in enumerate(places):
        if text[place - 1 : place] == "@" and is_inside(place - 1):
            pieces[2 * number : 2 * number + 2] = [pieces[2 * number][:-1], "%40"]
    return "".join(pieces)


class _Inside:
    """Tells whether an offset is inside one of some spans, which are in order."""

    def __init__(self, spans: Sequence[tuple[int, int]]) -> None:
        self._spans = spans
        self._starts = [start for start, _ in spans]

    def __call__(self, at: int) -> bool:
        number = bisect_right(self._starts, at) - 1
        return number >= 0 and at < self._spans[number][1]


def _paths(text: str) -> list[tuple[int, int]]:
    return [match.span("path") for match in _ADDRESS.finditer(text) if match["path"]]


def _signs(text: str, known: Callable[[str], bool] | None) -> Iterator[int]:
    entities = _whole_entities(text)
    for form in _SIGNS:
        for match in form.finditer(text):
            if match.start() - 1 not in entities and not _stays(text, match.start(), known):
                yield match.end()


def _stays(text: str, at: int, known: Callable[[str], bool] | None) -> bool:
    """Tell whether a number stays: it is alone, it is in the code, and nothing closes it."""
    number = _NUMBER.match(text, at)
    if known is None or number is None:
        return False
    before, after = text[at - 1 : at] if at else "", text[number.end() : number.end() + 1]
    if before not in _BEFORE or after not in _AFTER or not known(number[0]):
        return False
    paragraph = text[max(0, at - _PARAGRAPH) : at].rpartition("\n\n")[2]
    return not _CLOSING.search(_VANISHING.sub("", html.unescape(paragraph)))


def _whole_entities(text: str) -> set[int]:
    """Return where entities begin that are such in markdown, too: no backslash is before them."""
    escaped = {match.end() for match in _BACKSLASHES.finditer(text) if len(match[0]) % 2}
    return {match.start() for match in _ENTITY.finditer(text)} - escaped


def _entities(text: str) -> Iterator[int]:
    """Yield places behind entities that stand for a sign or a letter that need none."""
    for match in _ENTITY.finditer(text):
        said = html.unescape(match[0])
        if said == "&":
            if _MAY_BE_DIGIT.match(text, match.end()):
                yield match.end()
        elif any(char.isascii() and char not in "<>\"' " for char in said):
            yield match.end()
    whole = _whole_entities(text)
    for match in _NUMERIC.finditer(text):
        if match.start() not in whole:  # HTML takes it for one all the same
            yield match.end()


def _ends(form: re.Pattern[str], text: str) -> Iterator[int]:
    return (match.end() for match in form.finditer(text))


def _percents(text: str) -> Iterator[int]:
    is_inside = _Inside(_paths(text))
    for form, inside in ((_OUTSIDE_ADDRESSES, False), (_INSIDE_ADDRESSES, True)):
        for match in form.finditer(text):
            if is_inside(match.start()) == inside:
                yield match.end()


def _markup(text: str) -> Iterator[int]:
    """Yield places in HTML but for plain formatting, and in images, which would be loaded."""
    for match in _MARKUP.finditer(text):
        if not _KNOWN_MARKUP.match(text, match.start()):
            yield match.end()
    for form in (_IMAGE, _LONE_TAG):
        yield from _ends(form, text)


def _links(text: str) -> Iterator[int]:
    """Yield places in links, definitions and footnotes that parsers may read differently."""
    has_ticks = "`" in text
    yield from _ends(_NOTE, text)
    for match in _LINK.finditer(text):
        if has_ticks and not _PLAIN_DESTINATION.match(text, match.start()):
            yield match.end()
    for match in _LABEL.finditer(text):
        line = text[max(0, match.start() - _LONG_LABEL) : match.start()].rpartition("\n")[2]
        if not _PLAIN_DEFINITION.match(line):
            yield match.end()


def _addresses(text: str) -> Iterator[int]:
    """Yield places in bare addresses that would swallow marks of code or links."""
    for run in _RUN.finditer(text):
        last = max(run[0].rfind("`"), run[0].rfind("["))
        if last > 0:
            yield from (
                match.end() for match in _SCHEME.finditer(text, run.start(), run.start() + last)
            )
