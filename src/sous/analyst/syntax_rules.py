"""Rules that need Python's own tree: what the standard library lost, errors that vanish."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from sous.analyst.facts import Smell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# https://docs.python.org/3/whatsnew/: modules and names, by the version that has them no more.
_REMOVED = {
    "3.7": "os.errno",
    "3.8": "time.clock platform.linux_distribution platform.dist cgi.escape",
    "3.9": "xml.etree.cElementTree base64.encodestring base64.decodestring fractions.gcd",
    "3.10": "formatter parser symbol collections.Mapping collections.MutableMapping collections.Sequence "
    "collections.MutableSequence collections.Iterable collections.Iterator collections.Callable collections.Set "
    "collections.MutableSet collections.Hashable collections.Sized collections.Container collections.Generator",
    "3.11": "binhex asyncio.coroutine inspect.getargspec inspect.formatargspec",
    "3.12": "imp distutils asynchat asyncore smtpd ssl.wrap_socket ssl.match_hostname locale.format "
    "configparser.SafeConfigParser importlib.find_loader pkgutil.ImpImporter",
    "3.13": "cgi cgitb crypt telnetlib pipes nntplib imghdr sndhdr xdrlib uu audioop aifc chunk mailcap msilib nis "
    "ossaudiodev spwd sunau lib2to3 unittest.makeSuite locale.resetlocale",
    "3.14": "ast.Str ast.Num ast.Bytes ast.NameConstant ast.Ellipsis pkgutil.find_loader pkgutil.get_loader "
    "asyncio.SafeChildWatcher",
}
_SINCE = {name: version for version, names in _REMOVED.items() for name in names.split()}
_ASKS_FIRST = re.compile(
    r"version_info|PY2|PY3|python_version|TYPE_CHECKING|hasattr|sys\.platform|os\.name"
)
_CLEANUPS = frozenset(
    """
    close disconnect shutdown unlink remove rmtree kill terminate stop cancel
    """.split()  # noqa: SIM905
)


class Removed(NamedTuple):
    """A name of the standard library, and the version of Python that has it no more."""

    name: str
    since: str

    @classmethod
    def said(cls, text: str) -> Removed:
        """Return what `Smell.said` says."""
        name, _, since = text.partition(" ")
        return cls(name, since)


def children(node: ast.AST) -> list[ast.AST]:
    """Return the nodes right in a node that have something in them; quicker than those of `ast`."""
    found: list[ast.AST] = []
    for value in node.__dict__.values():
        if type(value) is list:
            found += [one for one in value if isinstance(one, ast.AST) and one._fields]
        elif isinstance(value, ast.AST) and value._fields:
            found.append(value)
    return found


def walk(node: ast.AST) -> list[ast.AST]:
    """Return a node and all in it that have something in them."""
    found = [node]
    for one in found:
        found += children(one)
    return found


def python_smells(tree: ast.Module, lines: Sequence[str]) -> Iterator[Smell]:
    """Yield what the rules of this module see."""
    yield from _same_twice(tree, lines)
    imported = {
        alias.asname or alias.name: alias.name
        for node in walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    waiting: list[tuple[ast.AST, bool]] = [(tree, False)]
    while waiting:
        node, is_guarded = waiting.pop()
        is_guarded = is_guarded or _guards(node)
        if not is_guarded:
            yield from _removed(node, imported)
        if isinstance(node, ast.Try) and not all(map(_cleans_up, node.body)):
            for one in node.handlers:
                if _is_silent(one, lines):
                    yield Smell("py-silent-except", one.lineno, one.end_lineno or one.lineno)
        waiting += [(child, is_guarded) for child in children(node)]


def _guards(node: ast.AST) -> bool:
    """Tell whether code asks first, or is ready for what is missing."""
    if isinstance(node, ast.Try):
        return True
    return isinstance(node, (ast.If, ast.IfExp)) and bool(
        _ASKS_FIRST.search(ast.unparse(node.test))
    )


def _removed(node: ast.AST, imported: Mapping[str, str]) -> Iterator[Smell]:
    names: list[str] = []
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    elif (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in imported
    ):
        names = [f"{imported[node.value.id]}.{node.attr}"]
    for name in names:
        top = name.partition(".")[0]
        known = name if name in _SINCE else top if not isinstance(node, ast.Attribute) else ""
        if known in _SINCE and isinstance(node, (ast.stmt, ast.expr)):
            yield Smell("py-removed", node.lineno, node.lineno, f"{known} {_SINCE[known]}")
            return


def _same_twice(tree: ast.Module, lines: Sequence[str]) -> Iterator[Smell]:
    choices = [one for one in walk(tree) if isinstance(one, (ast.If, ast.IfExp))]
    chained = {one.orelse[0] for one in choices if isinstance(one, ast.If) and one.orelse}
    for one in choices:
        if one not in chained and _is_same_twice(one, lines):
            yield Smell("py-same-branches", one.lineno, one.end_lineno or one.lineno)


def _is_same_twice(node: ast.If | ast.IfExp, lines: Sequence[str]) -> bool:
    """Tell whether both branches are the same, and neither a comment nor a check of types says why."""
    first, second = (one if isinstance(one, list) else [one] for one in (node.body, node.orelse))
    is_typed = isinstance(node.test, ast.Call) and _last_word(node.test.func) == "isinstance"
    has_comment = any("#" in line for line in lines[node.lineno - 1 : node.end_lineno])
    if is_typed or has_comment or isinstance(first[0], ast.Pass):
        return False
    if [*map(type, first)] != [*map(type, second)]:  # quicker than what follows
        return False
    try:
        return [*map(ast.dump, first)] == [*map(ast.dump, second)]
    except RecursionError:
        return False


def _is_silent(node: ast.ExceptHandler, lines: Sequence[str]) -> bool:
    """Tell whether a bare `except` does nothing with what it catches, and no comment says why."""
    if node.type is not None:
        return False
    return all(map(_does_nothing, node.body)) and not any(
        "#" in line for line in lines[node.lineno - 1 : node.end_lineno]
    )


def _cleans_up(node: ast.stmt) -> bool:
    """Tell whether a statement only closes or ends something, whose failure matters little."""
    if isinstance(node, ast.If) and not node.orelse:
        return all(map(_cleans_up, node.body))
    call = node.value if isinstance(node, ast.Expr) else None
    call = call.value if isinstance(call, ast.Await) else call
    return isinstance(call, ast.Call) and _last_word(call.func) in _CLEANUPS


def _last_word(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _does_nothing(node: ast.stmt) -> bool:
    return (
        isinstance(node, (ast.Pass, ast.Continue))
        or (
            isinstance(node, ast.Return)
            and (node.value is None or isinstance(node.value, ast.Constant))
        )
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    )
