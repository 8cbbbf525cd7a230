"""One report out of the answers about the parts of a bundle, by the program and not by a model."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sous.reports.findings import SEVERITIES, Finding, split_report
from sous.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

_DEEPEST = 6  # level of headings
_NOTHING_FOUND = re.compile(r"\s*## No [a-z ]+\n", re.IGNORECASE)


class PartAnswer(NamedTuple):
    """The answer about one part, and what that part holds."""

    label: str
    text: str


def merge_answers(answers: Sequence[PartAnswer]) -> str:
    """Return one report: each finding once, the most severe first, then by path; other prose under its part."""
    findings: list[Finding] = []
    known: set[str] = set()
    prose: list[tuple[str, str]] = []
    for number, answer in enumerate(answers, 1):
        found, rest = split_report(closed(answer.text))
        findings += [finding for finding in found if finding.identity not in known]  # parts may overlap
        known.update(finding.identity for finding in found)
        if rest.strip():
            prose.append((f"Part {number} of {len(answers)}: {one_line(answer.label)}", rest))
    sections = [finding.source.strip("\n") for finding in sorted(findings, key=_rank)]
    if not findings and all(_NOTHING_FOUND.match(rest) for _, rest in prose):
        sections.append(answers[0].text.strip("\n").partition("\n")[0])
    for title, rest in prose:
        sections.append(f"## {title}\n\n{_lowered(rest)}")
    return "\n\n".join(sections) + "\n"


def closed(text: str) -> str:
    """Return an answer that swallows nothing behind it: a fence or a comment that is open at its end is closed."""
    from markdown_it import MarkdownIt

    text = text.rstrip("\n") + "\n"
    tokens = MarkdownIt().parse(text)
    last = tokens[-1] if tokens else None
    if last and last.type == "fence" and last.map and last.map[1] == text.count("\n"):
        end = text.rstrip("\n").rpartition("\n")[2].strip()
        if set(end) != set(last.markup[0]) or len(end) < len(last.markup) or last.map[1] - last.map[0] == 1:
            return f"{text}{last.markup}\n"
    if last and last.type == "html_block" and last.content.rfind("<!--") > last.content.rfind("-->"):
        return f"{text}-->\n"
    return text


def drafts_of(answers: Sequence[PartAnswer]) -> str:
    """Return the drafts of a README about the parts as one text for a last call."""
    return "".join(
        f'<draft of="{answer.label.replace(chr(34), "")}">\n{answer.text.strip(chr(10))}\n</draft>\n\n'
        for answer in answers
    )


def _rank(finding: Finding) -> tuple[int, str, int]:
    known = SEVERITIES.index(finding.severity) if finding.severity in SEVERITIES else len(SEVERITIES)
    return known, finding.path or "", finding.first or 0


def _lowered(text: str) -> str:
    """Return prose with its headings one level down, so that they stand below the part's own."""
    from markdown_it import MarkdownIt

    lines = text.strip("\n").split("\n")
    for token in MarkdownIt().parse("\n".join(lines)):
        if (
            token.type == "heading_open"
            and token.level == 0
            and token.map
            and token.markup.startswith("#")
            and len(token.markup) < _DEEPEST
        ):
            lines[token.map[0]] = f"#{lines[token.map[0]].lstrip()}"
    return "\n".join(lines)
