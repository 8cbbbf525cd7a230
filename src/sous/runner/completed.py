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
    from collections.abc import Collection, Iterable, Sequence


_EXPORTS = re.compile(r"^(?:module\.)?exports\.(\w+)\s*=", re.MULTILINE)


_NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_SCOPES = (*_NAMED, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

# How JavaScript gives out what it declared elsewhere, and how one more name is.
_GIVEN_OUT = (
    (re.compile(r"^module\.exports\s*=\s*\{([^{}]*)\}", re.MULTILINE), "module.exports.{0} = {0};"),
    (re.compile(r"^export\s*\{([^{}]*)\}(?!\s*from)", re.MULTILINE), "export {{ {0} }};"),
)


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
    left_out = {*named}
    fresh = [one for one in _fresh(path, old or "", new) if not one.names & left_out]
    added = _reached(fresh, needed)
    if not added:
        return None
    if old is None:
        return None if declared(path, new) & left_out else new
    texts = dict.fromkeys(one.text for one in fresh if one in added)
    names = sorted({name for one in added for name in one.names})
    lines = _given_out(new, names) if language_of(path) == ".js" else []
    return _joined(path, old, new, "\n\n".join([*texts, *lines]))


def _fresh(path: str, old: str, new: str) -> list[_Declaration]:
    """Return what a file declares only now."""
    known = declared(path, old)
    found = [one for one in _declarations(path, new) if not one.names & known]
    return [*found, *_new_methods(old, new)] if path.endswith(".py") else found


def _reached(fresh: Sequence[_Declaration], needed: Iterable[str]) -> list[_Declaration]:
    """Return the declarations that are needed, and what these need."""
    wanted, added, is_more = {*needed}, list[_Declaration](), True
    while is_more:
        more = [one for one in fresh if one not in added and one.names & wanted]
        added += more
        wanted |= words_of(one.text for one in more)
        is_more = bool(more)
    return added


def _given_out(new: str, names: Iterable[str]) -> list[str]:
    """Return the lines of JavaScript that give out those names which the new file does."""
    found = []
    for form, line in _GIVEN_OUT:
        listed = {one.strip() for inside in form.findall(new) for one in inside.split(",")}
        found += [line.format(name) for name in names if name in listed]
    return found


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
    found = ((_bound(one), _source_of(text, one)) for one in _statements(text))
    return [_Declaration(frozenset(names), said) for names, said in found if names and said]


def _statements(text: str) -> list[ast.stmt]:
    try:
        return ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _source_of(text: str, one: ast.stmt) -> str:
    """Return a statement with its decorators, without which a class is another one."""
    first, *_ = getattr(one, "decorator_list", None) or [None]
    if first is None:
        return ast.get_source_segment(text, one, padded=True) or ""
    return "\n".join(text.split("\n")[first.lineno - 1 : one.end_lineno])


def _new_methods(old: str, new: str) -> list[_Declaration]:
    """Return the methods that classes of before have only now, each put into its class."""
    before, after = (
        {
            (owner.name, one.name): _source_of(text, one)
            for owner in _statements(text)
            if isinstance(owner, ast.ClassDef)
            for one in owner.body
            if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef))
        }
        for text in (old, new)
    )
    there = {one.name for one in _statements(old) if isinstance(one, ast.ClassDef)}
    return [
        _Declaration(
            frozenset({name}),
            f'class _Added:\n{said}\n\n\n{owner}.{name} = vars(_Added)["{name}"]\n',
        )
        for (owner, name), said in after.items()
        if owner in there and (owner, name) not in before
    ]


def _bound(one: ast.stmt) -> set[str]:
    """Return the names that a statement gives a meaning to on the top level, in branches too."""
    found: set[str] = set()
    waiting: list[ast.AST] = [one]
    while waiting:
        node = waiting.pop()
        if isinstance(node, _SCOPES):
            found |= {node.name} if isinstance(node, _NAMED) else set()
            continue
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= {(name.asname or name.name).partition(".")[0] for name in node.names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        waiting += ast.iter_child_nodes(node)
    return found
