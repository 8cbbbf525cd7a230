"""What the results of many repositories are together."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest

from sous.fleet.index import FleetIndex, age_of, read_index
from sous.fleet.place import FleetFolder, write_json
from sous.fleet.repositories import FleetRepository

if TYPE_CHECKING:
    from pathlib import Path


def found(title: str, severity: str = "high", number: str = "1") -> dict[str, Any]:
    return {"title": title, "severity": severity, "path": "a.py", "line": 3, "id": f"{title}{number}"}


def one_repository(
    folder: FleetFolder, name: str, *findings: dict[str, Any], made: str = "2026-11-01T00:00:00+00:00",
    key: str = "k1", status: str = "done", **more: Any,
) -> None:  # fmt: skip
    repository = FleetRepository(name, f"h/{name}", f"https://h/{name}", tags=("web",))
    place = folder.repository(repository)
    result = {"task": "code-review", "findings": list(findings), "made": made, "files": ["code-review.md"], **more}
    place.put("code-review", key, result, {"code-review.md": "# Review\n"})
    tasks = {"code-review": {"status": status, "key": key, "reason": more.get("reason", "")}}
    state = "failed" if status == "failed" else "done"
    data = {"state": state, "reason": more.get("reason", ""), "commit": "c" * 40, "tasks": tasks}
    write_json(place.folder / "status.json", data, folder.top)
    rows = [row for row in (folder.read("fleet.json") or {"rows": []})["rows"] if row["name"] != name]
    folder.note([*rows, {"name": name, "slug": repository.slug, "tags": ["web"]}])


def test_the_worst_come_first_and_totals_are_of_all(tmp_path: Path) -> None:
    folder = FleetFolder(tmp_path)
    one_repository(folder, "o/low", found("x", "low"), dollars="0.25")
    one_repository(folder, "o/high", found("y"), found("z", ""), dollars="0.5")
    one_repository(folder, "o/broken", status="failed", reason="no access")
    index = read_index(folder)
    assert [row["name"] for row in index.rows] == ["o/broken", "o/high", "o/low"]
    assert index.totals["findings"] == {"high": 1, "medium": 1, "low": 1}
    assert index.totals["states"] == {"failed": 1, "done": 2}
    assert index.totals["dollars"] == "0.75"
    assert next(iter(index.rows))["reason"] == "no access"


def test_what_changed_since_the_result_before(tmp_path: Path) -> None:
    folder = FleetFolder(tmp_path)
    one_repository(folder, "o/n", found("old"), found("kept"), key="k1")
    one_repository(
        folder, "o/n", found("kept"), found("new"), found("newer"), key="k2", made="2026-11-02T00:00:00+00:00"
    )
    (row,) = read_index(folder).rows
    assert (row["new"], row["gone"]) == (2, 1)
    assert row["tasks"]["code-review"]["files"] == [f"repos/{row['slug']}/code-review-k2/code-review.md"]


def test_what_two_tasks_found_counts_once(tmp_path: Path) -> None:
    folder = FleetFolder(tmp_path / "fleet")
    folder.begin()
    repository = FleetRepository("o/a", "h/o/a", "https://h/o/a")
    place = folder.repository(repository)
    tasks = ("code-review", "github-issues")
    for task in tasks:
        place.put(task, "k0", {"task": task, "made": "2026-11-01T00:00:00+00:00", "findings": [found("old")]}, {})
        both = [found("bad"), found("worse", "critical")]
        place.put(task, "k1", {"task": task, "made": "2026-11-02T00:00:00+00:00", "findings": both}, {})
    told = {task: {"status": "done", "key": "k1"} for task in tasks}
    write_json(place.folder / "status.json", {"state": "done", "tasks": told}, folder.top)
    folder.note([{"name": "o/a", "slug": repository.slug}])
    (row,) = read_index(folder).rows
    assert row["severities"] == {"high": 1, "critical": 1}
    assert (row["new"], row["gone"]) == (2, 1)
    assert "gone_ids" not in row["tasks"]["code-review"]


def test_what_several_share_is_named_once(tmp_path: Path) -> None:
    folder = FleetFolder(tmp_path)
    for number, name in enumerate(("a", "b", "c")):
        one_repository(folder, f"o/{name}", found(f"`get` waits {number + 2} s too long", "low" if number else "high"))
    one_repository(folder, "o/d", found("only here"), found("only here", number="2"))
    (shared,) = read_index(folder).shared
    assert (shared["count"], shared["severity"]) == (3, "high")
    assert shared["repositories"] == ["o/a", "o/b", "o/c"]


def test_what_differs_by_names_alone_is_shared_too(tmp_path: Path) -> None:
    folder = FleetFolder(tmp_path)
    one_repository(folder, "o/a", found("`load` drops an error"), found("`x`"), found("`run` waits"))
    one_repository(folder, "o/b", found("`C.save` drops an error (and 3 more places)"), found("`y`"))
    one_repository(folder, "o/c", found("`run` waits (and 1 more place)"))
    shared = [(one["title"], one["repositories"]) for one in read_index(folder).shared]
    assert shared == [("`run` waits", ["o/a", "o/c"]), ("… drops an error", ["o/a", "o/b"])]


def test_who_was_not_reached_is_a_row_too(tmp_path: Path) -> None:
    folder = FleetFolder(tmp_path)
    write_json(
        folder.top / "fleet.json",
        {"rows": [{"name": "o/n", "slug": "o-n-1", "tags": []}, "nonsense", {"name": "x"}]},
        tmp_path,
    )
    (row,) = read_index(folder).rows
    assert (row["state"], row["tasks"]) == ("left", {})


def test_nonsense_in_a_result_does_no_harm(tmp_path: Path) -> None:
    folder = FleetFolder(tmp_path)
    one_repository(folder, "o/n", dollars="NaN", made="yesterday")
    index = read_index(folder)
    assert index.totals["dollars"] == "0"
    assert age_of("yesterday", dt.datetime.now(dt.timezone.utc)) == ""


@pytest.mark.parametrize("names", [(), ("a",), ("a", "b \u2028 ü")])
def test_a_repository_a_line_is_the_same_json(names: tuple[str, ...]) -> None:
    known = {"state": "done", "severities": {}, "dollars": "0", "unproven": 0, "new": 0, "gone": 0, "tags": ["t"]}
    rows = tuple({"name": name, **known} for name in names)
    index = FleetIndex(rows, ({"title": "t", "count": 2},))
    text = "".join(index.pieces())
    assert json.loads(text) == index.as_json()
    assert text.count("\n") == len(rows) + (4 if rows else 3)


def test_an_age_in_words() -> None:
    now = dt.datetime(2026, 11, 29, 12, tzinfo=dt.timezone.utc)
    ages = [
        age_of(f"2026-11-{day}T{hour}:00:00+00:00", now) for day, hour in (("20", "00"), ("29", "07"), ("29", "12"))
    ]
    assert ages == ["9 d", "5 h", "today"]
