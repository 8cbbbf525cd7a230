"""What is known of a file by reading it: its functions, what they use, what was noted in it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

# of facts that cannot be read
DAMAGED = (ValueError, TypeError, IndexError, AttributeError, RecursionError)


class Function(NamedTuple):
    """A function or method.

    `first` to `last` are its lines in the text, from 1, decorators not among them.

    `owner`: the class that it is a method of. `complexity`: cyclomatic (McCabe), 1 for a straight
    line. `is_trivial`: it has one statement that computes nothing, or is abstract.
    `uses`: the names in it, `labels` the texts in decorators, `branches` the lines that decide or
    fail.
    """

    name: str
    first: int
    last: int
    complexity: int
    arguments: tuple[str, ...] = ()
    owner: str = ""
    is_public: bool = True
    is_trivial: bool = False
    decorators: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    branches: tuple[int, ...] = ()

    @property
    def qualified(self) -> str:
        """Its name with that of its class before it."""
        return f"{self.owner}.{self.name}" if self.owner else self.name

    @property
    def length(self) -> int:
        """How many lines it has."""
        return self.last - self.first + 1


class Class(NamedTuple):
    """A class, and its bases as they are written."""

    name: str
    bases: tuple[str, ...] = ()


class Variable(NamedTuple):
    """An environment variable that code reads, the line, and the default where that is a plain value."""

    name: str
    line: int
    default: str | None = None


class Smell(NamedTuple):
    """What a rule of rules.yaml finds in a line; `end` its last line, `said` what the linter says of it."""

    rule: str
    line: int
    end: int
    said: str = ""


class ScriptExport(NamedTuple):
    """How a module of JavaScript hands out what it calls `own`.

    `named` by the word in `name`, `default`, or `whole` (module.exports).
    """

    own: str
    kind: str
    name: str
    is_commonjs: bool


class FileFacts(NamedTuple):
    """What is known of one file, whatever it is called.

    Lines count from 1 in its text, not in the bundle.

    `generated`: how it is known that a program wrote it, else empty. `problem`: why it cannot be
    parsed, and the line. `imports`: dotted names. `uses`: those outside of functions. `beginnings`:
    of names that are put together. `refers`: what its imports name. `inline`: lines of tests in it.
    """

    language: str
    lines: int
    code_lines: int
    generated: str = ""
    problem: tuple[str, int] | None = None
    doc: str = ""
    functions: tuple[Function, ...] = ()
    classes: tuple[Class, ...] = ()
    imports: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    beginnings: tuple[str, ...] = ()
    variables: tuple[Variable, ...] = ()
    smells: tuple[Smell, ...] = ()
    refers: tuple[str, ...] = ()
    is_program: bool = False
    exports: tuple[ScriptExport, ...] = ()
    inline: tuple[tuple[int, int], ...] = ()

    def to_json(self) -> str:
        """Return all of it as text for the cache."""
        return json.dumps(self, separators=(",", ":"), ensure_ascii=False)


def facts_from_json(text: str) -> FileFacts:
    """Return the facts that `to_json` wrote. Raises one of DAMAGED for others."""
    row = FileFacts(*json.loads(text))
    return row._replace(**{name: read(getattr(row, name)) for name, read in _READ.items()})


def _names(row: Any) -> tuple[str, ...]:
    """Return names of which each is there once, in however many files it stands."""
    return tuple(map(sys.intern, row))


def _function(row: Any) -> Function:
    found = Function(*row)
    return found._replace(
        arguments=_names(found.arguments), decorators=_names(found.decorators), uses=_names(found.uses),
        labels=_names(found.labels), branches=tuple(found.branches),
    )  # fmt: skip


def _rows(kind: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, ...]]:
    return lambda rows: tuple(kind(row) for row in rows)


_READ: dict[str, Callable[[Any], Any]] = {
    "problem": lambda row: (str(row[0]), int(row[1])) if row else None,
    "functions": _rows(_function),
    "classes": _rows(lambda row: Class(row[0], tuple(row[1]))),
    "variables": _rows(lambda row: Variable(*row)),
    "smells": _rows(lambda row: Smell(*row)),
    "exports": _rows(lambda row: ScriptExport(*row)),
    "inline": _rows(tuple),
    **dict.fromkeys(("imports", "uses", "beginnings", "refers"), _names),
}
