"""The page of a fleet: a table of repositories to search and filter, and what many of them share.

What comes from repositories is text.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sous.fleet.index import age_of
from sous.items.finding import SEVERITIES
from sous.models.price import Cost
from sous.pages.kit import page_pieces
from sous.terminal import one_line

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    from markupsafe import Markup

    from sous.fleet.index import FleetIndex

MADE_BY = "sous fleet"
_SHOWN = 12  # repositories that a shared finding is shown with
_LEFT = {"left": "not done"}  # what a state is called
_LEVELS = SEVERITIES[:-1]
_COLUMNS = ("repository", *_LEVELS, "unproven", "new", "gone", "age", "cost", "state")
_NUMBERS = {*SEVERITIES, "unproven", "new", "gone", "cost"}
_MAY_BE_EMPTY = {"unproven": "unproven", "new": "new", "gone": "gone", "cost": "dollars"}
_CODE = re.compile(r"`([^`]+)`")


def page_of_fleet(index: FleetIndex, *, title: str, now: dt.datetime) -> Iterator[str]:
    """Yield the pieces of the page."""
    columns = _columns(index.totals)
    return page_pieces(
        "fleet",
        title=title,
        made_by=MADE_BY,
        now=f"{now:%Y-%m-%d %H:%M} UTC",
        totals=list(_totals(index)),
        choices=list(_choices(index)),
        columns=columns,
        numbers=_NUMBERS,
        rows=(_row(row, columns, now) for row in index.rows),
        shared=[_shared(one) for one in index.shared],
    )


def _columns(totals: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the columns that say something."""
    empty = {name for name, key in _MAY_BE_EMPTY.items() if not float(totals[key])}
    empty |= {name for name in _LEVELS if name not in totals["findings"]}
    return tuple(name for name in _COLUMNS if name not in empty)


def _totals(index: FleetIndex) -> Iterator[dict[str, Any]]:
    """Yield the numbers above all; one with a filter shows its repositories alone when pressed."""
    totals = index.totals
    yield _total(totals["repositories"], "repositories")
    for name, count in sorted(totals["states"].items()):
        yield _total(count, _LEFT.get(name, name), "state", name)
    for name, count in totals["findings"].items():
        yield _total(count, name, "severity", name)
    if totals["unproven"]:
        yield _total(totals["unproven"], "claims that do not hold")
    if float(totals["dollars"]):
        yield _total(0, "spent") | {"count": str(Cost(Decimal(totals["dollars"])))}
    if index.shared:
        told = _total(len(index.shared), "findings that several share")
        yield told | {"href": "#shared"}


def _total(count: int, shown: str, by: str = "", kind: str = "") -> dict[str, Any]:
    return {"count": f"{count:,}", "shown": shown, "filter": by, "kind": kind, "href": ""}


def _choices(index: FleetIndex) -> Iterator[dict[str, Any]]:
    states = sorted(_LEFT.get(state, state) for state in index.totals["states"])
    yield {"name": "state", "shown": "State", "values": states}
    yield {"name": "severity", "shown": "At least", "values": _LEVELS}
    if tags := list(index.totals["tags"]):
        yield {"name": "tag", "shown": "Tag", "values": tags}


def _row(row: Mapping[str, Any], columns: Sequence[str], now: dt.datetime) -> dict[str, Any]:
    """Return a repository and what was found in it."""
    worst = next((n for n, one in enumerate(_LEVELS) if row["severities"].get(one)), len(_LEVELS))
    state, dollars = _LEFT.get(row["state"], row["state"]), float(row["dollars"])
    counts = {name: row["severities"].get(name, 0) for name in _LEVELS}
    counts |= {name: row[name] for name in ("unproven", "new", "gone")}
    cells = {
        name: {"kind": _kind(name, count), "value": count, "shown": count or ""}
        for name, count in counts.items()
    } | {
        "age": {"kind": "", "value": row["made"], "shown": age_of(row["made"], now)},
        "cost": {
            "kind": "number",
            "value": dollars,
            "shown": f"${dollars:.4f}" if dollars else "",
        },
        "state": {"kind": row["state"], "value": state, "shown": state},
    }
    return {
        "name": row["name"],
        "tags": row["tags"],
        "state": state,
        "levels": ",".join(_LEVELS[worst:]),
        "cells": [cells[name] for name in columns[1:]],
        "reason": row["reason"],
        "notes": row.get("notes", ()),
        "tasks": [_task(name, task) for name, task in row["tasks"].items()],
        "log": _link(row["log"]) if row["log"] else None,
        "commit": row["commit"][:12] if row["commit"] else "",
    }


def _kind(name: str, count: int) -> str:
    return f"number {name}" if count and name in SEVERITIES else "number"


def _task(name: str, task: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a task found, and what it says that does not hold."""
    has_failed = task["status"] == "failed"
    findings = list(map(_finding, task.get("findings", ())))
    unproven = [
        {"place": f"{one.get('file')}:{one.get('line')}", "title": one.get("text")}
        for one in task.get("unproven", ())
    ]
    return {
        "name": f"{name} by {task['model']}" if task.get("model") else name,
        "links": list(map(_link, task.get("files", ()))),
        "reason": (task.get("reason") or "failed") if has_failed else "",
        "findings": findings,
        "unproven": unproven,
        "is_empty": not (findings or unproven or has_failed or name == "bundle"),
    }


def _link(path: str) -> dict[str, str]:
    from urllib.parse import quote

    return {"href": quote(path), "shown": path.rpartition("/")[2]}


def _finding(one: Mapping[str, Any]) -> dict[str, Any]:
    severity, place = str(one.get("severity") or ""), str(one.get("path") or "")
    return {
        "kind": severity if severity in SEVERITIES else "",
        "severity": severity,
        "title": _title(one.get("title")),
        "place": f"{place}:{one['line']}" if place and one.get("line") else place,
        "is_new": bool(one.get("is_new")),
        "opinion": one.get("opinion") or "",
    }


def _title(text: object) -> Markup:
    """Return a title with what is in backticks as code."""
    from markupsafe import Markup, escape

    shown = str(escape(one_line(str(text))))
    return Markup(_CODE.sub(r"<code>\1</code>", shown))  # noqa: S704  # it is escaped


def _shared(one: Mapping[str, Any]) -> dict[str, Any]:
    names = ", ".join(one["repositories"][:_SHOWN]) + (" …" if one["count"] > _SHOWN else "")
    severity = one["severity"]
    return {
        "kind": severity if severity in SEVERITIES else "",
        "severity": severity,
        "title": _title(one["title"]),
        "count": one["count"],
        "names": names,
    }
