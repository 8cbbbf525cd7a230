"""How far a plan is, as a page: its steps with state, tests and cost, and the cost by day."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from sous.models.price import Cost
from sous.pages.chart import bars_of
from sous.pages.kit import page_from
from sous.plan.progress import State
from sous.team.board import FINISHED
from sous.terminal import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sous.plan.progress import Progress
    from sous.runner.step_commits import StepCommit
    from sous.team.board import Card

MADE_BY = "sous status"
_SIGNS = {"done": "✓", "skipped": "-", "next": "→", "open": "·"}
_COLUMNS = ("no", "step", "state", "by", "tests", "commit", "day", "cost")
_MOST_PROMPT = 20_000  # characters


class StepStatus(NamedTuple):
    """A step and what is known of it; `cost` in US dollars."""

    number: str
    title: str
    state: str
    prompt: str
    by: str = ""
    tests: str = ""
    commit: str = ""
    day: str = ""
    cost: float | None = None


def statuses_of(
    progress: Progress, commits: Mapping[str, StepCommit], cards: Sequence[Card] = ()
) -> list[StepStatus]:
    """Return the steps of a plan, as the team says where there is one, else as list and git say."""
    coming = next(iter(progress.open), None)
    by_name = {card.name: card for card in cards}
    found = []
    for planned, state in zip(progress.plan.steps, progress.states, strict=True):
        step, made, card = planned.step, commits.get(planned.name), by_name.get(planned.name)
        told = "next" if planned is coming else state.value
        one = StepStatus(step.number, step.title, told, step.prompt)
        if card:
            there = "done" if card.column == FINISHED else card.column
            about = (card.person or card.agent, card.tests, card.commit[:10], card.day, card.cost)
            one = StepStatus(step.number, step.title, there, step.prompt, *about)
        elif made and state is not State.OPEN:
            about = (made.agent, made.tests, made.commit, made.day, made.cost)
            one = StepStatus(step.number, step.title, told, step.prompt, *about)
        found.append(one)
    return found


def page_of_status(name: str, steps: Sequence[StepStatus]) -> str:
    """Return the page of a plan of this name."""
    paid = [one.cost for one in steps if one.cost is not None]
    days = _cost_by_day(steps)
    cells = [_cells(at, one) for at, one in enumerate(steps)]
    columns = [column for column in _COLUMNS if any(row[column]["shown"] for row in cells)]
    total = sum(one.state != "skipped" for one in steps)
    return page_from(
        "status",
        title=name,
        made_by=MADE_BY,
        done=sum(one.state == "done" for one in steps),
        total=total,
        cost=_dollars(sum(paid)) if paid else "",
        untold=total - len(paid),
        choices=_choices(steps),
        days=bars_of(days, {day: f"{day}: {_dollars(cost)}" for day, cost in days.items()}),
        columns=columns,
        texts=len(columns) - columns.count("cost"),
        rows=[
            {"id": "", "choices": {"state": one.state}, "cells": [row[name] for name in columns]}
            for one, row in zip(steps, cells, strict=True)
        ],
        prompts=[
            {"id": f"s{at}", "name": _name(one), "prompt": clean(one.prompt[:_MOST_PROMPT])}
            for at, one in enumerate(steps)
        ],
    )


def _cost_by_day(steps: Sequence[StepStatus]) -> dict[str, float]:
    """Return what the steps of each day cost, the first day first."""
    days: dict[str, float] = defaultdict(float)
    for one in sorted(steps, key=lambda one: one.day):
        if one.cost is not None and one.day:
            days[one.day] += one.cost
    return days


def _choices(steps: Sequence[StepStatus]) -> list[dict[str, Any]]:
    """Return what rows can be chosen by: their state, where there are several."""
    states = list(dict.fromkeys(one.state for one in steps))
    return [{"name": "state", "shown": "State", "values": states}] if len(states) > 1 else []


def _cells(at: int, one: StepStatus) -> dict[str, dict[str, Any]]:
    """Return what the columns say of a step, by their names."""
    state = f"{_SIGNS.get(one.state, '~')} {one.state}"
    cost = "" if one.cost is None else _dollars(one.cost)
    return {
        "no": {"value": at, "shown": one.number or str(at + 1)},
        "step": {"shown": one.title, "href": f"#s{at}"},
        "state": {"value": one.state, "shown": state},
        "by": {"shown": one.by},
        "tests": {"shown": one.tests},
        "commit": {"shown": one.commit},
        "day": {"shown": one.day},
        "cost": {"value": -1 if one.cost is None else one.cost, "shown": cost},
    }


def _name(one: StepStatus) -> str:
    return f"{one.number}: {one.title}" if one.number else one.title


def _dollars(amount: float) -> str:
    return str(Cost(Decimal(str(round(amount, 6)))))
