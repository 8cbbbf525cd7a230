"""The loop: who is next, what may be spent, how fast."""

from __future__ import annotations

import json
import os
import signal
from concurrent.futures import Future
from contextlib import closing
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from fake_model import Refusal
from scene import committed
from sous.fleet import driver as driving
from sous.fleet.driver import Driver
from sous.fleet.ledger import Ledger
from sous.fleet.place import FleetFolder
from sous.fleet.repositories import FleetRepository
from sous.fleet.rows import Wish
from sous.fleet.workers import LocalWorkers
from sous.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from fake_model import FakeModel
    from sous.fleet.assignment import Assignment

ADD = "def add(a, b):\n    return a - b\n"
LIMITED = "m is limiting the rate; wait a little and try again"


class Answers:
    """Workers that answer at once, by a function, with how many orders were open at each."""

    def __init__(self, answer: Callable[[Assignment], Mapping[str, Any]]) -> None:
        self._answer = answer
        self.orders: list[Assignment] = []

    def submit(self, order: Assignment, hears: Callable[[Mapping[str, Any]], None]) -> Future[Mapping[str, Any]]:
        self.orders.append(order)
        future: Future[Mapping[str, Any]] = Future()
        hears({"doing": "packing"})
        future.set_result(self._answer(order))
        return future

    def stop(self) -> None:
        """Nothing is being done."""

    def problem(self) -> str:
        return ""

    def close(self) -> None:
        """Nothing is open."""


def driver(tmp_path: Path, count: int, **wish: Any) -> Driver:
    repositories = [FleetRepository(f"o/n{n}", f"h/o/n{n}", f"https://h/o/n{n}") for n in range(count)]
    folder = FleetFolder(tmp_path / "fleet")
    folder.begin()
    wanted = Wish(wish.pop("tasks", ("code-review",)), Settings(model="m"), **{"jobs": 2, **wish})
    return Driver(folder, repositories, wanted, quiet=True)


def priced_at(most: str | None, cost: str) -> Callable[[Assignment], Mapping[str, Any]]:
    def answer(order: Assignment) -> Mapping[str, Any]:
        if not order.asks:
            return {"status": "done", "tasks": {"code-review": {"status": "priced", "most": most}}}
        return {"status": "done", "tasks": {"code-review": {"status": "done", "dollars": cost}}}

    return answer


def test_no_more_is_begun_than_the_limit_has_room_for(tmp_path: Path) -> None:
    fleet = driver(tmp_path, 10, max_cost=Decimal("1.00"))
    workers = Answers(priced_at("0.40", "0.30"))
    fleet.run(workers)
    asked = [order for order in workers.orders if order.asks]
    assert len(asked) == 3  # 0.30 + 0.30 + 0.40 is 1.00, and a fourth may cost 0.40 more than 0.90
    assert fleet.spent == Decimal("0.90")
    assert [row.state for row in fleet.rows].count("left") == 7
    assert Ledger(tmp_path / "fleet/ledger.jsonl").spent == Decimal("0.90")  # it did not come to its end


def test_what_nobody_knows_the_price_of_is_left(tmp_path: Path) -> None:
    fleet = driver(tmp_path, 2, max_cost=Decimal(1))
    workers = Answers(priced_at(None, "0"))
    fleet.run(workers)
    assert not [order for order in workers.orders if order.asks]
    assert all("is not known" in row.reason for row in fleet.rows)


def test_a_child_that_is_gone_counts_as_the_most_it_may_cost(tmp_path: Path) -> None:
    def answer(order: Assignment) -> Mapping[str, Any]:
        return {"status": "failed", "reason": "killed"} if order.asks else priced_at("0.40", "0")(order)

    fleet = driver(tmp_path, 1, max_cost=Decimal(1))
    fleet.run(Answers(answer))
    assert fleet.spent == Decimal("0.40")


def test_a_limited_rate_slows_all_down_and_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driving, "_CALM", 0.01)
    seen: dict[str, int] = {}
    paces: list[float] = []

    def answer(order: Assignment) -> Mapping[str, Any]:
        name = order.repository.name
        seen[name] = seen.get(name, 0) + 1
        paces.append(fleet._pace)
        limited = name == "o/n0" and seen[name] < 3
        task = {"status": "failed", "reason": LIMITED} if limited else {"status": "done", "dollars": "0"}
        return {"status": "failed" if limited else "done", "tasks": {"code-review": task}}

    fleet = driver(tmp_path, 8, jobs=4)
    fleet.run(Answers(answer))
    assert seen["o/n0"] == 3
    assert [row.state for row in fleet.rows] == ["done"] * 8
    assert min(paces) < 4
    assert fleet._pace > min(paces)


@pytest.mark.skipif(os.name == "nt", reason="children by fork")
def test_calls_at_once_are_bounded_and_a_429_slows_all_workers(tmp_path: Path, model: FakeModel) -> None:
    """One 429 among calls at once has half as many follow; then there is one more with each that goes well."""
    # each its own text: the answer to one question serves whoever asks it
    origins = [committed(tmp_path / f"o{n}", {"a.py": f"a = {n}\n"}) for n in range(7)]
    places = [FleetRepository(f"o/n{n}", f"h/o/n{n}", one.as_uri()) for n, one in enumerate(origins)]
    folder = FleetFolder(tmp_path / "fleet")
    folder.begin()
    fleet = Driver(folder, places, Wish(("code-review",), Settings(model="once-429"), 4), quiet=True)
    paces: list[float] = []

    def refuse(_: str, __: bytes) -> Refusal | None:
        paces.append(fleet._pace)
        return next(limited, None)

    limited = iter([Refusal(429, b'{"error": {"message": "Rate limit reached", "code": "rate_limit_exceeded"}}')])
    model.refusals["once-429"] = refuse
    with closing(LocalWorkers(timeout=60)) as workers:
        fleet.run(workers)
    assert [row.state for row in fleet.rows] == ["done"] * 7
    assert len(model.requests) == 8
    assert model.most_at_once <= 4
    assert (paces[0], min(paces)) == (4, 2)
    assert fleet._pace > 2


@pytest.mark.skipif(os.name == "nt", reason="children by fork")
def test_second_opinions_count_as_calls_and_slow_all_workers(tmp_path: Path, model: FakeModel) -> None:
    origins = [committed(tmp_path / f"o{n}", {"src/app.py": f"{ADD}\nN = {n}\n"}) for n in range(3)]
    places = [FleetRepository(f"o/n{n}", f"h/o/n{n}", one.as_uri()) for n, one in enumerate(origins)]
    folder = FleetFolder(tmp_path / "fleet")
    folder.begin()
    model.script = lambda _: "1: not real: it is meant\n"
    limited = iter([Refusal(429, b'{"error": {"message": "Rate limit reached", "code": "rate_limit_exceeded"}}')])
    model.refusals["scripted"] = lambda _, __: next(limited, None)
    wish = Wish(("code-review",), Settings(model="ok"), 2, verify="scripted")
    fleet = Driver(folder, places, wish, quiet=True)
    slowed: list[float] = []
    fleet._slow_down = lambda: slowed.append(fleet._pace)  # type: ignore[method-assign]
    with closing(LocalWorkers(timeout=60)) as workers:
        fleet.run(workers)
    assert [row.state for row in fleet.rows] == ["done"] * 3
    assert slowed
    assert model.most_at_once <= 2
    results = [json.loads(path.read_text()) for path in folder.top.glob("repos/*/*/result.json")]
    assert [one["findings"][0]["opinion"] for one in results] == ["not real"] * 3


def test_each_task_has_its_own_share_of_the_limit(tmp_path: Path) -> None:
    def answer(order: Assignment) -> Mapping[str, Any]:
        prices = {"code-review": "0.40", "readme": "0.10"}
        if not order.asks:
            return {
                "status": "done",
                "tasks": {name: {"status": "priced", "most": most} for name, most in prices.items()},
            }
        return {"status": "done", "tasks": {name: {"status": "done", "dollars": "0.05"} for name in prices}}

    fleet = driver(tmp_path, 1, tasks=("code-review", "readme"), max_cost=Decimal(1))
    workers = Answers(answer)
    fleet.run(workers)
    assert [order.most for order in workers.orders] == [
        None,
        {"code-review": Decimal("0.40"), "readme": Decimal("0.10")},
    ]


def test_a_rate_that_stays_limited_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driving, "_CALM", 0.01)
    workers = Answers(lambda _: {"status": "failed", "reason": LIMITED, "tasks": {}})
    fleet = driver(tmp_path, 1)
    fleet.run(workers)
    assert (len(workers.orders), fleet.rows[0].state) == (3, "failed")


def test_one_whose_worker_is_gone_is_tried_again_as_fast_as_before(tmp_path: Path) -> None:
    seen: list[float] = []

    def answer(_: Assignment) -> Mapping[str, Any]:
        seen.append(fleet._pace)
        lost = {"status": "failed", "reason": "its worker has ended", "lost": True, "tasks": {}}
        return lost if len(seen) < 3 else {"status": "done", "tasks": {}}

    fleet = driver(tmp_path, 1)
    fleet.run(Answers(answer))
    assert (seen, fleet.rows[0].state) == ([2, 2, 2], "done")


def test_workers_that_can_do_no_more_leave_the_others(tmp_path: Path) -> None:
    workers = Answers(lambda _: {"status": "done", "tasks": {}})
    workers.problem = lambda: "the scheduler is gone" if workers.orders else ""  # type: ignore[method-assign]
    fleet = driver(tmp_path, 4, jobs=1)
    fleet.run(workers)
    assert [row.state for row in fleet.rows] == ["done", "left", "left", "left"]
    assert (fleet.rows[3].reason, fleet.was_stopped, fleet.gave_up) == (
        "the scheduler is gone", False, "the scheduler is gone",
    )  # fmt: skip


def test_a_full_disk_at_one_does_not_stop_the_others(tmp_path: Path) -> None:
    fleet = driver(tmp_path, 3)
    blocked = tmp_path / "fleet/repos" / fleet.rows[1].repository.slug / "status.json"
    blocked.mkdir(parents=True)  # nothing can be written there
    fleet.run(Answers(lambda _: {"status": "done", "tasks": {}}))
    assert [row.state for row in fleet.rows] == ["done", "failed", "done"]


def test_what_was_paid_though_it_failed_counts(tmp_path: Path) -> None:
    def answer(order: Assignment) -> Mapping[str, Any]:
        if not order.asks:
            return priced_at("0.40", "0")(order)
        return {"status": "failed", "tasks": {"code-review": {"status": "failed", "reason": "x", "dollars": "0.15"}}}

    fleet = driver(tmp_path, 1, max_cost=Decimal(1))
    fleet.run(Answers(answer))
    assert fleet.spent == Decimal("0.15")


def test_what_an_earlier_run_found_stays_where_this_one_did_nothing(tmp_path: Path) -> None:
    done = {"status": "done", "tasks": {"code-review": {"status": "done", "key": "k1", "dollars": "0"}}}
    fleet = driver(tmp_path, 1)
    fleet.run(Answers(lambda _: done))
    path = tmp_path / "fleet/repos" / fleet.rows[0].repository.slug / "status.json"

    def after(outcome: Mapping[str, Any]) -> Any:
        driver(tmp_path, 1).run(Answers(lambda _: outcome))
        return json.loads(path.read_text())["tasks"]

    assert after({"status": "unchanged", "tasks": {}}) == done["tasks"]
    assert after({"status": "failed", "reason": "away"}) == done["tasks"]
    both = after({"status": "done", "tasks": {"check": {"status": "done", "key": "c"}}})
    assert both == {**done["tasks"], "check": {"status": "done", "key": "c"}}  # type: ignore[dict-item]
    failed = after({"status": "failed", "tasks": {"code-review": {"status": "failed", "reason": "no"}}})
    assert failed["code-review"] == {"status": "failed", "reason": "no", "key": "k1"}


def test_what_was_made_afresh_is_not_made_again_by_another_try(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driving, "_CALM", 0.01)
    seen: list[tuple[str, ...]] = []

    def answer(order: Assignment) -> Mapping[str, Any]:
        seen.append(order.afresh)
        other = {"status": "failed", "reason": LIMITED} if len(seen) < 2 else {"status": "done"}
        return {"status": "done", "tasks": {"code-review": {"status": "done", "dollars": "0"}, "readme": other}}

    fleet = driver(tmp_path, 1, afresh=True, tasks=("code-review", "readme"))
    fleet.run(Answers(answer))
    assert seen == [("code-review", "readme"), ("readme",)]


def test_ctrl_c_is_heeded_between_two_steps(tmp_path: Path) -> None:
    def answer(_: Assignment) -> Mapping[str, Any]:
        os.kill(os.getpid(), signal.SIGINT)
        return {"status": "done", "tasks": {}}

    fleet = driver(tmp_path, 6, jobs=1)
    fleet.run(Answers(answer))
    assert [row.state for row in fleet.rows] == ["done", *["left"] * 5]
    assert fleet.was_stopped
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
