"""What is ready, who works on what, and what a broken plan on the remote says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import git
from sous.errors import SousError
from sous.plan.shape import Planned
from sous.plan.steps import Step
from sous.team.claims import Claim
from sous.team.lease import BY_HAND_LEASE, LEASE
from sous.team.records import StepRecord
from sous.team.shared import Shared, TeamStep, span

if TYPE_CHECKING:
    from collections.abc import Callable

    from sous.team.shared import Team


def step(number: int, *, on: tuple[str, ...] = (), files: tuple[str, ...] = (), **more: object) -> TeamStep:
    planned = Planned(Step(str(number), f"T{number}", "do", done=False, line=number), builds_on=on, files=files)
    return TeamStep(f"id{number:02}", planned, **{"record": None, "claim": None, **more})  # type: ignore[arg-type]


def test_a_step_is_ready_when_what_it_builds_on_is_done_and_nobody_has_it() -> None:
    done, stale = StepRecord("id01"), Claim("id05", "w")
    shared = Shared(
        "tip",
        [
            step(1, record=done),
            step(2, on=("1",)),
            step(3, on=("2",)),
            step(4, claim=Claim("id04", "w")),
            step(5, claim=stale, unchanged=LEASE),
        ],
    )
    assert [one.id for one in shared.ready] == ["id02", "id05"]
    assert [one.id for one in shared.waits_for(shared.steps[2])] == ["id02"]


@pytest.mark.parametrize(
    ("agent", "unchanged", "is_stale", "since"),
    [
        ("aider", LEASE - 1, False, "unchanged for 9 min"),
        ("aider", LEASE, True, "unchanged for 10 min"),
        ("by hand", LEASE * 18, False, "by hand, renewed 3 h ago"),
        ("by hand", BY_HAND_LEASE, True, "by hand, renewed 8 h ago"),
    ],
)
def test_work_by_hand_has_a_working_day(agent: str, unchanged: float, is_stale: bool, since: str) -> None:
    one = step(1, claim=Claim("id01", "w", agent=agent), unchanged=unchanged)
    assert (one.is_stale, one.since) == (is_stale, since)
    assert span(59.9) == "59 s"


def test_steps_whose_files_nobody_works_on_come_first() -> None:
    claimed = step(1, on=("9",), claim=Claim("id01", "w", files=("b.py",)))
    shared = Shared("tip", [claimed, step(2, files=("a.py", "b.py")), step(3, files=("c.py",))])
    assert [one.id for one in shared.ready] == ["id03", "id02"]


def test_where_nothing_says_what_it_builds_on_each_builds_on_all_before() -> None:
    shared = Shared("tip", [step(1, record=StepRecord("id01")), step(2), step(3)])
    assert [one.id for one in shared.ready] == ["id02"]


def test_a_step_is_found_by_id_number_or_title() -> None:
    shared = Shared("tip", [step(1), step(2)])
    assert shared.find("id02") == shared.find("2") == shared.find("T2")
    with pytest.raises(SousError, match="its steps are id01, id02"):
        shared.find("x")


def test_a_claim_is_seen_by_the_other_clone(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    mine = one.look().ready[0]
    assert one.claims.take(Claim(mine.id, one.worker, "Ann", files=mine.planned.files))
    seen = two.look()
    assert (seen.find(mine.id).claim or Claim("", "")).person == "Ann"
    assert not two.is_ours(seen.find(mine.id).claim)
    assert [step.planned.step.number for step in seen.ready] == ["4", "3"], "step 3 changes the same file"


def test_doubled_and_missing_ids_on_the_remote_are_told(member: Callable[[str], Team]) -> None:
    team = member("a")
    git(team.root, "fetch", "-q", "origin")
    git(team.root, "switch", "-q", "sous/prompt_plan")
    plan = team.root / "prompt_plan.md"
    text = plan.read_text()
    for broken, message in (
        (f"{text}\n## Step 5: More\n\n```text\nMore.\n```\n", "Step 5: More has no id"),
        (text + text[text.index("## Step 4") :].replace("Step 4", "Step 5"), "has the id of the step in line"),
    ):
        plan.write_text(broken)
        git(team.root, "commit", "-qam", "broken")
        git(team.root, "push", "-q", "origin", "sous/prompt_plan")
        with pytest.raises(SousError, match=message):
            team.look()
