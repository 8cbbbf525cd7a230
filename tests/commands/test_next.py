from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run

PLAN = "# Plan: x\n\n## Step 1: A\n\n- **Files:** `src/app.py`\n\n```text\nChange `src/app.py` and `../out.py`, tested.\n```\n"


def test_the_files_that_a_step_names_come_with_it_and_are_printed_without_a_clipboard(run: Run, repo: Path) -> None:
    (repo / "prompt_plan.md").write_text(PLAN)
    (repo.parent / "out.py").write_text("outside\n")
    done = run("sous", "next", "--copy", "--context", cwd=repo, env={"PATH": "", "DISPLAY": ""})
    assert done.code == 0, done.err
    assert '<file path="src/app.py">\ndef add(a, b):' in done.out
    assert "outside" not in done.out
    assert "with 1 file" in done.err
    assert "printed, as no clipboard" in done.err


def test_a_limit_that_the_step_alone_breaks_is_said(run: Run, repo: Path) -> None:
    (repo / "prompt_plan.md").write_text(PLAN)
    done = run("sous", "next", "--context", "--limit", "3", cwd=repo)
    assert (done.code, done.out) == (4, "")
    assert "--limit allows more" in done.err
