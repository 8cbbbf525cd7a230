"""The findings of a report: the items that are read in it, so that all count the same."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sous.document.headings import is_rule
from sous.document.markdown import parse
from sous.items.finding import NOWHERE, SEVERITIES, Finding, folded
from sous.items.read import read_items

if TYPE_CHECKING:
    from sous.document.markdown import Document

__all__ = ["NOWHERE", "SEVERITIES", "Finding", "count_findings", "folded", "split_report"]


def split_report(text: str) -> tuple[list[Finding], str]:
    """Return the findings of a report, each to where the next thing begins, and the rest."""
    document = parse(text)
    findings, rest, at = [], [], 0
    for item in read_items(text).items:
        end = _end(document, item.end)
        line = document.line_at(item.start) + 1
        findings.append(
            replace(item.finding, source=text[item.start : end], start=item.start, line=line)
        )
        rest.append(text[at : item.start])
        at = end
    return findings, "".join([*rest, text[at:]])


def count_findings(text: str) -> int:
    """Return how many findings a report has."""
    return len(read_items(text).items)


def _end(document: Document, end: int) -> int:
    """Return where the blank lines and rules behind a finding end."""
    line = document.line_at(end)
    if document.offset(line) != end:
        return end
    while line < len(document.lines) and (
        not document.lines[line].strip() or is_rule(document.lines[line])
    ):
        line += 1
    return document.offset(line)
