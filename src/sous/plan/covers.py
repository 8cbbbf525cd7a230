"""Which headings of a specification the steps of a plan say that they carry out."""

from __future__ import annotations

import re
from itertools import pairwise, zip_longest
from typing import TYPE_CHECKING, NamedTuple

from sous.document.markdown import parse
from sous.output.provenance import read_signature

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# Headings of a spec that ask for nothing to be built, without what is in parentheses behind them.
_TALK = re.compile(
    r"^(?:overview|summary|introduction|background|purpose|motivation|context|(?:non )?goals?|"
    r"(?:out of )?scope.*|out of scope.*|assumptions?|open questions?|glossary|"
    r"(?:table of )?contents|references|appendix.*|decisions?|history|(?:target )?users|audience|"
    r"future.*|later(?: versions?)?|deferred.*|specification|spec|"
    r"(?:what )?(?:it|this|we|the \w+) (?:does|do|will|is|are) not.*|what is not.*|"
    r"(?:explicitly )?(?:not|won t) (?:includ|in scope|in v|support|plan|need|now|part|have).*|"
    r"exclu(?:ded|sions?).*|(?:known )?limitations|"
    r"(?:software |system |overall )?architecture.*|(?:technical |high level )?design|"
    r"(?:technology|tech|technical) (?:stack|choices).*|technolog(?:y|ies)|"
    r"test(?:s|ing)?(?: (?:plan|strategy|approach))?|"
    # what is left out, in other languages: the answer follows that of the specification
    r"hors (?:du )?(?:périmètre|champ|sujet|portée).*|non objectifs|plan de tests?|"
    r"nicht (?:im umfang|enthalten|ziele?).*|nichtziele?|ausserhalb des .*|abgrenzung|testplan|"
    r"fuera de(?:l)? alcance.*|no objetivos|plan de pruebas|fora d[eo] escopo.*|plano de testes|"
    r"fuori (?:ambito|campo|portata).*|non obiettivi|piano di test|buiten (?:de )?scope.*)$"
)
_TOKEN = re.compile(r"\d+(?:\.\d+)+|\w+|[^\w\s]")
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_ARTICLES = ("the", "a", "an")
_JOINS = ("and", "or", "with")
# Words around the name of a heading that say only that it is one.
_FRAMES = (*_ARTICLES, *_JOINS, "section", "sections", "heading", "headings", "parts", "part", "of")
_KIND = ("command", "commands", "endpoint", "option", "feature", "page", "screen")
_INTO = (":", ">", "/", "(", "\u2192", "\u2013", "\u2014", "-", "\u203a", "\u00bb", "#")
_WHOLE = ("all", "everything", "complete")
_UNMARKED = re.compile(r"[*~#]|(?<!\w)_|_(?!\w)")  # marks of emphasis and of headings


class SpecHeading(NamedTuple):
    """A heading of a specification: its level, text, text below it, and whether that asks."""

    level: int
    text: str
    body: str
    asks: bool


def headings_of(spec: str) -> list[SpecHeading]:
    """Return the headings of a spec below its title; what is below talk asks for nothing."""
    document = parse(read_signature(spec)[0])
    found: list[SpecHeading] = []
    talk = 0  # the level of the heading that is talk, while we are below it
    for block, following in zip_longest(document.titles, document.titles[1:]):
        if talk and block.level > talk:
            is_talk = True
        else:
            is_talk = bool(_TALK.match(" ".join(_bare(block.text))))
            talk = block.level if is_talk else 0
        if block.level == 1:
            talk = 0
            continue
        end = following.line if following else len(document.lines)
        body = "\n".join(document.lines[block.end : end])
        text = re.sub(r"[*_`]", "", block.text)
        found.append(SpecHeading(block.level, text, body, not is_talk and bool(body.strip())))
    return found


def uncovered(headings: Sequence[SpecHeading], said: Iterable[str]) -> Iterator[SpecHeading]:
    """Yield the headings that ask for something, and that no step names: it, nor one above it.

    One whose parts are all named is named by them. `said`: what each step covers, as written.
    """
    named, whole = _named(headings, said)
    asking = [at for at, heading in enumerate(headings) if heading.asks]
    missing = {at for at in asking if at not in named and not whole & set(_above(headings, at))}
    for at in sorted(missing, reverse=True):
        below = [one for one in asking if at in _above(headings, one)]
        if below and not missing & set(below):
            missing.discard(at)
    yield from (headings[at] for at in sorted(missing))


def _above(headings: Sequence[SpecHeading], at: int) -> list[int]:
    found, level = [], headings[at].level
    for one in range(at - 1, -1, -1):
        if headings[one].level < level:
            found.append(one)
            level = headings[one].level
    return found


def _named(headings: Sequence[SpecHeading], said: Iterable[str]) -> tuple[set[int], set[int]]:
    """Return the places of the headings that are named, and of those named with all below them."""
    by_words: dict[tuple[str, ...], list[int]] = {}
    by_number: dict[str, list[int]] = {}
    for at, heading in enumerate(headings):
        for words in _forms(heading.text):
            by_words.setdefault(words, []).append(at)
        number = _NUMBER.match(heading.text.strip(" \u00a7"))
        if number:
            by_number.setdefault(number[0], []).append(at)
    named: set[int] = set()
    whole: set[int] = set()
    lengths = sorted({len(words) for words in by_words}, reverse=True)
    for text in said:
        line = _Line(text)
        for words, is_whole in line.found(by_words, lengths):
            named.update(by_words[words])
            whole.update(by_words[words] if is_whole else ())
        for written in line.numbers():
            named.update(by_number.get(written, ()))
            whole.update(by_number.get(written, ()))
    return named, whole


def _bare(text: str) -> list[str]:
    """Return the words of a heading without its number and what is in parentheses behind it."""
    text = re.sub(r"^\W*(?:\d+(?:\.\d+)*[.):]?\s+)?", "", text)
    text = re.sub(r"\s*\([^()]*\)\s*$", "", text) or text
    return re.findall(r"\w+", text.casefold())


def _forms(text: str) -> set[tuple[str, ...]]:
    """Return the words by which a heading may be named."""
    bare = _stems(_bare(text))
    full = _stems(re.findall(r"\w+", re.sub(r"^\W*\d[\d.]*[.):]?\s+", "", text).casefold()))
    forms = {full, bare}
    if bare[-1:] and bare[-1] in _stems(_KIND) and len(bare) > 1:
        forms.add(bare[:-1])
    return {form for form in forms if form}


def _stems(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(_stem(word) for word in words if word not in (*_ARTICLES, *_JOINS))


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and word[-2] != "s" else word  # noqa: PLR2004


class _Line:
    """What a step says that it covers: its words, with what stands between them."""

    def __init__(self, text: str) -> None:
        self._words: list[str] = []
        self._between: list[list[str]] = [[]]  # marks and frames before each word, and at the end
        for token in _TOKEN.findall(_UNMARKED.sub("", text).casefold()):
            if token[0].isalnum() and token not in _FRAMES:
                self._words.append(_stem(token))
                self._between.append([])
            else:
                self._between[-1].append(token)

    def found(
        self, wanted: Iterable[tuple[str, ...]], lengths: Sequence[int]
    ) -> Iterator[tuple[tuple[str, ...], bool]]:
        """Yield what is named, the longest first, and whether it is named with all below it."""
        wanted = set(wanted)
        taken: set[int] = set()
        for length in lengths:
            for at in range(len(self._words) - length + 1):
                span = range(at, at + length)
                words = tuple(self._words[at : at + length])
                if words not in wanted or taken & set(span) or not self._is_apart(span):
                    continue
                taken |= set(span)
                yield words, self._is_whole(span)

    def _is_apart(self, span: range) -> bool:
        """Tell whether a name stands by itself; one of several words does wherever it is."""
        if len(span) > 1:
            return True
        before, behind = span.start, span.stop
        starts = before == 0 or bool(self._between[before]) or self._opens(self._words[before - 1])
        ends = behind == len(self._words) or bool(self._between[behind])
        return starts and ends

    def _opens(self, word: str) -> bool:
        """Tell whether a word before a name is its number, or says that all of it is covered."""
        return word in _WHOLE or bool(_NUMBER.fullmatch(word))

    def _is_whole(self, span: range) -> bool:
        marks = [mark for mark in self._between[span.stop] if mark not in "`\"'\u201d"]
        if span.stop < len(self._words) and self._words[span.stop] in _WHOLE:
            return True
        return not marks or marks[0] not in _INTO

    def numbers(self) -> Iterator[str]:
        """Yield the numbers of headings: those with a point, and others that stand alone."""
        places = [at for at, word in enumerate(self._words) if _NUMBER.fullmatch(word)]
        for at in places:
            if "." in self._words[at] or self._is_apart(range(at, at + 1)):
                yield self._words[at]
        for first, second in pairwise(places):
            between = self._between[second]
            if second == first + 1 and between in (["-"], ["\u2013"], ["\u2014"]):
                yield from _range(self._words[first], self._words[second])


def _range(first: str, last: str) -> Iterator[str]:
    """Yield the numbers between two of one chapter: 2.1 to 2.4."""
    head, _, low = first.rpartition(".")
    other, _, high = last.rpartition(".")
    if head == other and int(high) - int(low) < 100:  # noqa: PLR2004
        yield from (f"{head}.{one}".lstrip(".") for one in range(int(low), int(high) + 1))
