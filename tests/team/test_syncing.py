"""todo.md follows what landed; a tick by hand is told once, and unticking opens nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scene import git
from sous.plan.progress import State, read_progress, tick
from sous.team.claims import Claim
from sous.team.syncing import Synced, sync, tick_landed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sous.team.shared import Team


def test_a_tick_by_hand_reaches_the_other_clone_once(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    plan, other = one.root / "prompt_plan.md", two.root / "prompt_plan.md"
    tick(plan, "1", State.DONE)
    assert sync(one, plan) == Synced((), ("Step 1: Add",))
    assert sync(one, plan) == Synced((), ())
    record = two.look().find("1").record
    assert record is not None
    assert (record.by, record.agent) == ("Ann", "by hand")
    assert sync(two, other) == Synced(("Step 1: Add",), ())
    assert read_progress(other).states[0] is State.DONE


def test_what_landed_is_ticked_and_a_tick_by_hand_waits_for_the_next_sync(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    tick(one.root / "prompt_plan.md", "1", State.DONE)
    sync(one, one.root / "prompt_plan.md")
    plan = two.root / "prompt_plan.md"
    tick(plan, "4", State.DONE)
    assert tick_landed(two) == ("Step 1: Add",)
    assert tick_landed(two) == ()
    assert [read_progress(plan).states[at] for at in (0, 3)] == [State.DONE, State.DONE]
    assert two.look().find("4").record is None
    assert sync(two, plan) == Synced((), ("Step 4: Docs",))


def test_without_the_plan_nothing_is_ticked(member: Callable[[str], Team]) -> None:
    team = member("a")
    (team.root / "prompt_plan.md").unlink()
    assert tick_landed(team) == ()


def test_who_may_not_push_has_ticked_what_landed(member: Callable[[str], Team], tmp_path: Path) -> None:
    one, two = member("a"), member("b")
    tick(one.root / "prompt_plan.md", "1", State.DONE)
    sync(one, one.root / "prompt_plan.md")
    hook = tmp_path / "remote.git" / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    plan = two.root / "prompt_plan.md"
    tick(plan, "4", State.DONE)
    assert sync(two, plan) == Synced(("Step 1: Add",), (), ("Step 4: Docs",))
    assert read_progress(plan).states[0] is State.DONE


def test_unticking_opens_nothing(member: Callable[[str], Team]) -> None:
    team = member("a")
    plan = team.root / "prompt_plan.md"
    tick(plan, "1", State.DONE)
    sync(team, plan)
    tick(plan, "1", State.OPEN)
    assert sync(team, plan) == Synced(("Step 1: Add",), ())
    assert team.look().find("1").record is not None


def test_a_step_that_is_skipped_here_is_not_done_for_all(member: Callable[[str], Team]) -> None:
    team = member("a")
    plan = team.root / "prompt_plan.md"
    tick(plan, "1", State.SKIPPED)
    assert sync(team, plan) == Synced((), ())
    assert team.look().find("1").record is None


def test_a_claim_of_what_is_done_is_taken_off(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    plan, steps = one.root / "prompt_plan.md", two.look().steps
    claims = [two.claims.take(Claim(step.id, two.worker)) for step in steps[:2]]
    tick(plan, "1", State.DONE)
    sync(one, plan)  # ticked by hand, while somebody works on it
    sync(one, plan)
    assert list(one.claims.fetch().values()) == [claims[1]]


def test_a_step_that_was_opened_again_is_unticked_and_told_to_nobody(member: Callable[[str], Team]) -> None:
    one, two, late = member("a"), member("b"), member("c")
    tick(one.root / "prompt_plan.md", "1", State.DONE)
    for team in (one, two):
        sync(team, team.root / "prompt_plan.md")
    own = one.look().find("1").id
    git(one.root, "fetch", "-q", "origin")
    git(one.root, "switch", "-qC", "edit", "origin/sous/prompt_plan")
    git(one.root, "rm", "-q", f".sous-plan/done/{own}")
    git(one.root, "commit", "-qm", "open it again")
    git(one.root, "push", "-q", "origin", "HEAD:sous/prompt_plan")
    for team in (two, one):
        plan = team.root / "prompt_plan.md"
        assert sync(team, plan) == Synced(reopened=("Step 1: Add",))
        assert read_progress(plan).states[0] is State.OPEN
        assert sync(team, plan) == Synced()
    assert two.look().find("1").record is None
    plan = two.root / "prompt_plan.md"
    tick(plan, "1", State.DONE)
    assert sync(two, plan) == Synced((), ("Step 1: Add",)), "it was done again"
    plan = late.root / "prompt_plan.md"
    tick(plan, "4", State.DONE)
    assert sync(late, plan) == Synced(("Step 1: Add",), ("Step 4: Docs",)), "what was never done is by hand"
