"""What is known of a file by reading it: its functions, what they use, what was noted in it."""

from __future__ import annotations

import json
import sys
from typing import Any, NamedTuple

# of facts that cannot be read
DAMAGED = (ValueError, TypeError, IndexError, AttributeError, RecursionError)


class Function(NamedTuple):
    """A function or method.

    `first` to `last` are its lines in the text, from 1, decorators not among them.

    `owner`: the class that it is a method of. `complexity`: cyclomatic (McCabe), 1 for a straight
    line. `is_trivial`: it holds nothing but `pass`, a docstring or a plain value, or is abstract.
    `uses`: the names in it, `attributes` those behind a dot with what stands before it
    (`self.save`; `.save` where that is no name), `strings` that could be names, `labels` those in
    decorators, `arms` how many cases of switches are among its ways.
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
    attributes: tuple[str, ...] = ()
    strings: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    arms: int = 0

    @property
    def qualified(self) -> str:
        """Its name with that of its class before it."""
        return f"{self.owner}.{self.name}" if self.owner else self.name

    @property
    def length(self) -> int:
        """How many lines it has."""
        return self.last - self.first + 1


class Class(NamedTuple):
    """A class: its bases as they are written, and the line it begins in."""

    name: str
    first: int
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


class FileFacts(NamedTuple):
    """What is known of one file, whatever it is called.

    Lines count from 1 in its text, not in the bundle.

    `generated`: how it is known that a program wrote it, else empty. `problem`: why it cannot be
    parsed, and the line. `imports`: pairs of a local name and what it means. `uses`, `attributes`,
    `strings`: those outside of functions. `blocks`: hashes of runs of lines, sampled, with the line
    that each begins in; `refers`: what its imports name.
    """

    language: str
    lines: int
    code_lines: int
    generated: str = ""
    problem: tuple[str, int] | None = None
    doc: str = ""
    functions: tuple[Function, ...] = ()
    classes: tuple[Class, ...] = ()
    imports: tuple[tuple[str, str], ...] = ()
    uses: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    strings: tuple[str, ...] = ()
    variables: tuple[Variable, ...] = ()
    smells: tuple[Smell, ...] = ()
    blocks: tuple[tuple[int, int], ...] = ()
    refers: tuple[str, ...] = ()
    is_program: bool = False

    def to_json(self) -> str:
        """Return all of it as text for the cache."""
        return json.dumps(self, separators=(",", ":"), ensure_ascii=False)


def facts_from_json(text: str) -> FileFacts:
    """Return the facts that `to_json` wrote. Raises one of DAMAGED for others."""
    row = FileFacts(*json.loads(text))
    return row._replace(
        problem=(str(row.problem[0]), int(row.problem[1])) if row.problem else None,
        functions=tuple(map(_function, row.functions)),
        classes=tuple(Class(name, first, tuple(bases)) for name, first, bases in row.classes),
        imports=_pairs(row.imports),
        uses=_names(row.uses),
        attributes=_names(row.attributes),
        strings=_names(row.strings),
        variables=tuple(Variable(*one) for one in row.variables),
        smells=tuple(Smell(*one) for one in row.smells),
        blocks=_pairs(row.blocks),
        refers=tuple(row.refers),
    )


def _function(row: Any) -> Function:
    fields: list[Any] = [_names(one) if type(one) is list else one for one in row]
    return Function(*fields)


def _names(row: Any) -> tuple[str, ...]:
    """Return names of which each is there once, in however many files it stands."""
    return tuple(map(sys.intern, row))


def _pairs(rows: Any) -> tuple[tuple[Any, Any], ...]:
    return tuple((first, second) for first, second in rows)
