"""What `making` is given: how reports are made, and who gets them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal
    from pathlib import Path

    from sous.asking.report import ReportJob
    from sous.asking.session import Session
    from sous.errors import SousError
    from sous.models.choose import Choice
    from sous.names import Report
    from sous.reports.fit import Fitted
    from sous.reports.looked_up import LookedUp, Memory
    from sous.settings import Settings


@dataclass(frozen=True)
class Terms:
    """How reports are made: by which model, within which settings, of which project.

    `root` is where history and coverage are (None: nowhere). `template` names another one, also in
    `own_templates`, the user's folder. Without `split`, a bundle that does not fit the model raises
    OverBudget. `afresh`: ask again about parts that were paid for; `takes_unfinished`: also take an
    answer that was cut off.
    """

    choice: Choice
    settings: Settings
    root: Path | None = None
    template: str | None = None
    own_templates: Path | None = None
    split: bool = True
    afresh: bool = False
    takes_unfinished: bool = False


class Sink:
    """Who gets reports while they are made; this one has none of them and is silent."""

    @property
    def is_quiet(self) -> bool:
        """Whether only what went wrong is to be said."""
        return True

    @property
    def has_line(self) -> bool:
        """Whether a live line may be shown."""
        return False

    @property
    def verifier(self) -> Choice | None:
        """The other model that is asked whether faults are real."""
        return None

    def facts(self, report: Report) -> Mapping[str, Any] | None:
        """Return what decides about a report beside its terms; None: nobody wants to know."""
        del report
        return None

    def wants(self, report: Report, facts: Mapping[str, Any]) -> bool:
        """Tell whether a report is to be made; what was made of the same facts may be there."""
        del report, facts
        return True

    def agrees(self, report: Report, fitted: Fitted) -> bool:
        """Tell whether what is fitted to the model may be sent."""
        del report, fitted
        return True

    def partial(self, report: Report) -> Path | None:
        """Return where what came of a failed answer is kept; None: nowhere."""
        del report
        return None

    def begins(self, job: ReportJob, *, kept: int) -> None:
        """Hear of a report that is about to be asked for; `kept` of its answers are there."""

    def memory(self, report: Report) -> Memory:
        """Return what the memory of findings is used for."""
        from sous.reports.looked_up import Memory

        del report
        return Memory.UNUSED

    def second_opinion(self, report: Report, *, spent: Decimal) -> Session | None:
        """Return the session of the verifier; US dollars were `spent` before."""
        del report, spent
        return None

    def place(self, job: ReportJob, looked: LookedUp) -> None:
        """Take a report that is done; until this returns, its answers are kept for another run."""

    def fails(self, report: Report, error: SousError) -> None:
        """Hear why nothing came of a report; the others go on, unless this raises."""
        del report
        raise error

    def ends(self, jobs: Sequence[ReportJob]) -> None:
        """Hear that nothing more is asked for, however it ended."""
