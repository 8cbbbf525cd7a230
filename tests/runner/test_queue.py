from __future__ import annotations

import pytest

from sous.plan.shape import Planned
from sous.plan.steps import Step
from sous.runner.queue import meets, ready, waits_for


def planned(number: int, builds_on: str = "nothing", files: str = "", noun: str = "Step") -> Planned:
    step = Step(str(number), f"Part {number}", "do", done=False, line=number)
    numbers = tuple(word for word in builds_on.replace(",", " ").split() if word.isdecimal())
    return Planned(step, numbers, builds_on, tuple(files.split()), noun=noun)


def numbers(steps: list[Planned]) -> list[str]:
    return [one.step.number for one in steps]


READY = {
    "all that build on nothing": ([planned(1, files="a"), planned(2, files="b")], [], 4, "1 2"),
    "as many as there is room for": ([planned(1, files="a"), planned(2, files="b")], [], 1, "1"),
    "what builds on an open step waits": ([planned(1, files="a"), planned(2, "step 1", "b")], [], 4, "1"),
    "what builds on a step at work waits": ([planned(2, "step 1", "b")], [planned(1, files="a")], 4, ""),
    "what builds on a finished step does not": ([planned(2, "step 1", "b")], [], 4, "2"),
    "files that meet wait": ([planned(1, files="a b"), planned(2, files="b"), planned(3, files="c")], [], 4, "1 3"),
    "files at work are waited for": ([planned(2, files="a"), planned(3, files="c")], [planned(1, files="a")], 4, "3"),
    "a step at work is not begun again": ([planned(1, files="a"), planned(2, files="b")], [planned(1, files="a")], 4, "2"),
    "no files may be any": ([planned(1), planned(2, files="b"), planned(3)], [], 4, "1"),
    "no word of what it builds on": ([planned(1, "", "a"), planned(2, "", "b")], [], 4, "1"),
    "all before": ([planned(1, files="a"), planned(2, "all previous steps", "b")], [], 4, "1"),
    "a range": ([planned(2, files="a"), planned(4, "steps 1-3", "b"), planned(5, "steps 1-1", "c")], [], 4, "2 5"),
    "items build on nothing": ([planned(1, "", "a", "Item"), planned(2, "", "b", "Item")], [], 4, "1 2"),
}  # fmt: skip


@pytest.mark.parametrize(("waiting", "at_work", "room", "expected"), READY.values(), ids=READY)
def test_steps_begin_when_nothing_is_in_their_way(
    waiting: list[Planned], at_work: list[Planned], room: int, expected: str
) -> None:
    assert numbers(ready(waiting, at_work, room=room)) == expected.split()


def test_steps_that_wait_for_each_other_wait() -> None:
    steps = [planned(1, "step 2", "a"), planned(2, "step 1", "b")]
    assert ready(steps, [], room=2) == []
    assert numbers(waits_for(steps[0], steps)) == ["2"]


MEET = [
    ("a.py", "a.py", True),
    ("./a.py", "a.py", True),
    ("src/", "src/a.py", True),
    ("src", "src2/a.py", False),
    ("src/*.py", "src/b.py", True),
    ("src/*.py", "docs/b.md", False),
    ("**/*.md", "docs/b.md", True),
    ("A.py", "a.py", True),
    ("src\\a.py", "src/a.py", True),
    (".", "x", True),
    ("a.py", "b.py", False),
]


@pytest.mark.parametrize(("one", "other", "expected"), MEET)
def test_paths_meet_however_they_are_written(one: str, other: str, *, expected: bool) -> None:
    first, second = planned(1, files=one), planned(2, files=other)
    assert meets(first, second) is meets(second, first) is expected
