"""What rules and linters say of a bundle, the most pressing first: one finding a cause, with its places."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sous.analyst.configured import caps_python, ignored_rules
from sous.analyst.rules import ReviewRule, rules
from sous.analyst.syntax_rules import Removed
from sous.terminal import UNSAFE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sous.analyst.facts import Function, Smell
    from sous.analyst.linters import LinterResult
    from sous.analyst.survey import Survey

MOST = 25  # findings of a review
_WEIGHTS = {"critical": 120.0, "high": 40.0, "medium": 15.0, "low": 5.0}
_QUOTED = 8  # lines at most
_LONGEST = 400  # characters of a line that is quoted
_MOST_OTHERS = 20


class CodeRange(NamedTuple):
    """Lines of a file's text, from 1, both ends included."""

    path: str
    first: int
    last: int


@dataclass(frozen=True)
class Remark:
    """One cause, at its worst place (`spot`) and at others.

    Texts are markdown with no text of the repository in it, but for names that are code.

    `rule`: its code, `link`: where it is explained. `quotes`: whether the lines may be shown.
    """

    title: str
    label: str
    severity: str
    confidence: str
    rule: str
    link: str
    spot: CodeRange
    wrong: str
    fix: str
    score: float
    others: tuple[CodeRange, ...] = ()
    quotes: bool = True


def review(survey: Survey) -> list[Remark]:
    """Return what is worth saying about a bundle, the most pressing first."""
    if "review" not in survey.memo:
        found = _Reviewer(survey).findings()
        survey.memo["review"] = sorted(found, key=lambda one: (-one.score, one.spot, one.title))[
            :MOST
        ]
    findings: list[Remark] = survey.memo["review"]
    return findings


class _Reviewer:
    def __init__(self, survey: Survey) -> None:
        self._survey = survey

    def findings(self) -> Iterator[Remark]:
        yield from self._unreadable()
        yield from self._theirs()
        yield from self._smells()

    def _score(self, severity: str, path: str, function: Function | None = None) -> float:
        reach = self._survey.reach(path, function)
        return _WEIGHTS[severity] * (1 + math.log2(1 + min(reach, 64)) / 4)

    # -- what rules see

    def _smells(self) -> Iterator[Remark]:
        known = rules()
        ignored = ignored_rules(self._survey)
        groups: dict[tuple[str, str], list[tuple[float, CodeRange, Smell]]] = defaultdict(list)
        theirs = {(one.path, one.first) for one in self._survey.linted}
        for path in self._survey.program:
            for smell in self._survey.facts[path].smells:
                rule = known.get(smell.rule)
                spot = self._quotable(path, smell.line, smell.end)
                if (path, smell.line) in theirs:
                    continue
                if rule and spot and not ignored(path, smell.rule) and self._holds(smell):
                    function = self._survey.function_at(path, smell.line)
                    score = self._score(rule.severity, path, function)
                    about = Removed.said(smell.said).since if smell.rule == "py-removed" else ""
                    groups[smell.rule, about].append((score, spot, smell))
        for (code, about), places in groups.items():
            yield self._of_rule(known[code], about, places)

    def _holds(self, smell: Smell) -> bool:
        """Tell whether the rest of the project does not say otherwise."""
        if smell.rule == "py-removed":
            removed = Removed.said(smell.said)
            top = removed.name.partition(".")[0]
            own = any(re.search(rf"(?:^|/){top}(?:\.py$|/)", one) for one in self._survey.files)
            return not own and not caps_python(self._survey, removed.since)
        return True

    def _of_rule(
        self, rule: ReviewRule, about: str, places: list[tuple[float, CodeRange, Smell]]
    ) -> Remark:
        places.sort(key=lambda one: (-one[0], one[1]))
        score, spot, smell = places[0]
        more = len(places) - 1
        function = self._survey.function_at(spot.path, smell.line)
        texts = {"where": _name(self._survey, spot.path, function), "since": about}
        return self._remark(
            rule,
            spot,
            score * (1 + min(more, 10) / 20),
            texts,
            others=tuple(CodeRange(one.path, at.line, at.end) for _, one, at in places[1:]),
        )

    def _remark(
        self, rule: ReviewRule, spot: CodeRange, score: float, texts: dict[str, str], *,
        wrong: str = "", others: tuple[CodeRange, ...] = (), quotes: bool = True,
    ) -> Remark:  # fmt: skip
        title = rule.title.format(**texts)
        return Remark(
            f"{title[:1].upper()}{title[1:]}{_and_more(len(others))}", rule.label, rule.severity, rule.confidence,
            rule.code, rule.link, spot, f"{rule.harm.format(**texts)}{wrong}", rule.fix, score, others, quotes,
        )  # fmt: skip

    def _theirs(self) -> Iterator[Remark]:
        """Yield what linters of the project say, one finding a rule."""
        groups: dict[tuple[str, str], list[tuple[float, CodeRange, LinterResult]]] = defaultdict(
            list
        )
        for one in self._survey.linted:
            spot = self._quotable(one.path, one.first, one.last)
            if spot and one.path not in self._survey.tests:
                function = self._survey.function_at(one.path, one.first)
                score = self._score(one.severity, one.path, function)
                groups[one.tool, one.rule].append((score, spot, one))
        for (tool, rule), places in groups.items():
            places.sort(key=lambda one: (-one[0], one[1]))
            score, spot, first = places[0]
            others = tuple(CodeRange(at.path, at.first, at.last) for _, _, at in places[1:])
            yield Remark(
                f"{tool} {rule} in {_name(self._survey, spot.path, self._survey.function_at(spot.path, first.first))}"
                f"{_and_more(len(others))}",
                "bug" if first.severity == "high" else "cleanup", first.severity, f"as {tool} says", rule, first.link,
                spot, f"{tool} says: {first.said}.", f"See what {tool} says of {rule}.", score, others,
            )  # fmt: skip

    def _unreadable(self) -> Iterator[Remark]:
        for path in self._survey.program:
            problem = self._survey.facts[path].problem
            if (
                problem is None
                or "{{" in path
                or "template" in path
                or "{{" in self._survey.files[path].text
            ):
                continue
            spot = self._quotable(path, problem[1], problem[1])
            yield self._remark(
                rules()["py-syntax"], spot or CodeRange(path, problem[1], problem[1]), self._score("high", path),
                {"where": path}, wrong=f" What it says: {_plain(problem[0])}.", quotes=spot is not None,
            )  # fmt: skip

    # -- places

    def _quotable(self, path: str, first: int, last: int) -> CodeRange | None:
        """Return at most a few lines around these that can be shown as they are.

        None where they cannot.
        """
        lines = self._survey.lines(path)
        last = min(last, first + _QUOTED - 1, len(lines))
        if not 1 <= first <= last:
            return None
        if last - first < 2:  # noqa: PLR2004
            function = self._survey.function_at(path, first)
            low, high = (function.first, function.last) if function else (1, len(lines))
            first, last = (
                max(min(first, low), first - 1, min(low, first)),
                min(max(high, last), last + 1, len(lines)),
            )
        while first < last and not lines[first - 1].strip():
            first += 1
        while last > first and not lines[last - 1].strip():
            last -= 1
        return CodeRange(path, first, last) if can_be_shown(lines[first - 1 : last]) else None


def can_be_shown(lines: Sequence[str]) -> bool:
    """Tell whether lines can stand in a report: not endless, not empty, with nothing that a terminal obeys."""
    return any(map(str.strip, lines)) and not any(
        len(one) > _LONGEST or UNSAFE.search(one) for one in lines
    )


def where(survey: Survey, spot: CodeRange, *, single: bool = False) -> str:
    """Return a place as reports write it: `path:first-last`, by the numbers of the bundle."""
    first = survey.number(spot.path, spot.first)
    if single:
        return f"`{spot.path}:{first}`"
    return f"`{spot.path}:{first}-{survey.number(spot.path, spot.last)}`"


def other_places(survey: Survey, finding: Remark) -> str:
    """Return in words where else a finding shows."""
    shown = ", ".join(where(survey, spot, single=True) for spot in finding.others[:_MOST_OTHERS])
    rest = len(finding.others) - _MOST_OTHERS
    return f"{shown} and {rest} more" if rest > 0 else shown


def _name(survey: Survey, path: str, function: Function | None) -> str:
    return f"`{survey.shown(function)}`" if function else f"`{path}`"


def _and_more(count: int) -> str:
    return f" (and {count} more place{'s' * (count != 1)})" if count > 0 else ""


def _plain(text: str) -> str:
    """Return what a parser says, without signs that mean something in markdown."""
    return re.sub(r"[`*_<>\[\]@#\\|\x00-\x1f\x7f-\x9f]", " ", text)[:120].strip()
