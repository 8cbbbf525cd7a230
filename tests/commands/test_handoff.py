"""`sous handoff` and `sous take`: a step goes from one clone to another with its work."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from clones import joined
from scene import git

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run


@pytest.fixture
def pair(tmp_path: Path, home: Path, run: Run) -> list[Path]:
    return joined(tmp_path, home, run, "one", "two")


def test_a_step_is_handed_over_with_its_work(pair: list[Path], run: Run) -> None:
    one, two = pair
    assert "has claimed no step" in run("sous", "handoff", cwd=one).err
    run("sous", "claim", "1", cwd=one)
    assert "it is Ann's" in run("sous", "handoff", "1", cwd=two).err
    assert "nobody published work" in run("sous", "take", "3", cwd=two).err
    (one / "calc.py").write_text("x = 1\n")
    (one / "new.txt").write_text("new\n")
    kept = run("sous", "handoff", "--keep", cwd=one)
    assert (kept.code, "published 2 changed files: calc.py, new.txt" in kept.err) == (0, True)
    assert "is claimed by Ann" in run("sous", "take", "1", cwd=two).err
    given = run("sous", "handoff", "--to", "Bob", "--say", "mind \x1b[31mthe gap", cwd=one)
    assert (given.code, "free again, for Bob: `sous take" in given.err) == (0, True)

    (two / "calc.py").write_text("mine\n")
    assert "is changed and not committed" in run("sous", "take", "1", cwd=two).err
    git(two, "checkout", "-q", "calc.py")
    taken = run("sous", "take", "1", "--json", cwd=two)
    assert (taken.code, "handed it to Bob" in taken.err) == (0, True)
    data = json.loads(taken.out)
    assert (data["number"], data["from"], data["branch"]) == ("1", "Ann", f"sous/{data['id']}")
    assert data["prompt"].startswith("# Step 1: Add\n\nMake add work.\n")
    assert "> mind \\x1b[31mthe gap" in data["prompt"]
    assert ((two / "calc.py").read_text(), (two / "new.txt").read_text()) == ("x = 1\n", "new\n")
    assert "is claimed by Ann" in run("sous", "take", "1", cwd=one).err
    git(two, "add", "calc.py", "new.txt")
    git(two, "commit", "-qm", "done")
    assert "landed on" in run("sous", "land", "--no-test", cwd=two).err


def test_all_of_a_step_fits_a_chat_window(pair: list[Path], run: Run) -> None:
    one, _ = pair
    run("sous", "claim", "1", cwd=one)
    (one / "calc.py").write_text("x = 1\n" * 300)
    whole = run("sous", "handoff", "--copy", "--say", "careful", cwd=one)
    assert whole.out.startswith("# Step 1: Add\n\nMake add work.\n")
    assert "> careful" in whole.out
    assert "```diff" in whole.out
    assert '<file path="calc.py">' in whole.out
    short = run("sous", "handoff", "--copy", "--limit", "200", cwd=one)
    assert "```diff" not in short.out
    assert "the difference" in short.err
    assert "did not fit; see --limit" in short.err
    none = run("sous", "handoff", "--copy", "--limit", "1", cwd=one)
    assert (none.code, "--limit allows more" in none.err) == (4, True)
