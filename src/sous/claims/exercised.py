"""Whether a test that is said to be missing is there: its target is named in a test, or was run by one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.bundle.budget import is_test_path
from sous.claims.source import words_of
from sous.reports.findings import split_report

if TYPE_CHECKING:
    from sous.claims.evidence import Evidence
    from sous.reports.coverage import Coverage
    from sous.reports.findings import Finding

NOTE = "\u26a0 already"
_TARGET = re.compile(r"^([-*+] \*\*Target:?\*\*:?[^\n]*)$", re.MULTILINE)
_NOTED = re.compile(rf" {NOTE} [^\n]*")


def note_exercised(text: str, evidence: Evidence, coverage: Coverage | None) -> tuple[str, int]:
    """Return a report with a note behind each target that tests exercise already, and how many those are.

    Coverage, where it is there, knows better than names.
    """
    text = _NOTED.sub("", text)
    count = 0
    for finding in split_report(text)[0]:
        told = _exercised(finding, evidence, coverage)
        if told:
            line = _TARGET.search(finding.source)
            end = line.end() if line else len(finding.source.rstrip())
            noted = f"{finding.source[:end]} {NOTE} {told}{finding.source[end:]}"
            text = text.replace(finding.source, noted, 1)
            count += 1
    return text, count


def _exercised(finding: Finding, evidence: Evidence, coverage: Coverage | None) -> str | None:
    target = finding.fields.get("target")
    if target is None:
        return None
    found = evidence.resolve(finding.path) if finding.path else []
    path = found[0] if len(found) == 1 else None
    if coverage and path and finding.first:
        is_reached = coverage.reached(path, finding.first, finding.last or finding.first)
        return f"run by the tests ({coverage.name})" if is_reached else None
    name = re.split(r"\.|::|#|->", target.strip("` ").partition("(")[0])[-1].strip("` ")
    if len(name) < 4 or name not in words_of(name):  # noqa: PLR2004  # too short to say anything
        return None
    tests = [source for source in evidence.sources([name]) if is_test_path(source.path) and source.path != path]
    for source in tests:
        lines = source.find_word(name)
        if lines:
            return f"named in `{source.path}:{source.numbers[lines[0]]}`"
    return None
