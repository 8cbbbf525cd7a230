from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from sous.setup.standing import standing

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run

PLAN = """# Plan

## Step 1: Add mul

```text
Add mul.
```

## Step 2: Add div

```text
Add div.
```
"""
ISSUES = "## Adding gives the difference\n\n- **Severity:** high\n\n**What is wrong:** it is wrong.\n"


def test_nothing_is_there_yet(repo: Path) -> None:
    found = standing(repo)
    assert found.lines == []
    assert "`sous code-review` packs" in found.next


def test_a_bundle_is_reviewed(repo: Path) -> None:
    (repo / "output.txt").write_text("x")
    os.utime(repo / "output.txt", (0, 0))
    found = standing(repo)
    assert found.lines[0].endswith("days ago")
    assert "reviews what is packed" in found.next


def test_a_bundle_of_a_part_says_of_which(repo: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repo)
    (repo / "sub").mkdir()
    (repo / "sub" / "b.py").write_text("B = 1\n")
    assert run("sous", "bundle", "-q", cwd=repo / "sub").code == 0
    assert ", only sub, packed just now" in standing(repo).lines[0]


def test_a_review_without_findings_is_not_asked_for_again(repo: Path) -> None:
    (repo / "output.txt").write_text("x")
    (repo / "code-review.md").write_text("## No findings\n\n1 file was read.\n")
    assert standing(repo).next.startswith("`sous missing-tests`")
    (repo / "missing-tests.md").write_text("## No findings\n\n1 file was read.\n")
    assert "`sous hone`" in standing(repo).next


def test_a_report_with_open_items_is_next(repo: Path) -> None:
    (repo / "issues.md").write_text(ISSUES)
    found = standing(repo)
    assert found.lines == ["issues.md: 1 item, 1 open, written just now"]
    assert found.next.startswith("`sous items next issues.md`")


def test_a_spec_is_planned_and_a_plan_is_carried_out(repo: Path) -> None:
    (repo / "spec.md").write_text("# Spec\n")
    assert standing(repo).next.startswith("`sous plan`")
    (repo / "prompt_plan.md").write_text(PLAN)
    (repo / "issues.md").write_text(ISSUES)
    found = standing(repo)
    assert found.lines[-1] == "prompt_plan.md: 0 of 2 steps done"
    assert found.next.startswith("`sous next`")


@pytest.mark.parametrize("name", ["issues.md", "prompt_plan.md"])
def test_what_cannot_be_read_is_said_and_the_rest_is_shown(repo: Path, name: str) -> None:
    (repo / "output.txt").write_text("x")
    (repo / name).write_bytes(b"\xff\xfe\x00\x80")
    found = standing(repo)
    assert len(found.lines) == 2
    assert found.lines[1].startswith(f"{name}: ")
