"""A step that is edited or deleted while somebody works on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import git
from sous.team.changed import deleted, is_edited
from sous.team.claims import Claim
from sous.team.shared import LANDING

if TYPE_CHECKING:
    from collections.abc import Callable

    from sous.team.shared import Team


def edited(team: Team, old: str, new: str) -> None:
    """Edit the plan on its branch, as a person does."""
    git(team.root, "fetch", "-q", "origin")
    git(team.root, "switch", "-qC", "edit", "origin/sous/prompt_plan")
    plan = team.root / "prompt_plan.md"
    assert old in plan.read_text()
    plan.write_text(plan.read_text().replace(old, new))
    git(team.root, "commit", "-qam", "edit")
    git(team.root, "push", "-q", "origin", "HEAD:sous/prompt_plan")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Make add work.", "Make add fast.", True),
        ("Step 1: Add", "Step 1: Add numbers", True),
        ("Step 1: Add", "Step 7: Add", False),
        ("Write sub.", "Write mul.", False),
    ],
)
def test_what_the_plan_asks_for_is_compared_with_what_was_claimed(
    member: Callable[[str], Team], old: str, new: str, *, expected: bool
) -> None:
    one, two = member("a"), member("b")
    shared = one.look()
    step = shared.find("1")
    assert one.claims.take(Claim(step.id, one.worker, base=shared.tip))
    assert not is_edited(one, one.look().find(step.id))
    edited(two, old, new)
    assert is_edited(one, one.look().find(step.id)) is expected


@pytest.mark.parametrize("base", ["", "main", "--help", "0" * 40])
def test_a_claim_that_does_not_say_what_it_began_on_is_not_edited(member: Callable[[str], Team], base: str) -> None:
    team = member("a")
    step = team.look().find("1")
    assert team.claims.take(Claim(step.id, team.worker, base=base))
    assert not is_edited(team, team.look().find(step.id))


def test_a_step_that_was_deleted_is_still_known_by_its_claim(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    step = one.look().find("4")
    assert one.claims.take(Claim(step.id, one.worker))
    assert one.claims.take(Claim(LANDING, one.worker))
    assert deleted(one, one.look(), step.id) is None
    plan = (two.root / "prompt_plan.md").read_text()
    edited(two, plan[plan.index("## Step 4") : plan.index("Write docs")].split("\n")[0], "## Old")
    edited(two, f"- **Id:** {step.id}\n", "")
    shared = one.look()
    claim = deleted(one, shared, step.id)
    assert claim is not None
    assert deleted(one, shared, LANDING) is None
    assert deleted(two, two.look(), step.id) is None, "it is not theirs"
    assert one.claims.release(claim)
