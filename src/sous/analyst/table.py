"""The facts of a bundle as tables for a prompt, so that a model starts from names and lines that are true."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sous.analyst.untested import untested

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sous.analyst.survey import Code, Survey

_MOST_FILES, _MOST_FUNCTIONS, _MOST_ENTRIES = 60, 60, 20
_HEAD = (
    "Measured by a program in the files above, not guessed: begin with these names and lines. Functions with the most "
    "branches and users come first; code that is not listed may be wrong too."
)
_LONGEST = 120  # characters of a path or name


def facts_table(survey: Survey, *, only: Collection[str] | None = None) -> str:
    """Return facts about the files (`only`: these) as a text that stands between a bundle and a task."""
    paths = [path for path in survey.code if only is None or path in only]
    if not paths:
        return ""
    known = untested(survey)
    bare = {(one.path, one.function.first) for one in (*known.found, *known.unsure, *known.unused)}
    functions = [
        one for one in survey.functions if (only is None or one.path in only) and not _is_odd(one)
    ]
    functions.sort(key=lambda one: (-_weight(survey, one, bare), one.path, one.function.first))
    lines = [
        "<facts>",
        _HEAD,
        "",
        *_files(survey, paths),
        "",
        "| function | lines | complexity | used in | a test reaches it |",
        "|---|---|---|---|---|",
        *(
            _function(survey, one, bare, has_tests=known.has_tests)
            for one in functions[:_MOST_FUNCTIONS]
        ),
    ]
    entries = sorted({line for path in paths for line in _entries(survey, path)})[:_MOST_ENTRIES]
    if entries:
        lines += ["", f"Entry points: {', '.join(entries)}"]
    lines += _linted(survey, set(paths))
    return "\n".join([*lines, "</facts>", ""])


def _files(survey: Survey, paths: list[str]) -> Iterator[str]:
    ranked = sorted(paths, key=lambda path: (-survey.facts[path].code_lines, path))
    yield "| file | lines | of code | functions | files that use it |"
    yield "|---|---|---|---|---|"
    for path in ranked[:_MOST_FILES]:
        one = survey.facts[path]
        if len(path) <= _LONGEST and _is_plain(path):
            users = len(survey.users.get(path, ()))
            yield f"| {path} | {one.lines} | {one.code_lines} | {len(one.functions)} | {users} |"
    if len(ranked) > _MOST_FILES:
        yield f"| and {len(ranked) - _MOST_FILES} more | | | | |"


def _linted(survey: Survey, paths: Collection[str]) -> Iterator[str]:
    """Yield what linters of the project found."""
    found = [one for one in survey.linted if one.path in paths and _is_plain(one.path)]
    if found:
        yield from ("", "| linter, rule | place | what it says |", "|---|---|---|")
    for one in found[:_MOST_FUNCTIONS]:
        place = f"{one.path}:{survey.number(one.path, one.first)}"
        yield f"| {one.tool} {one.rule} | {place} | {one.said} |"


def _function(
    survey: Survey, code: Code, bare: Collection[tuple[str, int]], *, has_tests: bool
) -> str:
    path, one = code
    tested = (
        "" if not has_tests or not one.is_public else "no" if (path, one.first) in bare else "maybe"
    )
    place = f"{path}:{survey.number(path, one.first)}-{survey.number(path, one.last)}"
    return (
        f"| {one.qualified} | {place} | {one.complexity} | {survey.reach(path, one)} | {tested} |"
    )


def _weight(survey: Survey, code: Code, bare: Collection[tuple[str, int]]) -> float:
    own = 2.0 if (code.path, code.function.first) in bare else 1.0
    return float(
        code.function.complexity * (1 + survey.reach(code.path, code.function)) ** 0.5 * own
    )


def _entries(survey: Survey, path: str) -> Iterator[str]:
    """Yield where a program begins: `main` of a file, or a module that is run."""
    facts = survey.facts[path]
    main = next(
        (one for one in facts.functions if one.name in ("main", "__main__") and not one.owner), None
    )
    if main and _is_plain(path) and (facts.is_program or main.name == "main"):
        yield f"{path}:{survey.number(path, main.first)}"


def _is_odd(code: Code) -> bool:
    return code.function.name == "__main__" or len(code.path) > _LONGEST or not _is_plain(code.path)


def _is_plain(text: str) -> bool:
    """Tell whether a name can stand in a table without being anything else there."""
    return text.isprintable() and not set(text) & set("|<>`\n")
