"""What is known of a report when its answer is there: its claims looked up, what was decided."""

from __future__ import annotations

import enum
from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sous.claims.check import Checked, check_report
from sous.claims.verdict import Judged, Verdict
from sous.document.edits import Edit
from sous.effort import SECONDS, OutOfTime, within
from sous.errors import SousError
from sous.lines import line_end_of
from sous.project.coverage import read_coverage
from sous.reports.exercised import notes_on_exercised
from sous.reports.findings import Finding, split_report
from sous.reports.memory import Remembered, remember
from sous.terminal import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sous.claims.evidence import Evidence
    from sous.names import Report


class Memory(enum.Enum):
    """What is done with the memory of findings of a project."""

    UNUSED = "nothing"
    KEPT = "findings are noted in it"
    OBEYED = "findings are noted in it, and those that it dismisses are left out"


@dataclass(frozen=True)
class LookedUp:
    """A report with what is known of it (None: it was not checked), and that in words.

    `edits` go into its text; `proved` are the findings that another model may be asked about.
    """

    body: str
    checked: Checked | None = None
    words: Sequence[str] = ()
    edits: Sequence[Edit] = ()
    proved: Sequence[Finding] = ()

    @property
    def text(self) -> str:
        """The report with all that is known of it."""
        return self.checked.marked(others=self.edits) if self.checked else self.body

    @property
    def checked_text(self) -> str:
        """The text that the places of findings and edits are in."""
        return self.checked.text if self.checked else self.body

    @property
    def unproven(self) -> int:
        """How many references could not be proved by the code."""
        return self.checked.counts.get("unproven", 0) if self.checked else 0

    def extended(self, edits: Sequence[Edit], words: str) -> LookedUp:
        """Return it with more edits, and what they are in words."""
        return replace(self, edits=[*self.edits, *edits], words=[*self.words, words])


def looked_up(
    report: Report, body: str, evidence: Evidence, *, root: Path | None, memory: Memory
) -> LookedUp:
    """Return a report with its claims marked or mended, without what was dismissed.

    Raises SousError.
    """
    try:
        checked = within(SECONDS, check_report, body, evidence, is_readme=report.is_document)
    except OutOfTime as exc:
        say(f"{report.output} is not checked against the code: {exc}")
        return LookedUp(body)
    words = [checked.told()] if checked.judged else []
    if checked.is_about_something_else:
        say(f"nearly nothing in {report.output} matches the bundle: do not trust it")
    if report.is_document:
        return LookedUp(body, checked, words)
    edits: list[Edit] = []
    claims: Sequence[_Claim] = _claims(checked)
    known = _remembered(report, claims, evidence, root, memory)
    if known:
        words += _counts(known, memory)
    if known and memory is Memory.OBEYED:
        claims = list(_not_dismissed(claims, known, checked, edits))
    if report.command == "missing-tests":
        findings = [claim.finding for claim in claims]
        coverage = read_coverage(root, evidence.paths) if root else None
        notes = list(notes_on_exercised(findings, evidence, coverage))
        words += [f"{len(notes)} exercised already"] if notes else []
        edits += notes
    proved = [claim.finding for claim in claims if claim.is_proved]
    return LookedUp(body, checked, words, edits, proved)


def _counts(known: Remembered, memory: Memory) -> Sequence[str]:
    if known.new or known.known or known.dismissed:
        return [known.told(shown=memory is Memory.KEPT)]
    return []


@dataclass(frozen=True)
class _Claim:
    """A finding, at the place where its evidence was found, and the verdicts on what it says."""

    finding: Finding
    judged: Sequence[Judged]

    @property
    def is_proved(self) -> bool:
        """Whether nothing of it is unproven, and something holds."""
        verdicts = {one.verdict for one in self.judged}
        return Verdict.UNPROVEN not in verdicts and bool(
            {Verdict.VERIFIED, Verdict.LOCATED, Verdict.MOVED} & verdicts
        )


def _claims(checked: Checked) -> list[_Claim]:
    """Return the findings of a report, each with the verdicts on what stands in its lines."""
    judged = sorted(checked.judged, key=lambda one: one.reference.line)
    lines = [one.reference.line for one in judged]
    claims = []
    for finding in split_report(checked.text)[0]:
        end = finding.line + len(finding.source.splitlines())
        own = judged[bisect_left(lines, finding.line) : bisect_left(lines, end)]
        claims.append(_Claim(_located(finding, own), own))
    return claims


def _located(finding: Finding, judged: Sequence[Judged]) -> Finding:
    """Return a finding with the place of its evidence, as the report will name it."""
    for one in judged:
        is_its_place = (
            one.reference.kind in ("line", "path") and one.reference.start == finding.first
        )
        if one.found and one.reference.is_named_here and is_its_place:
            last = one.found.end if finding.first else None
            return replace(
                finding, path=one.found.path, first=finding.first and one.found.start, last=last
            )
    return finding


def _remembered(
    report: Report,
    claims: Sequence[_Claim],
    evidence: Evidence,
    root: Path | None,
    memory: Memory,
) -> Remembered | None:
    """Note all findings.

    Return what is known of them, None where the memory is not to be used or cannot be, which is
    reported.
    """
    if root is None or memory is Memory.UNUSED:
        return None
    try:
        return remember(root, report.command, [claim.finding for claim in claims], evidence)
    except SousError as exc:  # the answer is paid for, and goes its way
        say(f"{exc}; the findings of {report.output} are not remembered")
        return None


def _not_dismissed(
    claims: Sequence[_Claim], known: Remembered, checked: Checked, edits: list[Edit]
) -> Iterator[_Claim]:
    """Yield the findings that nobody dismissed.

    What takes the others out of the report goes into `edits`.
    """
    gone = {finding.start for finding in known.dismissed}
    edits += [Edit(finding.start, finding.end, "") for finding in known.dismissed]
    if gone and len(gone) == len(claims):
        ends = line_end_of(checked.text)
        begin = len(checked.text) - len(checked.text.lstrip())
        title = (
            f"## No findings{ends}{ends}All {len(gone)} that were found are dismissed.{ends}{ends}"
        )
        edits.append(Edit(0, min(begin, claims[0].finding.start), title))
    yield from (claim for claim in claims if claim.finding.start not in gone)
