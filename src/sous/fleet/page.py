"""The page of a fleet: a table of repositories to search and filter, and what many of them share.

What is shown is chosen here; `pages/fleet.html` and its script show it.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sous.fleet.index import age_of
from sous.items.finding import SEVERITIES
from sous.models.price import Cost
from sous.pages.kit import page_from
from sous.terminal import one_line

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sous.fleet.index import FleetIndex

_SHOWN = 12  # repositories that a shared finding is shown with
_STATES = {"done": "done", "failed": "failed", "unchanged": "unchanged", "left": "not done"}
_SEVERITIES = SEVERITIES[:-1]  # of which there are columns
_COLUMNS = (*_SEVERITIES, "unproven", "new", "gone", "age", "cost", "state")
_NUMBERS = {*SEVERITIES, "unproven", "new", "gone", "cost"}
_MAY_BE_EMPTY = {"unproven": "unproven", "new": "new", "gone": "gone", "cost": "dollars"}
_CODE = re.compile(r"`([^`]+)`")


def page_of_fleet(index: FleetIndex, *, title: str, now: dt.datetime) -> str:
    """Return the page."""
    columns, totals = _columns(index.rows), index.totals
    return page_from(
        "fleet",
        title=title,
        made_by="sous fleet",
        made=f"{now:%Y-%m-%d %H:%M} UTC",
        count=f"{totals['repositories']:,}",
        totals=list(_buttons(totals)),
        others=list(_others(totals)),
        states=[(name, _STATES.get(name, name)) for name in sorted(totals["states"])],
        severities=[(name, name) for name in _SEVERITIES],
        tags=[(tag, tag) for tag in sorted({tag for row in index.rows for tag in row["tags"]})],
        columns=[("repository", False), *((name, name in _NUMBERS) for name in columns)],
        rows=(_row(row, columns, now) for row in index.rows),
        shared=[_shared(one) for one in index.shared],
    )


def _columns(rows: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the names of the columns that say something."""
    rows = list(rows)
    empty = {
        name for name, key in _MAY_BE_EMPTY.items() if not any(float(row[key]) for row in rows)
    }
    empty |= {name for name in _SEVERITIES if not any(row["severities"].get(name) for row in rows)}
    return tuple(name for name in _COLUMNS if name not in empty)


def _buttons(totals: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Yield the numbers that show their repositories alone when they are pressed."""
    for name, count in sorted(totals["states"].items()):
        yield {
            "filter": "state", "to": name, "count": f"{count:,}", "shown": _STATES.get(name, name)
        }  # fmt: skip
    for name, count in totals["findings"].items():
        yield {"filter": "severity", "to": name, "count": f"{count:,}", "shown": name}


def _others(totals: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    if totals["unproven"]:
        yield {"count": f"{totals['unproven']:,}", "shown": "claims not proven"}
    if float(totals["dollars"]):
        yield {"count": str(Cost(Decimal(totals["dollars"]))), "shown": "spent"}


def _row(row: Mapping[str, Any], columns: Sequence[str], now: dt.datetime) -> dict[str, Any]:
    """Return the row of a repository, and what was found in it."""
    worst = next((n for n, one in enumerate(_SEVERITIES) if row["severities"].get(one)), 4)
    dollars = float(row["dollars"])
    counts = {name: row["severities"].get(name, 0) for name in _SEVERITIES}
    counts |= {name: row[name] for name in ("unproven", "new", "gone")}
    cells = {name: _count(name, count) for name, count in counts.items()} | {
        "age": {"value": row["made"], "shown": age_of(row["made"], now), "kind": ""},
        "cost": {
            "value": dollars, "shown": f"${dollars:.4f}" if dollars else "", "kind": "number"
        },
        "state": {
            "value": row["state"], "shown": _STATES.get(row["state"], row["state"]),
            "kind": row["state"],
        },
    }  # fmt: skip
    return {
        "name": row["name"], "state": row["state"], "worst": worst, "tags": row["tags"],
        "search": " ".join(_searched(row)).lower(), "cells": [cells[name] for name in columns],
        "reason": row["reason"], "notes": row.get("notes", ()),
        "tasks": [_task(name, task) for name, task in row["tasks"].items()],
        "log": _link(row["log"]) if row["log"] else None, "commit": row["commit"][:12],
    }  # fmt: skip


def _count(name: str, count: int) -> dict[str, Any]:
    kind = f"number {name}" if count and name in SEVERITIES else "number"
    return {"value": count, "shown": count or "", "kind": kind}


def _searched(row: Mapping[str, Any]) -> Iterator[str]:
    yield row["name"]
    yield row["reason"]
    for name, task in row["tasks"].items():
        yield name
        for one in task.get("findings", ()):
            yield str(one.get("title") or "")
            yield str(one.get("path") or "")
            yield str(one.get("opinion") or "")


def _task(name: str, task: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a task found, and what it says that is not proven."""
    has_failed = task["status"] == "failed"
    found = [_finding(one) for one in task.get("findings", ())]
    unproven = [
        {"where": f"{one.get('file')}:{one.get('line')}", "text": one.get("text")}
        for one in task.get("unproven", ())
    ]
    return {
        "name": name, "model": task.get("model") or "",
        "links": [_link(path) for path in task.get("files", ())],
        "failed": (task.get("reason") or "failed") if has_failed else "",
        "findings": found, "unproven": unproven,
        "is_clean": not (found or unproven or has_failed or name == "bundle"),
    }  # fmt: skip


def _link(path: str) -> dict[str, str]:
    return {"href": quote(path), "shown": path.rpartition("/")[2]}


def _finding(one: Mapping[str, Any]) -> dict[str, Any]:
    where = str(one.get("path") or "")
    where += f":{one['line']}" if where and one.get("line") else ""
    return {
        "severity": _known(one.get("severity")), "title": _title(one.get("title")), "where": where,
        "opinion": one.get("opinion") or "", "is_new": bool(one.get("is_new")),
    }  # fmt: skip


def _known(severity: object) -> str:
    return str(severity) if severity in SEVERITIES else ""


def _title(text: object) -> Any:
    """Return a title with what is in backticks as code."""
    from markupsafe import Markup, escape

    return Markup(_CODE.sub(r"<code>\1</code>", escape(one_line(str(text)))))  # noqa: S704  # escaped


def _shared(one: Mapping[str, Any]) -> dict[str, Any]:
    names = ", ".join(one["repositories"][:_SHOWN]) + (" …" if one["count"] > _SHOWN else "")
    return {
        "severity": _known(one["severity"]), "title": _title(one["title"]), "count": one["count"],
        "names": names,
    }  # fmt: skip
