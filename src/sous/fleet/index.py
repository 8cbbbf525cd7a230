"""What the results of a fleet are together: repositories, what is new in them, what many share.

It is made from the files of the folder alone, so that any run, and nobody's run, can make it anew.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sous.fleet.place import read_json, rows_in_lines
from sous.items.finding import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from sous.fleet.place import FleetFolder

LEAST_SHARED = 2  # repositories that a finding is named for as one that many have
_MOST_SHARED = 200
_NUMBERS = re.compile(r"\d[\d,._]*")
_MORE = re.compile(r"\s*\(and [\d,]+ more [^()]*\)\Z")  # places, which the static analysis counts
_NAMES = re.compile(r"`[^`]*`")
_WORDS = re.compile(r"[^\W\d_]{2,}")
_SUMMED = ("unproven", "new", "gone")  # numbers of a row
_MANY = -1  # in place of who has a text
_LEAST_WORDS = 2  # of a title without its names, that say what is wrong


@dataclass(frozen=True)
class FleetIndex:
    """What is known of each repository, worst first, and the findings that many of them have."""

    rows: Collection[Mapping[str, Any]]
    shared: tuple[dict[str, Any], ...]

    @cached_property
    def totals(self) -> dict[str, Any]:
        """How many repositories are in which state, how many findings there are, what it cost."""
        states: Counter[str] = Counter()
        findings: Counter[str] = Counter()
        tags: Counter[str] = Counter()
        sums: Counter[str] = Counter()
        dollars = Decimal(0)
        for row in self.rows:
            states[row["state"]] += 1
            findings.update(row["severities"])
            tags.update(row["tags"])
            sums.update({name: row[name] for name in _SUMMED})
            dollars += _amount(row["dollars"])
        return {
            "repositories": len(self.rows), "states": dict(states),
            "findings": {name: findings[name] for name in SEVERITIES if findings[name]},
            **{name: sums[name] for name in _SUMMED}, "dollars": str(dollars),
            "tags": dict(sorted(tags.items())),
        }  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        """Return it for a file."""
        return {
            "totals": self.totals, "shared": list(self.shared), "repositories": list(self.rows),
        }  # fmt: skip

    def pieces(self) -> Iterator[str]:
        """Yield the pieces of that file, a repository a line."""
        yield f'{{"totals": {_json(self.totals)},\n"shared": {_json(self.shared)},\n'
        yield '"repositories": '
        yield from rows_in_lines(self.rows)
        yield "}\n"


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, default=str)


class _PackedRows(Collection[Mapping[str, Any]]):
    """The rows, worst first, each compressed until it is looked at: thousands take little room."""

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        found = [
            (_badness(row), zlib.compress(_json(row).encode("utf-8", "replace"), 1)) for row in rows
        ]
        self._packed = [packed for _, packed in sorted(found, key=lambda one: one[0])]

    def __len__(self) -> int:
        return len(self._packed)

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        return (json.loads(zlib.decompress(packed)) for packed in self._packed)

    def __contains__(self, row: object) -> bool:
        return any(row == one for one in self)


def read_index(folder: FleetFolder) -> FleetIndex:
    """Return the index of a folder's results."""
    asked = folder.read("fleet.json")
    noted = asked.get("rows", []) if isinstance(asked, dict) else []
    rows = _PackedRows(
        _row(folder, row) for row in noted if isinstance(row, dict) and row.get("slug")
    )
    return FleetIndex(rows, tuple(_shared(rows)))


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


def _shared(rows: Collection[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the findings that several repositories have, those of most first.

    They are the same where their titles are, but for numbers; else where they are but for what
    stands in backticks, which are names of the repository's own. The rows are gone through twice,
    so that what only one has takes no room.
    """
    kinds, forms = _Several(), _Several()
    for number, row in enumerate(rows):
        for kind in {_kind(title) for title, _ in _titles(row)}:
            kinds.add(kind, number)
            if _is_about_names(kind):
                forms.add(_form(kind), number)
    groups: dict[str, _SameFindings] = defaultdict(_SameFindings)
    names: list[str] = []
    for number, row in enumerate(rows):
        names.append(row["name"])
        for title, severity in _titles(row):
            kind = _kind(title)
            if kind in kinds:
                groups[kind].add(number, title, severity)
            elif _is_about_names(kind) and (form := _form(kind)) in forms:
                groups[form].add(number, title, severity, as_form=True)
    found = [one.as_json(names) for one in groups.values() if len(one.holders) >= LEAST_SHARED]
    found.sort(key=lambda one: (-int(str(one["count"])), str(one["title"])))
    return found[:_MOST_SHARED]


def _titles(row: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Yield the titles of a row's findings, with how severe each is."""
    for task in row["tasks"].values():
        for one in task.get("findings", ()):
            yield str(one.get("title") or ""), one.get("severity")


def _kind(title: str) -> str:
    return _NUMBERS.sub("N", _MORE.sub("", title)).lower()


def _form(kind: str) -> str:
    """Return what a title is without the names in it, which no title is itself."""
    return _NAMES.sub("…", kind)


def _is_about_names(kind: str) -> bool:
    """Tell whether a title has names, and says what is wrong beside them."""
    return "`" in kind and len(_WORDS.findall(_form(kind))) >= _LEAST_WORDS


class _Several:
    """Texts that several have; of each only a number is kept."""

    def __init__(self) -> None:
        self._first: dict[int, int] = {}

    def add(self, text: str, holder: int) -> None:
        """Note who has a text."""
        if self._first.setdefault(hash(text), holder) != holder:
            self._first[hash(text)] = _MANY

    def __contains__(self, text: str) -> bool:
        return self._first.get(hash(text)) == _MANY


@dataclass
class _SameFindings:
    """Findings that are taken for the same."""

    titles: Counter[str] = field(default_factory=Counter)
    holders: set[int] = field(default_factory=set)
    worst: int = len(SEVERITIES)

    def add(self, holder: int, title: str, severity: object, *, as_form: bool = False) -> None:
        """Add a finding of a repository; `as_form`: with a title that leaves out the names."""
        title = _MORE.sub("", title)
        self.titles[_NUMBERS.sub("…", _NAMES.sub("…", title)) if as_form else title] += 1
        self.holders.add(holder)
        self.worst = min(self.worst, _rank(severity))

    def as_json(self, names: Sequence[str]) -> dict[str, Any]:
        """Return it for a file."""
        severity = SEVERITIES[self.worst] if self.worst < len(SEVERITIES) else ""
        return {
            "title": self.titles.most_common(1)[0][0], "severity": severity,
            "count": len(self.holders), "repositories": sorted(names[one] for one in self.holders),
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
