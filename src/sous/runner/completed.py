"""Code as it was, with the new names that helpers of tests need: what such a test says of it.

A changed test whose helper cannot be built on the old code fails there whatever it asserts, and so
proves nothing. Beside the new names, the old code answers.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from sous.runner.bodies import block_at, split_inline
from sous.runner.pieces import declared_in, language_of, with_imports

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


_EXPORTS = re.compile(r"^(?:module\.)?exports\.(\w+)\s*=", re.MULTILINE)


class _Declaration(NamedTuple):
    names: frozenset[str]
    text: str


def words_of(texts: Iterable[str]) -> set[str]:
    """Return the words of texts."""
    return {word for text in texts for word in re.findall(r"\w+", text)}


def declared(path: str, text: str) -> set[str]:
    """Return what a file of code declares on its top level; nothing for other languages."""
    return {name for one in _declarations(path, text) for name in one.names}


def completed(
    path: str, old: str | None, new: str, *, needed: Collection[str], named: Collection[str]
) -> str | None:
    """Return a file of code as it was, with those of its new declarations that are `needed`.

    `old`: None for a new file; `named`: what tests name themselves, which is left out: without
    that they may well fail. None where nothing is to be added.
    """
    known = declared(path, old or "")
    fresh = [one for one in _declarations(path, new) if not one.names & known]
    wanted, added, is_more = {*needed}, list[_Declaration](), True
    while is_more:
        more = [
            one
            for one in fresh
            if one not in added and one.names & wanted and not one.names & {*named}
        ]
        added += more
        wanted |= words_of(one.text for one in more)
        is_more = bool(more)
    if not added:
        return None
    if old is None:
        return None if declared(path, new) & {*named} else new
    texts = dict.fromkeys(one.text for one in fresh if one in added)
    return _joined(path, old, new, "\n\n".join(texts))


def _joined(path: str, old: str, new: str, added: str) -> str:
    inside = split_inline(old) if path.endswith(".rs") else None
    if inside:
        return f"{inside[0].rstrip()}\n\n{added}\n\n{inside[1]}{inside[2]}"
    text = f"{old.rstrip()}\n\n{added}\n"
    return with_imports(path, text, new, words_of([added])) if language_of(path) else text


def _declarations(path: str, text: str) -> list[_Declaration]:
    if path.endswith(".py"):
        return _of_python(text)
    language = language_of(path)
    inside = split_inline(text) if language == ".rs" else None
    pieces = declared_in(language, inside[0] if inside else text)
    found = [_Declaration(frozenset({one.name}), one.text) for one in pieces]
    exports = _EXPORTS.finditer(text) if language == ".js" else ()
    return found + [_Declaration(frozenset({e[1]}), block_at(text, e.start())) for e in exports]


def _of_python(text: str) -> list[_Declaration]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found = ((_bound(one), ast.get_source_segment(text, one) or "") for one in tree.body)
    return [_Declaration(frozenset(names), said) for names, said in found if names and said]


def _bound(one: ast.stmt) -> set[str]:
    """Return the names that a statement gives a meaning to."""
    if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {one.name}
    if isinstance(one, (ast.Import, ast.ImportFrom)):
        return {(name.asname or name.name).partition(".")[0] for name in one.names}
    targets = one.targets if isinstance(one, ast.Assign) else [getattr(one, "target", None)]
    return {name.id for name in targets if isinstance(name, ast.Name)}
