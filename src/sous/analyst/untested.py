"""Public functions that no test runs, by a coverage file, or that no test names, by the words in tests."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from sous.analyst.exports import SCRIPTS, is_exported, script_export
from sous.analyst.inline_tests import words_of_tests
from sous.analyst.manifests import manifest_of
from sous.analyst.survey import Code
from sous.project.coverage import read_coverage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sous.analyst.survey import Survey
    from sous.project.coverage import Coverage

_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_ALIAS = re.compile(r"\b([A-Za-z_$][\w$]*) as ([A-Za-z_$][\w$]*)[ \t]*(?=[,})\];\r\n]|$)")
_DEPRECATED = re.compile(r"(?i)deprecated")
_IN_TEMPLATES = re.compile(r"\{[{%][^{}]*[}%]\}")
_TEMPLATES = tuple(
    """
    .html .htm .jinja .jinja2 .j2 .tmpl .mako .vue .svelte .erb
    """.split()  # noqa: SIM905
)
# Decorators that hand the function to nobody, so that it is called by its own name.
_PLAIN_DECORATORS = frozenset(
    """
    staticmethod classmethod property cached_property wraps lru_cache cache abstractmethod contextmanager
    asynccontextmanager override final total_ordering setter getter deleter no_type_check deprecated singledispatch
    """.split()  # noqa: SIM905
)
# Methods that a language or its library calls by an interface: a test runs them and names them nowhere.
_BY_INTERFACE = {
    "Go": "String GoString Error Unwrap Is As Len Less Swap Push Pop MarshalJSON UnmarshalJSON MarshalText "
    "UnmarshalText MarshalBinary UnmarshalBinary MarshalYAML UnmarshalYAML MarshalXML UnmarshalXML "
    "Scan Value Read Write Close Seek ReadAt WriteAt ReadFrom WriteTo ServeHTTP RoundTrip Format Set Type "
    "LogValue Write ReadByte WriteByte WriteString Flush Header WriteHeader Lock Unlock SetDeadline SetReadDeadline SetWriteDeadline LocalAddr RemoteAddr Network",
    "JavaScript": "constructor toString toJSON valueOf inspect next return throw then",
    "TypeScript": "constructor toString toJSON valueOf inspect next return throw then",
    "Java": "equals hashCode toString compareTo compare run call get apply accept close iterator next hasNext",
    "Python": "read readline write flush close keys items update get send throw emit filter format run",
}


class Untested(NamedTuple):
    """Public functions without a test, those with the most branches and uses first.

    `coverage`: the file that says so of the files in `measured`; of others the words in tests do.
    `indirect`: more that no test names, but that code named in tests uses. Of a program, whose tests
    may run what they do not name: `unsure`, and `unused`, which its own code does not name either.
    """

    found: tuple[Code, ...]
    has_tests: bool
    coverage: str = ""
    measured: frozenset[str] = frozenset()
    indirect: tuple[Code, ...] = ()
    unsure: tuple[Code, ...] = ()
    unused: tuple[Code, ...] = ()

    @property
    def by(self) -> str:
        """How it is known, in words."""
        return f"{self.coverage} says so" if self.coverage else "by names: no test names them"


def untested(survey: Survey) -> Untested:
    """Return the public functions of the program that no test runs or names, riskiest first."""
    if "untested" not in survey.memo:
        survey.memo["untested"] = _untested(survey)
    found: Untested = survey.memo["untested"]
    return found


def risk(survey: Survey, code: Code) -> float:
    """Return how bad it is that a function is not tested: complexity times reach."""
    return code.function.complexity * math.sqrt(1 + survey.reach(code.path, code.function))


def _untested(survey: Survey) -> Untested:
    coverage = read_coverage(survey.root, survey.files) if survey.root else None
    measured = frozenset(coverage.hit.keys() | coverage.missed.keys()) if coverage else frozenset()
    words = words_of_tests(survey)
    public = [one for one in _program(survey) if _is_public(survey, one)]
    rest = [one for one in public if one.path not in measured]
    unnamed, indirect = _unnamed(survey, rest, words, _reached(survey, words))
    found, unsure, unused = _by_use(survey, unnamed, words)
    if coverage:
        found += [one for one in public if one.path in measured and _is_missed(coverage, one)]
    return Untested(
        _ranked(survey, found),
        has_tests=bool(words or coverage),
        coverage=coverage.name if coverage else "",
        measured=measured,
        indirect=_ranked(survey, indirect),
        unsure=_ranked(survey, unsure),
        unused=_ranked(survey, unused),
    )


def _by_use(
    survey: Survey, unnamed: list[Code], words: set[str]
) -> tuple[list[Code], list[Code], list[Code]]:
    """Return functions without a test; of a program, whose tests run more than they name, none.

    And of a program those that its code names, and those that it does not.
    """
    if not words or not _is_program(survey):
        return unnamed, [], []
    used = [one for one in unnamed if survey.mentions[one.function.name]]
    unused = [one for one in unnamed if not survey.mentions[one.function.name]]
    return [], used, unused


def _is_program(survey: Survey) -> bool:
    """Tell whether a project is run, and not a library whose functions others call."""
    manifests = ("pyproject.toml", "setup.cfg", "setup.py", "package.json", "Cargo.toml")
    return (
        "src/main.rs" in survey.files
        or any(manifest_of(survey, path).programs for path in manifests)
        or any(survey.facts[path].is_program for path in survey.program)
    )


def _unnamed(
    survey: Survey, functions: Iterable[Code], words: set[str], reached: set[str]
) -> tuple[list[Code], list[Code]]:
    """Return the functions that no test names: those that nothing named in tests uses, and those that it does."""
    unnamed = [one for one in functions if not _is_named(survey, one, words)]
    return (
        [one for one in unnamed if one.function.name not in reached],
        [one for one in unnamed if one.function.name in reached],
    )


def _ranked(survey: Survey, found: Iterable[Code]) -> tuple[Code, ...]:
    return tuple(sorted(found, key=lambda one: (-risk(survey, one), one.path, one.function.first)))


def _program(survey: Survey) -> Iterator[Code]:
    for path in survey.program:
        for one in survey.facts[path].functions:
            yield Code(path, one)


def _is_public(survey: Survey, code: Code) -> bool:
    function = code.function
    if function.is_trivial or not function.is_public or function.name.startswith("__"):
        return False
    around = survey.lines(code.path)[max(0, function.first - 4) : function.last]
    return is_exported(survey, code) and not any(map(_DEPRECATED.search, around))


def _is_missed(coverage: Coverage, code: Code) -> bool:
    """Tell whether no line behind the head of a function ran, and it has some."""
    function = code.function
    body = range(function.first + 1, function.last + 1)
    return bool(body) and coverage.hit.get(code.path, set()).isdisjoint(body)


def _is_named(survey: Survey, code: Code, words: set[str]) -> bool:
    """Tell whether a test names a function, or something else may call it under another name."""
    function, facts = code.function, survey.facts[code.path]
    if not words.isdisjoint((function.name, *function.labels, *_other_names(survey, code, words))):
        return True
    interface = _BY_INTERFACE.get(facts.language, "").split()
    if function.owner and (function.name in interface or _has_foreign_base(survey, code)):
        return True
    if function.name.startswith(tuple(survey.beginnings)):  # may be a name that is put together
        return True
    handed = {one.rpartition(".")[2] for one in function.decorators} - _PLAIN_DECORATORS
    if not handed.isdisjoint(("command", "group")):  # started by its name on a command line
        return re.sub(r"_(?:command|cmd|group|grp)$", "", function.name).replace("_", "-") in words
    return bool(handed)


def _other_names(survey: Survey, code: Code, words: set[str]) -> set[str]:
    """Return what a function is called where it is handed out, or imported to be handed on."""
    name = code.function.name
    if "other names" not in survey.memo:
        found: dict[str, set[str]] = defaultdict(set)
        for path in survey.program:
            for own, other in _ALIAS.findall(survey.files[path].text):
                found[own].add(other)
        survey.memo["other names"] = found
    by_name: dict[str, set[str]] = survey.memo["other names"]
    others = by_name.get(name, set())
    is_script = survey.facts[code.path].language in SCRIPTS
    export = script_export(survey, code.path, name) if is_script else None
    if export is None:
        return others
    if export.kind == "named":
        return others | {export.name}
    # whoever loads the file calls it as he likes
    is_loaded = any(code.path in survey.uses.get(test, ()) for test in survey.tests)
    return others | by_name.get("default", set()) | (words if is_loaded else set())


def _has_foreign_base(survey: Survey, code: Code) -> bool:
    """Tell whether a method belongs to a class that comes from one of elsewhere, which may call it."""
    if "bases" not in survey.memo:
        bases: dict[str, set[str]] = {"object": set()}
        for facts in survey.facts.values():
            for one in facts.classes:
                bases.setdefault(one.name, set()).update(
                    base.rpartition(".")[2] for base in one.bases
                )
        survey.memo["bases"] = bases
    known: dict[str, set[str]] = survey.memo["bases"]
    own = [one for one in survey.facts[code.path].classes if one.name == code.function.owner]
    waiting = {base.rpartition(".")[2] for one in own for base in one.bases}
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in known:
            return True
        seen.add(name)
        waiting |= known[name] - seen
    return False


# -- what is used by what tests name


def _reached(survey: Survey, words: Iterable[str]) -> set[str]:
    """Return the names that tests use, by themselves or through functions of that name."""
    uses: dict[str, set[str]] = defaultdict(set)
    waiting = {*words, *_named_in_templates(survey)}
    for path in survey.program:
        facts = survey.facts[path]
        waiting |= set(facts.uses)  # runs as soon as it is loaded
        for one in facts.functions:
            uses[one.name] |= {*one.uses}
            if one.owner and (one.name.startswith("__") or one.name in ("constructor", "new")):
                uses[one.owner] |= {*one.uses}
    beginnings = tuple(survey.beginnings)
    waiting |= {name for name in uses if name.startswith(beginnings)}  # may be put together
    reached: set[str] = set()
    while waiting:
        name = waiting.pop()
        reached.add(name)
        waiting |= uses.get(name, set()) - reached
    return reached


def _named_in_templates(survey: Survey) -> Iterator[str]:
    for path, file in survey.files.items():
        if path.endswith(_TEMPLATES):
            for match in _IN_TEMPLATES.finditer(file.text):
                yield from _WORD.findall(match[0])
