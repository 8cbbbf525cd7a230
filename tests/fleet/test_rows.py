"""What is wanted of a fleet, and what came of each repository."""

from __future__ import annotations

from sous.fleet.repositories import FleetRepository
from sous.fleet.rows import RepositoryRow, Wish, merged_tasks
from sous.settings import Settings


def test_who_may_cost_something() -> None:
    def models(task: str, model: str, verify: str | None) -> tuple[str, ...]:
        return Wish((task,), Settings(model=model), 1, verify=verify).models

    assert models("bundle", "m", "v") == ()
    assert models("code-review", "sous-static", None) == ()
    assert models("code-review", "sous-static", "v") == ("v",)
    assert models("readme", "m", "v") == ("m",)
    assert models("code-review", "m", "v") == ("m", "v")
    assert models("code-review", "m", "m") == ("m",)


def test_a_task_that_fails_keeps_the_result_it_had() -> None:
    row = RepositoryRow(FleetRepository("o/a", "h/o/a", "https://h/o/a"))
    row.tasks = {"readme": {"status": "failed", "reason": "no"}, "check": {"status": "done", "key": "k2"}}
    before = {"readme": {"status": "done", "key": "k1"}, "bundle": {"status": "done", "key": "k3"}, "odd": 1}
    assert merged_tasks(before, row) == {
        "readme": {"status": "failed", "reason": "no", "key": "k1"},
        "check": {"status": "done", "key": "k2"}, "bundle": {"status": "done", "key": "k3"},
    }  # fmt: skip
    assert row.has_failed


def test_what_was_made_is_not_made_afresh_again() -> None:
    row = RepositoryRow(FleetRepository("o/a", "h/o/a", "https://h/o/a"), made=frozenset({"check"}))
    assert row.afresh(Wish(("check", "bundle"), Settings(), 1, afresh=True)) == ("bundle",)
    assert row.afresh(Wish(("check", "bundle"), Settings(), 1)) == ()
