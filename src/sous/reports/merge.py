"""One report out of the answers about the parts of a bundle, by the program and not by a model."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sous.document.edits import Edit, edited
from sous.document.headings import heading_line
from sous.document.markdown import closed, parse
from sous.reports.findings import NOWHERE, SEVERITIES, Finding, split_report
from sous.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

_DEEPEST = 6  # level of headings
_LEAST = 3  # level of the headings inside a finding
_NOTHING_FOUND = re.compile(r"\s*## No [a-z ]+\n", re.IGNORECASE)


class PartAnswer(NamedTuple):
    """The answer about one part, and what that part holds."""

    label: str
    text: str


def merge_answers(answers: Sequence[PartAnswer]) -> str:
    """Return one report: each finding once, the most severe first, then by path.

    Other prose under its part.
    """
    findings: list[Finding] = []
    known: set[str] = set()
    prose: list[tuple[str, str]] = []
    for number, answer in enumerate(answers, 1):
        found, rest = split_report(closed(answer.text))
        # parts may overlap
        findings += [finding for finding in found if finding.identity not in known]
        known.update(finding.identity for finding in found)
        if rest.strip():
            prose.append((f"Part {number} of {len(answers)}: {one_line(answer.label)}", rest))
    sections = [_section(finding) for finding in sorted(findings, key=_rank)]
    if not findings and all(_NOTHING_FOUND.match(rest) for _, rest in prose):
        sections.append(answers[0].text.strip("\n").partition("\n")[0])
    for title, rest in prose:
        sections.append(f"## {title}\n\n{_lowered(rest)}")
    return "\n\n".join(sections) + "\n"


def without_doubles(text: str) -> tuple[str, int]:
    """Return a report with each finding once, and how many were there again."""
    titles = [line for line in text.split("\n") if heading_line(line)]
    if len(set(titles)) == len(titles):
        return text, 0
    known: set[tuple[str, str]] = set()
    edits = []
    for finding in split_report(text)[0]:
        key = (finding.identity, finding.title.casefold())
        if key in known:
            edits.append(Edit(finding.start, finding.end, ""))
        known.add(key)
    return (edited(text, edits).rstrip("\n") + "\n", len(edits)) if edits else (text, 0)


def drafts_of(answers: Sequence[PartAnswer]) -> str:
    """Return the drafts of a README about the parts as one text for a last call."""
    drafts = []
    for answer in answers:
        label, text = answer.label.replace('"', ""), answer.text.strip("\n")
        drafts.append(f'<draft of="{label}">\n{text}\n</draft>\n\n')
    return "".join(drafts)


def _rank(finding: Finding) -> tuple[int, str, int]:
    known = (
        SEVERITIES.index(finding.severity) if finding.severity in SEVERITIES else len(SEVERITIES)
    )
    return known, finding.path or "", finding.first or 0


def _section(finding: Finding) -> str:
    """Return a finding as a section of our own shape: among those, another is read as none."""
    source = finding.source.strip("\n")
    if finding.is_own and heading_line(source.partition("\n")[0]):
        return source
    first, _, rest = source.partition("\n")
    body = rest if heading_line(first) else source
    while any(title.level < _LEAST for title in parse(body).titles):
        body = _lowered(body)
    lines = f":{finding.first}-{finding.last}" if finding.first else ""
    place = f"`{finding.path}{lines}`" if finding.path else NOWHERE
    severity = f"- **Severity:** {finding.severity}\n" if finding.severity else ""
    body = closed(body).strip("\n")
    return f"## {one_line(finding.title)}\n\n{severity}- **Location:** {place}\n\n{body}".rstrip()


def _lowered(text: str) -> str:
    """Return prose with its headings one level down, so that they stand below the part's own."""
    document = parse(text.strip("\n"))
    edits = []
    for title in document.titles:
        if title.level < _DEEPEST:
            start = document.offset(title.line)
            indent = len(document.lines[title.line]) - len(document.lines[title.line].lstrip())
            edits.append(Edit(start, start + indent, "#"))
    return edited(document.text, edits)
