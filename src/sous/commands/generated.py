"""How a run is shown: what would be sent, how each report ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sous.terminal import one_line, say, table, write_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sous.asking.reports import Result
    from sous.models.choose import Choice
    from sous.reports.fit import Fitted


_HEAD_LINES = 10  # of bundle and task each, shown by --dry-run


def results_table(results: Sequence[Result]) -> Iterator[str]:
    """Yield a table: report, how it ended, tokens in and out, those from a cache, price, time.

    Of static analysis, which costs nothing, only how it ended and the time.
    """
    rows: list[tuple[str, ...]] = [
        ("report", "status", "provider's tokens in", "cached", "out", "price", "time"),
        *map(_row, results),
    ]
    if all(result.job is None or result.job.choice.is_static for result in results):
        rows = [(row[0], row[1], row[-1]) for row in rows]
    yield from table(rows, names=2)
    for result in results:
        if result.error:
            yield f"{result.report.command}: {one_line(str(result.error))}"


def decisions(results: Sequence[Result]) -> Iterator[str]:
    """Yield what wants a decision after several reports: what failed, what is not proved."""
    for result in results:
        name = result.file_name
        if result.error:
            yield f"to decide: {name} was not written: `sous {result.report.command}`"
        elif result.unproven:
            what = f"{result.unproven:,} unproven reference{'s' * (result.unproven != 1)}"
            yield f"to decide: {name} has {what}: `sous check {name}`"


def _row(result: Result) -> tuple[str, ...]:
    status = "failed" if result.error else result.note
    job = result.job
    if job is None or not job.bill.answers:
        return (result.file_name, status, "", "", "", "", "")
    read, cached, written = (f"{count:,}" for count in job.bill.tokens)
    took = f"{job.bill.seconds:.1f} s"
    return (result.file_name, status, read, cached, written, str(job.total), took)


def show_request(choice: Choice, fitted: Fitted, name: str = "") -> None:
    """Print what would be sent, for the report of this name."""
    named = [f"report:  {name}"] if name else []
    if choice.is_static:
        write_lines(
            [*named, f"model:   {choice.name} (static analysis, no model), nothing is sent"]
        )
        return
    shown = [*named, f"model:   {choice.name}"]
    if choice.options:
        shown.append(
            f"options: {', '.join(f'{key}={value}' for key, value in choice.options.items())}"
        )
    shown += [
        f"tokens:  {fitted.words(choice)}, in o200k_base",
        f"price:   {fitted.cost(choice).about()}",
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
