"""The signatures of a source file: all of it but what functions do inside, each line with its number in the file.

Python by its own `ast`; other languages by tree-sitter where the extra `languages` is installed. What no parser here
knows, or cannot parse, stays whole.
"""

from __future__ import annotations

import ast
import importlib
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sous.project.languages import grammar_at, language_at

if TYPE_CHECKING:
    from collections.abc import Iterator

ELISION = "⋮----"  # as repomix writes it
_LONG_VALUE = 4  # lines; a longer value of a variable is cut

_FUNCTION = re.compile(r"function|method|constructor|destructor|func_literal|accessor")


def has_parser(path: str) -> bool:
    """Tell whether signatures of a file can be had here."""
    return _is_python(path) or _parser(grammar_at(path)) is not None


def _is_python(path: str) -> bool:
    language = language_at(path)
    return language is not None and language.analysis == "ast"


def signatures(text: str, path: str) -> tuple[str, list[int | None] | None]:
    """Return the text without the insides of functions, and the number of each line in the file (None: cut here).

    The numbers are None altogether for a text that stays whole.
    """
    if _is_python(path):
        inside = _python(text)
    else:
        parser = _parser(grammar_at(path))
        inside = (
            None
            if parser is None
            else list(_bodies(parser.parse(text.encode("utf-8", "replace")).root_node))
        )
    return (text, None) if not inside else _without(text, inside)


def _without(text: str, cut: list[tuple[int, int]]) -> tuple[str, list[int | None] | None]:
    """Drop the lines from `start` to `end` (1-based, both dropped) of each pair."""
    dropped: set[int] = set()
    for start, end in cut:
        dropped.update(range(start, end + 1))
    lines = text.split("\n")
    kept: list[str] = []
    numbers: list[int | None] = []
    for number, line in enumerate(lines, 1):
        if number not in dropped:
            kept.append(line)
            numbers.append(number)
        elif numbers and numbers[-1] is not None:
            kept.append(ELISION)
            numbers.append(None)
    return "\n".join(kept), numbers


def _python(text: str) -> list[tuple[int, int]] | None:
    if re.search(r"\r(?!\n)", text):  # which Python takes for the end of a line, and we do not
        return None
    try:
        return list(_python_bodies(ast.parse(text.removeprefix("\ufeff"))))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _python_bodies(node: ast.AST) -> Iterator[tuple[int, int]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            body = child.body
            first = body[0]
            is_documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
            # the first line of the docstring stays
            start = first.lineno + (1 if is_documented else 0)
            if first.lineno > child.lineno and start <= (child.end_lineno or 0):
                yield start, child.end_lineno or start
        elif isinstance(child, (ast.Assign, ast.AnnAssign)):
            if (child.end_lineno or 0) - child.lineno >= _LONG_VALUE:
                yield child.lineno + 1, child.end_lineno or child.lineno
        elif isinstance(child, (ast.ClassDef, ast.If, ast.Try, ast.With, ast.For, ast.While)):
            yield from _python_bodies(child)


@lru_cache(maxsize=32)
def _parser(named: tuple[str, str] | None) -> Any:
    if named is None:
        return None
    module, function = named
    try:
        import tree_sitter

        grammar = importlib.import_module(module)
    except ImportError:
        return None
    return tree_sitter.Parser(tree_sitter.Language(getattr(grammar, function)()))


def _bodies(root: Any) -> Iterator[tuple[int, int]]:
    """Yield the lines inside the bodies of functions: between the line that opens one and the line that closes it."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        body = node.child_by_field_name("body") if _FUNCTION.search(node.type) else None
        if body is None:
            waiting += node.children
            continue
        header, first, last = node.start_point[0], body.start_point[0], body.end_point[0]
        # Ruby's body begins on the line after the header and does not hold the `end`.
        opens = body.text[:1] in (b"{", b"(") or first == header
        start, end = (first + 2, last) if opens else (first + 1, last + 1)
        if start <= end:
            yield start, end
