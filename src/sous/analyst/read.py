"""A file's text to the facts about it: by the parser of Python, by ast-grep for many other languages."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from sous.analyst.facts import FileFacts, Function, Variable
from sous.analyst.languages import how_generated, language_of
from sous.analyst.python import read_python
from sous.analyst.tree import read_tree
from sous.bundle.references import referred_names
from sous.project.languages import comments_at, grammar_at, is_comment
from sous.project.parsing import is_installed
from sous.project.paths import is_test_path

if TYPE_CHECKING:
    from collections.abc import Sequence

_ENVIRONMENT = re.compile(
    r"""process\.env(?:\.([A-Z_][A-Z0-9_]+)|\[["']([A-Z_][A-Z0-9_]+)["']\])"""
    r"""|(?:os\.(?:Getenv|LookupEnv)|env::var(?:_os)?|System\.getenv|(?<![\w.])getenv|ENV\.fetch)\(\s*["']([A-Za-z_]\w+)["']"""
    r"""|\bENV\[["']([A-Za-z_]\w+)["']\]|import\.meta\.env\.([A-Z_][A-Z0-9_]+)"""
)
_LONGEST = 5_000  # characters of a line beyond which no function is looked for


def read_file(path: str, text: str, *, is_whole: bool = True) -> FileFacts:
    """Return what is known of a file.

    Not `is_whole`: only signatures are there, so that it cannot be parsed.
    """
    language = language_of(path)
    lines = text.split("\n")
    count = len(lines) - (not lines[-1]) if text else 0
    generated = how_generated(path, text)
    if not language or generated or not is_whole:
        return FileFacts(language, count, sum(bool(line.strip()) for line in lines), generated)
    fields: dict[str, Any] = (
        read_python(text) if language == "Python" else _from_tree(path, text, lines, language)
    )
    if is_test_path(path):  # whose names count, and whose faults are no business of a review
        fields.pop("smells", None)
        return FileFacts(
            language, count, 0, refers=tuple(sorted(set(referred_names(path, text)))), **fields
        )
    marks = comments_at(path)
    code_lines = sum(bool(bare := line.strip()) and not is_comment(bare, marks) for line in lines)
    return FileFacts(
        language,
        count,
        code_lines,
        refers=tuple(sorted(set(referred_names(path, text)))),
        **fields,
    )


# -- other languages than Python


def _from_tree(path: str, text: str, lines: Sequence[str], language: str) -> dict[str, Any]:
    variables = tuple(
        Variable(next(filter(None, match.groups())), text.count("\n", 0, match.start()) + 1)
        for match in _ENVIRONMENT.finditer(text)
    )
    is_program = language == "Go" and bool(re.search(r"^package main$", text, re.MULTILINE))
    return {"variables": variables, "is_program": is_program, **_tree_of(path, text, lines)}


def _tree_of(path: str, text: str, lines: Sequence[str]) -> dict[str, Any]:
    grammar = grammar_at(path)
    if grammar is None or not is_installed() or max(map(len, lines), default=0) > _LONGEST:
        return {}
    return read_tree(grammar.name, grammar.functions, text)


def functions_around(functions: Sequence[Function], line: int) -> Function | None:
    """Return the innermost function that a line is in."""
    starts = [one.first for one in functions]
    for at in range(bisect_right(starts, line) - 1, -1, -1):
        if functions[at].first <= line <= functions[at].last:
            return functions[at]
    return None
