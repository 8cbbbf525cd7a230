"""Functions that no test comes to: by coverage where there is some, else by names and imports."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from sous.analyst.survey import Code
from sous.analyst.tested import unreached
from sous.project.coverage import read_coverage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sous.analyst.survey import Survey
    from sous.project.coverage import Coverage

_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_IN_TEMPLATES = re.compile(r"\{[{%][^{}]*[}%]\}")
_TEMPLATES = (".html", ".htm", ".jinja", ".jinja2", ".j2", ".tmpl", ".mako", ".xml", ".txt")
_BESIDE_TESTS = re.compile(r"^\s*(?:#\[cfg\(test\)\]|if __name__)", re.MULTILINE)


class Untested(NamedTuple):
    """The functions that no test comes to, riskiest first; `by` says how that is known."""

    found: tuple[Code, ...]
    by: str
    has_tests: bool


def untested(survey: Survey, *, only_public: bool = True) -> Untested:
    """Return the functions of the program that no test comes to, ranked by complexity and reach."""
    key = f"untested {only_public}"
    if key not in survey.memo:
        survey.memo[key] = _untested(survey, only_public=only_public)
    found: Untested = survey.memo[key]
    return found


def _untested(survey: Survey, *, only_public: bool) -> Untested:
    coverage = read_coverage(survey.root, survey.files) if survey.root else None
    has_tests = bool(survey.tests & {path for path, one in survey.facts.items() if one.language})
    found = [
        one
        for one in _not_run(survey, coverage)
        if not (one.function.is_trivial or one.function.name.startswith("__"))
        and (one.function.is_public or not only_public)
    ]
    found.sort(key=lambda one: (-risk(survey, one), one.path, one.function.first))
    how = f"{coverage.name} says so" if coverage else "by names and imports: no test references it"
    return Untested(tuple(found), how, has_tests)


def risk(survey: Survey, code: Code) -> float:
    """Return how bad it is that a function is not tested: complexity times reach."""
    return code.function.complexity * math.sqrt(1 + survey.reach(code.path, code.function))


def _not_run(survey: Survey, coverage: Coverage | None) -> Iterator[Code]:
    program = set(survey.program)
    known = coverage.hit.keys() | coverage.missed.keys() if coverage else set()
    if coverage:
        for path in sorted(program & known):
            for one in survey.facts[path].functions:
                lines = range(one.first + 1, one.last + 1)
                if one.length > 1 and not any(line in coverage.hit.get(path, ()) for line in lines):
                    yield Code(path, one)
    python = {
        path: one
        for path, one in survey.facts.items()
        if one.language == "Python" and not one.generated
    }
    texts = {path: survey.files[path].text for path in survey.tests}
    called = set(_called_in_templates(survey))
    for place in unreached(python, texts, survey.tests, called=called):
        if place.path in program - known:
            yield Code(place.path, python[place.path].functions[place.at])
    yield from _by_names(survey, [path for path in sorted(program - known) if path not in python])


def _called_in_templates(survey: Survey) -> Iterable[str]:
    for path, file in survey.files.items():
        if path.endswith(_TEMPLATES) and (not path.endswith(".txt") or "template" in path):
            for match in _IN_TEMPLATES.finditer(file.text):
                yield from (word for word in _WORD.findall(match[0]))


def _by_names(survey: Survey, paths: Sequence[str]) -> Iterator[Code]:
    """Yield functions whose name is in no test and in nothing that is come to from tests by names alone."""
    functions = [Code(path, one) for path in paths for one in survey.facts[path].functions]
    by_name: dict[str, list[Code]] = defaultdict(list)
    for one in functions:
        by_name[one.function.name].append(one)
    words: set[str] = set()
    for path in survey.tests:
        words.update(_WORD.findall(survey.files[path].text))
    loaded = _loaded_by_tests(survey, paths)
    for path in paths:
        text = survey.files[path].text
        if path in loaded:
            words.update(survey.facts[path].uses)  # what runs as soon as it is loaded
        inline = _BESIDE_TESTS.search(text) if survey.facts[path].language == "Rust" else None
        if inline:
            words.update(_WORD.findall(text[inline.start() :]))
    reached: set[str] = set()
    waiting = [name for name in by_name if name in words]
    while waiting:
        name = waiting.pop()
        if name in reached:
            continue
        reached.add(name)
        for one in by_name[name]:
            waiting.extend(
                use for use in one.function.uses if use in by_name and use not in reached
            )
    yield from (
        one
        for one in functions
        if one.function.name not in reached and one.function.name != "constructor"
    )


def _loaded_by_tests(survey: Survey, paths: Sequence[str]) -> set[str]:
    """Return the files that tests load, through others too; all of them where imports do not tell."""
    found = set(survey.tests)
    waiting = list(found)
    while waiting:
        new = survey.uses.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    scripts = {
        path for path in paths if survey.facts[path].language in ("JavaScript", "TypeScript", "Vue")
    }
    return (
        (found & scripts) | (set(paths) - scripts)
        if 2 * len(found & scripts) >= len(scripts)
        else set(paths)
    )
