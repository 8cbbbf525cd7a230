"""A run from its request: what it would do, and what fails it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sous.errors import OverBudget, SousError
from sous.fleet.index import FleetIndex
from sous.fleet.repositories import FleetRepository
from sous.fleet.rows import LEFT, RepositoryRow
from sous.fleet.running import FleetRun, dry_lines, refuse_findings


def row(name: str, state: str = "done", reason: str = "", **tasks: Any) -> RepositoryRow:
    return RepositoryRow(FleetRepository(name, f"h/{name}"), state, reason, tasks=tasks)


def run(*rows: RepositoryRow, **more: Any) -> FleetRun:
    return FleetRun(rows, FleetIndex((), ()), Decimal(0), **more)


def test_a_dry_run_sums_up_what_it_would_cost() -> None:
    priced = {"status": "priced", "tokens": 1000, "expected": "0.10", "most": "0.50"}
    lines = dry_lines(
        run(
            row("o/a", review=priced),
            row("o/b", review={"status": "kept"}),
            row("o/c", "failed", "no access"),
            row("o/d", review={**priced, "expected": None, "most": None}),
        )
    )
    assert lines == [
        "o/c: no access",
        "o/a: 1 to do, 1,000 tokens",
        "o/d: 1 to do, 1,000 tokens",
        "o/b: nothing to do, 1 there already",
        "4 repositories: 2,000 tokens to send, about $0.10, at most $0.50; of 1 the price is not known",
    ]


def test_a_dry_run_says_what_its_price_is_not() -> None:
    unknown = row("o/a", review={"status": "priced", "tokens": 10, "expected": None, "most": None})
    assert dry_lines(run(unknown))[-1] == "1 repository: 10 tokens to send, the price is not known"
    assert "at most $0.0000; more than 20 findings in one cost more" in dry_lines(run(row("o/b")), is_open=True)[-1]


def test_findings_of_others_in_the_folder_are_not_taken_for_those_of_the_run() -> None:
    known = {"state": "done", "severities": {"high": 2}, "dollars": "0", "tags": (), "unproven": 0, "new": 0, "gone": 0}
    index = FleetIndex((known, known), ())
    one = FleetRun((row("o/a"),), index, Decimal(0))
    assert "1 repository: 1 done; findings in all 2 of the folder: 4 high" in one.words(Path("fleet"))
    assert "done; findings: 4 high" in FleetRun((row("o/a"), row("o/b")), index, Decimal(0)).words(Path("fleet"))


def test_what_the_run_as_a_whole_ended_with() -> None:
    run(row("o/a", "failed", "x"), row("o/b")).check()
    with pytest.raises(SousError, match="the only repository failed: x"):
        run(row("o/a", "failed", "x")).check()
    with pytest.raises(OverBudget, match="1 repository not done: too dear"):
        run(row("o/a", LEFT, "too dear"), row("o/b")).check()
    run(row("o/a", LEFT, "stopped"), was_stopped=True).check()
    with pytest.raises(SousError, match="1 repository not done: the scheduler is gone") as told:
        run(row("o/a", LEFT, "x"), row("o/b"), gave_up="the scheduler is gone").check()
    assert told.value.exit_code == 1


def test_findings_so_bad_that_it_fails() -> None:
    rows = tuple({"name": f"o/{n}", "severities": {"medium": 1}} for n in range(5))
    index = FleetIndex(rows, ())
    refuse_findings(index, "high")
    with pytest.raises(SousError, match="findings of medium or worse in 5 repositories: o/0, o/1, o/2 and 2 more"):
        refuse_findings(index, "medium")


def test_what_is_open_for_another_run(tmp_path: Path) -> None:
    from sous.fleet.place import FleetFolder, write_json
    from sous.fleet.running import _is_open

    folder, one = FleetFolder(tmp_path), FleetRepository("o/n", "h/o/n")
    path = folder.repository(one).folder / "status.json"
    assert _is_open(folder, one)  # it was never begun
    for state, task, is_open in (("done", "done", False), ("done", "failed", True), ("left", "done", True)):
        write_json(path, {"state": state, "tasks": {"check": {"status": task}}}, tmp_path)
        assert _is_open(folder, one) is is_open
