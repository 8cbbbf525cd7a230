"""Which column of a table is the claim: known by its name, else by what its cells are."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from sous.document.leads import has_site, lead_in
from sous.items.words import (
    FIELDS,
    LOCATION,
    STATUS,
    STRONG,
    TITLE_COLUMNS,
    WIDE,
    is_place,
    is_said,
    is_severity,
    is_so,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sous.document.outline import Title

_OF_ITEMS = (
    STRONG | LOCATION | STATUS
)  # of the names of columns: tables of parameters have the others
_PROSE = 10  # columns that a claim has on average, at least


class Columns(NamedTuple):
    """What the columns of a table are: the claim (None: none is), and whether some say more.

    `has_site`: one is of files with lines; `is_named`: the claim is known by its name; `place`: the
    column of files, which is the claim where a table only says which files lack something;
    `truth`: the column of what is so, where the claim is what somebody says.
    """

    claim: int | None
    has_severity: bool
    has_place: bool
    has_fields: bool
    has_site: bool = False
    is_named: bool = False
    place: int | None = None
    truth: int | None = None


def tables_of(rows: Sequence[Title]) -> Iterator[list[Title]]:
    """Yield the rows of each table."""
    table: list[Title] = list(rows[:1])
    for before, row in pairwise(rows):
        if row.line != before.line + 1 or _heads(row) != _heads(before):
            yield table
            table = []
        table.append(row)
    if table:
        yield table


def columns_of(table: Sequence[Title]) -> Columns:
    """Return what the columns of a table are."""
    heads = _heads(table[0])
    columns = [[row.cells[at][1] for row in table] for at in range(len(heads))]
    kinds = [_kind(cells) for cells in columns]
    sites = [at for at, cells in enumerate(columns) if _most(map(has_site, cells), len(cells))]
    named = _named_claim(heads, kinds)
    is_prose_enough = "severity" in kinds or bool(sites)
    claim = kinds.index("prose") if is_prose_enough and "prose" in kinds else None
    said, truth = _said_and_so(heads)
    claim = said if said is not None else claim if named is None else named
    names = set(heads) & FIELDS
    has_fields = truth is not None or (len(names) > 1 and bool(names & _OF_ITEMS))
    is_sited = bool(set(sites) - {claim})
    has_severity, has_place = "severity" in kinds, "place" in kinds
    place = kinds.index("place") if has_place else None
    is_named = named is not None
    return Columns(claim, has_severity, has_place, has_fields, is_sited, is_named, place, truth)


def _said_and_so(heads: Sequence[str]) -> tuple[int, int] | tuple[None, None]:
    """Return the column of what somebody says, and that of what is so, where both are there."""
    said = [at for at, head in enumerate(heads) if is_said(head)]
    truth = [at for at, head in enumerate(heads) if is_so(head)]
    return (said[0], truth[0]) if said and truth else (None, None)


def _named_claim(heads: Sequence[str], kinds: Sequence[str]) -> int | None:
    """Return the column that is called as titles are and holds words; None: none is."""
    named = (heads.index(name) for name in TITLE_COLUMNS if name in heads)
    return next((at for at in named if kinds[at] in ("", "prose")), None)


def _most(fits: Iterable[bool], count: int) -> bool:
    return sum(fits) * 2 > count


def _heads(row: Title) -> list[str]:
    return [head for head, _ in row.cells]


def _kind(cells: Sequence[str]) -> str:
    """Return what most cells of a column are: severity, place, ident or prose."""
    filled = [cell.strip(" `*_") for cell in cells if re.search(r"[^\W_]", cell)]
    for name, fits in (("severity", _is_severity), ("place", is_place), ("ident", _is_ident)):
        if filled and sum(map(fits, filled)) * 2 > len(filled):
            return name
    width = sum(1 + (char >= WIDE) for cell in filled for char in cell)
    is_spaced = any(" " in cell or max(cell) >= WIDE for cell in filled)
    return "prose" if filled and is_spaced and width >= _PROSE * len(filled) else ""


def _is_severity(cell: str) -> bool:
    return is_severity(re.sub(r"^\W+", "", cell))


def _is_ident(cell: str) -> bool:
    return bool(re.fullmatch(r"#?\d[\d.,%]*", cell) or lead_in(f"{cell} x").code)
