from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import committed, git, write_tree
from sous.errors import SousError
from sous.plan.progress import State, read_progress
from sous.runner.elsewhere import place_of
from sous.runner.undo import take_back

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run
    from sous.runner.workplace import Workplace

STEP = "## Step {0}: Part {0}\n\n- **Builds on:** {1}\n\n```text\nWrite part{0}.py.\n```\n\n"
PLAN = "# Plan\n\n" + STEP.format(1, "nothing") + STEP.format(2, "nothing") + STEP.format(3, "step 1")


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    """A plan whose three steps were carried out, each with a file of its own and a line of a shared one."""
    committed(tmp_path, {"prompt_plan.md": PLAN, "all.py": "".join(f"X{n} = 0\n\n\n\n" for n in (1, 2, 3))})
    for number in (1, 2, 3):
        text = (tmp_path / "all.py").read_text().replace(f"X{number} = 0", f"X{number} = 1")
        boxes = "".join(f"- [{'x' if n <= number else ' '}] Step {n}: Part {n}\n" for n in (1, 2, 3))
        write_tree(tmp_path, {f"part{number}.py": f"P = {number}\n", "all.py": text, "todo.md": boxes})
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "-qm", f"Step {number}: Part {number}")
    found = place_of(tmp_path, tmp_path / "prompt_plan.md")
    assert found
    return found


def test_the_work_of_a_step_is_taken_back_from_below_what_was_done_since(place: Workplace, run: Run) -> None:
    (place.top / "loose.txt").write_text("mine\n")
    done = run("sous", "step", "undo", "2", "--revert", cwd=place.top)
    assert done.code == 0, done.err
    assert "Step 2: Part 2: open; " in done.err
    assert "is reverted (2 files); run the tests" in done.err
    assert not (place.top / "part2.py").exists()
    assert [line[-1] for line in (place.top / "all.py").read_text().split()[2::3]] == ["1", "0", "1"]
    assert [state is State.DONE for state in read_progress(place.plan).states] == [True, False, True]
    assert git(place.top, "status", "--porcelain").split() == ["??", "loose.txt"]
    assert git(place.top, "log", "-1", "--format=%s").strip() == "Take back Step 2: Part 2"


def test_several_are_taken_back_in_the_order_that_is_given(place: Workplace) -> None:
    lines = take_back(place, ["3", "1"])
    assert [line.partition(": ")[0] for line in lines] == ["Step 3", "Step 1"]
    assert sorted(path.name for path in place.top.glob("part*.py")) == ["part2.py"]


def test_what_others_build_on_is_not_taken_back_alone(place: Workplace, run: Run) -> None:
    with pytest.raises(SousError, match=r"Step 3: Part 3 builds on Step 1: Part 1 .* undo 3 1 --revert"):
        take_back(place, ["1"])
    assert "Step 3: Part 3, done too, builds on it" in run("sous", "step", "undo", "1", cwd=place.top).err


def test_lines_that_were_changed_since_are_left_to_a_person(place: Workplace) -> None:
    (place.top / "all.py").write_text((place.top / "all.py").read_text().replace("X2 = 1", "X2 = 7"))
    git(place.top, "commit", "-qam", "more")
    with pytest.raises(SousError, match="later changes of all.py overlap with those of Step 2: Part 2"):
        take_back(place, ["2"])
    assert (place.top / "part2.py").exists()
    assert git(place.top, "status", "--porcelain") == ""


def test_work_that_is_not_committed_is_in_the_way(place: Workplace) -> None:
    (place.top / "all.py").write_text("mine\n")
    with pytest.raises(SousError, match="all.py has changes that are not committed"):
        take_back(place, ["2"])


def test_a_step_that_was_taken_back_already_is_only_opened(place: Workplace) -> None:
    take_back(place, ["2"])
    assert "no longer exists here" in take_back(place, ["2"])[0]


def test_only_undo_reverts_and_only_what_was_committed(place: Workplace, run: Run) -> None:
    assert run("sous", "step", "done", "2", "--revert", cwd=place.top).code == 2
    git(place.top, "switch", "-q", "--orphan", "other")
    git(place.top, "commit", "-q", "--allow-empty", "-m", "new")
    (place.top / "prompt_plan.md").write_text(PLAN)
    with pytest.raises(SousError, match="this branch has no commit of Step 2: Part 2"):
        take_back(place, ["2"])
