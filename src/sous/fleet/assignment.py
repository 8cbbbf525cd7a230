"""What a child is told to do with one repository, in a form that goes through a pipe."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sous import __version__
from sous.errors import SousError
from sous.fleet.repositories import FleetRepository
from sous.git_clone import LARGEST
from sous.settings import Settings, with_values
from sous.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

_AS_THEY_ARE = ("tasks", "asks", "afresh", "since", "largest", "verify")  # of an order, in JSON


@dataclass(frozen=True)
class Assignment:
    """What is to be done with one repository.

    `asks`: false where only the price is wanted; `afresh`: tasks that are made again; `since`:
    seconds since 1970, a repository without a commit after it is left as it is; `most`: US dollars
    by task, None where there is no limit; `largest`: bytes of a repository; `verify`: the model
    that is asked whether findings are real.
    """

    repository: FleetRepository
    tasks: tuple[str, ...]
    out: Path
    settings: Settings = field(default_factory=Settings)
    asks: bool = True
    afresh: tuple[str, ...] = ()
    since: float | None = None
    most: Mapping[str, Decimal] | None = None
    largest: int = LARGEST
    verify: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it for another process."""
        settings = {
            key: str(value) if isinstance(value, Path) else value
            for key, value in dataclasses.asdict(self.settings).items()
            if value != getattr(Settings(), key)
        }
        return {
            **{name: getattr(self, name) for name in _AS_THEY_ARE},
            "repository": dataclasses.asdict(self.repository),
            "out": str(self.out),
            "settings": settings,
            "most": self.most and {task: str(most) for task, most in self.most.items()},
            "version": __version__,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Assignment:
        """Return what another process was given. Raises SousError for another version's."""
        if data.get("version") != __version__:
            raise SousError(
                f"the order is of sous {one_line(str(data.get('version')))}, and this is "
                f"{__version__}: install one version everywhere"
            )
        named = {**data["repository"], "tags": tuple(data["repository"]["tags"])}
        return cls(
            FleetRepository(**named),
            tuple(data["tasks"]),
            Path(data["out"]),
            with_values(Settings(), data["settings"], source="the fleet"),
            data["asks"],
            tuple(data["afresh"]),
            data["since"],
            data["most"] and {task: Decimal(most) for task, most in data["most"].items()},
            data["largest"],
            data["verify"],
        )
