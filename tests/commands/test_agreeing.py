"""What `sous run` asks before it begins, where nobody can be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import git
from sous.commands import agreeing
from sous.errors import SousError, UsageProblem
from sous.runner.agents import find_agent
from sous.runner.config import RunConfig

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run

UNSURE = "# Plan\n\n## 1. Add the queue\n\nDo it so.\n\n## 2. Add the pool\n\nDo it so.\n"
SURE = "# Plan\n\n## Step 1: A\n\n```text\nWrite a.py, with its test.\n```\n"


@pytest.mark.parametrize("yes", [True, False])
def test_a_plan_that_is_read_for_sure_needs_no_yes(tmp_path: Path, *, yes: bool) -> None:
    (tmp_path / "plan.md").write_text(SURE)
    path = agreeing.checked_plan(tmp_path / "plan.md", None, {"yes": yes, "dry_run": False})
    assert path == (tmp_path / "plan.md").resolve()


def test_a_reading_that_is_not_sure_needs_a_yes(tmp_path: Path) -> None:
    (tmp_path / "plan.md").write_text(UNSURE)
    with pytest.raises(UsageProblem, match="plan.md may have been misread"):
        agreeing.checked_plan(tmp_path / "plan.md", None, {"yes": False, "dry_run": False})
    assert agreeing.checked_plan(tmp_path / "plan.md", None, {"yes": True, "dry_run": False}).is_file()


def test_a_plan_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SousError, match="there is no"):
        agreeing.checked_plan(tmp_path / "plan.md", None, {"yes": True, "dry_run": False})


@pytest.mark.parametrize(
    ("files", "guess"),
    [({}, "pytest -q"), ({"Cargo.toml": ""}, "cargo test"), ({"package.json": "{}"}, "npm test")],
    ids=["nothing", "Rust", "a package"],
)
def test_the_test_command_that_a_hint_names(tmp_path: Path, files: dict[str, str], guess: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert agreeing.guessed_test(tmp_path) == guess


def test_a_test_command_of_a_plan_is_not_run_where_nobody_agrees(tmp_path: Path) -> None:
    path = tmp_path / "plan.md"
    path.write_text(SURE.replace("# Plan\n", "# Plan\n\n- **Test command:** `make evil`\n"))
    assert agreeing.agreed_test(None, tmp_path, is_run=True) is None
    assert agreeing.agreed_test(path, tmp_path, is_run=False) == "make evil"
    with pytest.raises(UsageProblem, match="there is no terminal to ask on"):
        agreeing.agreed_test(path, tmp_path, is_run=True)


@pytest.mark.parametrize(
    ("test", "starts"),
    [
        ("python3 -m pytest", True),
        ("cd sub && no-such-program-1", True),
        ("A=1 no-such-program-1", True),
        ("./no-such-script", True),
        ("no-such-program-1 # don't", True),
        ("no-such-program-1 -q", False),
        (None, True),
    ],
)
def test_a_test_command_whose_program_is_not_there(test: str | None, *, starts: bool) -> None:
    config = RunConfig(find_agent("llm"), test)
    if starts:
        agreeing.check_test(config)
        return
    with pytest.raises(UsageProblem, match="there is no program no-such-program-1 on PATH"):
        agreeing.check_test(config)


def test_our_agent_without_a_key_makes_no_branch(repo: Path, run: Run) -> None:
    (repo / "issues.md").write_text("## A\n\n- **Location:** `src/app.py:1`\n\nDo it.\n")
    git(repo, "config", "user.name", "A")
    git(repo, "config", "user.email", "a@example.com")
    argv = ("--items", "issues.md", "--agent", "llm", "-m", "gpt-4o-mini", "--test", "true", "--yes")
    done = run("sous", "run", *argv, cwd=repo)
    assert (done.code, "no key for gpt-4o-mini" in done.err) == (1, True)
    assert git(repo, "branch", "--format=%(refname:short)").split() == ["main"]
