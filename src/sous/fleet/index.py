"""What the results of a fleet are together: repositories, what is new in them, what many share.

It is made from the files of the folder alone, so that any run, and nobody's run, can make it anew.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from sous.fleet.place import read_json
from sous.items.finding import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from sous.fleet.place import FleetFolder

LEAST_SHARED = 2  # repositories that a finding is named for as one that many have
_MOST_SHARED = 200
_NUMBERS = re.compile(r"\d[\d,._]*")
_MORE = re.compile(r"\s*\(and [\d,]+ more [^()]*\)\Z")  # places, which the static analysis counts
_NAMES = re.compile(r"`[^`]*`")
_WORDS = re.compile(r"[^\W\d_]{2,}")
_LEAST_WORDS = 2  # of a title without its names, that say what is wrong


@dataclass(frozen=True)
class FleetIndex:
    """What is known of each repository, worst first, and the findings that many of them have."""

    rows: tuple[dict[str, Any], ...]
    shared: tuple[dict[str, Any], ...]

    @property
    def totals(self) -> dict[str, Any]:
        """How many repositories are in which state, how many findings there are, what it cost."""
        states = Counter(row["state"] for row in self.rows)
        findings: Counter[str] = Counter()
        for row in self.rows:
            findings.update(row["severities"])
        dollars = sum((_amount(row["dollars"]) for row in self.rows), Decimal(0))
        return {
            "repositories": len(self.rows), "states": dict(states),
            "findings": {name: findings[name] for name in SEVERITIES if findings[name]},
            "unproven": sum(row["unproven"] for row in self.rows), "dollars": str(dollars),
        }  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        """Return it for a file."""
        return {
            "totals": self.totals, "shared": list(self.shared), "repositories": list(self.rows),
        }  # fmt: skip

    def lines(self) -> Iterator[str]:
        """Yield the lines of that file, a repository a line: of thousands no copy is made."""
        yield f'{{"totals": {_json(self.totals)},'
        yield f'"shared": {_json(self.shared)},'
        yield '"repositories": ['
        last = len(self.rows) - 1
        yield from (_json(row) + ("," if at < last else "") for at, row in enumerate(self.rows))
        yield "]}"


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, default=str)


def read_index(folder: FleetFolder) -> FleetIndex:
    """Return the index of a folder's results."""
    asked = folder.read("fleet.json")
    rows = asked.get("rows", []) if isinstance(asked, dict) else []
    found = [_row(folder, row) for row in rows if isinstance(row, dict) and row.get("slug")]
    found.sort(key=_badness)
    return FleetIndex(tuple(found), tuple(_shared(found)))


def _badness(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what the rows are sorted by: what failed, then the worst findings."""
    counts = tuple(-row["severities"].get(name, 0) for name in SEVERITIES)
    return (row["state"] != "failed", *counts, -row["unproven"], row["name"].lower())


def _row(folder: FleetFolder, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is known of a repository."""
    place = folder.top / "repos" / str(asked["slug"])
    status = read_json(place / "status.json", folder.top)
    status = status if isinstance(status, dict) else {}
    results = list(_results(place, folder.top))
    wanted = status.get("tasks") or {}
    tasks = {name: _task(name, told, results, folder) for name, told in wanted.items()}
    log = place / "log.txt"
    return {
        "name": str(asked.get("name")), "slug": str(asked["slug"]),
        "tags": list(asked.get("tags") or ()),
        "state": str(status.get("state") or "left"), "reason": str(status.get("reason") or ""),
        "commit": str(status.get("commit") or ""), "tasks": tasks,
        "notes": [str(note) for note in status.get("notes") or ()],
        **_sums(tasks.values()),
        "log": log.relative_to(folder.top).as_posix() if log.is_file() else "",
    }  # fmt: skip


def _sums(tasks: Collection[dict[str, Any]]) -> dict[str, Any]:
    """Return what the tasks of a repository come to; what several of them found counts once."""
    findings = {_identity(one): one for task in tasks for one in task.get("findings", ())}
    severities = Counter(one.get("severity") or "medium" for one in findings.values())
    gone = {one for task in tasks for one in task.pop("gone_ids", ())}
    dollars = sum((_amount(task.get("dollars")) for task in tasks), Decimal(0))
    return {
        "severities": dict(severities),
        "new": sum(bool(one.get("is_new")) for one in findings.values()),
        "gone": len(gone),
        "unproven": sum(len(task.get("unproven", ())) for task in tasks),
        "dollars": str(dollars),
        "made": max((task.get("made", "") for task in tasks), default=""),
    }


def _results(place: Path, top: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield the results of a repository, the oldest first."""
    found = []
    for path in place.glob("*/result.json"):
        result = read_json(path, top)
        if isinstance(result, dict):
            found.append((path.parent, result))
    yield from sorted(found, key=lambda one: str(one[1].get("made")))


def _task(
    name: str,
    told: Mapping[str, Any],
    results: Iterable[tuple[Path, dict[str, Any]]],
    folder: FleetFolder,
) -> dict[str, Any]:
    """Return what came of a task, beside what came of it the time before."""
    key = told.get("key")
    mine = [(path, one) for path, one in results if one.get("task") == name]
    at = next((n for n, (path, _) in enumerate(mine) if path.name == f"{name}-{key}"), None)
    if at is None:
        return {"status": "failed", "reason": str(told.get("reason") or "")}
    path, result = mine[at]
    before = mine[at - 1][1] if at else None
    findings = [one for one in result.get("findings", ()) if isinstance(one, dict)]
    where = path.relative_to(folder.top).as_posix()
    new, gone = _changed(findings, before)
    findings = [{**one, "is_new": True} if _identity(one) in new else one for one in findings]
    return {
        "status": str(told.get("status")), "reason": str(told.get("reason") or ""),
        "findings": findings, "new": len(new), "gone": len(gone), "gone_ids": gone,
        "unproven": result.get("unproven", []), "model": result.get("model", ""),
        "made": result.get("made", ""), "dollars": result.get("dollars"),
        "tokens": result.get("tokens"),
        "files": [f"{where}/{name}" for name in result.get("files", ())],
    }  # fmt: skip


def _changed(
    findings: Iterable[Mapping[str, Any]], before: Mapping[str, Any] | None
) -> tuple[set[str], set[str]]:
    """Return which findings are new since the result before, and which are gone."""
    if before is None:
        return set(), set()
    now = {_identity(one) for one in findings}
    then = {_identity(one) for one in before.get("findings", ()) if isinstance(one, dict)}
    return now - then, then - now


def _identity(finding: Mapping[str, Any]) -> str:
    return str(finding.get("id") or (finding.get("title"), finding.get("path")))


def _shared(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the findings that several repositories have, those of most first.

    They are the same where their titles are, but for numbers; else where they are but for what
    stands in backticks, which are names of the repository's own.
    """
    groups: dict[str, _SameFindings] = defaultdict(_SameFindings)
    for row in rows:
        for task in row["tasks"].values():
            for one in task.get("findings", ()):
                groups[_kind(str(one.get("title") or ""))].add(row["name"], one)
    alike: dict[str, _SameFindings] = defaultdict(_SameFindings)
    for kind, group in groups.items():
        if len(group.holders) < LEAST_SHARED and "`" in kind:
            alike[_NAMES.sub("…", kind)].join(group)
    found = [group.as_json() for group in groups.values() if len(group.holders) >= LEAST_SHARED]
    found += [
        group.as_json(as_form=True)
        for form, group in alike.items()
        if len(group.holders) >= LEAST_SHARED and len(_WORDS.findall(form)) >= _LEAST_WORDS
    ]
    found.sort(key=lambda one: (-int(str(one["count"])), str(one["title"])))
    return found[:_MOST_SHARED]


def _kind(title: str) -> str:
    return _NUMBERS.sub("N", _MORE.sub("", title)).lower()


@dataclass
class _SameFindings:
    """Findings that are taken for the same."""

    titles: Counter[str] = field(default_factory=Counter)
    holders: dict[str, None] = field(default_factory=dict)
    worst: int = len(SEVERITIES)

    def add(self, name: str, finding: Mapping[str, Any]) -> None:
        """Add a finding of a repository."""
        self.titles[str(finding.get("title") or "")] += 1
        self.holders.setdefault(name)
        self.worst = min(self.worst, _rank(finding.get("severity")))

    def join(self, other: _SameFindings) -> None:
        """Add those of another group."""
        self.titles += other.titles
        self.holders |= other.holders
        self.worst = min(self.worst, other.worst)

    def as_json(self, *, as_form: bool = False) -> dict[str, Any]:
        """Return it for a file; `as_form`: with a title that leaves out what differs."""
        title = _MORE.sub("", self.titles.most_common(1)[0][0])
        title = _NUMBERS.sub("…", _NAMES.sub("…", title)) if as_form else title
        severity = SEVERITIES[self.worst] if self.worst < len(SEVERITIES) else ""
        return {
            "title": title, "severity": severity, "count": len(self.holders),
            "repositories": sorted(self.holders),
        }  # fmt: skip


def _rank(severity: object) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)


def _amount(dollars: object) -> Decimal:
    try:
        amount = Decimal(str(dollars)) if dollars is not None else Decimal(0)
    except InvalidOperation:
        return Decimal(0)
    return amount if amount.is_finite() else Decimal(0)


def age_of(made: str, now: dt.datetime) -> str:
    """Return in words how long ago something was made; nothing for a time that cannot be read."""
    try:
        then = dt.datetime.fromisoformat(made)
    except ValueError:
        return ""
    days = (now - then).days
    if days > 0:
        return f"{days} d"
    hours = int((now - then).total_seconds() // 3600)
    return f"{hours} h" if hours > 0 else "today"
