"""What is wanted of a fleet, and what came of each of its repositories."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sous.git_clone import LARGEST
from sous.names import REPORTS, STATIC

if TYPE_CHECKING:
    from decimal import Decimal

    from sous.fleet.repositories import FleetRepository
    from sous.settings import Settings

LEFT = "left"  # the state of what was not begun, or not asked for


def counted_repositories(count: int) -> str:
    """Return in words how many repositories there are."""
    return f"{count:,} {'repository' if count == 1 else 'repositories'}"


@dataclass(frozen=True)
class Wish:
    """What is to be done with each repository, and within which bounds.

    `is_dry`: only the price is wanted. See `sous.fleet.assignment.Assignment` for the others.
    """

    tasks: tuple[str, ...]
    settings: Settings
    jobs: int
    max_cost: Decimal | None = None
    afresh: bool = False
    since: float | None = None
    is_dry: bool = False
    largest: int = LARGEST
    verify: str | None = None

    @property
    def models(self) -> tuple[str, ...]:
        """The models that it asks, each of which may cost something."""
        reports = [REPORTS[task] for task in self.tasks if task in REPORTS]
        model = self.settings.model or STATIC
        first = (model,) if reports and model != STATIC else ()
        verify = self.verify if any(report.has_faults for report in reports) else None
        return tuple(dict.fromkeys((*first, *((verify,) if verify else ()))))


@dataclass(slots=True)
class RepositoryRow:
    """A repository and what came of it.

    `state`: `done`, `failed`, `unchanged`, or `left` where it was not gone through to its end.
    `prices`: the most that each task may cost, in US dollars. `made`: the tasks that this run did.
    """

    repository: FleetRepository
    state: str = LEFT
    reason: str = ""
    commit: str = ""
    notes: tuple[str, ...] = ()
    tasks: dict[str, Any] = field(default_factory=dict)
    prices: dict[str, Decimal] = field(default_factory=dict)
    made: frozenset[str] = frozenset()
    tries: int = 0
    not_before: float = 0.0

    @property
    def has_failed(self) -> bool:
        """Whether any of its tasks failed."""
        return any(task["status"] == "failed" for task in self.tasks.values())

    def afresh(self, wish: Wish) -> tuple[str, ...]:
        """Return the tasks that are still to be made again."""
        if not wish.afresh:
            return ()
        return tuple(task for task in wish.tasks if task not in self.made)

    def as_json(self) -> dict[str, Any]:
        """Return it for a file."""
        one = self.repository
        return {
            "name": one.name, "identity": one.identity, "slug": one.slug, "tags": list(one.tags),
            "state": self.state, "reason": self.reason, "commit": self.commit, "tasks": self.tasks,
            "notes": self.notes,
        }  # fmt: skip


def merged_tasks(before: Any, row: RepositoryRow) -> dict[str, Any]:
    """Return what is known of each task: what runs before told stays where this one did nothing.

    A task that fails keeps the result that it had.
    """
    known = {
        name: one
        for name, one in (before if isinstance(before, dict) else {}).items()
        if isinstance(one, dict) and "status" in one
    }
    for name, one in row.tasks.items():
        if one["status"] == "failed":
            key = known.get(name, {}).get("key")
            known[name] = {**one, **({"key": key} if key else {})}
        elif one["status"] in ("done", "kept"):
            known[name] = one
    return known
