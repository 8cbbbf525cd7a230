"""How a report of a run ended, and the table that says it for several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sous.terminal import one_line, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sous.errors import SousError
    from sous.names import Report
    from sous.reports.make import Making


@dataclass(eq=False)
class Result:
    """A report of a run: what was made for it, if a model was needed, and how it ended."""

    report: Report
    note: str = ""
    making: Making | None = None
    _error: SousError | None = None

    @property
    def error(self) -> SousError | None:
        """Why it came to nothing."""
        return self._error or (self.making.error if self.making else None)

    def fail(self, error: SousError) -> None:
        """Note why it came to nothing before a model was asked."""
        self._error = error


def results_table(results: Sequence[Result]) -> Iterator[str]:
    """Yield a table: report, how it ended, tokens in and out, those from a cache, price, time."""
    rows = [("report", "status", "tokens in", "cached", "out", "price", "time"), *map(_row, results)]
    yield from table(rows, names=2)
    for result in results:
        if result.error:
            yield f"{result.report.command}: {one_line(str(result.error))}"


def _row(result: Result) -> tuple[str, ...]:
    status = "failed" if result.error else result.note
    job = result.making.job if result.making else None
    if job is None or not job.paid:
        return (result.report.output, status, "", "", "", "", "")
    read, cached, written = (f"{count:,}" for count in job.tokens)
    seconds = sum(answer.seconds for answer in job.paid)
    return (result.report.output, status, read, cached, written, str(job.cost), f"{seconds:.1f} s")
