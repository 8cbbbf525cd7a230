"""Whether an error means that a prompt is too long, and how much the model takes then.

Known wordings are in limits.toml; another is read by its structure: a number near the size of what
was sent is what was sent, one near a word for a limit is the limit.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sous.project.data import parse_toml

if TYPE_CHECKING:
    from collections.abc import Sequence

_TOO_LARGE = 413  # HTTP: Content Too Large
_RATE = 429
_FAULT = 500
_REFUSALS = (400, 413, 422, 429, 500)  # what servers answer to a long prompt, as it was seen
_LEAST, _MOST = 128, 10**9  # what a limit of a prompt can be
_NUMBER = r"""
    (?<![\w.,-]) (?P<digits> \d{1,3} (?:[,.'_\u2019\u00a0\u202f ]\d{3})+ (?!\d) | \d+ )
    (?:\.\d+)? [ ]? (?P<scale> [kKmM]i?B? (?![a-zA-Z]) | \u4e07 | bytes\b )?
"""
_NUMBERS = re.compile(_NUMBER, re.VERBOSE)
_SCALES = {"k": 1_000, "m": 1_000_000, "\u4e07": 10_000}

# What is measured, and that there is too much of it; both in one error mean that it is too long.
_THING = re.compile(
    r"""
    tokens? | context | prompt | input | message | request | payload | body | entity | sequence
    | content | characters | length | n_ctx
    | \u4e0a\u4e0b\u6587 | \u8f93\u5165 | \u957f\u5ea6 | \u30c8\u30fc\u30af\u30f3 | \u53d7\u4fe1
    | \u5165\u529b | \ud1a0\ud070 | \uc785\ub825
    | \u0442\u043e\u043a\u0435\u043d | \u043a\u043e\u043d\u0442\u0435\u043a\u0441\u0442
    | kontext | eingabe | contexte | entr\u00e9e | contexto | entrada
    """,
    re.IGNORECASE | re.VERBOSE,
)
_TOO_MUCH = re.compile(
    r"""
    exceed | too[ _](?:long|large|big|many) | (?:longer|larger|greater|bigger|more)[ ]than
    | over[ ]the[ ]limit | maximum | max_\w+ | at[ ]most | less[ ]than | must[ ]be[ ]<=? | limit
    | does[ ]not[ ]fit | reduce | shorten | overflow | should[ ]not | no[ ]larger | truncat
    | \u8d85\u8fc7 | \u8d85\u51fa | \u6700\u5927 | \u8d85\u3048 | \u4e0a\u9650 | \ucd08\uacfc
    | \ucd5c\ub300 | \u043f\u0440\u0435\u0432\u044b\u0448 | \u043c\u0430\u043a\u0441\u0438\u043c
    | \u00fcberschr | zu[ ]lang | zu[ ]gro\u00df | d\u00e9pass | trop[ ]long | excede | demasiado
    """,
    re.IGNORECASE | re.VERBOSE,
)
# That it surely is about the length of the prompt, even without a number.
_SURE = re.compile(
    r"""
    context_length_exceeded | exceed_context_size | string_above_max_length | request_too_large
    | context[ _-]?(?:window|length|size)[^.\n]{0,40}(?:exceed|overflow|too[ ](?:small|long))
    | exceed[^.\n]{0,60}context | too[ ]long[^.\n]{0,30}context | greater[ ]than[^.\n]{0,20}context
    | (?:prompt|input|conversation|messages?|request|payload|body|entity|content|text)
      (?:[ ]\w+){0,4} [ ] (?:is|are|was)? [ ]? too[ ](?:long|large|big)
    | reduce[ ]the[ ]length[ ]of[ ]the[ ](?:messages|prompt|input)
    | too[ ]many[ ](?:input[ ])?tokens
    """,
    re.IGNORECASE | re.VERBOSE,
)
# The length of an answer, or how much in which time: another limit.
_OTHER = re.compile(
    r"""
    output[ ]tokens | completion[ ]tokens | max_tokens[^.\n]{0,60}(?:too[ ]large|range|at[ ]least)
    | max_(?:new_|completion_|output_)?tokens:[ ]\d | quota | credits? | afford | billing
    """,
    re.IGNORECASE | re.VERBOSE,
)
_BEFORE_LIMIT = re.compile(
    r"""
    (?: max(?:imum|\.|_\w+)? | limit(?:ed)? | at[ ]most | up[ ]to | <=? | \u2264 | window
      | context(?:[ _](?:length|size|window))? | less[ ]than | (?:longer|larger|greater|more)[ ]than
      | not[ ]exceed | exceeds? | only | allowed | capacity | n_ctx | \w*max_\w+ | > | \[\s*[01]\s*,
      | \u6700\u5927 | \u4e0a\u9650 | \u8d85\u8fc7 | \ucd5c\ub300 | \u043c\u0430\u043a\u0441\w* )
    [^\d\n]{0,28} $
    """,
    re.IGNORECASE | re.VERBOSE,
)
_AFTER_LIMIT = re.compile(
    r"""
    ^ [^\d\n]{0,4} (?: (?:input[ ]|context[ ])?tokens? [ ])?
    (?: max(?:imum)?\b | limit | allowed | context | is[ ]the[ ]max | per[ ]request )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_BEFORE_SENT = re.compile(
    r"""
    (?: requested | resulted[ ]in | given | got | contains? | ha[sd] | have | current | received
      | actual | passed | sent | used | was | were | is | of | prompt | input | total | length
      | n_prompt_tokens | tokens? | count | size )
    [^\d\n]{0,12} $
    """,
    re.IGNORECASE | re.VERBOSE,
)
_OTHER_UNIT = re.compile(
    r"^\s?(?:ms\b|s\b|sec|min(?:ute|s\b)|hour|day|req|image|file|tool|time|messages?\b|%|usd|\$)",
    re.IGNORECASE,
)
_BEFORE_OVER = re.compile(r"(?:exceed\w*|over|too long)[^\d\n]{0,40}\bby\s*$", re.IGNORECASE)
_BEFORE_ANSWER = re.compile(
    r"(?:max_(?:new_|completion_|output_)?tokens|completion|output|answer|generat\w+)[^\d\n]{0,12}$"
)
_AFTER_ANSWER = re.compile(
    r"^\s*(?:tokens?\s)?(?:in|for|of)?\s*(?:the\s)?(?:completion|output|generat|`?max_\w*tokens)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class TokenLimit:
    """How much a model takes, in a unit (None: it did not say), and how much it was sent.

    `answer`: what of it is kept for the answer. `provider`: whose wording it is; empty: unknown.
    """

    most: int | None = None
    unit: str = "tokens"
    sent: int | None = None
    answer: int | None = None
    over: int | None = None
    provider: str = ""


@dataclass(frozen=True)
class Size:
    """How long a prompt is, by our own count."""

    tokens: int
    characters: int
    bytes: int

    def of(self, unit: str) -> int:
        """Return it in a unit."""
        return int(getattr(self, unit))


def read_limit(text: str, *, status: int | None, size: Size) -> TokenLimit | None:
    """Return the limit that an error tells of; None where it is another error."""
    known = _known(text)
    if known:
        return known
    if status not in (None, *_REFUSALS):
        return None
    limit = _by_structure(list(_found(text, size)), size)
    if status == _RATE:
        return limit if _is_over(limit) and "used" not in text.lower() else None
    if not _is_about_length(text, limit, status, size):
        return None
    return limit or TokenLimit(unit="bytes" if status == _TOO_LARGE else "tokens")


def _is_over(limit: TokenLimit | None) -> bool:
    """Tell whether an error holds both what was sent and a limit below it."""
    return bool(limit and limit.most and limit.sent and limit.sent > limit.most)


def _is_about_length(text: str, limit: TokenLimit | None, status: int | None, size: Size) -> bool:
    """Tell whether an error is about the length of what was sent."""
    if status == _TOO_LARGE or _SURE.search(text):
        return True
    if _OTHER.search(text) or limit is None:
        return False
    if limit.sent and _is_over(limit):
        ratio = limit.sent / max(1, size.of(limit.unit))
        is_ours = 0.7 <= ratio <= 1.6  # noqa: PLR2004  # no other number would be so near
        return is_ours or bool(_THING.search(text))
    return status != _FAULT and bool(_THING.search(text) and _TOO_MUCH.search(text))


@lru_cache(maxsize=1)
def patterns() -> list[tuple[dict[str, Any], re.Pattern[str]]]:
    """Return the known wordings with their patterns."""
    found = parse_toml(Path(__file__).with_name("limits.toml").read_text("utf-8"))["limit"]
    return [(entry, _compiled(entry["pattern"])) for entry in found]


def _compiled(pattern: str) -> re.Pattern[str]:
    number = r"\d{1,3}(?:[,.'_\u00a0\u202f ]\d{3})+(?!\d)|\d+"
    for name in ("most", "sent", "answer", "over"):
        pattern = pattern.replace(f"{{{name}}}", f"(?P<{name}>{number})")
    return re.compile(pattern.replace(" ", r"\s+"), re.IGNORECASE | re.DOTALL)


def _known(text: str) -> TokenLimit | None:
    for entry, pattern in patterns():
        match = pattern.search(text)
        if match:
            numbers = {name: _plain(value) for name, value in match.groupdict().items() if value}
            return TokenLimit(
                **numbers, unit=entry.get("unit", "tokens"), provider=entry["provider"]
            )
    return None


def _plain(digits: str) -> int:
    return int(re.sub(r"\D", "", digits)[:18])


@dataclass(frozen=True)
class _Number:
    """A number of an error, and what stands around it."""

    value: int
    unit: str
    before: str
    after: str


def _found(text: str, size: Size) -> list[_Number]:
    """Return the numbers of an error that can be lengths."""
    numbers = [number for match in _NUMBERS.finditer(text) if (number := _number(text, match))]
    plain = [number for number in numbers if not number.unit]
    unit = _likely_unit([number.value for number in plain], size)
    return [dataclasses.replace(number, unit=number.unit or unit) for number in numbers]


def _number(text: str, match: re.Match[str]) -> _Number | None:
    scale = (match["scale"] or "").strip()
    value = _plain(match["digits"]) * _SCALES.get(scale[:1].lower(), 1)
    before = text[max(0, match.start() - 48) : match.start()].rpartition("\n")[2]
    after = text[match.end() : match.end() + 40].partition("\n")[0]
    is_code = bool(re.search(r"\b(?:code|status|error)\b\W*$", before, re.IGNORECASE))
    if is_code or _OTHER_UNIT.search(after) or not _LEAST <= value < _MOST:
        return None
    return _Number(value, _unit(scale, before, after), before, after)


def _unit(scale: str, before: str, after: str) -> str:
    """Return the unit that is written at a number, empty for none."""
    near = f"{before[-24:]} {after[:16]}".lower()
    if scale.lower().endswith("b") or scale == "bytes" or re.search(r"\bbytes?\b", near):
        return "bytes"
    if re.search(r"charact|string|maxlength", near):
        return "characters"
    return "tokens" if "token" in near else ""


def _likely_unit(values: Sequence[int], size: Size) -> str:
    """Return the unit of numbers without one: that in which the largest is what was sent."""
    largest = max(values, default=0)
    if largest > 2 * size.tokens:
        for unit in ("bytes", "characters"):
            if 0.8 <= largest / max(1, size.of(unit)) <= 1.3:  # noqa: PLR2004
                return unit
    return "tokens"


def _by_structure(numbers: Sequence[_Number], size: Size) -> TokenLimit | None:
    over = next((found.value for found in numbers if _BEFORE_OVER.search(found.before)), None)
    answer = next((number for number in numbers if _is_answer(number)), None)
    others = [found for found in numbers if not _is_answer(found) and found.value != over]
    sent = _sent(others, size)
    best = _best_limit(others, sent)
    if best is None:
        return TokenLimit(over=over) if over else None
    return TokenLimit(
        best.value,
        best.unit,
        _value(sent, sent is not None and sent.unit == best.unit),
        _value(answer, answer is not None and answer.value < best.value),
    )


def _best_limit(numbers: Sequence[_Number], sent: _Number | None) -> _Number | None:
    """Return the number that a limit is: near words for one, or at least below what was sent."""
    limits = [number for number in numbers if number is not sent and _may_limit(number, sent)]
    best = max(limits, key=lambda found: (_limit_cues(found), found.value), default=None)
    return best if best and (_limit_cues(best) or sent) else None


def _value(number: _Number | None, is_of_use: object) -> int | None:
    return number.value if number and is_of_use else None


def _may_limit(number: _Number, sent: _Number | None) -> bool:
    if sent is None:
        return True
    return number.value < sent.value or (number.unit != sent.unit and number.value != sent.value)


def _is_answer(number: _Number) -> bool:
    return bool(_BEFORE_ANSWER.search(number.before) or _AFTER_ANSWER.search(number.after))


def _sent(numbers: Sequence[_Number], size: Size) -> _Number | None:
    """Return the number that says how much was sent: near what we count, or so called."""

    def rank(number: _Number) -> tuple[float, int]:
        ratio = number.value / max(1, size.of(number.unit))
        near = 1.0 if 0.4 <= ratio <= 3 else 0.0  # noqa: PLR2004  # how far tokenizers differ
        so_called = bool(_BEFORE_SENT.search(number.before)) - 1.5 * _limit_cues(number)
        return near + so_called, number.value

    best = max(numbers, key=rank, default=None)
    return best if best is not None and rank(best)[0] >= 1 else None


def _limit_cues(number: _Number) -> int:
    return bool(_BEFORE_LIMIT.search(number.before)) + bool(_AFTER_LIMIT.search(number.after))
