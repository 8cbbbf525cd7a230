"""A report as a page: findings in a list, the text, and beside it the code of each reference."""

from __future__ import annotations

import html
import re
import secrets
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from sous.claims.verdict import Judged, Verdict
from sous.pages.highlight import Colored, highlighted
from sous.pages.kit import page_from
from sous.reports.findings import SEVERITIES, split_report
from sous.terminal import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from markdown_it.token import Token

    from sous.claims.check import Checked
    from sous.claims.evidence import Evidence
    from sous.claims.source import LineSpan, Source
    from sous.reports.findings import Finding

MADE_BY = "sous check"
_AROUND = 12  # lines before and behind those that are named
_LONGEST = 80  # lines shown of one place
_WIDEST = 400  # characters of a line
_MOST = 3000  # references that are shown
_MOST_COLORED = 500_000  # characters of all files together
_MOST_NAMES = 400  # whose definitions are looked up
_MOST_FILES = 40  # that have a name whose definition is looked up
_SHORTEST = 3  # letters of such a name
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
    within = [_finding_of(one, findings) for one in shown]
    code = _Code(evidence)
    code.define(_span_of(one, evidence) for one in shown)
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
            (
                _finding_row(finding, at, [shown[one] for one, of in enumerate(within) if of == at])
                for at, finding in enumerate(findings)
            ),
            key=lambda row: row["cells"][0]["value"],
        ),
        references=sorted(rows, key=lambda row: row["cells"][0]["value"]),
        report=Markup(_report(checked.text, shown, findings)),  # noqa: S704  # escaped by markdown-it
        sections=[*_sections(shown, evidence, code), *code.definitions()],
    )


def _finding_of(one: Judged, findings: Sequence[Finding]) -> int | None:
    """Return which finding a reference is in."""
    line = one.reference.line
    for at, finding in enumerate(findings):
        if finding.line <= line < finding.line + finding.source.count("\n") + 1:
            return at
    return None


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
        "choices": {"severity": severity, "verdict": worst.value if worst else ""},
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
        "choices": {"severity": severity, "verdict": one.verdict.value},
        "cells": [
            _verdict_cell(one.verdict),
            {"value": text, "shown": text, "href": f"#c{number}"},
            {"value": one.why, "shown": one.why},
        ],
    }


def _verdict_cell(verdict: Verdict | None) -> dict[str, Any]:
    if verdict is None:
        return {"value": len(_ORDER), "shown": ""}
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
        told = _text(f"{one.verdict.value}: {one.why}" if one.why else one.verdict.value)
        return (
            f'<a class="ref {one.verdict.value}" id="r{number}" href="#c{number}" '
            f'title="{told}">{shown}</a>'
        )

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


def _sections(
    judged: Sequence[Judged], evidence: Evidence, code: _Code
) -> Iterator[dict[str, Any]]:
    wrong = [
        number
        for number, one in enumerate(judged)
        if one.verdict in (Verdict.UNPROVEN, Verdict.MOVED)
    ]
    behind = dict(pairwise(wrong))
    before = {following: number for number, following in behind.items()}
    for number, one in enumerate(judged):
        links = [(f"r{number}", "in the text")] if one.reference.spot else []
        links += [(f"c{before[number]}", "previous problem")] if number in before else []
        links += [(f"c{behind[number]}", "next problem")] if number in behind else []
        yield {
            "id": f"c{number}",
            "name": f"Reference {number + 1}",
            "links": [{"to": to, "shown": shown} for to, shown in links],
            "kind": one.verdict.value,
            "verdict": _told(one.verdict),
            "title": one.reference.text[:300],
            "why": one.why,
            "code": code.shown(_span_of(one, evidence)),
        }


class _Span:
    """Lines of a source that are shown: those that are named, with some around them."""

    def __init__(self, source: Source, first: int, last: int, *, is_named: bool) -> None:
        self.source = source
        self.hits = range(first, last + 1 if is_named else first)
        self.lines = list(source.between(first - _AROUND, min(last, first + _LONGEST) + _AROUND))


def _span_of(one: Judged, evidence: Evidence) -> _Span | None:
    """Return the lines that a reference is about."""
    reference, place = one.reference, one.found
    path = place.path if place else one.path
    source = evidence.source(path) if path else None
    if source is None or not source.lines:
        return None
    first = place.start if place else reference.start or 1
    last = place.end if place else reference.end or first
    return _Span(source, first, last, is_named=bool(place or reference.start))


class _Code:
    """The code of a page: each file is colored once, and names lead to their definitions."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._rows: dict[str, Mapping[int, list[Colored]]] = {}
        self._left = _MOST_COLORED
        self._defined: dict[str, list[tuple[Source, LineSpan]]] = {}
        self._anchors: dict[tuple[str, int], str] = {}  # by name, and which of its places
        self._is_closed = False  # whether all sections that may be led to are known

    def define(self, spans: Iterable[_Span | None]) -> None:
        """Look up where the names in this code are defined."""
        names = Counter(
            piece.text
            for span in spans
            if span
            for number, line in span.lines
            for piece in self._pieces(span.source, number, line)
            if piece.is_name and len(piece.text) >= _SHORTEST
        )
        wanted = [name for name, _ in names.most_common(_MOST_NAMES)]
        self._evidence.prepare(wanted)
        for name in wanted:
            sources = self._evidence.sources([name])
            if len(sources) > _MOST_FILES:
                continue
            self._defined[name] = [(one, span) for one in sources for span in one.definitions(name)]

    def _anchor(self, name: str, path: str) -> str:
        """Return the section of the one definition in the same file, or in all; else ""."""
        places = list(enumerate(self._defined.get(name, ())))
        here = [place for place in places if place[1][0].path == path]
        chosen = here or places
        if len(chosen) != 1:
            return ""
        key = (name, chosen[0][0])
        if not self._is_closed:
            self._anchors.setdefault(key, f"d{len(self._anchors)}")
        return self._anchors.get(key, "")

    def definitions(self) -> Iterator[dict[str, Any]]:
        """Yield a section for each definition that code leads to; they lead to no others."""
        self._is_closed = True
        for (name, number), anchor in self._anchors.items():
            source, place = self._defined[name][number]
            lines = source.lines_of(place)
            span = _Span(source, lines.start, lines.start, is_named=True)
            yield {
                "id": anchor,
                "name": f"Definition of {name}",
                "links": [],
                "kind": "",
                "title": f"Definition of {name}",
                "why": f"{source.path}:{lines.start}",
                "code": self.shown(span),
            }

    def shown(self, span: _Span | None) -> str:
        """Return lines as HTML, with the path above them."""
        if span is None:
            return ""
        path = _text(span.source.path)
        rows = "".join(
            f'<span class="line{" hit" if number in span.hits else ""}"><i>{number}</i><span>'
            f"{self._line(span.source, number, line)}</span></span>"
            for number, line in span.lines
        )
        return Markup(  # noqa: S704  # each text in it is escaped
            f'<p class="dim">{path}</p>\n'
            f'<pre tabindex="0" role="region" aria-label="{path}">{rows}</pre>\n'
        )

    def _line(self, source: Source, number: int, line: str) -> str:
        return "".join(
            _piece(one, self._anchor(one.text, source.path) if one.is_name else "")
            for one in self._pieces(source, number, line)
        )

    def _pieces(self, source: Source, number: int, line: str) -> list[Colored]:
        if source.path not in self._rows:
            self._rows[source.path] = self._colored(source)
        return self._rows[source.path].get(number) or [Colored("", line[:_WIDEST])]

    def _colored(self, source: Source) -> Mapping[int, list[Colored]]:
        """Return the pieces of a file's lines, by the number of each."""
        lines = list(source.between(1, source.length))
        self._left -= sum(len(line) for _, line in lines)
        if self._left < 0:
            return {}
        rows = highlighted(source.path, [line[:_WIDEST] for _, line in lines])
        return {number: row for (number, _), row in zip(lines, rows, strict=True)}


def _piece(piece: Colored, anchor: str) -> str:
    text = _text(piece.text)
    if anchor:
        text = f'<a href="#{anchor}">{text}</a>'
    return f'<span class="{piece.kind}">{text}</span>' if piece.kind else text
