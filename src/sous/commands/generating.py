"""The recipe that all generating commands share: bundle -> prompts -> model -> check -> write."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from sous import api
from sous.asking.reports import ReportRun
from sous.commands.generated import decisions, results_table, show_request
from sous.names import REPORTS
from sous.terminal import say_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.notify import Notifier
    from sous.request import Request


def generate(commands: Sequence[str], request: Request) -> None:
    """Make the reports of these commands as the request says. Raises SousError."""
    gc.set_threshold(200_000, 20, 20)  # importing llm makes many objects and hardly a cycle
    run = ReportRun.of([REPORTS[command] for command in commands], request)
    notifier = run.settings.notifier()
    with run.begun():
        api.reports(run.bundle, run.coming, run.terms, run)
        results = list(run.results.values())
        for result in results:
            if request.dry_run and result.fitted:
                name = result.report.command if len(commands) > 1 else ""
                show_request(run.choice, result.fitted, name)
        if len(commands) > 1 and not request.dry_run and not request.quiet:
            say_lines(results_table(results))
            say_lines(decisions(results))
    gc.freeze()  # at the end of the process they are not looked through once more
    _end(run, notifier)


def _end(run: ReportRun, notifier: Notifier) -> None:
    """Notify, and raise what went wrong."""
    failed = {name: result.error for name, result in run.results.items() if result.error}
    names = ", ".join(failed or run.results)
    notifier.tell(f"{names} failed" if failed else f"{names} done")
    if not failed:
        return
    first = next(iter(failed.values()))
    if len(run.results) == 1:
        raise first
    raise type(first)(f"{len(failed)} of {len(run.results)} reports failed: {names}")
