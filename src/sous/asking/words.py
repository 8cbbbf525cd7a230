"""How the way of a report is reported: what is sent for it, what came."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sous.asking.report import ReportJob
    from sous.names import Report


def asking_words(job: ReportJob, kept: int) -> str:
    """Return in words what will be sent for a report, of which `kept` answers are there."""
    name, model = job.report.command, job.choice.name
    if job.choice.is_static:
        return f"{name}: static analysis, nothing is sent"
    if kept and not job.is_split:
        return f"{name}: {model} answered this before, nothing is sent"
    before = f", {kept} of them answered before" if kept else ""
    cost = job.fitted.cost(job.choice, only=job.missing).about()
    return f"{name}: asking {model}: {job.fitted.words(job.choice)}{before}, {cost}"


def came_words(report: Report, body: str) -> str:
    """Return in words what an answer holds."""
    from sous.items.nothing import nothing_found
    from sous.reports.shape import count_findings

    lines = len(body.splitlines())
    counted = f"{lines} line{'s' * (lines != 1)}"
    if report.is_document:
        return counted
    findings = count_findings(body)
    if not findings and (none := nothing_found(body)):
        return none
    if not findings:
        return f"{counted} of prose, but no finding"
    return f"{findings} finding{'s' * (findings != 1)}"
