"""The page of a fleet: a table of repositories to search and filter, and what many of them share.

One file. Its only script filters and sorts what is there; it loads nothing, and what comes from
repositories is text.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sous.fleet.index import age_of
from sous.items.finding import SEVERITIES
from sous.models.price import Cost
from sous.terminal import clean

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sous.fleet.index import FleetIndex

_SHOWN = 12  # repositories that a shared finding is shown with
_STATES = {"done": "done", "failed": "failed", "unchanged": "unchanged", "left": "not done"}
_COLUMNS = ("repository", *SEVERITIES[:-1], "unproven", "new", "gone", "age", "cost", "state")
_NUMBERS = {*SEVERITIES, "unproven", "new", "gone", "cost"}
_MAY_BE_EMPTY = {"unproven": "unproven", "new": "new", "gone": "gone", "cost": "dollars"}
_CODE = re.compile(r"`([^`]+)`")


def page_of_fleet(index: FleetIndex, *, title: str, now: dt.datetime) -> str:
    """Return the page."""
    here = Path(__file__)
    style = here.with_name("page.css").read_text("utf-8")
    script = here.with_name("page.js").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    columns = _columns(index.rows)
    rows = "".join(_row(number, row, columns, now) for number, row in enumerate(index.rows))
    heads = "".join(
        f'<th scope="col"{_class(name)}><button data-column="{number}">{name}</button></th>'
        for number, name in enumerate(columns)
    )
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        f"style-src 'unsafe-inline'; script-src 'sha256-{digest}'\">\n"
        '<meta name="generator" content="sous fleet">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(title)}</title>\n<style>\n{style}</style>\n"
        f"<header>\n<h1>{_text(title)} <small>{now:%Y-%m-%d %H:%M} UTC</small></h1>\n"
        f"{_totals(index)}{_filters(index)}</header>\n"
        f'<main>\n<table id="fleet">\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n'
        f'</table>\n<p id="none" hidden>No repository is like that.</p>\n'
        f"{_shared(index.shared)}</main>\n<script>{script}</script>\n</html>\n"
    )


def _columns(rows: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the names of the columns that say something."""
    rows = list(rows)
    empty = {
        name for name, key in _MAY_BE_EMPTY.items() if not any(float(row[key]) for row in rows)
    }
    return tuple(name for name in _COLUMNS if name not in empty)


def _class(column: str) -> str:
    return ' class="number"' if column in _NUMBERS else ""


def _text(text: object) -> str:
    return html.escape(clean(str(text)).replace("\n", " "))


def _totals(index: FleetIndex) -> str:
    totals = index.totals
    words = [f"<b>{totals['repositories']:,}</b> repositories"]
    words += [
        _total("state", name, count, _STATES.get(name, name))
        for name, count in sorted(totals["states"].items())
    ]
    words += [_total("severity", name, count, name) for name, count in totals["findings"].items()]
    if totals["unproven"]:
        words.append(f"<b>{totals['unproven']:,}</b> claims that do not hold")
    if float(totals["dollars"]):
        words.append(f"<b>{Cost(Decimal(totals['dollars']))}</b> spent")
    if index.shared:
        words.append(
            f'<a href="#shared"><b>{len(index.shared):,}</b> findings that several share</a>'
        )
    return f'<p class="totals">{" · ".join(words)}</p>\n'


def _total(filter_: str, value: str, count: int, shown: str) -> str:
    """Return a number that shows its repositories alone when it is pressed."""
    name = _text(value)
    return (
        f'<button data-filter="{filter_}" data-to="{name}"><b class="{name}">{count:,}</b> '
        f"{_text(shown)}</button>"
    )


def _filters(index: FleetIndex) -> str:
    tags = sorted({tag for row in index.rows for tag in row["tags"]})
    states = sorted({row["state"] for row in index.rows})
    return (
        '<form role="search">\n<label>Search <input id="search" type="search" '
        'placeholder="name, finding, reason (/)"></label>\n'
        f"{_select('state', 'State', [(name, _STATES.get(name, name)) for name in states])}"
        f"{_select('severity', 'At least', [(name, name) for name in SEVERITIES[:-1]])}"
        f"{_select('tag', 'Tag', [(tag, tag) for tag in tags]) if tags else ''}"
        '<output id="count" aria-live="polite"></output>\n</form>\n'
    )


def _select(name: str, label: str, choices: Iterable[tuple[str, str]]) -> str:
    options = "".join(
        f'<option value="{_text(value)}">{_text(shown)}</option>' for value, shown in choices
    )
    return (
        f'<label>{label} <select id="{name}"><option value="">any</option>{options}</select>'
        "</label>\n"
    )


def _row(number: int, row: Mapping[str, Any], columns: Sequence[str], now: dt.datetime) -> str:
    """Return the row of a repository, and the hidden one with what was found in it."""
    severities = SEVERITIES[:-1]
    worst = next((n for n, one in enumerate(severities) if row["severities"].get(one)), 4)
    search = " ".join(_searched(row)).lower()
    tags = "".join(f' <span class="tag">{_text(tag)}</span>' for tag in row["tags"])
    dollars = float(row["dollars"])
    counts = {name: row["severities"].get(name, 0) for name in severities}
    counts |= {name: row[name] for name in ("unproven", "new", "gone")}
    cells = {name: _count(name, count) for name, count in counts.items()} | {
        "repository": f'<td><button class="more" aria-expanded="false" aria-controls="d{number}">'
        f"{_text(row['name'])}</button>{tags}</td>",
        "age": f'<td data-value="{_text(row["made"])}">{age_of(row["made"], now)}</td>',
        "cost": f'<td class="number" data-value="{dollars}">'
        f"{f'${dollars:.4f}' if dollars else ''}</td>",
        "state": f'<td class="{_text(row["state"])}">'
        f"{_text(_STATES.get(row['state'], row['state']))}</td>",
    }
    return (
        f'<tr class="row" data-state="{_text(row["state"])}" data-worst="{worst}" '
        f'data-tags="{_text(",".join(row["tags"]))}" data-search="{_text(search)}">'
        f"{''.join(cells[name] for name in columns)}</tr>\n"
        f'<tr class="details" id="d{number}" hidden><td colspan="{len(columns)}">'
        f"{''.join(_details(row))}</td></tr>\n"
    )


def _count(name: str, count: int) -> str:
    kind = f" {name}" if count and name in SEVERITIES else ""
    return f'<td class="number{kind}" data-value="{count}">{count or ""}</td>'


def _searched(row: Mapping[str, Any]) -> Iterator[str]:
    yield row["name"]
    yield row["reason"]
    for name, task in row["tasks"].items():
        yield name
        for one in task.get("findings", ()):
            yield str(one.get("title") or "")
            yield str(one.get("path") or "")


def _details(row: Mapping[str, Any]) -> Iterator[str]:
    if row["reason"]:
        yield f'<p class="failed">{_text(row["reason"])}</p>'
    yield "".join(f'<p class="dim">{_text(note)}</p>' for note in row.get("notes", ()))
    for name, task in row["tasks"].items():
        links = " ".join(_link(path) for path in task.get("files", ()))
        model = f" by {_text(task['model'])}" if task.get("model") else ""
        yield f"<h2>{_text(name)}{model}</h2>"
        yield f"<p>{links}</p>" if links else ""
        if task["status"] == "failed":
            yield f'<p class="failed">{_text(task.get("reason") or "failed")}</p>'
        yield from _found(name, task)
    if row["log"]:
        yield f"<p>{_link(row['log'])}</p>"
    if row["commit"]:
        yield f'<p class="dim">commit {_text(row["commit"][:12])}</p>'


def _found(name: str, task: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a task found, and what it says that does not hold."""
    found = "".join(map(_finding, task.get("findings", ())))
    yield f"<ul>{found}</ul>" if found else ""
    unproven = "".join(
        f"<li><code>{_text(one.get('file'))}:{_text(one.get('line'))}</code> "
        f"{_text(one.get('text'))}</li>"
        for one in task.get("unproven", ())
    )
    yield f"<p>Not proven:</p><ul>{unproven}</ul>" if unproven else ""
    if not found and not unproven and task["status"] != "failed" and name != "bundle":
        yield '<p class="dim">nothing found</p>'


def _link(path: str) -> str:
    from urllib.parse import quote

    return f'<a href="{_text(quote(path))}">{_text(path.rpartition("/")[2])}</a>'


def _finding(one: Mapping[str, Any]) -> str:
    severity = str(one.get("severity") or "")
    kind = severity if severity in SEVERITIES else ""
    where = str(one.get("path") or "")
    where += f":{one['line']}" if where and one.get("line") else ""
    return (
        f'<li><b class="{kind}">{_text(severity)}</b> {_title(one.get("title"))}'
        f"{f' <code>{_text(where)}</code>' if where else ''}</li>"
    )


def _title(text: object) -> str:
    """Return a title with what is in backticks as code."""
    return _CODE.sub(r"<code>\1</code>", _text(text))


def _shared(shared: Iterable[Mapping[str, Any]]) -> str:
    rows = "".join(map(_shared_row, shared))
    if not rows:
        return ""
    title = "<h2>What several repositories share</h2>"
    return f'<section id="shared">{title}\n<ul>\n{rows}</ul></section>\n'


def _shared_row(one: Mapping[str, Any]) -> str:
    names = ", ".join(one["repositories"][:_SHOWN]) + (" …" if one["count"] > _SHOWN else "")
    severity = _text(one["severity"])
    return (
        f'<li><b class="{severity}">{severity}</b> {_title(one["title"])} '
        f'<span class="dim">in {one["count"]}: {_text(names)}</span></li>\n'
    )
