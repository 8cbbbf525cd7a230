"""A plan carried out from two clones by the commands alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from scene import copied, git, write_tree

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run

PLAN = """# Plan

## Step 1: Add

- **Builds on:** nothing

```text
Make add work.
```

## Step 2: Use it

- **Builds on:** step 1

```text
Use add.
```
"""


@pytest.fixture
def clones(tmp_path: Path, home: Path) -> tuple[Path, Path]:
    (home / ".gitconfig").write_text("[user]\nname = Ann\nemail = ann@example.com\n")
    one = tmp_path / "one"
    write_tree(one, {"calc.py": "x = 0\n", "prompt_plan.md": PLAN, ".gitignore": "todo.md\n"})
    git(one, "init", "-q")
    git(one, "add", ".")
    git(one, "commit", "-qm", "start")
    git(tmp_path, "clone", "-q", "--bare", "one", "remote.git")
    git(one, "remote", "add", "origin", str(tmp_path / "remote.git"))
    return one, copied(one, tmp_path / "two")


def test_two_clones_carry_out_a_plan(clones: tuple[Path, Path], run: Run) -> None:
    one, two = clones
    assert "not in a team: `sous team init`" in run("sous", "claim", cwd=one).err
    done = run("sous", "team", "init", cwd=one)
    assert (done.code, "pass --yes" in done.err) == (2, True)
    assert "began origin/sous/prompt_plan, 2 steps got an id" in run("sous", "team", "init", "--yes", cwd=one).err
    assert "joined origin/sous/prompt_plan" in run("sous", "team", "init", "--yes", cwd=two).err

    claimed = json.loads(run("sous", "claim", "--json", cwd=one).out)
    assert (claimed["number"], claimed["title"], claimed["prompt"]) == ("1", "Add", "Make add work.")
    step = claimed["id"]
    refused = run("sous", "claim", "1", cwd=two)
    assert (refused.code, "is claimed by Ann" in refused.err) == (1, True)
    assert "no step is ready" in run("sous", "claim", cwd=two).err
    assert "it is Ann's" in run("sous", "release", step, cwd=two).err
    assert "is free again" in run("sous", "release", "1", cwd=one).err
    assert run("sous", "claim", cwd=one).out == "Make add work.\n"

    (one / "calc.py").write_text("x = 1\n")
    git(one, "commit", "-qam", "work")
    red = run("sous", "land", "--test", "grep -q 2 calc.py", cwd=one)
    assert (red.code, "fails with exit code 1 on what would land" in red.err) == (1, True)
    (one / "calc.py").write_text("x = 2, but never committed\n")
    assert "fails" in run("sous", "land", "--test", "grep -q 2 calc.py", cwd=one).err, "only what is committed lands"
    landed = run("sous", "land", "--test", "grep -q 1 calc.py", cwd=one).err
    assert "landed on origin/sous/prompt_plan" in landed
    assert "`git pull --rebase origin sous/prompt_plan` brings it into this checkout" in landed
    assert "- [x] Step 1: Add" in (one / "todo.md").read_text()
    git(one, "checkout", "-q", "calc.py")
    assert "lacks 2 commits of sous/prompt_plan: `git pull" in run("sous", "claim", cwd=one).err
    git(one, "pull", "-q", "--rebase", "origin", "sous/prompt_plan")
    assert run("sous", "release", "2", cwd=one).code == 0
    assert "lacks" not in run("sous", "claim", cwd=one).err
    assert run("sous", "release", "2", cwd=one).code == 0
    states = {row["id"]: row["state"] for row in json.loads(run("sous", "team", "status", "--json", cwd=two).out)}
    assert states[step] == "done"
    assert sorted(states.values()) == ["done", "ready"]
    assert "Step 1: Add: landed, ticked" in run("sous", "sync", cwd=two).err
    assert "- [x] Step 1: Add" in (two / "todo.md").read_text()
    assert "Ann" in run("sous", "team", "status", cwd=two).out
    assert "left the team" in run("sous", "team", "off", cwd=two).err
    assert run("sous", "sync", cwd=two).code == 1


def test_a_test_command_must_be_known_to_land(clones: tuple[Path, Path], run: Run) -> None:
    one, _ = clones
    run("sous", "team", "init", "--yes", cwd=one)
    done = run("sous", "land", cwd=one)
    assert (done.code, "no test command: pass --test CMD" in done.err) == (2, True)
    assert "has claimed no step" in run("sous", "land", "--no-test", cwd=one).err


def test_a_remote_that_is_away_is_told(clones: tuple[Path, Path], run: Run) -> None:
    one, _ = clones
    git(one, "remote", "set-url", "origin", str(one.parent / "gone.git"))
    done = run("sous", "team", "init", "--yes", cwd=one)
    assert (done.code, "cannot be asked" in done.err) == (1, True)


def test_a_remote_that_refuses_ends_a_claim(clones: tuple[Path, Path], run: Run) -> None:
    one, _ = clones
    run("sous", "team", "init", "--yes", cwd=one)
    hook = one.parent / "remote.git" / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    done = run("sous", "claim", cwd=one)
    assert (done.code, "the remote refused the claim of Step 1: Add: check your access" in done.err) == (1, True)


def test_next_claims_once_and_status_shows_who_has_what(clones: tuple[Path, Path], run: Run) -> None:
    one, two = clones
    run("sous", "team", "init", "--yes", cwd=one)
    run("sous", "team", "init", "--yes", cwd=two)
    peeked = run("sous", "next", "--peek", cwd=one)
    assert (peeked.code, peeked.out, "you claimed" in peeked.err) == (0, "Make add work.\n", False)
    assert [row["state"] for row in _team(run, two)] == ["ready", "blocked"]
    claimed = run("sous", "next", cwd=one)
    assert (claimed.out, "you claimed Step 1: Add" in claimed.err) == ("Make add work.\n", True)
    assert run("sous", "next", cwd=one).out == claimed.out, "what is ours is not left for another"
    assert [(row["state"], row["by"]) for row in _team(run, two)] == [("claimed", "Ann"), ("blocked", "")]
    done = run("sous", "next", cwd=two)
    assert (done.code, done.out, "no step is ready" in done.err) == (1, "", True)
    shown = run("sous", "status", cwd=two)
    assert "origin/sous/prompt_plan: 0 of 2 steps have landed" in shown.out
    assert "claimed  Ann@" in shown.out
    git(two, "remote", "set-url", "origin", str(one.parent / "gone.git"))
    away = run("sous", "status", cwd=two)
    assert (away.code, "cannot read the state of the team" in away.err) == (0, True)
    assert "0 of 2 steps" in away.out


def _team(run: Run, clone: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(run("sous", "status", "--json", cwd=clone).out)["team"]
    return found


def test_who_may_not_push_looks_on(clones: tuple[Path, Path], run: Run) -> None:
    one, two = clones
    run("sous", "team", "init", "--yes", cwd=one)
    hook = one.parent / "remote.git" / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    assert "you can only watch" in run("sous", "team", "init", "--yes", cwd=two).err
    assert "ready" in run("sous", "team", "status", cwd=two).out
    assert "check your access" in run("sous", "claim", cwd=two).err


def test_a_step_that_was_edited_or_deleted_meanwhile(clones: tuple[Path, Path], run: Run) -> None:
    one, two = clones
    run("sous", "team", "init", "--yes", cwd=one)
    step = json.loads(run("sous", "claim", "--json", cwd=one).out)["id"]
    (one / "calc.py").write_text("x = 1\n")
    git(one, "commit", "-qam", "work")
    for old, new in (("Make add work.", "Make it fast."), (f"- **Id:** {step}", "- **Id:** new5")):
        git(two, "fetch", "-q", "origin")
        git(two, "switch", "-qC", "edit", "origin/sous/prompt_plan")
        plan = two / "prompt_plan.md"
        plan.write_text(plan.read_text().replace(old, new))
        git(two, "commit", "-qam", "edit")
        git(two, "push", "-q", "origin", "HEAD:sous/prompt_plan")
        told = run("sous", "land", step, "--no-test", cwd=one).err
        assert (f"`sous land {step} --edited`" in told) or (f"or `sous release {step}`" in told)
    assert "is given back" in run("sous", "release", step, cwd=one).err
    assert run("sous", "land", step, "--edited", "--no-test", cwd=one).code == 1
