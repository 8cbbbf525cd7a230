"""A workplace: the repository in which a plan is carried out, and which of its files are ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sous.names import BUNDLE, FOLDER, OWN_FILES, PLAN, SPEC, TODO

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Workplace:
    """A repository: its top folder, the root of the project in it, and the plan carried out there.

    `ticks`: the file where what is done is ticked (None: todo.md beside the plan). `home`: the
    place that a step at work in this one belongs to, whose dependencies, `linked` from there, its
    tests use; None: this is no place made for a step.
    """

    top: Path
    root: Path
    plan: Path
    ticks: Path | None = None
    home: Workplace | None = None
    linked: frozenset[str] = frozenset()

    @property
    def origin(self) -> Workplace:
        """The project itself: where state, logs and dependencies are."""
        return self.home or self

    @property
    def todo(self) -> Path:
        """The list of the plan."""
        return self.ticks or self.plan.with_name(TODO)

    @property
    def own(self) -> tuple[Path, ...]:
        """The files that no step changes: specification, plan, list, reports."""
        names = (SPEC, PLAN, TODO, *(name for name in OWN_FILES if name != BUNDLE))
        return tuple(dict.fromkeys((*(self.root / name for name in names), self.plan, self.todo)))

    @property
    def prefix(self) -> str:
        """What the root's paths begin with, seen from the top."""
        inside = self.root.relative_to(self.top).as_posix()
        return "" if inside == "." else f"{inside}/"

    def is_ours(self, path: str) -> bool:
        """Tell whether sous itself writes a path: it is neither dirty nor an agent's work."""
        if self.top / path in self.own:
            return True
        inside = path.removeprefix(self.prefix) if path.startswith(self.prefix) else ""
        named = (
            inside.removesuffix(".partial") in (*OWN_FILES, SPEC, PLAN, TODO, "README.md")
            and inside != "README.md"
        )
        return named or inside.endswith(".sous-tmp") or inside.startswith(f"{FOLDER}/")
