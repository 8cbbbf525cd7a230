"""The signatures of a source file: all of it but what functions do inside.

Each line keeps its number in the file. Python by its own `ast`; other languages by ast-grep, where
the extra `languages` is installed. What no parser here knows, or cannot parse, stays whole.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from sous.project.languages import grammar_at, language_at
from sous.project.parsing import functions_at, has_grammar, is_installed
from sous.project.syntax import Grammar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sous.project.syntax import ParsedFunction

ELISION = "⋮----"  # as repomix writes it
_LONG_VALUE = 4  # lines; a longer value of a variable is cut
_PYTHON = Grammar("python", ("function_definition",))
_CPP = re.compile(  # what no C has
    r"^\s*(?:namespace\b|template\s*<|class\s+\w|(?:public|private|protected)\s*:|using\s)|\w::\w",
    re.MULTILINE,
)
_HOLDS_OTHERS = (".vue", ".svelte")
_ELEMENT = re.compile(
    r"^[ \t]*<(?P<tag>script|style)\b(?P<says>[^>]{0,400})>(?P<text>.*?)</(?P=tag)\s*>",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)
_LANG = re.compile(r"""\blang\s*=\s*["']?(\w+)""")
_CLOSES = re.compile(r"\s*(?:[)\]}`]|end\b)")  # a body that was opened on a line before


def has_parser(path: str) -> bool:
    """Tell whether signatures of a file can be had here."""
    if path.lower().endswith(_HOLDS_OTHERS):
        return is_installed()
    return _is_python(path) or has_grammar(path)


def _is_python(path: str) -> bool:
    language = language_at(path)
    return language is not None and language.analysis == "ast"


def is_cpp_header(path: str, text: str) -> bool:
    """Tell whether a file that C would name so holds C++."""
    return path.endswith(".h") and bool(_CPP.search(text))


class Signatures(NamedTuple):
    """A text without the insides of functions, and the number of each line in the file.

    A number is None where lines are cut; there are no numbers at all for a text that stays whole,
    and `whole` says why.
    """

    text: str
    numbers: list[int | None] | None = None
    whole: str = ""


def signatures(text: str, path: str) -> Signatures:
    """Return what is left of a text without the insides of its functions."""
    if not has_parser(path):
        return Signatures(text, whole="no parser")
    inside = _python(text) if _is_python(path) else None
    if inside is None:
        inside = _parsed(text, path)
    if inside is None:
        return Signatures(text, whole="not parsed")
    if not inside:
        return Signatures(text, whole="no functions to cut")
    return Signatures(*_without(text, inside))


def _parsed(text: str, path: str) -> list[tuple[int, int]] | None:
    """Return what a parser finds; Python that is newer, or older, than the one that runs, too."""
    if path.lower().endswith(_HOLDS_OTHERS):
        return _in_elements(text)
    grammar = None
    if _is_python(path):
        grammar = _PYTHON
        if not is_installed() or "\0" in text:
            return None
    elif is_cpp_header(path, text):
        grammar = grammar_at("x.hpp")
    found = functions_at(path, text, grammar)
    if found is None:
        return None
    return _insides(found, text)


def _in_elements(text: str) -> list[tuple[int, int]] | None:
    """Return what parsers find in the scripts and styles of a Vue or Svelte file."""
    found: list[tuple[int, int]] = []
    for element in _ELEMENT.finditer(text):
        said = _LANG.search(element["says"])
        name = "x." + (said[1] if said else "js" if element["tag"].lower() == "script" else "css")
        functions = functions_at(name, _alone(text, *element.span("text")))
        if functions is None and grammar_at(name) is not None:
            return None
        found += _insides(functions or (), text)
    return found


def _alone(text: str, start: int, end: int) -> str:
    """Return a part of a text at the lines and columns where it stands."""
    line = text.rfind("\n", 0, start) + 1
    return "\n" * text.count("\n", 0, start) + " " * (start - line) + text[start:end]


def _insides(functions: Iterable[ParsedFunction], text: str) -> list[tuple[int, int]]:
    lines = text.split("\n")
    pairs = (_inside(one, lines) for one in functions)
    return [(start, end) for start, end in pairs if start <= end]


def _inside(function: ParsedFunction, lines: Sequence[str]) -> tuple[int, int]:
    """Return the first and last line inside a body, without those that open or close it."""
    start, end = function.body_start, function.body_end
    first, last = lines[start.line - 1], lines[end.line - 1]
    opens = first[: start.column].strip() or first[start.column :].startswith(("{", "("))
    closes = (opens and _CLOSES.match(last)) or last[end.column :].strip(" \t\r;,")
    return start.line + bool(opens), end.line - bool(closes)


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
            start = _first_inside(child)
            if child.body[0].lineno > child.lineno and start <= _last_line(child):
                yield start, _last_line(child)
        elif isinstance(child, (ast.Assign, ast.AnnAssign)):
            if _last_line(child) - child.lineno >= _LONG_VALUE:
                yield child.lineno + 1, _last_line(child)
        elif isinstance(child, (ast.ClassDef, ast.If, ast.Try, ast.With, ast.For, ast.While)):
            yield from _python_bodies(child)


def _first_inside(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the first line to cut; the first line of a docstring stays."""
    first = function.body[0]
    is_documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return first.lineno + is_documented


def _last_line(node: ast.stmt) -> int:
    assert node.end_lineno is not None  # noqa: S101  # of all that was parsed
    return node.end_lineno
