from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sous.plan.steps import read_steps

if TYPE_CHECKING:
    from pathlib import Path

    from fake_model import FakeModel
    from scene import Run

NOTES = "Some thoughts\n\nfirst the parser\n  with tests\n\nthen the printer\n"


@pytest.fixture
def notes(repo: Path) -> Path:
    path = repo / "notes.md"
    path.write_text(NOTES)
    return path


def test_a_plan_is_adopted_beside_the_original(run: Run, repo: Path, model: FakeModel, notes: Path) -> None:
    model.script = lambda _: "3-4: title line 3\n6-6: title line 6\n"
    done = run("sous", "plan", "--adopt", "notes.md", "-m", "scripted", cwd=repo)
    assert done.code == 0, done.err
    assert "notes.adopted.md: 2 steps of notes.md, word for word" in done.err
    assert "skipped: lines 1" in done.err
    assert notes.read_text() == NOTES
    steps = read_steps((repo / "notes.adopted.md").read_text())
    assert [(step.title, step.prompt) for step in steps] == [
        ("first the parser", "with tests"),
        ("then the printer", "then the printer"),
    ]
    assert "3  first the parser" in model.prompts()[-1]
    again = run("sous", "plan", "--adopt", "notes.md", "-m", "scripted", cwd=repo)
    assert "up to date" in again.err
    assert len(model.requests) == 1


def test_marks_that_fail_write_nothing(run: Run, repo: Path, model: FakeModel, notes: Path) -> None:
    model.script = lambda _: "6-9: title line 6\n"
    done = run("sous", "items", "--adopt", notes.name, "-m", "scripted", cwd=repo)
    assert done.code == 3
    assert "marked lines 6-9, of 6" in done.err
    assert not (repo / "notes.adopted.md").exists()


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("plan", "--adopt", "none.md"), "there is no none.md"),
        (("plan", "spec.md", "--adopt", "notes.md"), "--adopt does not go with a spec"),
        (("items", "done", "1", "--adopt", "notes.md"), "--adopt does not go with done"),
        (("items", "-m", "x", "notes.md"), "need --adopt"),
    ],
)
def test_what_does_not_go_is_said(run: Run, repo: Path, notes: Path, args: tuple[str, ...], says: str) -> None:
    assert notes.exists()
    done = run("sous", *args, cwd=repo)
    assert done.code in (1, 2)
    assert says in done.err
