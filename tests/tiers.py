"""Which tests run when: what a developer waits for is measured, and the rest is for CI.

`CI=1 pytest -n 2 --junitxml=F` on a machine at rest, then `python tests/tiers.py F`, writes tests/slow.txt anew.
"""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

IN_CI = bool(os.environ.get("CI"))
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "ci" if IN_CI else "quick")
SLOW = Path(__file__).with_name("slow.txt")
_LONG = 0.1  # seconds, the mean of a function's cases: not while one works
_ONCE = 0.15  # of a run of all but what CI alone runs: the first case
_TOO_LONG = 1.0  # none of them


@dataclass(frozen=True)
class Tier:
    """Which tests run beside the quick ones."""

    slow: bool
    exhaustive: bool


def tier(marks: str, named: Sequence[str], profile: str = PROFILE) -> Tier:
    """Return what runs: all in CI and of a file that is named; without the `real` ones only what is quick."""
    if profile != "quick" or any("::" in one or one.endswith(".py") for one in named):
        return Tier(slow=True, exhaustive=True)
    exhaustive = "exhaustive" in marks
    return Tier(slow=exhaustive or "not real" not in marks, exhaustive=exhaustive)


def mark(items: Sequence[pytest.Item], folder: Path, seconds: Mapping[str, float]) -> None:
    """Mark what takes long as `slow`; of what takes longer all but the first case, and the longest, as `exhaustive`."""
    seen = set()
    for item in items:
        name = f"{item.path.relative_to(folder).as_posix()}::{getattr(item, 'originalname', item.name)}"
        if name in seconds:
            item.add_marker(pytest.mark.slow)
            if (name in seen and seconds[name] >= _ONCE) or seconds[name] >= _TOO_LONG:
                item.add_marker(pytest.mark.exhaustive)
            seen.add(name)


def left_out(items: Sequence[pytest.Item], wanted: Tier) -> Iterator[pytest.Item]:
    """Yield the tests that are not of a tier."""
    for item in items:
        is_slow, is_exhaustive = (item.get_closest_marker(name) for name in ("slow", "exhaustive"))
        if (is_slow and not wanted.slow) or (is_exhaustive and not wanted.exhaustive):
            yield item


@cache
def listed() -> Mapping[str, float]:
    """Return what tests/slow.txt says: `commands/test_all.py::test_all` -> seconds."""
    lines = (line.split() for line in SLOW.read_text(encoding="utf-8").splitlines())
    return {test: float(mean) for mean, test in lines}


def measured(junit: Path) -> dict[str, float]:
    """Return the mean seconds of each test function that takes long, by pytest's file of a run."""
    seconds = defaultdict(list)
    for case in ET.parse(junit).iter("testcase"):  # noqa: S314  # pytest wrote it
        module, name = case.attrib["classname"], case.attrib["name"].partition("[")[0]
        path = module.removeprefix("tests.").partition(".Test")[0].replace(".", "/")  # without its class
        seconds[f"{path}.py::{name}"].append(float(case.attrib["time"]))
    means = {test: sum(each) / len(each) for test, each in sorted(seconds.items())}
    return {test: round(mean, 2) for test, mean in means.items() if mean >= _LONG}


if __name__ == "__main__":
    SLOW.write_text("".join(f"{mean} {test}\n" for test, mean in measured(Path(sys.argv[1])).items()))
