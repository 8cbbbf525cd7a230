from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from scene import committed
from sous.commands.ended import decisions, notified
from sous.errors import SousError
from sous.notify import Notifier
from sous.plan.shape import Planned
from sous.plan.steps import Step
from sous.runner import journal, refused
from sous.runner.agents import find_agent
from sous.runner.config import AttemptResult, RunConfig
from sous.runner.elsewhere import place_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sous.runner.workplace import Workplace

STEPS = [Planned(Step(number, f"Part {number}", "Do it.", done=False, line=1)) for number in "123"]


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    folder = tmp_path / "project"
    committed(folder, {"prompt_plan.md": "# Plan\n"})
    found = place_of(folder, folder / "prompt_plan.md")
    assert found
    return found


def test_a_refused_step_is_to_be_decided(place: Workplace) -> None:
    assert list(decisions(place, STEPS)) == []
    journal.write_note(place, "step-2.md", b"why")
    (line,) = decisions(place, STEPS)
    assert line == "to decide: Step 2: Part 2 was refused, see .sous/run/step-2.md: `sous step skip 2` leaves it out"
    refused.keep(place, "step-2", "Step 2: Part 2", b"patch", AttemptResult(("wrong",)))
    (line,) = decisions(place, STEPS)
    assert "step-2.md: `sous run --continue` tries again from its work, `sous step skip 2`" in line
    of_items = replace(place, ticks=place.root / "issues.md")
    (line,) = decisions(of_items, STEPS)
    assert line.endswith("`sous items skip 2 issues.md` leaves it out")


def test_a_run_that_ends_notifies_and_one_that_is_stopped_by_hand_does_not(
    fake_bin: Callable[[str, str], Path], tmp_path: Path
) -> None:
    heard = tmp_path / "heard"
    program = fake_bin("tell", f"open({str(heard)!r}, 'a').write(sys.argv[1] + '\\n')")
    config = RunConfig(find_agent("llm"), None, notifier=Notifier("always", (str(program),)))
    with notified(config):
        pass
    with pytest.raises(SousError), notified(config):
        raise SousError("Step 2 was refused")
    with pytest.raises(KeyboardInterrupt), notified(config):
        raise KeyboardInterrupt
    assert heard.read_text() == "sous run done\nsous run stopped: Step 2 was refused\n"
