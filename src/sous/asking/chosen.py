"""The model that is to make reports, or static analysis where none is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sous import __version__
from sous.errors import UsageProblem
from sous.models.choose import Choice, choose_if_configured, ready
from sous.names import STATIC

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sous.names import Report
    from sous.request import Request
    from sous.settings import Settings


def chosen(
    reports: Iterable[Report], request: Request, settings: Settings, root: Path
) -> tuple[Choice, str]:
    """Return the model that is meant, or static analysis where there is none, and why.

    Raises UsageProblem where static analysis cannot do what is asked.
    """
    from sous.analyst.static import Static

    choice, why = choose_if_configured(
        settings.model, settings.options, required=request.model_required
    )
    if choice and not choice.is_static:
        is_static = all(report.is_static for report in reports) and not request.template
        way = f"-m {STATIC}, which sends nothing" if is_static else ""
        return ready(choice, sends=not request.dry_run, without_key=way), why
    choice = Choice(Static(root, results=settings.sarif))
    if request.model_required:
        raise UsageProblem(
            f"{choice.name} is not a model, but --model-required needs one; name another with -m"
        )
    if request.template:
        raise UsageProblem(
            f"--template is for models, and {choice.name} reads none; name a model with -m"
        )
    for report in reports:
        refuse_static(report)
    return choice, why


def refuse_static(report: Report) -> None:
    """Raise UsageProblem for a report that only a model can make."""
    if not report.is_static:
        raise UsageProblem(
            f"static analysis makes no {report.command}; name a model with -m, "
            "or give llm a key (`llm keys set NAME`)"
        )


def analyst_version() -> str:
    """Return what decides about a report of static analysis, beside the bundle."""
    from sous.analyst.lint import linter_version

    return f"{__version__}, {linter_version() or 'no ruff'}"
