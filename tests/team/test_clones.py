"""Clones that lack something: shallow ones, partial ones, those of other people without sous."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import git
from sous.runner import landing_tests
from sous.team.claims import Claim
from sous.team.landing import land
from sous.team.member import Membership, commit_at, keep_membership
from sous.team.shared import Team

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize("how", [("--depth=1",), ("--filter=blob:none",), ("--filter=tree:0", "--no-checkout")])
def test_a_clone_that_lacks_history_or_files_lands(
    member: Callable[[str], Team], tmp_path: Path, how: tuple[str, ...]
) -> None:
    first = member("a")
    for text in ("more\n", "even more\n"):  # history that a shallow clone does not have
        git(first.root, "fetch", "-q", "origin")
        git(first.root, "reset", "-q", "--hard", "origin/sous/prompt_plan")
        (first.root / "docs.md").write_text(text)
        git(first.root, "add", ".")
        git(first.root, "commit", "-qm", text)
        git(first.root, "push", "-q", "origin", "HEAD:sous/prompt_plan")
    remote = tmp_path / "remote.git"
    git(remote, "config", "uploadpack.allowFilter", "true")
    git(remote, "config", "uploadpack.allowAnySHA1InWant", "true")
    git(tmp_path, "clone", "-q", *how, "-b", "sous/prompt_plan", f"file://{remote}", "thin")
    root = tmp_path / "thin"
    if "--no-checkout" in how:
        git(root, "checkout", "-q", "sous/prompt_plan")
    keep_membership(root, first.membership)
    team = Team(root, Membership("origin", "prompt_plan.md", "sous/prompt_plan"))
    step = team.look().find("1")
    assert team.claims.take(Claim(step.id, team.worker))
    # others land meanwhile, what this clone does not have
    other = first.look().find("4")
    assert first.claims.take(Claim(other.id, first.worker))
    (first.root / "docs.md").write_text("last\n")
    git(first.root, "commit", "-qam", "docs")
    land(first, first.look().find("4"), commit_at(first.root), tests="", is_green=lambda _commit: None)
    if "--depth=1" not in how:
        git(root, "fetch", "-q", "origin")  # commits without their files
    (root / "calc.py").write_text("x = 1\n")
    git(root, "commit", "-qam", "work")
    is_green = landing_tests.tests_in_checkout(
        team, 'test "$(cat docs.md calc.py)" = "$(printf \'last\\nx = 1\')"', timeout=60
    )
    landed = land(team, team.look().find("1"), commit_at(root), tests="", is_green=is_green)
    git(first.root, "fetch", "-q", "origin")
    assert git(first.root, "rev-parse", "origin/sous/prompt_plan").strip() == landed.commit
    git(remote, "fsck", "--strict", "--no-dangling")
