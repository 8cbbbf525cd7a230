"""A report as a page: the text on the left, and each reference opens the code beside it.

One file, no script at all.
"""

from __future__ import annotations

import html
import re
import secrets
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from sous.claims.verdict import Judged, Verdict
from sous.terminal import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sous.claims.check import Checked
    from sous.claims.evidence import Evidence

_AROUND = 12  # lines before and behind those that are named
_LONGEST = 80  # lines shown of one place
_WIDEST = 400  # characters of a line
_MOST = 3000  # references that are shown
# Private characters around a reference while markdown becomes HTML, with a number that no report
# can know.
_OPEN, _CLOSE, _END = "\ue000", "\ue001", "\ue002"
_PRIVATE = re.compile(f"[{_OPEN}{_CLOSE}{_END}]")

GENERATOR = '<meta name="generator" content="sous check">'


def page_of(checked: Checked, evidence: Evidence, *, title: str) -> str:
    """Return the page. Nothing in it runs, and it loads nothing."""
    shown = checked.judged[:_MOST]
    style = Path(__file__).with_name("page.css").read_text("utf-8")
    sections = "".join(_sections(shown, evidence))
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"{GENERATOR}\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(title)}</title>\n<style>\n{style}</style>\n"
        f"<main>\n{_report(checked.text, shown)}</main>\n"
        f"<aside>\n{_summary(checked, title)}{sections}{_list(shown)}</aside>\n</html>\n"
    )


def _text(text: str) -> str:
    return html.escape(_PRIVATE.sub("", clean(text)))


def _report(text: str, judged: Sequence[Judged]) -> str:
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
    rendered = str(parser.render(clean("".join(pieces).replace("\r\n", "\n"))))

    def link(match: re.Match[str]) -> str:
        number, shown = match[1], match[2]
        kind = judged[int(number)].verdict.value
        return f'<a class="ref {kind}" id="r{number}" href="#c{number}">{shown}</a>'

    form = rf"{_OPEN}{secret}(\d+){_END}((?:(?!{_OPEN}{secret}).)*?){_CLOSE}{secret}{_END}"
    rendered = re.sub(form, link, rendered, flags=re.DOTALL)
    # of what markdown dropped the other half
    return re.sub(rf"[{_OPEN}{_CLOSE}]{secret}\d*{_END}", "", rendered)


def _summary(checked: Checked, title: str) -> str:
    counts = "".join(
        f'<td><b class="{name}">{number}</b> {name}</td>' for name, number in checked.counts.items()
    )
    return f"<h1>{_text(title)}</h1>\n<table><tr>{counts}</tr></table>\n"


def _list(judged: Sequence[Judged]) -> str:
    """Return all references as a table, those that do not hold first."""
    order = (
        Verdict.UNPROVEN,
        Verdict.MOVED,
        Verdict.AMBIGUOUS,
        Verdict.UNKNOWN,
        Verdict.LOCATED,
        Verdict.VERIFIED,
    )
    rows = sorted(enumerate(judged), key=lambda one: (order.index(one[1].verdict), one[0]))
    cells = "".join(
        f'<tr><td><b class="{one.verdict.value}">{one.verdict.value}</b></td>'
        f'<td><a href="#c{number}">{_text(one.reference.text[:200])}</a></td>'
        f"<td>{_text(one.why)}</td></tr>\n"
        for number, one in rows
    )
    return f"<table>\n{cells}</table>\n"


def _sections(judged: Sequence[Judged], evidence: Evidence) -> Iterator[str]:
    wrong = [
        number
        for number, one in enumerate(judged)
        if one.verdict in (Verdict.UNPROVEN, Verdict.MOVED)
    ]
    behind = dict(pairwise(wrong))
    before = {following: number for number, following in behind.items()}
    for number, one in enumerate(judged):
        links = [f'<a href="#r{number}">in the text</a>']
        links += [f'<a href="#c{before[number]}">previous problem</a>'] if number in before else []
        links += [f'<a href="#c{behind[number]}">next problem</a>'] if number in behind else []
        yield (
            f'<section id="c{number}">\n<nav>{"".join(links)}</nav>\n'
            f'<h2><b class="{one.verdict.value}">{one.verdict.value}</b> '
            f"{_text(one.reference.text[:300])}</h2>\n"
            f"<p>{_text(one.why)}</p>\n{_code(one, evidence)}</section>\n"
        )


def _code(one: Judged, evidence: Evidence) -> str:
    """Return the lines that a reference is about, with some around them."""
    reference = one.reference
    place = one.found
    path = place.path if place else one.path
    source = evidence.source(path) if path else None
    if source is None or not source.lines:
        return ""
    first = place.start if place else reference.start or 1
    last = place.end if place else reference.end or first
    rows = []
    for number, line in source.between(first - _AROUND, min(last, first + _LONGEST) + _AROUND):
        hit = " hit" if first <= number <= last and (place or reference.start) else ""
        rows.append(f'<span class="line{hit}"><i>{number}</i>{_text(line[:_WIDEST])}</span>')
    return f'<p class="dim">{_text(source.path)}</p>\n<pre>{"".join(rows)}</pre>\n'
