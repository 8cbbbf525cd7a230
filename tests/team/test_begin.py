"""Begin a team and join it: nothing is lost of a plan that was under way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import git
from sous.errors import SousError
from sous.plan.progress import State, tick
from sous.team.begin import agreed, begin
from sous.team.claims import CLAIMS, Claim
from sous.team.landing import land
from sous.team.member import TOMBSTONE, Membership, commit_at, keep_membership
from sous.team.probe import IN_BRANCHES
from sous.team.shared import Team

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MEMBER = Membership("origin", "prompt_plan.md", "sous/prompt_plan")


def at_tip(root: Path, path: str) -> str:
    git(root, "fetch", "-q", "origin")
    return git(root, "show", f"origin/sous/prompt_plan:{path}")


def test_the_first_gives_ids_and_the_second_joins(clone: Callable[[str], Path]) -> None:
    one, two = clone("a"), clone("b")
    begun = begin(one, MEMBER, one / "prompt_plan.md")
    assert (begun.given, begun.kept, begun.is_new) == (4, 0, True)
    joined = begin(two, MEMBER, two / "prompt_plan.md")
    assert (joined.given, joined.is_new, joined.tip) == (0, False, begun.tip)
    assert at_tip(two, "prompt_plan.md").count("- **Id:** ") == 4
    assert at_tip(one, "prompt_plan.md") == at_tip(two, "prompt_plan.md")
    assert git(one, "status", "--short") == ""
    assert git(one, "rev-parse", "HEAD") == git(one, "rev-parse", "origin/sous/prompt_plan~1")


def test_ticks_are_kept_and_the_list_leaves_git(clone: Callable[[str], Path]) -> None:
    root = clone("a")
    tick(root / "prompt_plan.md", "1", State.DONE)
    tick(root / "prompt_plan.md", "4", State.SKIPPED)
    (root / ".gitignore").write_text("*.log")
    git(root, "add", ".")
    git(root, "commit", "-qm", "list")
    assert begin(root, MEMBER, root / "prompt_plan.md").kept == 1, "what is skipped is not done"
    names = git(root, "ls-tree", "-r", "--name-only", _fetched(root)).split()
    assert "todo.md" not in names
    assert sum(name.startswith(".sous-plan/done/") for name in names) == 1
    assert at_tip(root, ".gitignore") == "*.log\n/todo.md\n"
    assert (root / "todo.md").exists()


def _fetched(root: Path) -> str:
    git(root, "fetch", "-q", "origin")
    return "origin/sous/prompt_plan"


def test_a_plan_in_a_folder_keeps_its_state_there(clone: Callable[[str], Path]) -> None:
    root = clone("a")
    (root / "web").mkdir()
    git(root, "mv", "prompt_plan.md", "web/prompt_plan.md")
    git(root, "commit", "-qm", "moved")
    member = Membership("origin", "web/prompt_plan.md", "sous/prompt_plan")
    begin(root, member, root / "web" / "prompt_plan.md")
    assert "sous" in at_tip(root, "web/.sous-plan/README.md")


def test_a_plan_that_is_not_committed_is_told(clone: Callable[[str], Path]) -> None:
    root = clone("a")
    (root / "other.md").write_text((root / "prompt_plan.md").read_text())
    with pytest.raises(SousError, match="other.md is not committed"):
        begin(root, Membership("origin", "other.md", "sous/other"), root / "other.md")


def test_steps_that_came_later_get_ids(member: Callable[[str], Team]) -> None:
    root = member("a").root
    git(root, "fetch", "-q", "origin")
    git(root, "switch", "-q", "sous/prompt_plan")
    plan = root / "prompt_plan.md"
    plan.write_text(f"{plan.read_text()}\n## Step 5: More\n\n```text\nMore.\n```\n")
    git(root, "commit", "-qam", "more")
    git(root, "push", "-q", "origin", "sous/prompt_plan")
    begun = begin(root, MEMBER, plan)
    assert (begun.given, begun.is_new) == (1, False)


def test_a_remote_that_does_not_let_us_push_is_told(clone: Callable[[str], Path]) -> None:
    root = clone("a")
    hook = root.parent / "remote.git" / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(SousError, match="the remote refused sous/prompt_plan"):
        begin(root, MEMBER, root / "prompt_plan.md")


def test_a_plan_that_is_not_utf8_stays_as_it_is(clone: Callable[[str], Path]) -> None:
    root = clone("a")
    plan = root / "prompt_plan.md"
    plan.write_bytes(plan.read_bytes().replace(b"Make add", b"Make \xe9"))
    git(root, "commit", "-qam", "latin")
    with pytest.raises(SousError, match="is not UTF-8"):
        begin(root, MEMBER, plan)


def test_a_byte_order_mark_stays(clone: Callable[[str], Path]) -> None:
    root = clone("a")
    plan = root / "prompt_plan.md"
    plan.write_bytes(b"\xef\xbb\xbf" + plan.read_bytes())
    git(root, "commit", "-qam", "mark")
    begin(root, MEMBER, plan)
    assert at_tip(root, "prompt_plan.md").startswith("\ufeff# Plan")


def allow_branches_alone(root: Path) -> None:
    remote = root.parent / "remote.git"
    for setting in ("receive.hideRefs=refs/sous", "receive.denyDeletes=true", "receive.denyNonFastForwards=true"):
        git(remote, "config", *setting.split("="))


def test_all_of_a_team_have_their_claims_in_one_place(clone: Callable[[str], Path]) -> None:
    one, two = clone("a"), clone("b")
    first = agreed(one, MEMBER)
    assert first.membership == MEMBER
    begin(one, first.membership, one / "prompt_plan.md")
    allow_branches_alone(one)  # a remote, or rights, of which the second one would make something else
    second = agreed(two, MEMBER)
    assert (second.membership.below, second.may_push) == (CLAIMS, False)


def test_a_remote_without_deletes_carries_a_plan(clone: Callable[[str], Path]) -> None:
    root = clone("a")
    allow_branches_alone(root)
    member = agreed(root, MEMBER).membership
    assert (member.below, member.ends) == (IN_BRANCHES, TOMBSTONE)
    begin(root, member, root / "prompt_plan.md")
    keep_membership(root, member)
    team = Team(root, member)
    (root / "calc.py").write_text("x = 1\n")
    git(root, "commit", "-qam", "work")
    for _ in range(2):
        step = team.look().find("1")
        claim = team.claims.take(Claim(step.id, team.worker))
        assert claim is not None
        assert team.claims.release(claim)
    assert team.claims.take(Claim(step.id, team.worker))
    land(team, team.look().find("1"), commit_at(root), tests="", is_green=lambda _commit: None)
    assert team.claims.fetch() == {}
    assert agreed(clone("b"), MEMBER).membership == member


def test_who_may_not_push_looks_on(clone: Callable[[str], Path]) -> None:
    one, two = clone("a"), clone("b")
    begin(one, MEMBER, one / "prompt_plan.md")
    hook = one.parent / "remote.git" / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    found = agreed(two, MEMBER)
    assert not found.may_push
    assert len(Team(two, found.membership).look().ready) == 3


@pytest.mark.parametrize(
    "text", ["", "claims: refs/heads/main\nends: deleted\n", "claims: refs/sous/claims\nends: \x1b[2J\n"]
)
def test_a_branch_that_names_another_place_for_claims_is_refused(clone: Callable[[str], Path], text: str) -> None:
    root = clone("a")
    begin(root, MEMBER, root / "prompt_plan.md")
    git(root, "fetch", "-q", "origin")
    git(root, "switch", "-q", "sous/prompt_plan")
    (root / ".sous-plan" / "team").write_text(text)
    git(root, "commit", "-qam", "odd")
    git(root, "push", "-q", "origin", "sous/prompt_plan")
    with pytest.raises(SousError, match="does not say where claims are"):
        agreed(root, MEMBER)
