"""What a senior reviewer would name first, by severity and reach: one finding for one cause, not one for each line."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from sous.analyst.blame import written_at
from sous.analyst.doubts import is_doubtful
from sous.analyst.languages import is_beside
from sous.analyst.lint import LintRule, rules
from sous.analyst.untested import Untested, untested
from sous.terminal import UNSAFE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sous.analyst.facts import Function, Smell
    from sous.analyst.survey import Code, Survey

MOST = 25  # findings of a review
_WEIGHTS = {"critical": 120.0, "high": 40.0, "medium": 15.0, "low": 5.0}
_BESIDE = 0.25  # what a fault beside the program weighs
_QUOTED = 8  # lines at most
_LONGEST = 400  # characters of a line that is quoted
_MANY, _CUSTOM = 15, 0.5  # what a project does in more places than this it likely means to do
_COMPLEX, _VERY_COMPLEX, _LONG = 15, 30, 120
_MOST_OF_FAMILY = 5
_MOST_OTHERS = 12
_PARAMETER = re.compile(
    r"^\s+\*{0,2}\w+(?:\s*:[^=]+)?(?:\s*=\s*[^()]+)?,\s*(?:#.*)?$|^\s*(?:@\w|(?:async )?def \w+\()"
)
_URGENT = ("FIXME", "BUG", "XXX", "HACK", "TODO")
# Of two rules that see one line the first tells more.
_TELLS_MORE = ("S110", "S112", "E722", "BLE001", "S602", "S604", "B904")


class CodeRange(NamedTuple):
    """CodeRange of a file's text, from 1, both ends included."""

    path: str
    first: int
    last: int


@dataclass(frozen=True)
class Remark:
    """One cause, at its worst place (`spot`) and at others.

    Texts are markdown with no text of the repository in it.

    `family`: findings of one family that are not severe make one issue. `quotes`: whether the lines
    may be shown.
    """

    title: str
    label: str
    severity: str
    confidence: str
    family: str
    spot: CodeRange
    wrong: str
    fix: str
    acceptance: str
    score: float
    others: tuple[CodeRange, ...] = ()
    quotes: bool = True


def review(survey: Survey) -> list[Remark]:
    """Return what is worth saying about a bundle, the most pressing first.

    All of it, however much that is.
    """
    if "review" not in survey.memo:
        found = sorted(
            _Reviewer(survey).findings(), key=lambda one: (-one.score, one.spot, one.title)
        )
        survey.memo["review"] = _one_a_quote(survey, found)
    findings: list[Remark] = survey.memo["review"]
    return findings


def joined(one: Remark, other: Remark) -> Remark:
    """Return two findings as one, the first with what the other says."""
    new = " ".join(said for said in re.split(r"(?<=\.) ", other.wrong) if said not in one.wrong)
    wrong = (
        f"{one.wrong}\n\nAlso: {other.title[:1].lower()}{other.title[1:]}. {new}".rstrip()
        if new
        else one.wrong
    )
    if wrong.count("\n\nAlso: ") > 4:  # noqa: PLR2004
        wrong = one.wrong
    fix = one.fix if other.fix in one.fix else f"{one.fix} {other.fix}"
    return replace(
        one,
        wrong=wrong,
        fix=fix if fix.count(". ") < 6 else one.fix,  # noqa: PLR2004
        others=(
            *one.others,
            *(spot for spot in (other.spot, *other.others) if not _is_in(spot, one.spot)),
        ),
        score=one.score + other.score / 4,
    )


def _is_in(spot: CodeRange, other: CodeRange) -> bool:
    return spot.path == other.path and other.first <= spot.first <= other.last


def _one_a_quote(survey: Survey, findings: Iterable[Remark]) -> list[Remark]:
    """Join what is said of the very same lines: a finding is known by what it quotes."""
    found: dict[tuple[str, ...], Remark] = {}
    for one in findings:
        lines = (
            survey.lines(one.spot.path)[one.spot.first - 1 : one.spot.last]
            if one.quotes
            else [one.title]
        )
        key = (one.spot.path, " ".join(" ".join(lines).split()))
        found[key] = joined(found[key], one) if key in found else one
    return list(found.values())


def worth_most(findings: Iterable[Remark], most: int = MOST) -> list[Remark]:
    """Return the first findings, no more than a few of one family, so that one sort does not crowd out the others."""
    taken: list[Remark] = []
    of_family: dict[str, int] = defaultdict(int)
    for one in findings:
        if of_family[one.family] < _MOST_OF_FAMILY or one.severity == "critical":
            of_family[one.family] += 1
            taken.append(one)
    return taken[:most]


class _Reviewer:
    def __init__(self, survey: Survey) -> None:
        self._survey = survey

    def findings(self) -> Iterator[Remark]:
        yield from self._secrets()
        yield from self._unreadable()
        yield from self._smells()
        yield from self._complex()
        yield from self._copies()
        yield from self._dead()
        yield from self._notes()
        yield from self._without_tests()

    # -- weights

    def _score(
        self, severity: str, path: str, function: Function | None = None, *, factor: float = 1.0
    ) -> float:
        reach = self._survey.reach(path, function)
        place = _BESIDE if is_beside(path) else 1.0
        return _WEIGHTS[severity] * (1 + math.log2(1 + min(reach, 64)) / 4) * place * factor

    @property
    def _untested(self) -> Untested:
        return untested(self._survey)

    # -- faults that rules see

    def _smells(self) -> Iterator[Remark]:
        known = rules()
        ignored = ignored_rules(self._survey)
        groups: dict[str, list[tuple[float, CodeRange, Function | None]]] = defaultdict(list)
        for path in self._survey.code:
            for smell in _one_a_line(self._survey.facts[path].smells):
                rule = known.get(smell.rule)
                lines = self._survey.lines(path)
                if rule is None or ignored(path, smell.rule) or not 1 <= smell.line <= len(lines):
                    continue
                function = self._survey.function_at(path, smell.line)
                if is_doubtful(smell, lines, function):
                    continue
                spot = self._quotable(path, smell.line, smell.end)
                if spot is None:
                    continue
                groups[smell.rule].append(
                    (self._score(rule.severity, path, function), spot, function)
                )
        for code, places in groups.items():
            yield self._of_rule(known[code], places)

    def _of_rule(
        self, rule: LintRule, places: Sequence[tuple[float, CodeRange, Function | None]]
    ) -> Remark:
        ranked = sorted(places, key=lambda one: (-one[0], one[1]))
        score, spot, function = ranked[0]
        more = len(ranked) - 1
        title = rule.title.format(where=_name(self._survey, spot.path, function))
        return Remark(
            f"{title}{_and_more(more)}",
            rule.label,
            rule.severity,
            "medium" if rule.severity == "high" and rule.label == "security" else "high",
            rule.family,
            spot,
            f"{rule.harm}{self._used(spot.path)}",
            rule.fix,
            f"A test shows the behaviour that is meant{'' if rule.label != 'security' else ', with hostile input'}"
            f"{', at each of the places' if more else ''}.",
            score * (1 + min(more, 10) / 20) * (_CUSTOM if more > _MANY else 1),
            tuple(other for _, other, _ in ranked[1:]),
        )

    def _used(self, path: str) -> str:
        users = len(self._survey.users.get(path, ()))
        return (
            f" {_count(users, 'file')} of the project {'uses' if users == 1 else 'use'} `{path}`."
            if users > 1
            else ""
        )

    def _unreadable(self) -> Iterator[Remark]:
        for path in self._survey.code:
            problem = self._survey.facts[path].problem
            if problem is None or "{{" in path or "template" in path:
                continue
            spot = self._quotable(path, problem[1], problem[1])
            yield Remark(
                f"`{path}` cannot be parsed",
                "bug",
                "high",
                "high",
                "syntax",
                spot or CodeRange(path, problem[1], problem[1]),
                f"Python stops at line {self._survey.number(path, problem[1])}: {_plain(problem[0])}. The file can "
                "neither be run nor imported, and nothing else in it was looked at.",
                "Mend the syntax.",
                "`python -m py_compile` on the file succeeds.",
                self._score("high", path),
                quotes=spot is not None,
            )

    def _secrets(self) -> Iterator[Remark]:
        places = [
            (self._score("critical", path), CodeRange(path, line, line), kind)
            for path, one in self._survey.facts.items()
            for kind, line in one.secrets
            if path not in self._survey.tests and not one.generated and not is_beside(path)
        ]
        if not places:
            return
        places.sort(key=lambda one: (-one[0], one[1]))
        score, spot, kind = places[0]
        yield Remark(
            f"A secret stands in `{spot.path}`{_and_more(len(places) - 1)}",
            "security",
            "critical",
            "medium",
            "secrets",
            spot,
            f"It looks like this: {kind}. Whoever can read the repository, or any copy of it, can use it; it stays in "
            "the history when the line is gone.",
            "Revoke it where it was issued, then read the new one from the environment or a secret store.",
            "The secret is revoked, and the value comes from outside of the repository.",
            score,
            tuple(other for _, other, _ in places[1:]),
            quotes=False,
        )

    # -- shape

    def _complex(self) -> Iterator[Remark]:
        candidates = [
            (
                self._score(
                    _severity_of(one.function),
                    one.path,
                    one.function,
                    factor=_weight_of(one.function),
                ),
                one,
            )
            for one in self._survey.functions
            if one.function.complexity >= _COMPLEX or one.function.length >= _LONG
        ]
        candidates.sort(key=lambda one: (-one[0], one[1].path, one[1].function.first))
        bare = {(one.path, one.function.first) for one in self._untested.found}
        for score, code in candidates[:4]:
            path, function = code
            spot = self._quotable(path, function.first, min(function.first + 5, function.last))
            if spot is None:
                continue
            tested = (
                " No test references it."
                if (path, function.first) in bare and self._untested.has_tests
                else ""
            )
            uses = self._survey.reach(path, function)
            used = (
                f" {_count(uses, 'place')} in the code lean{'s' * (uses == 1)} on it."
                if uses
                else ""
            )
            size = f"{function.length} lines"
            told = (
                f"makes {function.complexity - 1} decisions in {size}: hard to test, risky to change"
                if function.complexity >= _COMPLEX
                else f"is {size} long: hard to read, risky to change"
            )
            yield Remark(
                f"`{self._survey.shown(function)}` {told}",
                "design",
                _severity_of(function),
                "high",
                "complexity",
                spot,
                f"Its cyclomatic complexity is {function.complexity} (more than 10 is hard to cover by tests), in "
                f"{size}.{used}{tested}",
                f"Pin its behaviour down by tests, then move parts into functions with names.{self._first_part(code)}",
                f"{_smaller(function)}, and the tests from before pass unchanged.",
                score,
            )

    def _first_part(self, code: Code) -> str:
        """Return in words which block of a function is the largest that stands at its margin."""
        lines = self._survey.lines(code.path)
        first, last = code.function.first, min(code.function.last, len(lines))
        body = [
            (number, len(line) - len(line.lstrip()))
            for number in range(first + 1, last + 1)
            if (line := lines[number - 1].expandtabs(4)).strip()
        ]
        if not body:
            return ""
        header = len(lines[first - 1]) - len(lines[first - 1].lstrip())
        margin = min((indent for _, indent in body if indent > header), default=0)
        starts = [number for number, indent in body if indent <= margin] + [last + 1]
        blocks = [
            (following - start, start, following - 1) for start, following in pairwise(starts)
        ]
        size, start, end = max(blocks, key=lambda one: (one[0], -one[1]), default=(0, 0, 0))
        while end > start and not lines[end - 1].strip():
            end -= 1
        if size < 10 or size > 0.9 * code.function.length:  # noqa: PLR2004
            return ""
        return f" The largest block is at {self.where(CodeRange(code.path, start, end))}."

    def _copies(self) -> Iterator[Remark]:
        for one in self._survey.repeated[:4]:
            spot = self._quotable(one.path, one.first, one.last)
            lines = self._survey.lines(one.path)[one.first - 1 : one.last]
            if spot is None or 2 * sum(bool(_PARAMETER.match(line)) for line in lines) > len(lines):
                continue
            other = CodeRange(one.other, one.other_first, one.other_last)
            severity = "medium" if one.size >= 25 else "low"  # noqa: PLR2004
            near = "the same file" if one.path == one.other else f"`{one.other}`"
            yield Remark(
                f"{one.size} lines of `{one.path}` are repeated in {near}",
                "design",
                severity,
                "high",
                "copies",
                spot,
                f"The lines from {self.where(CodeRange(one.path, one.first, one.last))} stand at {self.where(other)} too. A "
                "fault that is mended in one stays in the other.",
                "Move the lines into one function and call it from both places.",
                "The lines exist once, and the tests of both places pass.",
                self._score(severity, one.path, factor=0.5 + min(one.size, 60) / 40),
            )

    def _dead(self) -> Iterator[Remark]:
        found = list(_unused(self._survey))
        if not found:
            return
        spots = [
            spot
            for one in found
            if (spot := self._quotable(one.path, one.function.first, one.function.first))
        ]
        if not spots:
            return
        first = next(
            one for one in found if one.function.first in (spots[0].first, spots[0].first + 1)
        )
        yield Remark(
            f"Nothing uses `{self._survey.shown(first.function)}`{_and_more(len(spots) - 1, 'private function')}",
            "cleanup",
            "low",
            "medium",
            "dead code",
            spots[0],
            "The name stands nowhere else in the code. It is read, kept up and searched through for nothing.",
            "Delete it, or use it where it was meant to be used.",
            "The function is gone and all tests pass.",
            self._score("low", spots[0].path, factor=1 + min(len(spots), 10) / 5),
            tuple(spots[1:]),
        )

    def _notes(self) -> Iterator[Remark]:
        notes = [
            (
                _URGENT.index(note.word),
                -self._survey.reach(path),
                CodeRange(path, note.line, note.line),
                note.word,
            )
            for path in self._survey.program
            for note in self._survey.facts[path].notes
        ]
        if not notes:
            return
        notes.sort()
        urgent = [one for one in notes if one[3] in ("FIXME", "BUG", "XXX")]
        shown = urgent or notes
        spots = [
            spot
            for one in shown
            if (spot := self._quotable(one[2].path, one[2].first, one[2].last))
        ]
        if not spots:
            return
        ages = sorted(
            age
            for one in shown[:_MOST_OTHERS]
            if (age := written_at(self._survey, one[2].path, one[2].first))
        )
        old = f", the oldest of those named here from {ages[0]}" if ages else ""
        words = " and ".join(sorted({one[3] for one in shown}))
        severity = "medium" if len(urgent) >= 3 else "low"  # noqa: PLR2004
        yield Remark(
            f"{_count(len(notes), 'note')} for later stand{'s' * (len(notes) == 1)} in the code, "
            f"{'one' if len(urgent) == 1 else len(urgent)} of them urgent"
            if urgent and len(urgent) < len(notes)
            else f"{_count(len(notes), f'{words} note')} stand{'s' * (len(notes) == 1)} in the code",
            "cleanup",
            severity,
            "high",
            "notes",
            spots[0],
            f"What was put off is known only to those who read these lines ({words}){old}.",
            "Make an issue of what is still true, with a way to see it, and take the rest out.",
            "Each note is gone, or names its issue.",
            self._score(severity, spots[0].path, factor=0.5 + min(len(shown), 20) / 40),
            tuple(spots[1:]),
        )

    def _without_tests(self) -> Iterator[Remark]:
        known = self._untested
        public = [
            one
            for one in self._survey.functions
            if one.function.is_public and not one.function.is_trivial
        ]
        if not known.found or len(public) < 3:  # noqa: PLR2004
            return
        spots = [
            spot
            for one in known.found
            if (spot := self._quotable(one.path, one.function.first, one.function.first + 2))
        ]
        if not spots:
            return
        share = len(known.found) / len(public)
        severity = "medium" if share > 0.05 or not known.has_tests else "low"  # noqa: PLR2004
        worst = known.found[0].function
        yield Remark(
            f"No test references `{self._survey.shown(worst)}`{_and_more(len(known.found) - 1, 'public function')}"
            if known.has_tests
            else f"No test is packed: {_count(len(public), 'public function')} can break unnoticed",
            "tests",
            severity,
            "high" if not known.has_tests or not known.by.startswith("by names") else "medium",
            "tests",
            spots[0],
            f"{len(known.found)} of {_count(len(public), 'public function')} are not tested ({known.by}); those here "
            "have the most branches and users."
            if known.has_tests
            else "In what is packed no file holds tests, so nothing says when behaviour changes.",
            "Write tests for those named first: `sous missing-tests` drafts them.",
            "Each function that is named is run by a test that fails when its result is wrong.",
            self._score(severity, spots[0].path, factor=0.6 + min(share, 1)),
            tuple(spots[1:]),
        )

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

    def where(self, spot: CodeRange) -> str:
        """Return a place as reports write it."""
        return where(self._survey, spot)


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
    if not finding.others:
        return ""
    shown = ", ".join(where(survey, spot, single=True) for spot in finding.others[:_MOST_OTHERS])
    rest = len(finding.others) - _MOST_OTHERS
    return f"{shown} and {rest} more" if rest > 0 else shown


def _one_a_line(smells: Iterable[Smell]) -> list[Smell]:
    """Return of those that begin in one line and mean the same the one that tells most."""
    best: dict[tuple[int, str], Smell] = {}
    known = rules()
    for one in smells:
        family = known[one.rule].family if one.rule in known else one.rule
        key = (one.line, family)
        if key not in best or _rank(one.rule) < _rank(best[key].rule):
            best[key] = one
    return list(best.values())


def _rank(rule: str) -> int:
    return _TELLS_MORE.index(rule) if rule in _TELLS_MORE else len(_TELLS_MORE)


def _smaller(function: Function) -> str:
    if function.complexity >= _COMPLEX:
        return f"Its complexity is below {_COMPLEX}"
    return f"It has fewer than {_LONG} lines"


def _name(survey: Survey, path: str, function: Function | None) -> str:
    return f"`{survey.shown(function)}`" if function else f"`{path}`"


def _and_more(count: int, what: str = "place") -> str:
    return f" (and {count} more {what}{'s' * (count != 1)})" if count > 0 else ""


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"


def _plain(text: str) -> str:
    """Return what a parser says, without signs that mean something in markdown."""
    return re.sub(r"[`*_<>\[\]@#\\|\x00-\x1f\x7f-\x9f]", " ", text)[:120].strip()


def _severity_of(function: Function) -> str:
    if function.complexity >= 2 * _VERY_COMPLEX:
        return "high"
    return (
        "medium" if function.complexity >= _VERY_COMPLEX or function.length > 2 * _LONG else "low"
    )


def _weight_of(function: Function) -> float:
    return 0.5 + min(function.complexity, 90) / 100 + min(function.length, 600) / 1200


# -- what nothing uses


def _unused(survey: Survey) -> Iterator[Code]:
    """Yield private functions whose name stands nowhere but where they are defined."""
    candidates = [one for one in survey.functions if _may_be_unused(survey, one)]
    if not candidates:
        return
    names = {one.function.name for one in candidates}
    counts: dict[str, int] = dict.fromkeys(names, 0)
    for file in survey.files.values():
        text = file.text
        for name in names:
            if name in text:
                counts[name] += len(re.findall(rf"(?<![\w$]){re.escape(name)}(?![\w$])", text))
    for one in sorted(
        candidates, key=lambda one: (-one.function.length, one.path, one.function.first)
    ):
        if counts[one.function.name] == 1:
            yield one


def _may_be_unused(survey: Survey, code: Code) -> bool:
    function, facts = code.function, survey.facts[code.path]
    language = facts.language
    if function.name.startswith("__") or survey.same_name[function.name] > 1 or function.decorators:
        return False
    if is_beside(code.path) or language not in ("Python", "Go", "Rust", "JavaScript", "TypeScript"):
        return False
    if language == "Python":
        bases = next((one.bases for one in facts.classes if one.name == function.owner), ())
        # what is derived from elsewhere may override
        own = all(base in survey.class_names for base in bases)
        return (
            function.name.startswith("_")
            and own
            and not survey.mentions[function.name]
            and not _put_together(survey, function.name)
        )
    if language in ("JavaScript", "TypeScript"):
        return not function.is_public and not survey.mentions[function.name]
    return (
        not function.is_public
        and function.name not in ("main", "init")
        and not survey.mentions[function.name]
    )


def _put_together(survey: Survey, name: str) -> bool:
    """Tell whether a name may be made from its beginning while the code runs."""
    return any(name.startswith(beginning) for beginning in survey.beginnings)


# -- what the project has decided


class _Ignored(NamedTuple):
    codes: tuple[str, ...]
    by_file: tuple[tuple[str, tuple[str, ...]], ...]

    def __call__(self, path: str, rule: str) -> bool:
        """Tell whether a rule is switched off for a file."""
        from sous.bundle.globs import Globs

        if any(rule.startswith(code) for code in self.codes):
            return True
        return any(
            any(rule.startswith(code) for code in codes) and Globs([glob, f"**/{glob}"]).match(path)
            for glob, codes in self.by_file
        )


def ignored_rules(survey: Survey) -> _Ignored:
    """Return the rules that the project's own configuration of ruff switches off, for all files or for some."""
    codes: list[str] = []
    by_file: list[tuple[str, tuple[str, ...]]] = []
    for table in _tables(survey):
        for part in (table, table.get("lint")):
            if not isinstance(part, dict):
                continue
            for key in ("ignore", "extend-ignore"):
                codes += [one for one in part.get(key) or () if isinstance(one, str) and one]
            for key in ("per-file-ignores", "extend-per-file-ignores"):
                for glob, own in (
                    (part.get(key) or {}).items() if isinstance(part.get(key), dict) else ()
                ):
                    if (
                        isinstance(own, list)
                        and isinstance(glob, str)
                        and len(glob) < 200  # noqa: PLR2004
                        and "!" not in glob
                    ):
                        by_file.append(
                            (glob, tuple(one for one in own if isinstance(one, str) and one))
                        )
    return _Ignored(tuple(codes), tuple(by_file))


def _tables(survey: Survey) -> Iterator[dict[str, object]]:
    from sous.analyst.manifests import toml_of

    for path in ("ruff.toml", ".ruff.toml"):
        yield toml_of(survey, path)
    tool = toml_of(survey, "pyproject.toml").get("tool")
    ruff = tool.get("ruff") if isinstance(tool, dict) else None
    if isinstance(ruff, dict):
        yield ruff
