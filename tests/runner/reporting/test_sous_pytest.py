from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from sous.runner.reporting import sous_pytest


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    report = SimpleNamespace(
        begin=lambda program: found.append(("start", program)),
        write=lambda outcome, name: found.append((outcome, name)),
    )
    monkeypatch.setattr(sous_pytest, "_report", lambda: report)
    return found


def ran(when: str, outcome: str, **more: object) -> Any:
    return cast("Any", SimpleNamespace(when=when, outcome=outcome, nodeid="a", **more))


def test_each_outcome_is_told_once(told: list[tuple[str, str]]) -> None:
    for when, outcome, more in (
        ("setup", "passed", {}), ("call", "passed", {}), ("teardown", "passed", {}), ("setup", "skipped", {}),
        ("call", "failed", {}), ("teardown", "failed", {}), ("call", "skipped", {"wasxfail": "x"}),
    ):  # fmt: skip
        sous_pytest.pytest_runtest_logreport(ran(when, outcome, **cast("dict[str, object]", more)))
    assert [outcome for outcome, _ in told] == ["pass", "skip", "fail", "fail", "xfail"]


def test_files_that_cannot_be_collected_are_told(told: list[tuple[str, str]]) -> None:
    sous_pytest.pytest_collectreport(ran("collect", "failed"))
    sous_pytest.pytest_collectreport(ran("collect", "passed"))
    assert told == [("fail", "a")]


def test_workers_of_xdist_tell_nothing_themselves(told: list[tuple[str, str]]) -> None:
    sous_pytest.pytest_sessionstart(cast("Any", SimpleNamespace(config=SimpleNamespace(workerinput={}))))
    sous_pytest.pytest_sessionstart(cast("Any", SimpleNamespace(config=SimpleNamespace())))
    assert told == [("start", "pytest")]
