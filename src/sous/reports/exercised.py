"""Whether a test that is reported missing is there: a test names its target, or ran it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.claims.mark import ALREADY
from sous.claims.source import words_of
from sous.document.edits import Edit
from sous.project.paths import is_test_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sous.claims.evidence import Evidence
    from sous.project.coverage import Coverage
    from sous.reports.findings import Finding

_TARGET = re.compile(r"^[-*+] \*\*Target:?\*\*:?[^\r\n]*", re.MULTILINE)


def notes_on_exercised(
    findings: Sequence[Finding], evidence: Evidence, coverage: Coverage | None
) -> Iterator[Edit]:
    """Yield a note behind each target that tests exercise already.

    Coverage, where it is there, knows best.
    """
    for finding in findings:
        told = _exercised(finding, evidence, coverage)
        if told:
            line = _TARGET.search(finding.source)
            at = finding.start + (line.end() if line else len(finding.source.rstrip()))
            yield Edit(at, at, f" {ALREADY} {told}")


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
    return _named_in_a_test(name, path, evidence)


def _named_in_a_test(name: str, path: str | None, evidence: Evidence) -> str | None:
    """Return where a test, other than the file itself, names something."""
    for source in evidence.sources([name]):
        if not is_test_path(source.path) or source.path == path:
            continue
        lines = source.find_word(name)
        if lines:
            return f"named in `{source.path}:{source.numbers[lines[0]]}`"
    return None
