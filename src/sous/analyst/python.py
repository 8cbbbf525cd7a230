"""What Python code holds, by the parser of Python itself."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from typing import TYPE_CHECKING, Any

from sous.analyst.facts import Class, Function, Variable
from sous.analyst.syntax_rules import python_smells

if TYPE_CHECKING:
    from collections.abc import Callable

# among the names of code that asks for attributes whose names are put together
ANY_ATTRIBUTE = "getattr()"
_PUT_TOGETHER = (ast.JoinedStr, ast.BinOp, ast.Call)
MAIN = "__main__"  # what is called so runs when a file is run as a program
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# Each adds a way through its function (McCabe, 1976); so do parts of conditions and comprehensions.
_ARM = getattr(ast, "match_case", None)
_BRANCHES = frozenset(
    [
        ast.If,
        ast.For,
        ast.AsyncFor,
        ast.While,
        ast.ExceptHandler,
        ast.IfExp,
        ast.Assert,
        _ARM,
    ]
)
# Nodes with nothing in them.
_LEAVES = frozenset(
    [
        type(None),
        str,
        int,
        ast.Load,
        ast.Store,
        ast.Del,
        ast.Pass,
        ast.Break,
        ast.Continue,
        ast.alias,
    ]
    + [
        kind
        for base in (ast.operator, ast.unaryop, ast.cmpop, ast.boolop)
        for kind in base.__subclasses__()
    ]
)
_MAYBE_NAME = re.compile(r"\.?[A-Za-z_][\w.]{2,80}(?:\{[^{}]{0,30}\}|%s|:[\w.]{1,60})?")
_ENVIRONMENT = ("environ", "getenv", "environb", "_environ")


def read_python(text: str) -> dict[str, Any]:
    """Return the fields of FileFacts that Python code tells.

    Only `problem` where it cannot be parsed.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes in strings, which are no business of ours
            tree = ast.parse(text.removeprefix("\ufeff"))
    except SyntaxError as exc:
        return {"problem": (exc.msg or "a syntax error", max(1, exc.lineno or 1))}
    except (ValueError, RecursionError, MemoryError) as exc:
        return {"problem": (str(exc).partition("\n")[0] or "it nests too deep", 1)}
    try:
        smells = tuple(python_smells(tree, text.split("\n")))
        return {**_SymbolReader(tree).fields(), "smells": smells}
    except RecursionError:
        return {"problem": ("it nests too deep", 1)}


class _UsedNames:
    """The names in a piece of code."""

    def __init__(self) -> None:
        self.uses: set[str] = set()
        self.attributes: set[str] = set()
        self.strings: set[str] = set()
        self.complexity = 1
        self.arms = 0


class _SymbolReader:
    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._functions: list[Function] = []
        self._classes: list[Class] = []
        self._imports: dict[str, str] = {}
        self._variables: list[Variable] = []
        self._is_program = False
        self._quiet: list[tuple[int, int]] = []  # lines of docstrings

    def fields(self) -> dict[str, Any]:
        module = _UsedNames()
        for node in self._tree.body:
            self._visit(node, module, owner="", inside=False)
        return {
            "doc": (ast.get_docstring(self._tree) or "")[:2000],
            "functions": tuple(self._functions),
            "classes": tuple(self._classes),
            "imports": tuple(self._imports.items()),
            "uses": tuple(sorted(module.uses)),
            "attributes": tuple(sorted(module.attributes)),
            "strings": tuple(sorted(module.strings)),
            "variables": tuple(self._variables),
            "is_program": self._is_program,
            "quiet": tuple(self._quiet),
        }

    def _visit(self, node: ast.AST, names: _UsedNames, *, owner: str, inside: bool) -> None:
        """Note what a node holds.

        `names` are those of the function that it is in, or of the module.
        """
        kind = type(node)
        if kind in _FUNCTIONS and not inside:
            self._function(node, names, owner)  # type: ignore[arg-type]
        elif kind is ast.ClassDef:
            self._class(node, names, inside=inside)  # type: ignore[arg-type]
        elif kind is ast.If and not inside and _is_main_guard(node.test):  # type: ignore[attr-defined]
            self._guarded(node)  # type: ignore[arg-type]
        else:
            note = _NOTES.get(kind)
            if note:
                note(self, node, names)
            names.complexity += kind in _BRANCHES
            names.arms += kind is _ARM
            for field in kind._fields:
                value = getattr(node, field, None)
                for child in value if type(value) is list else (value,):
                    if type(child) is ast.Name:  # most nodes are: no call for them
                        names.uses.add(child.id)
                    elif type(child) not in _LEAVES and isinstance(child, ast.AST):
                        self._visit(child, names, owner=owner, inside=inside)

    # -- what single nodes tell

    def note_name(self, node: ast.Name, names: _UsedNames) -> None:
        names.uses.add(node.id)

    def note_attribute(self, node: ast.Attribute, names: _UsedNames) -> None:
        names.attributes.add(sys.intern(_dotted(node) or f".{node.attr}"))

    def note_constant(self, node: ast.Constant, names: _UsedNames) -> None:
        if type(node.value) is str and _MAYBE_NAME.fullmatch(node.value):
            names.strings.add(node.value)

    def note_expression(self, node: ast.Expr, names: _UsedNames) -> None:  # noqa: ARG002
        if type(node.value) is ast.Constant:
            self._quiet.append((node.lineno, node.end_lineno or node.lineno))

    def note_subscript(self, node: ast.Subscript, names: _UsedNames) -> None:  # noqa: ARG002
        if _last_name(node.value) in _ENVIRONMENT and isinstance(node.ctx, ast.Load):
            self._variable(node.slice, node.lineno, None)

    def note_comparison(self, node: ast.Compare, names: _UsedNames) -> None:  # noqa: ARG002
        """Note `"NAME" in os.environ`."""
        is_asked = len(node.ops) == 1 and isinstance(node.ops[0], (ast.In, ast.NotIn))
        if is_asked and _last_name(node.comparators[0]) in _ENVIRONMENT:
            self._variable(node.left, node.lineno, None)

    def note_choice(self, node: ast.BoolOp, names: _UsedNames) -> None:
        names.complexity += len(node.values) - 1

    def note_loop(self, node: ast.comprehension, names: _UsedNames) -> None:
        names.complexity += 1 + len(node.ifs)

    def note_import(self, node: ast.Import | ast.ImportFrom, names: _UsedNames) -> None:  # noqa: ARG002
        base = "." * node.level + (node.module or "") if isinstance(node, ast.ImportFrom) else ""
        for alias in node.names:
            joined = base if base.endswith(".") or not base else f"{base}."
            local = alias.asname or alias.name
            # binds the first name, and loads all of them
            if not base and not alias.asname and "." in alias.name:
                top = alias.name.partition(".")[0]
                self._imports.setdefault(top, top)
                local = f"+{alias.name}"
            self._imports[local if alias.name != "*" else f"*{len(self._imports)}"] = (
                f"{joined}{alias.name}"
            )

    def _function(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef, around: _UsedNames, owner: str
    ) -> None:
        names = _UsedNames()
        for decorator in node.decorator_list:
            self._visit(decorator, around, owner="", inside=True)
        for default in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
            self._visit(default, around, owner="", inside=True)
        for child in node.body:
            self._visit(child, names, owner="", inside=True)
        arguments = [
            one.arg for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
        ]
        own = (
            arguments[1:] if owner and arguments[:1] in (["self"], ["cls"], ["mcs"]) else arguments
        )
        decorators = tuple(filter(None, map(_decorator, node.decorator_list)))
        body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
        self._functions.append(
            Function(
                node.name,
                node.lineno,
                node.end_lineno or node.lineno,
                names.complexity,
                (*own, *(f"*{one.arg}" for one in (node.args.vararg, node.args.kwarg) if one)),
                owner,
                is_public=not node.name.startswith("_") and not owner.startswith("_"),
                is_trivial=all(map(_says_nothing, body))
                or any("abstract" in one or "overload" in one for one in decorators),
                decorators=decorators,
                uses=tuple(sorted(names.uses)),
                attributes=tuple(sorted(names.attributes)),
                strings=tuple(sorted(names.strings)),
                labels=_labels(node),
                arms=names.arms,
            )
        )

    def _guarded(self, node: ast.If) -> None:
        """Note what runs only when the file is run as a program, as a function called `__main__`."""
        self._is_program = True
        names = _UsedNames()
        for child in node.body:
            self._visit(child, names, owner="", inside=True)
        self._functions.append(
            Function(
                MAIN, node.lineno, node.end_lineno or node.lineno, names.complexity, is_public=False, is_trivial=True,
                uses=tuple(sorted(names.uses)), attributes=tuple(sorted(names.attributes)),
                strings=tuple(sorted(names.strings)),
            )
        )  # fmt: skip
        for child in node.orelse:
            self._visit(child, names, owner="", inside=True)

    def _class(self, node: ast.ClassDef, names: _UsedNames, *, inside: bool) -> None:
        for named in (*node.decorator_list, *node.bases, *(one.value for one in node.keywords)):
            self._visit(named, names, owner="", inside=True)
        if not inside:
            self._classes.append(
                Class(node.name, node.lineno, tuple(filter(None, map(_base, node.bases))))
            )
        for child in node.body:
            self._visit(child, names, owner=node.name, inside=inside)

    def note_call(self, node: ast.Call, names: _UsedNames) -> None:
        """Note `os.environ.get("NAME", "default")`, `os.getenv("NAME")`, and `getattr` of a name put together."""
        function = node.func
        if (
            _last_name(function) == "getattr"
            and len(node.args) > 1
            and isinstance(node.args[1], _PUT_TOGETHER)
        ):
            names.uses.add(ANY_ATTRIBUTE)
        is_read = isinstance(function, ast.Attribute) and (
            function.attr == "getenv"
            or (
                function.attr in ("get", "setdefault", "pop")
                and _last_name(function.value) in _ENVIRONMENT
            )
        )
        if (is_read or _last_name(function) == "getenv") and node.args:
            self._variable(
                node.args[0], node.lineno, _text(node.args[1]) if len(node.args) > 1 else None
            )

    def _variable(self, name: ast.expr, line: int, default: str | None) -> None:
        text = _text(name)
        if text:
            self._variables.append(Variable(text, line, default))


# What is noted of nodes of a kind, before what is inside them.
_NOTES: dict[type, Callable[[_SymbolReader, Any, _UsedNames], None]] = {
    ast.Name: _SymbolReader.note_name,
    ast.Attribute: _SymbolReader.note_attribute,
    ast.Constant: _SymbolReader.note_constant,
    ast.Expr: _SymbolReader.note_expression,
    ast.Subscript: _SymbolReader.note_subscript,
    ast.BoolOp: _SymbolReader.note_choice,
    ast.Compare: _SymbolReader.note_comparison,
    ast.comprehension: _SymbolReader.note_loop,
    ast.Import: _SymbolReader.note_import,
    ast.ImportFrom: _SymbolReader.note_import,
    ast.Call: _SymbolReader.note_call,
}


def _labels(node: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[str, ...]:
    """Return the texts that stand in the decorators of a function."""
    inside = (one for decorator in node.decorator_list for one in ast.walk(decorator))
    texts = (one.value for one in inside if isinstance(one, ast.Constant))
    return tuple(sorted({text for text in texts if isinstance(text, str)}))


def _decorator(node: ast.expr) -> str:
    """Return a decorator as dotted words, without its arguments."""
    return _dotted(node.func if isinstance(node, ast.Call) else node)


def _base(node: ast.expr) -> str:
    return _dotted(node.value if isinstance(node, ast.Subscript) else node)


def _dotted(node: ast.AST) -> str:
    """Return names joined by dots as they stand; empty where something else is among them."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join(reversed([*parts, node.id])) if isinstance(node, ast.Name) else ""


def _last_name(node: ast.AST | None) -> str:
    if isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _is_main_guard(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and _last_name(test.left) == "__name__"


def _says_nothing(node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Raise):
        raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        return _last_name(raised) == "NotImplementedError"
    if isinstance(node, ast.Return):
        return node.value is None or isinstance(node.value, (ast.Constant, ast.Name))
    return isinstance(node, ast.Pass)
