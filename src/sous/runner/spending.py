"""What the agents of a run say that they spent, and the most that it may be."""

from __future__ import annotations

import contextlib
import threading
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sous.errors import OverBudget, SousError
from sous.files import remove_file
from sous.state import change_state, read_state, state_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from sous.models.price import Cost
    from sous.runner.said import Usage


_LEAST = 0.000001  # US dollars: with less left, no agent is begun


class Spending:
    """The sum of what the agents of one run say that they cost, in US dollars.

    `most`: where no more is begun, None: any. `shared`: by which name several processes of one run
    keep their sum together.
    """

    def __init__(self, most: float | None = None, shared: UUID | None = None) -> None:
        self.most = most
        self.shared = shared
        self._key = f"spending/{shared.hex}.json" if shared else ""
        self._is_refused = False
        self._has_told = False
        self._lock = threading.Lock()
        self._kept: dict[str, Any] = {}

    @property
    def spent(self) -> float:
        """What was spent until now, by all processes of the run."""
        known = read_state(self._key) if self._key else self._kept
        return float(known.get("spent", 0.0))

    @property
    def left(self) -> float | None:
        """What may still be spent; None: any."""
        return None if self.most is None else max(0.0, self.most - self.spent)

    @property
    def is_reached(self) -> bool:
        """Whether nothing more may be begun."""
        return self._is_refused or (self.left is not None and self.left < _LEAST)

    @property
    def told(self) -> str:
        """The sum in words; empty where no agent said anything."""
        spent = self.spent
        return str(_dollars(spent)) if spent else ""

    def share(self, agents: int) -> None:
        """Have so many agents, at work at once, share what is left."""
        with self._changed() as known:
            known["agents"] = agents

    def reserve(self, holder: str) -> float | None:
        """Set aside what the next try of a holder may spend, until `add` settles it; None: any.

        It is an equal part of what no other try has, with parts for the agents not yet at work.
        """
        if self.most is None:
            return None
        with self._changed() as known:
            aside = known.setdefault("aside", {})
            aside.pop(holder, None)  # of a try that could not be started
            free = max(0.0, self.most - known.get("spent", 0.0) - sum(aside.values()))
            aside[holder] = free / max(1, known.get("agents", 1) - len(aside))
            return float(aside[holder])

    @contextlib.contextmanager
    def _changed(self) -> Iterator[dict[str, Any]]:
        """Yield what is kept, to be changed while no other thread or process can."""
        with (
            self._lock,
            change_state(self._key) if self._key else contextlib.nullcontext(self._kept) as known,
        ):
            yield known

    def add(self, used: Usage, agent: str, holder: str = "") -> str:
        """Count what a try cost; return what has to be said of an agent that says nothing.

        What was set aside for its `holder` is settled; without a cost, it may all be spent.
        """
        with self._changed() as known:
            limit = known.get("aside", {}).pop(holder, None)
            cost = limit if used.cost is None else used.cost
            known["spent"] = known.get("spent", 0.0) + (cost or 0.0)
            has_told, self._has_told = self._has_told, self._has_told or cost is None
        if used.cost is not None or self.most is None:
            return ""
        if limit is not None:
            counted = _dollars(limit)
            return f"{agent} ended before it reported what the attempt cost: {counted} is counted"
        return (
            ""
            if has_told
            else f"{agent} does not report what an attempt costs, so --max-cost cannot be enforced"
        )

    def refuse(self) -> None:
        """Note that an agent itself sent nothing, as it would have been too much."""
        self._is_refused = self.most is not None

    def error(self) -> OverBudget:
        """Return the error of a run that stops here."""
        spent, most = (_dollars(one or 0.0) for one in (self.spent, self.most))
        return OverBudget(
            f"agents spent {spent}, and --max-cost is {most}: nothing more is "
            "started; raise it to continue"
        )

    def forget(self) -> None:
        """Delete what several processes kept together."""
        for ending in ("", ".lock"):
            path = state_folder() / f"{self._key}{ending}"
            with contextlib.suppress(SousError, OSError):
                if self._key and path.is_file():
                    remove_file(path)

    def check(self) -> None:
        """Raise OverBudget where nothing more may be begun."""
        if self.is_reached:
            raise self.error()


def _dollars(amount: float) -> Cost:
    from sous.models import price

    return price.Cost(Decimal(str(amount)))
