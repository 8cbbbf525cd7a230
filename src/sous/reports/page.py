"""A report as a page: findings in a list, the text, and beside it the code of each reference."""

from __future__ import annotations

import html
import re
import secrets
from bisect import bisect_right
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from sous.claims.verdict import Judged, Verdict
from sous.pages.kit import page_from, script_data
from sous.reports.excerpts import code_of
from sous.reports.findings import SEVERITIES, split_report
from sous.terminal import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

    from sous.claims.check import Checked
    from sous.claims.evidence import Evidence
    from sous.reports.findings import Finding

MADE_BY = "sous check"
_MOST = 3000  # references that are shown
# Private characters around a reference while markdown becomes HTML, with a number that no report
# can know.
_OPEN, _CLOSE, _END = "\ue000", "\ue001", "\ue002"
_PRIVATE = re.compile(f"[{_OPEN}{_CLOSE}{_END}]")
# The worst first, and what tells each apart where no color is seen.
_SIGNS = {
    Verdict.UNPROVEN: "\u26a0",
    Verdict.MOVED: "\u2192",
    Verdict.AMBIGUOUS: "?",
    Verdict.UNKNOWN: "\u2013",
    Verdict.LOCATED: "\u25cb",
    Verdict.VERIFIED: "\u2713",
}
_ORDER = list(_SIGNS)


def page_of(checked: Checked, evidence: Evidence, *, title: str) -> str:
    """Return the page."""
    shown = checked.judged[:_MOST]
    findings = split_report(checked.text)[0]
    within = _findings_of(shown, findings)
    of: dict[int | None, list[Judged]] = defaultdict(list)
    for one, at in zip(shown, within, strict=True):
        of[at].append(one)
    rows = [
        _reference_row(one, number, findings[at].severity if at is not None else "")
        for number, one in enumerate(shown)
        for at in [within[number]]
    ]
    return page_from(
        "review",
        title=title,
        made_by=MADE_BY,
        counts=[
            {"kind": one.value, "shown": f"{_SIGNS[one]} {checked.counts[one.value]:,} {one.value}"}
            for one in _ORDER
            if checked.counts[one.value]
        ],
        choices=_choices(findings, shown),
        findings=sorted(
            (_finding_row(finding, at, of[at]) for at, finding in enumerate(findings)),
            key=lambda row: row["cells"][0]["value"],
        ),
        references=sorted(rows, key=lambda row: row["cells"][0]["value"]),
        report=Markup(_report(checked.text, shown, findings)),  # noqa: S704  # escaped by markdown-it
        code=script_data(code_of(shown, evidence)),
    )


def _findings_of(judged: Sequence[Judged], findings: Sequence[Finding]) -> list[int | None]:
    """Return which finding each reference is in; findings come in their order."""
    starts = [finding.line for finding in findings]
    found: list[int | None] = []
    for one in judged:
        at = bisect_right(starts, one.reference.line) - 1
        lines = findings[at].source.count("\n") + 1 if at >= 0 else 0
        found.append(at if at >= 0 and one.reference.line < starts[at] + lines else None)
    return found


def _choices(findings: Sequence[Finding], judged: Sequence[Judged]) -> list[dict[str, Any]]:
    there = {finding.severity for finding in findings}
    severities = [one for one in SEVERITIES if one in there]
    verdicts = [one.value for one in _ORDER if any(other.verdict is one for other in judged)]
    choices = (("severity", "Severity", severities), ("verdict", "Check", verdicts))
    return [
        {"name": name, "shown": shown, "values": values}
        for name, shown, values in choices
        if len(values) > 1
    ]


def _finding_row(finding: Finding, at: int, judged: Sequence[Judged]) -> dict[str, Any]:
    severity = finding.severity
    rank = SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)
    place = finding.path or ""
    if place and finding.first:
        place += f":{finding.first}"
    worst = min((one.verdict for one in judged), key=_ORDER.index, default=None)
    return {
        "id": "",
        "choices": {"severity": severity},
        "cells": [
            {"value": rank, "shown": severity},
            {"value": finding.title, "shown": finding.title, "href": f"#f{at}"},
            {"value": place, "shown": place},
            _verdict_cell(worst),
        ],
    }


def _reference_row(one: Judged, number: int, severity: str) -> dict[str, Any]:
    text = one.reference.text[:200]
    return {
        "id": "",
        "choices": {"severity": severity},
        "cells": [
            _verdict_cell(one.verdict),
            {"value": text, "shown": text, "href": f"#c{number}"},
            {"shown": one.why},
        ],
    }


def _verdict_cell(verdict: Verdict | None) -> dict[str, Any]:
    if verdict is None:
        return {"value": len(_ORDER) + 1, "shown": ""}
    return {"value": _ORDER.index(verdict), "shown": _told(verdict), "kind": verdict.value}


def _told(verdict: Verdict) -> str:
    return f"{_SIGNS[verdict]} {verdict.value}"


def _text(text: str) -> str:
    return html.escape(_PRIVATE.sub("", clean(text)))


def _report(text: str, judged: Sequence[Judged], findings: Sequence[Finding]) -> str:
    """Return the report as HTML with a link around each reference.

    HTML of its own is shown as text.
    """
    from markdown_it import MarkdownIt

    secret = f"{secrets.token_hex(8)}:"
    pieces, at = [], 0
    spots = [
        (one.reference.spot.shown, number)
        for number, one in enumerate(judged)
        if one.reference.spot
    ]
    for (start, last), number in sorted(spots):
        # a link may not leave a code span
        end = start + len(text[start:last].partition("`")[0].partition("\n")[0])
        if start < at or start >= end:
            continue
        pieces += [
            _PRIVATE.sub("", text[at:start]),
            f"{_OPEN}{secret}{number}{_END}",
            _PRIVATE.sub("", text[start:end]),
            f"{_CLOSE}{secret}{_END}",
        ]
        at = end
    pieces.append(_PRIVATE.sub("", text[at:]))
    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    # a reference may be in one, and what the page opens is the code
    for rule in ("link_open", "link_close"):
        parser.add_render_rule(rule, lambda *_: "")
    tokens = parser.parse(clean("".join(pieces).replace("\r\n", "\n")))
    _name_findings(tokens, findings)
    rendered = str(parser.renderer.render(tokens, parser.options, {}))

    def link(match: re.Match[str]) -> str:
        number, shown = match[1], match[2]
        one = judged[int(number)]
        told = f' title="{_text(f"{one.verdict.value}: {one.why}")}"' if one.why else ""
        kind = one.verdict.value
        return f'<a class="{kind}" id="r{number}" href="#c{number}"{told}>{shown}</a>'

    form = rf"{_OPEN}{secret}(\d+){_END}((?:(?!{_OPEN}{secret}).)*?){_CLOSE}{secret}{_END}"
    rendered = re.sub(form, link, rendered, flags=re.DOTALL)
    # of what markdown dropped the other half
    return re.sub(rf"[{_OPEN}{_CLOSE}]{secret}\d*{_END}", "", rendered)


def _name_findings(tokens: Sequence[Token], findings: Sequence[Finding]) -> None:
    """Give the block that each finding begins with an anchor."""
    at = {finding.line - 1: number for number, finding in reversed(list(enumerate(findings)))}
    for token in tokens:
        number = at.get(token.map[0]) if token.map and token.nesting == 1 else None
        if number is not None and token.map:
            token.attrSet("id", f"f{number}")
            del at[token.map[0]]
