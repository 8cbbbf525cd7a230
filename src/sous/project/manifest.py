"""What any manifest may say, and how its parts are read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sous.project.data import table

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][\w.-]*)")  # the name in `name[extra]>=1; marker`


@dataclass(frozen=True)
class Manifest:
    """What a manifest says: `needs` (version of its language), `tasks` (name to description).

    `programs`: those that are installed, with what each runs; `commands`: the tasks with what they
    run, where it is one line.
    """

    name: str = ""
    description: str = ""
    version: str = ""
    licence: str = ""
    needs: str = ""
    tasks: Mapping[str, str] = field(default_factory=dict)
    commands: Mapping[str, str] = field(default_factory=dict)
    dependencies: Collection[str] = frozenset()
    programs: Mapping[str, str] = field(default_factory=dict)
    module: str = ""


def strings(value: object) -> dict[str, str]:
    """Return the entries of a table that are texts."""
    return {name: one for name, one in table(value).items() if isinstance(one, str)}


def names_of(requirements: list[str]) -> set[str]:
    """Return the names of packages in requirements (PEP 508)."""
    found = (_REQUIREMENT.match(one) for one in requirements)
    return {match[1] for match in found if match}
