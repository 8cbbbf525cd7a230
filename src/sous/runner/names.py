"""The names that a changed file of tests brings along, for its tests in the file as it was.

A test in its new form that fails on the old code only as it lacks an import proves nothing.
"""

from __future__ import annotations

import ast
import re

from sous.project.paths import is_test_path
from sous.runner.judge import decides_tests, holds_tests
from sous.runner.pieces import language_of

_REQUIRE = re.compile(
    r"^(?:const|let|var)\s+(?P<what>\w+|\{[^{}]*\})\s*=\s*require\((?P<of>[^()]*)\);?[ \t]*$",
    re.MULTILINE,
)


def helper_of(path: str, text: str) -> str | None:
    """Return a file that serves tests as it can be loaded without the new code.

    None for one that holds tests, or is in a language of which only single pieces are taken.
    """
    if not is_test_path(path) or decides_tests(path) or holds_tests(text):
        return None
    if path.endswith(".py"):
        return _with_python("", text) if _is_python("", text) else None
    return text if language_of(path) == ".js" else None


def with_names(old: str, new: str) -> str:
    """Return a file of tests with what a newer one has on its top level beside tests.

    What cannot be made there, such as an import of what is new in the code, is left out.
    """
    if _is_python(old, new):
        return _with_python(old, new)
    found = [
        f"var {_plain(match['what'])} = (() => {{ try {{ return require({match['of']}); }} "
        "catch { return {}; } })();\n"
        for match in _REQUIRE.finditer(new)
        if match[0].strip() not in old and not _is_known(match["what"], old)
    ]
    return "".join(found) + old if found else old


def _is_python(old: str, new: str) -> bool:
    return _parsed(old) is not None and _parsed(new) is not None


def _parsed(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _with_python(old: str, new: str) -> str:
    before, after = ast.parse(old), ast.parse(new)
    known = {ast.dump(one) for one in before.body}
    added = [
        one
        for one in after.body
        if ast.dump(one) not in known and not _has_tests(one) and not _is_future(one)
    ]
    if not added:
        return old
    pieces = [ast.get_source_segment(new, one) or "pass" for one in added]
    guarded = "".join(
        "try:\n" + _indented(piece) + "\nexcept Exception:\n    pass\n" for piece in pieces
    )
    end = max((one.end_lineno or 0 for one in before.body if _begins(one)), default=0)
    lines = old.splitlines(keepends=True)
    head = "".join(lines[:end])
    return f"{head}{'' if not head or head.endswith(chr(10)) else chr(10)}{guarded}" + "".join(
        lines[end:]
    )


def _indented(text: str) -> str:
    """Return a statement one level deeper; the lines of a text over several lines stay."""
    inside = _inside_texts(text)
    return "\n".join(
        line if number in inside else f"    {line}"
        for number, line in enumerate(text.split("\n"), 1)
    )


def _inside_texts(text: str) -> set[int]:
    """Return the lines of a statement that begin inside of a text."""
    parsed = _parsed(text)
    found: set[int] = set()
    for one in ast.walk(parsed) if parsed else ():
        if isinstance(one, (ast.Constant, ast.JoinedStr)) and one.end_lineno:
            found |= {*range(one.lineno + 1, one.end_lineno + 1)}
    return found


def _begins(one: ast.stmt) -> bool:
    """Tell whether a statement is an import, or the words at the beginning of a file."""
    is_text = isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)
    return isinstance(one, (ast.Import, ast.ImportFrom)) or is_text


def _is_future(one: ast.stmt) -> bool:
    return isinstance(one, ast.ImportFrom) and one.module == "__future__"


def _has_tests(one: ast.stmt) -> bool:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    if isinstance(one, functions):
        return one.name.startswith("test")
    return isinstance(one, ast.ClassDef) and any(
        isinstance(inner, functions) and inner.name.startswith("test") for inner in one.body
    )


def _plain(what: str) -> str:
    return re.sub(r"\s+", " ", what)


def _is_known(what: str, old: str) -> bool:
    """Tell whether the file declares one of the names already."""
    names = re.findall(r"\w+", what)
    return any(
        re.search(rf"\b(?:const|let|var|function|class)\b[^=\n]*\b{name}\b", old) for name in names
    )
