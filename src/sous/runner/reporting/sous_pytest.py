"""A plugin of pytest that tells what each test did."""

from __future__ import annotations

import sys
from typing import Any

_OUTCOMES = {"passed": "pass", "failed": "fail", "skipped": "skip"}


def _report() -> Any:
    return getattr(sys.modules.get("sitecustomize"), "ReportFile", None)


def pytest_sessionstart(session: Any) -> None:
    """Begin the report, but in the workers of pytest-xdist."""
    report = _report()
    if report and not hasattr(session.config, "workerinput"):
        report.begin("pytest")


def pytest_runtest_logreport(report: Any) -> None:
    """Tell of a test when it ran, and of what went wrong before or after it."""
    told = _report()
    if not told or (report.when != "call" and report.outcome == "passed"):
        return
    if hasattr(report, "wasxfail"):
        told.write("xfail", report.nodeid)
    else:
        told.write(_OUTCOMES.get(report.outcome, "fail"), report.nodeid)


def pytest_collectreport(report: Any) -> None:
    """Tell of files that could not be collected."""
    told = _report()
    if told and report.outcome != "passed":
        told.write(_OUTCOMES.get(report.outcome, "fail"), report.nodeid)
