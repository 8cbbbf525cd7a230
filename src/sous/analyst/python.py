"""What Python code contains, by the parser of Python itself."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from typing import TYPE_CHECKING, Any

from sous.analyst.facts import Class, Function, Variable
from sous.analyst.syntax_rules import children, python_smells, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAIN = "__main__"  # what is called so runs when a file is run as a program
_DEFINED = (ast.FunctionDef, ast.AsyncFunctionDef)
# Each adds a way through its function (McCabe, 1976); so do parts of conditions and comprehensions.
_BRANCHES = (
    ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.IfExp, ast.Assert, ast.match_case,
)  # fmt: skip
_DECIDES = (ast.If, ast.While, ast.Raise, ast.ExceptHandler)  # on a line of its own
_BEGINNING = re.compile(r"(\w*[A-Za-z]_)(?:[{%].*)?")  # of a name that is put together
_ENVIRONMENT = ("environ", "getenv", "environb", "_environ")


def read_python(text: str) -> dict[str, Any]:
    """Return the fields of FileFacts that Python code tells.

    Only `problem` where it cannot be parsed.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes in strings, which are no business of ours
            tree = ast.parse(text.removeprefix("\ufeff"))
        return {**_read(tree), "smells": tuple(python_smells(tree, text.split("\n")))}
    except SyntaxError as exc:
        return {"problem": (exc.msg or "a syntax error", max(1, exc.lineno or 1))}
    except (ValueError, RecursionError, MemoryError) as exc:
        is_deep = isinstance(exc, RecursionError)
        said = "" if is_deep else str(exc).partition("\n")[0]
        return {"problem": (said or "it nests too deep", 1)}


def _read(tree: ast.Module) -> dict[str, Any]:
    everything = walk(tree)
    top: list[ast.AST] = []  # what runs as soon as the module is loaded
    classes: list[Class] = []
    functions = list(_functions(tree.body, "", top, classes))
    return {
        "doc": (ast.get_docstring(tree) or "")[:2000],
        "functions": tuple(functions),
        "classes": tuple(classes),
        "imports": tuple(dict.fromkeys(_imports(everything))),
        "uses": _uses(top),
        "beginnings": tuple(sorted(set(_beginnings(everything)))),
        "variables": tuple(sorted(_variables(everything), key=lambda one: one.line)),
        "is_program": any(one.name == MAIN for one in functions),
    }


def _functions(
    body: Iterable[ast.AST], owner: str, top: list[ast.AST], classes: list[Class]
) -> Iterator[Function]:
    """Yield the functions that stand in no other; add all other nodes to `top`."""
    for node in body:
        if isinstance(node, _DEFINED):
            for part in (*node.decorator_list, node.args):
                top += walk(part)
            yield _function(node, owner)
        elif isinstance(node, ast.ClassDef):
            for part in (*node.decorator_list, *node.bases, *node.keywords):
                top += walk(part)
            classes.append(Class(node.name, tuple(filter(None, map(_dotted, node.bases)))))
            yield from _functions(node.body, node.name, top, classes)
        elif isinstance(node, ast.If) and _is_main_guard(node.test):
            inside = [one for child in node.body for one in walk(child)]
            yield _made(node, MAIN, "", inside)._replace(is_public=False, is_trivial=True)
            yield from _functions(node.orelse, owner, top, classes)
        elif hasattr(node, "body") and not isinstance(node, ast.expr):
            top.append(node)
            yield from _functions(children(node), owner, top, classes)
        else:
            top += walk(node)


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef, owner: str) -> Function:
    inside = [one for child in node.body for one in walk(child)]
    around = [one for decorator in node.decorator_list for one in walk(decorator)]
    decorators = tuple(filter(None, map(_dotted, node.decorator_list)))
    is_abstract = any("abstract" in one or "overload" in one for one in decorators)
    found = _made(node, node.name, owner, inside)
    return found._replace(
        arguments=tuple(_arguments(node.args, owner)),
        is_public=not node.name.startswith("_") and not owner.startswith("_"),
        is_trivial=is_abstract or _is_trivial(node, inside, found.complexity),
        decorators=decorators,
        labels=tuple(sorted({text for one in around if (text := _text(one))})),
    )


def _arguments(given: ast.arguments, owner: str) -> list[str]:
    """Return the names of arguments, without the one that a method is called on."""
    names = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    if owner and names[:1] in (["self"], ["cls"], ["mcs"]):
        del names[0]
    return names + [f"*{one.arg}" for one in (given.vararg, given.kwarg) if one]


def _is_trivial(
    node: ast.FunctionDef | ast.AsyncFunctionDef, inside: Iterable[ast.AST], complexity: int
) -> bool:
    """Tell whether a function has one statement that computes nothing, or none that does a thing."""
    body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
    computes = any(isinstance(one, (ast.BinOp, ast.Compare)) for one in inside)
    is_plain = complexity == 1 and len(body) <= 1 and not computes
    return is_plain or all(map(_says_nothing, body))


def _made(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.If,
    name: str,
    owner: str,
    inside: list[ast.AST],
) -> Function:
    """Return what the nodes in a function tell of it."""
    ways = 1
    branches = set()
    for one in inside:
        ways += isinstance(one, _BRANCHES)
        if isinstance(one, ast.BoolOp):
            ways += len(one.values) - 1
        elif isinstance(one, ast.comprehension):
            ways += 1 + len(one.ifs)
        elif isinstance(one, ast.match_case):
            branches.add(one.pattern.lineno)
        elif isinstance(one, _DECIDES):
            branches.add(one.lineno)
    return Function(
        name, node.lineno, node.end_lineno or node.lineno, ways, owner=owner, uses=_uses(inside),
        branches=tuple(sorted(branches)),
    )  # fmt: skip


def _uses(nodes: Iterable[ast.AST]) -> tuple[str, ...]:
    """Return the names in nodes, also those behind a dot."""
    found = {node.id for node in nodes if isinstance(node, ast.Name)}
    found |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return tuple(sorted(map(sys.intern, found)))


def _imports(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            joined = base if base.endswith(".") else f"{base}."
            yield from (f"{joined}{alias.name}" for alias in node.names)


def _beginnings(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield beginnings of names that are put together while the code runs: `load_` of `f"load_{x}"`."""
    for node in nodes:
        text = _text(node)
        if text and len(text) < 200 and text.endswith(("_", "}", "%s")):  # noqa: PLR2004
            match = _BEGINNING.fullmatch(text)
            if match:
                yield match[1]


def _variables(nodes: Iterable[ast.AST]) -> Iterator[Variable]:
    """Yield the environment variables that are read: by subscript, by a call, or by `in`."""
    for node in nodes:
        name: ast.AST | None = None
        default = None
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            name = node.slice if _last_name(node.value) in _ENVIRONMENT else None
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.In, ast.NotIn)):
            name = node.left if _last_name(node.comparators[0]) in _ENVIRONMENT else None
        elif isinstance(node, ast.Call) and node.args and _reads_environment(node.func):
            name = node.args[0]
            default = _text(node.args[1]) if len(node.args) > 1 else None
        text = _text(name)
        if text and isinstance(node, ast.expr):
            yield Variable(text, node.lineno, default)


def _reads_environment(function: ast.AST) -> bool:
    """Tell whether a call reads a variable: `getenv`, or `get` of `os.environ`."""
    if isinstance(function, ast.Attribute) and function.attr in ("get", "setdefault", "pop"):
        return _last_name(function.value) in _ENVIRONMENT
    return _last_name(function) == "getenv"


def _dotted(node: ast.AST) -> str:
    """Return names joined by dots, without arguments or indices; empty where something else is among them."""
    if isinstance(node, (ast.Call, ast.Subscript)):
        node = node.func if isinstance(node, ast.Call) else node.value
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join(reversed([*parts, node.id])) if isinstance(node, ast.Name) else ""


def _last_name(node: ast.AST | None) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _text(node: ast.AST | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _is_main_guard(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and _last_name(test.left) == "__name__"


def _says_nothing(node: ast.stmt) -> bool:
    if isinstance(node, ast.Raise):
        raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        return _last_name(raised) == "NotImplementedError"
    if isinstance(node, ast.Return):
        return node.value is None or isinstance(node.value, (ast.Constant, ast.Name))
    return isinstance(node, ast.Pass) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )
