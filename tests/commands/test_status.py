"""`sous status --html`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from scene import git

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run

PLAN = "# Plan\n\n## Step 1: A\n\n```text\nMake A.\n```\n\n## Step 2: B\n\n```text\nMake B.\n```\n"
WORDS = "Step 1: A\n\nprompt_plan.md, by aider. Its tests were seen to pass: pytest -q\n\nCost: $0.5\n"


def test_the_page_has_steps_tests_and_cost(run: Run, repo: Path) -> None:
    (repo / "prompt_plan.md").write_text(PLAN)
    (repo / "todo.md").write_text("- [x] Step 1: A\n- [ ] Step 2: B\n")
    git(repo, "commit", "-q", "--allow-empty", "-m", WORDS)
    done = run("sous", "status", "--html", "status.html", cwd=repo)
    assert (done.code, done.out) == (0, "")
    assert "status.html: written" in done.err
    page = (repo / "status.html").read_text("utf-8")
    for cell in ("aider", "pytest -q", "$0.50", "✓ done", "→ next"):
        assert re.search(rf">{re.escape(cell)}\s*<", page)


@pytest.mark.parametrize(
    ("plan", "more", "code", "says"),
    [
        (PLAN, ["--json"], 2, "--html writes the plan as a page; leave out --json"),
        (PLAN, ["--explain"], 2, "leave out --explain"),
        (None, [], 1, "there is no prompt_plan.md"),
        ("just words\n", [], 1, "no prompts that sous recognises"),
    ],
)
def test_what_cannot_be_a_page_is_said(
    run: Run, repo: Path, plan: str | None, more: list[str], code: int, says: str
) -> None:
    if plan is not None:
        (repo / "prompt_plan.md").write_text(plan)
    done = run("sous", "status", "--html", "status.html", *more, cwd=repo)
    assert done.code == code
    assert says in done.err
    assert not (repo / "status.html").exists()
