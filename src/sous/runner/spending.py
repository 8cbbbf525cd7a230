"""What the agents of a run say that they spent, and the most that it may be."""

from __future__ import annotations

import contextlib
import threading
from decimal import Decimal
from typing import TYPE_CHECKING

from sous.errors import OverBudget, SousError
from sous.files import remove_file
from sous.models.price import Cost
from sous.state import change_state, read_state, state_folder

if TYPE_CHECKING:
    from uuid import UUID

    from sous.runner.said import Usage


class Spending:
    """The sum of what the agents of one run say that they cost, in US dollars.

    `most`: where no more is begun, None: any. `shared`: by which name several processes of one run
    keep their sum together.
    """

    def __init__(self, most: float | None = None, shared: UUID | None = None) -> None:
        self.most = most
        self.shared = shared
        self._key = f"spending/{shared.hex}.json" if shared else ""
        self._spent = 0.0
        self._is_refused = False
        self._has_told = False
        self._lock = threading.Lock()

    @property
    def spent(self) -> float:
        """What was spent until now, by all processes of the run."""
        if not self._key:
            return self._spent
        known = read_state(self._key).get("spent")
        return float(known) if isinstance(known, int | float) else 0.0

    @property
    def left(self) -> float | None:
        """What may still be spent; None: any."""
        return None if self.most is None else max(0.0, self.most - self.spent)

    @property
    def is_reached(self) -> bool:
        """Whether nothing more may be begun."""
        return self._is_refused or (self.most is not None and self.spent >= self.most)

    @property
    def told(self) -> str:
        """The sum in words; empty where no agent said anything."""
        spent = self.spent
        return str(Cost(Decimal(str(spent)))) if spent else ""

    def add(self, used: Usage, agent: str, limit: float | None = None) -> str:
        """Count what a try cost; return what has to be said of an agent that says nothing.

        `limit`: what the agent was told that it may spend; without a cost, it may all be spent.
        """
        cost = limit if used.cost is None else used.cost
        with self._lock:
            if cost is not None:
                self._spent += cost
                if self._key:
                    with change_state(self._key) as known:
                        known["spent"] = float(known.get("spent", 0.0)) + cost
                if used.cost is not None:
                    return ""
                counted = Cost(Decimal(str(cost)))
                return f"{agent} ended before it reported what the try cost: {counted} is counted"
            if self.most is None or self._has_told:
                return ""
            self._has_told = True
        return f"{agent} does not say what a try costs, so --max-cost cannot hold"

    def refuse(self) -> None:
        """Note that an agent itself sent nothing, as it would have been too much."""
        self._is_refused = self.most is not None

    def error(self) -> OverBudget:
        """Return the error of a run that stops here."""
        spent, most = (Cost(Decimal(str(one or 0.0))) for one in (self.spent, self.most))
        return OverBudget(
            f"agents spent {spent}, and --max-cost is {most}: no more is begun; allow more to go on"
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
