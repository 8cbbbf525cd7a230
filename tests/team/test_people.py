"""What people do to the branch of a team: with git alone, beside those who use sous."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import git
from sous.errors import SousError
from sous.plan.progress import State, tick
from sous.team.begin import begin
from sous.team.landing import land
from sous.team.member import Membership, commit_at, keep_membership
from sous.team.shared import Team
from sous.team.syncing import sync
from sous.team.taking import take_chosen

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BRANCH = "sous/prompt_plan"


def on_branch(root: Path) -> None:
    """Stand where the branch of the team is."""
    git(root, "fetch", "-q", "origin")
    git(root, "switch", "-qC", "mine", f"origin/{BRANCH}")


def landed(team: Team, number: str, name: str) -> None:
    """Claim a step, do it on the newest tip, and land it."""
    take_chosen(team, number)
    on_branch(team.root)
    (team.root / name).write_text(f"{number}\n")
    git(team.root, "add", name)
    git(team.root, "commit", "-qm", "work")
    land(team, team.look().find(number), commit_at(team.root), tests="", is_green=lambda _commit: None)


def done(team: Team) -> list[str]:
    return [step.planned.step.number for step in team.look().steps if step.record]


def test_squash_revert_cherry_pick_and_rebase_keep_what_is_done_with_the_work(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    for number in "134":
        landed(one, number, f"{number}.txt")
    on_branch(two.root)
    git(two.root, "revert", "--no-edit", "HEAD~1")
    git(two.root, "push", "-q", "origin", f"HEAD:{BRANCH}")
    assert done(two) == ["1", "4"], "what is reverted is open again"
    git(two.root, "revert", "--no-edit", "HEAD")
    git(two.root, "push", "-q", "origin", f"HEAD:{BRANCH}")
    assert done(two) == ["1", "3", "4"]
    git(two.root, "reset", "-q", "--soft", "HEAD~4")
    git(two.root, "commit", "-qm", "all in one")
    git(two.root, "push", "-qf", "origin", f"HEAD:{BRANCH}")
    assert done(one) == ["1", "3", "4"], "squashed"
    git(two.root, "switch", "-qC", "other", "HEAD~1")
    git(two.root, "commit", "-q", "--allow-empty", "-m", "other")
    git(two.root, "cherry-pick", "mine")
    git(two.root, "commit", "-q", "--amend", "-m", "reworded")
    git(two.root, "push", "-qf", "origin", f"HEAD:{BRANCH}")
    assert done(one) == ["1", "3", "4"], "picked and reworded, on a branch that was written anew"
    landed(one, "2", "2.txt")
    assert done(two) == ["1", "2", "3", "4"]


def test_work_of_before_a_rewrite_lands_after_it(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    landed(one, "1", "1.txt")
    take_chosen(one, "4")
    on_branch(one.root)
    (one.root / "docs.md").write_text("# Docs\n")
    git(one.root, "add", ".")
    git(one.root, "commit", "-qm", "docs")
    on_branch(two.root)
    git(two.root, "commit", "-q", "--amend", "-m", "said better")
    git(two.root, "push", "-qf", "origin", f"HEAD:{BRANCH}")
    land(one, one.look().find("4"), commit_at(one.root), tests="", is_green=lambda _commit: None)
    assert done(two) == ["1", "4"]


def test_a_tick_by_hand_while_somebody_works_is_told_at_landing(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    take_chosen(one, "4")
    tick(two.root / "prompt_plan.md", "4", State.DONE)
    sync(two, two.root / "prompt_plan.md")
    (one.root / "docs.md").write_text("# Docs\n")
    git(one.root, "add", ".")
    git(one.root, "commit", "-qm", "docs")
    with pytest.raises(SousError, match="has landed already, by Ann"):
        land(one, one.look().find("4"), commit_at(one.root), tests="", is_green=lambda _commit: None)
    assert one.claims.fetch() == {}


def test_two_plans_of_one_repository_do_not_meet(member: Callable[[str], Team], clone: Callable[[str], Path]) -> None:
    one, root = member("a"), clone("other")
    (root / "web").mkdir()
    git(root, "mv", "prompt_plan.md", "web/second.md")
    git(root, "commit", "-qm", "another plan")
    membership = Membership("origin", "web/second.md", "sous/second")
    begin(root, membership, root / "web" / "second.md")
    keep_membership(root, membership)
    other = Team(root, membership)
    _, first = take_chosen(one)
    _, second = take_chosen(other)
    assert first.planned.step.number == second.planned.step.number == "1"
    assert first.id != second.id
    for team in (one, other):
        (team.root / "calc.py").write_text("x = 1\n")
        git(team.root, "commit", "-qam", "work")
        land(team, team.look().find("1"), commit_at(team.root), tests="", is_green=lambda _commit: None)
    assert (done(one), done(other)) == (["1"], ["1"])
    git(root, "fetch", "-q", "origin")
    names = git(root, "ls-tree", "-r", "--name-only", "origin/sous/second")
    assert f"web/.sous-plan/done/{second.id}" in names
    assert f".sous-plan/done/{first.id}" not in names


def test_thirty_thousand_branches_and_tags_are_not_read(member: Callable[[str], Team], tmp_path: Path) -> None:
    team = member("a")
    remote = tmp_path / "remote.git"
    commit = git(remote, "rev-parse", "HEAD").strip()
    git(remote, "pack-refs", "--all")
    packed = remote / "packed-refs"
    refs = [line.split(" ") for line in packed.read_text().splitlines() if line[0] not in "#^"]
    refs += [[commit, f"refs/{kind}/x{number:05}"] for kind in ("heads", "tags") for number in range(15_000)]
    lines = (f"{commit} {name}\n" for commit, name in sorted(refs, key=lambda one: one[1]))
    packed.write_text(f"# pack-refs with: sorted\n{''.join(lines)}")
    take_chosen(team, "1")
    assert len(team.repository.references("refs")) == 2, "the branch of the plan, and the claim"
