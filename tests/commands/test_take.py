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
