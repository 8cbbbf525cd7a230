"""`sous take` for a step that cannot be taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clones import joined
from scene import git

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run


def test_a_step_that_cannot_be_put_in_place_is_free_again(tmp_path: Path, home: Path, run: Run) -> None:
    one, two = joined(tmp_path, home, run, "one", "two")
    run("sous", "claim", "1", cwd=one)
    (one / "calc.py").write_text("x = 1\n")
    run("sous", "handoff", "1", cwd=one)
    assert "the plan has no step 'nine'" in run("sous", "take", "nine", cwd=two).err
    git(two, "branch", "mine")
    refused = run("sous", "take", "1", "--branch", "mine", cwd=two)
    assert (refused.code, "cannot begin the branch mine" in refused.err) == (1, True)
    assert (two / "calc.py").read_text() == "def add(a, b):\n    return 0\n"
    assert "by Ann" in run("sous", "take", "1", cwd=two).out.lower().replace("ann", "Ann")


def test_an_edit_of_a_step_that_was_taken_is_asked_about(tmp_path: Path, home: Path, run: Run) -> None:
    one, two = joined(tmp_path, home, run, "one", "two")
    run("sous", "claim", "1", cwd=one)
    (one / "calc.py").write_text("x = 1\n")
    run("sous", "handoff", "1", cwd=one)
    assert run("sous", "take", "1", cwd=two).code == 0
    git(two, "commit", "-qam", "work")
    edit_step(one)
    refused = run("sous", "land", "1", "--no-test", cwd=two)
    assert (refused.code, "--edited` lands it anyway" in refused.err) == (1, True), refused.err


def test_an_edit_of_a_step_that_is_looked_at_again_is_asked_about(tmp_path: Path, home: Path, run: Run) -> None:
    one, two = joined(tmp_path, home, run, "one", "two")
    assert run("sous", "next", cwd=two).out == "Make add work.\n"
    edit_step(one)
    assert run("sous", "next", cwd=two).code == 0
    (two / "calc.py").write_text("x = 1\n")
    git(two, "commit", "-qam", "work")
    refused = run("sous", "land", "--no-test", cwd=two)
    assert (refused.code, "--edited` lands it anyway" in refused.err) == (1, True), refused.err


def test_what_somebody_left_claimed_is_taken_over(tmp_path: Path, home: Path, run: Run) -> None:
    one, two = joined(tmp_path, home, run, "one", "two")
    run("sous", "claim", "1", cwd=one)
    (one / "calc.py").write_text("x = 1\n")
    run("sous", "handoff", "1", cwd=one)
    git(one, "checkout", "-q", "calc.py")
    assert run("sous", "take", "1", cwd=one).code == 0
    for line in ("claim 1", "take 1", "release 1", "handoff 1"):
        refused = run("sous", *line.split(), cwd=two)
        assert (line, refused.code, "--over` takes it over" in refused.err) == (line, 1, True), refused.err
    unasked = run("sous", "take", "1", "--over", cwd=two)
    assert (unasked.code, "--yes takes it over" in unasked.err) == (1, True)
    assert run("sous", "claim", "--over", cwd=two).code == 2
    assert run("sous", "take", "1", "--over", "--yes", cwd=two).code == 0
    assert (two / "calc.py").read_text() == "x = 1\n"
    assert "--over` takes it over" in run("sous", "land", "1", "--no-test", cwd=one).err
    assert run("sous", "claim", "1", "--over", "--yes", cwd=one).code == 0


def edit_step(folder: Path) -> None:
    """Edit step 1 on the team's branch, as a person does."""
    git(folder, "fetch", "-q", "origin")
    git(folder, "switch", "-qfC", "edit", "origin/sous/prompt_plan")
    plan = folder / "prompt_plan.md"
    plan.write_text(plan.read_text().replace("Make add work.", "Make add fast."))
    git(folder, "commit", "-qam", "edit")
    git(folder, "push", "-q", "origin", "HEAD:sous/prompt_plan")
