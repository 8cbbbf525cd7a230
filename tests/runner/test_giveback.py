"""What goes back to an agent fits the newest tip, and shows both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import git
from sous.errors import SousError
from sous.runner import refused
from sous.runner.config import AttemptResult
from sous.runner.giveback import given_back, left_marks, tree_of
from sous.runner.landing_tests import Red
from sous.runner.workplace import Workplace
from sous.team.landing import Conflict, land
from sous.team.member import commit_at
from sous.team.taking import take

if TYPE_CHECKING:
    from collections.abc import Callable

    from sous.team.shared import Team


def begun(team: Team) -> str:
    """Go to the tip of the team's branch; return it."""
    git(team.root, "fetch", "-q", "origin", "sous/prompt_plan")
    git(team.root, "switch", "-q", "--detach", "FETCH_HEAD")
    return team.look().tip


def commit(team: Team, name: str, text: str) -> str:
    (team.root / name).write_text(text)
    git(team.root, "add", name)
    git(team.root, "commit", "-qm", "work")
    return commit_at(team.root)


def lands(team: Team, number: str) -> None:
    assert take(team, team.look().find(number), agent="x")
    land(team, team.look().find(number), commit_at(team.root), tests="", is_green=lambda _commit: None)


def place_of(team: Team) -> Workplace:
    return Workplace(team.root, team.root, team.root / "prompt_plan.md")


def test_a_conflict_holds_both_sides_and_the_prompt_of_the_other(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    base = begun(one)
    begun(two)
    commit(one, "calc.py", "def add(a, b):\n    return a + b\n")
    commit(two, "calc.py", "def add(a, b):\n    return 1\n")
    commit(two, "own.md", "mine\n")
    lands(one, "1")
    shared = two.look()
    back = given_back(two, place_of(two), shared, shared.find("3"), base=base, why=Conflict("x", ["calc.py"]))
    assert list(back.conflicted) == ["calc.py"]
    assert [(one.path, one.kind) for one in back.last.changes] == [("calc.py", "M"), ("own.md", "A")]
    assert "the same lines of calc.py" in back.last.problems[0]
    assert "Step 1: Add, which has landed meanwhile, was:\n\n```text\nMake add work.\n```" in back.word
    assert "+    return a + b" in back.word
    git(two.root, "fetch", "-q", "origin", "sous/prompt_plan")
    git(two.root, "switch", "-q", "--detach", "FETCH_HEAD")
    (two.root.parent / "patch").write_bytes(back.patch)
    git(two.root, "apply", "../patch")
    text = (two.root / "calc.py").read_text()
    assert "return a + b" in text
    assert "return 1" in text
    commit(two, "calc.py", text)
    assert left_marks(place_of(two), ["calc.py", "gone.py"]) == ["calc.py"]
    commit(two, "calc.py", "x = '<<<<<<< no mark'\n=======\n")
    assert left_marks(place_of(two), ["calc.py"]) == []


def test_what_is_red_on_the_tip_goes_back_with_what_was_printed(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    base = begun(one)
    begun(two)
    commit(one, "calc.py", "x = 1\n")
    commit(two, "other.py", "y = 2\n")
    lands(one, "1")
    shared = two.look()
    red = Red("`make` fails on what would land:\n  1 failed", "all of it\n")
    back = given_back(two, place_of(two), shared, shared.find("4"), base=base, why=red)
    assert (back.conflicted, back.last.output) == ([], "all of it\n")
    assert "there the tests fail: `make` fails on what would land:" in back.last.problems[0]
    assert b"y = 2" in back.patch
    assert b"x = 1" not in back.patch


def test_work_that_others_did_too_is_told(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    base = begun(one)
    begun(two)
    for team in (one, two):
        commit(team, "calc.py", "x = 1\n")
    lands(one, "1")
    shared = two.look()
    with pytest.raises(SousError, match="has no changes left"):
        given_back(two, place_of(two), shared, shared.find("3"), base=base, why=Red("red", ""))


def test_the_tree_of_work_is_what_was_committed_or_refused(member: Callable[[str], Team]) -> None:
    team = member("a")
    base = begun(team)
    assert tree_of(place_of(team), "step-1", "Step 1: Add", is_committed=False) == (
        base,
        git(team.root, "rev-parse", "HEAD^{tree}").strip(),
    )
    commit(team, "calc.py", "x = 1\n")
    patch = git(team.root, "diff", "--binary", "HEAD~1").encode()
    git(team.root, "reset", "-q", "--hard", "HEAD~1")
    refused.keep(place_of(team), "step-1", "Step 1: Add", patch, AttemptResult(("red",)))
    of_another = tree_of(place_of(team), "step-1", "Step 1: Else", is_committed=False)
    assert of_another == (base, git(team.root, "rev-parse", "HEAD^{tree}").strip())
    _, tree = tree_of(place_of(team), "step-1", "Step 1: Add", is_committed=False)
    assert git(team.root, "show", f"{tree}:calc.py") == "x = 1\n"
    commit(team, "calc.py", "x = 1\n")
    found = tree_of(place_of(team), "step-1", "Step 1: Add", is_committed=True)
    assert found == (base, git(team.root, "rev-parse", "HEAD^{tree}").strip())
