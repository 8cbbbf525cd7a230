"""Sentences of a specification that no prompt of a plan repeats: requirements that got lost.

What a plan says that it covers is not believed: the agent of a step sees nothing but its prompt.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sous.document.boxes import without_box
from sous.document.markdown import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sous.plan.covers import SpecHeading

_ENOUGH = 0.34  # of the words of a sentence, in one prompt
_ENOUGH_EXACT = 0.46  # where some are exact
_EXACT = 2  # how many words one counts for that a prompt would keep as it is
_LEAST = 3  # words of a sentence that can be looked for
_SMALL = ("0", "1", "2")  # numbers that any text has
_LITERAL = re.compile(r"`([^`\n]+)`|\"([^\"\n]+)\"")
_NAME = re.compile(r"\b[A-Z][A-Z0-9]+\b")
IDS = re.compile(r"\b(?:REQ|FR|NFR|US|AC|R|F)-?\d+(?:\.\d+)*\b")  # of requirements
_WORD = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)*")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=\S)")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)]|\|)\s*")
_STOP_WORDS = """
about after again all also and another any are away because been before both but can could does
done each else even every for from given has have here how into its itself just like many may
more most much must never none not now off one only other our out over own per same shall
should some such than that the their them then there these they this those through too under
until use used user users uses very was were what when where which while who will with without
would yet you your get gets got keep keeps kept make makes made take takes put give gives try
tried tries it is of to in on at by as or an be if no so we
"""
_STOP = frozenset(_STOP_WORDS.split())
_NAMES = "zero one two three four five six seven eight nine ten eleven twelve"
_NUMERALS = {name: str(value) for value, name in enumerate(_NAMES.split())}
_ENDINGS = re.compile(
    r"(?:ations?|ments?|ings?|ities|ity|ness|ies|ied|ers?|ed|es|ly|s|e|y|ion|able)$"
)
_SHORTEST = 3  # letters of a stem


class Demand(NamedTuple):
    """A sentence of a specification that asks for something, and the heading that it is under."""

    text: str
    heading: str


def demands_of(headings: Iterable[SpecHeading]) -> list[Demand]:
    """Return the sentences of a spec that ask: items of lists, rows of tables, sentences."""
    found = []
    for heading in headings:
        if heading.asks:
            found += [Demand(text, heading.text) for text in _sentences(heading.body)]
    return found


def ids_in(text: str) -> list[str]:
    """Return the ids of requirements in a text, in order: R3, REQ-12, FR-1."""
    return list(dict.fromkeys(IDS.findall(text)))


def unsaid(demands: Sequence[Demand], prompts: Sequence[str]) -> Iterator[Demand]:
    """Yield what no prompt says: too few of its words are in any one of them.

    A prompt may say it in other words, but keeps what is exact: names in code, messages, numbers.
    """
    there = [_terms(prompt) for prompt in prompts]
    for demand in demands:
        exact, words = _exact_and_words(demand.text)
        total = _EXACT * len(exact) + len(words)
        if len(exact) + len(words) < _LEAST:
            continue
        found = max(
            (_EXACT * len(exact & prompt) + len(words & prompt) for prompt in there), default=0
        )
        if found < total * (_ENOUGH_EXACT if exact else _ENOUGH):
            yield demand


def _exact_and_words(text: str) -> tuple[set[str], set[str]]:
    """Return the terms that a prompt keeps as they are, and those it may say otherwise."""
    text = IDS.sub(" ", text)
    exact = _terms(" ".join(map(" ".join, _LITERAL.findall(text))))
    exact |= _terms(" ".join(_NAME.findall(text)))
    words = _terms(text)
    exact |= {word for word in words if word[0].isdigit() and word not in _SMALL}
    return exact, words - exact


def _sentences(body: str) -> Iterator[str]:
    """Yield the items of lists and rows of tables as they are, other text by its sentences."""
    document = parse(body)
    parts: list[str] = []
    for line, fenced in zip([*document.lines, ""], [*document.fenced, False], strict=False):
        if parts and (_ITEM.match(line) or fenced or not line.strip()):
            text = " ".join(map(str.strip, parts))
            yield from (
                [without_box(_ITEM.sub("", text))[1]]
                if _ITEM.match(text)
                else _SENTENCE.split(text)
            )
            parts = []
        if line.strip() and not fenced and not re.fullmatch(r"[\s|:-]+", line):
            parts.append(line)


def _terms(text: str) -> set[str]:
    """Return the words that a sentence can be known by: stems, numbers as digits."""
    found = set()
    for written in _WORD.findall(text.casefold()):
        word = _NUMERALS.get(written, written)
        if word[0].isdigit():
            found.add(word)
        elif word not in _STOP and len(word) > 1:
            found.add(_stem(word))
    return found


def _stem(word: str) -> str:
    stem = _ENDINGS.sub("", word)
    stem = stem if len(stem) >= _SHORTEST else word
    return stem[:-1] if len(stem) > _SHORTEST and stem[-1] == stem[-2] else stem
