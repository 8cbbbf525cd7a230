"""How a run is told: what will be sent, what came, how each report ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sous.reports.shape import count_findings
from sous.terminal import one_line, say, table, write_lines, write_stdout

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sous.errors import SousError
    from sous.models.choose import Choice
    from sous.models.price import Cost
    from sous.names import Report
    from sous.reports.fit import Fitted
    from sous.reports.job import Job
    from sous.reports.make import Making


_HEAD_LINES = 10  # of bundle and task each, shown by --dry-run


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
    rows = [
        ("report", "status", "tokens in", "cached", "out", "price", "time"),
        *map(_row, results),
    ]
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
    return (result.report.output, status, read, cached, written, str(job.total), f"{seconds:.1f} s")


def asking(job: Job, kept: int) -> str:
    """Return in words what will be sent for a report, of which `kept` answers are there."""
    model = job.choice.name
    if job.choice.is_static:
        return f"{job.report.command}: static analysis, nothing is sent"
    before = f", {kept} of them answered before" if kept else ""
    price = _about(job.fitted.cost(job.choice, only=job.missing))
    return f"{job.report.command}: asking {model}: {job.fitted.told(job.choice)}{before}, {price}"


def what_came(report: Report, body: str) -> str:
    """Return in words what an answer holds."""
    lines = len(body.splitlines())
    if report.command == "readme":
        return f"{lines} line{'s' * (lines != 1)}"
    findings = count_findings(body)
    if not findings:
        return f"{lines} line{'s' * (lines != 1)} of prose, none in the form of a finding"
    return f"{findings} finding{'s' * (findings != 1)}"


def show_request(choice: Choice, fitted: Fitted) -> None:
    """Print what would be sent."""
    if choice.is_static:
        write_stdout(
            f"model:   {choice.name}, which is none: static analysis, nothing is sent\n".encode()
        )
        return
    shown = [f"model:   {choice.name}"]
    if choice.options:
        shown.append(
            f"options: {', '.join(f'{key}={value}' for key, value in choice.options.items())}"
        )
    shown += [
        f"tokens:  {fitted.told(choice)} (o200k_base)",
        f"price:   {_about(fitted.cost(choice))}",
    ]
    shown += [
        f"part {number}:  {tokens:,} tokens, {part.label}"
        for number, (part, tokens) in enumerate(zip(fitted.parts, fitted.tokens, strict=False), 1)
    ]
    shown.append("prompt:")
    prompt = fitted.prompts[0]
    for text in (prompt.bundle, prompt.task):
        lines = text.strip("\n ").splitlines()
        shown += [f"  {line}" for line in lines[:_HEAD_LINES]]
        if len(lines) > _HEAD_LINES:
            shown.append(f"  … {len(lines) - _HEAD_LINES:,} more lines …")
    write_lines(shown)
    say("nothing was sent")


def _about(cost: Cost) -> str:
    return str(cost) if cost.dollars is None else f"about {cost}"
