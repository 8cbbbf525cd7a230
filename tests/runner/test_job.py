from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from scene import git, write_tree
from sous.proc import Ended
from sous.runner import journal
from sous.runner.checkpoint import Checkpoint
from sous.runner.config import AttemptResult, RunConfig
from sous.runner.elsewhere import place_of
from sous.runner.guard import Guard
from sous.runner.job import JobRound, JobRunner
from sous.runner.jobplace import make_place
from sous.runner.planbranch import PlanBranch
from sous.runner.prover import Prover
from sous.runner.results import Results
from sous.runner.trial import Trial
from sous.runner.work import PlanWork

if TYPE_CHECKING:
    from pathlib import Path

PLAN = "# Plan\n\n## Step 1: One\n\n```text\nDo one.\n```\n\n## Step 2: Two\n\n```text\nDo two.\n```\n"
CONFIG = RunConfig(cast("Any", SimpleNamespace(name="agent")), None, quiet=True)


@pytest.fixture
def branch(tmp_path: Path) -> PlanBranch:
    project = tmp_path / "project"
    write_tree(project, {"a.py": "A = 1\n", "b.py": "B = 1\n", "prompt_plan.md": PLAN})
    git(project, "init", "-q", "-b", "main")
    git(project, "config", "user.name", "A")
    git(project, "config", "user.email", "a@example.com")
    git(project, "add", ".")
    git(project, "commit", "-qm", "start")
    home = place_of(project, project / "prompt_plan.md")
    assert home
    return PlanBranch(home, CONFIG, PlanWork())


def runner_of(branch: PlanBranch, number: int) -> JobRunner:
    refs = branch.guard.refs
    place = make_place(branch.home, f"step-{number}", branch.tip, refs=refs, linked=frozenset())
    return JobRunner(place, CONFIG, PlanWork(), branch=branch)


def landed(runner: JobRunner, number: int, files: dict[str, str], folder: Path) -> JobRound | None:
    """Land a step that changes these files, begun where its place is; return what it goes back with."""
    assert runner.branch
    step = PlanWork().open(runner.branch.home.plan)[number - 1]
    with runner._checkpoint() as start:
        now = JobRound(start, Guard.watch(runner.place))
        write_tree(runner.place.top, files)
        after = start.now(folder / f"after-{number}")
        return runner._land(step, AttemptResult(changes=tuple(start.changes()), proved=after), now, [])


def test_a_step_is_put_onto_what_landed_meanwhile(branch: PlanBranch, tmp_path: Path) -> None:
    one, two = runner_of(branch, 1), runner_of(branch, 2)
    assert landed(two, 2, {"b.py": "B = 2\n", "new.py": "N = 2\n"}, tmp_path) is None
    assert landed(one, 1, {"a.py": "A = 2\n"}, tmp_path) is None
    top = branch.home.top
    texts = [(top / name).read_text() for name in ("a.py", "b.py", "new.py")]
    assert texts == ["A = 2\n", "B = 2\n", "N = 2\n"]
    assert git(top, "log", "--format=%s").splitlines() == ["Step 1: One", "Step 2: Two", "start"]
    assert (one.place.top / "b.py").read_text() == "B = 2\n"


@pytest.mark.parametrize("is_ignored", [False, True], ids=["list in git", "list ignored"])
def test_the_same_change_as_what_landed_is_ticked_alone(
    branch: PlanBranch, tmp_path: Path, capsys: pytest.CaptureFixture[str], is_ignored: bool
) -> None:
    top = branch.home.top
    if is_ignored:
        write_tree(top, {".gitignore": "todo.md\n"})
        git(top, "add", ".gitignore")
        git(top, "commit", "-qm", "ignore")
        branch = PlanBranch(branch.home, CONFIG, PlanWork())
    one, two = runner_of(branch, 1), runner_of(branch, 2)
    one.config = replace(CONFIG, quiet=False)
    change = {"a.py": "A = 2\n", "test_a.py": "T = 2\n"}
    assert landed(two, 2, change, tmp_path) is None
    tip = branch.tip
    assert landed(one, 1, change, tmp_path) is None
    assert "- [x] Step 1" in (top / "todo.md").read_text()
    assert "Step 2: Two landed the same change" in capsys.readouterr().err
    if is_ignored:
        assert branch.tip == tip
    else:
        assert git(top, "show", "--format=", "--name-only", "HEAD").split() == ["todo.md"]
        assert "The same change landed with Step 2: Two" in git(top, "log", "-1", "--format=%b")
    assert "todo.md" not in git(top, "status", "--porcelain")


def test_a_conflict_comes_back_with_both_sides_and_the_rest_of_the_work(branch: PlanBranch, tmp_path: Path) -> None:
    one, two = runner_of(branch, 1), runner_of(branch, 2)
    assert landed(two, 2, {"a.py": "A = 'two'\n"}, tmp_path) is None
    back = landed(one, 1, {"a.py": "A = 'one'\n", "new.py": "N = 1\n"}, tmp_path)
    assert back
    assert back.last
    assert "(Step 2: Two) changes the same lines of a.py" in back.last.problems[0]
    assert "+A = 'one'" in back.last.output
    assert "+A = 'two'" in back.last.output
    assert (one.place.top / "a.py").read_text() == "A = 'two'\n"
    assert (one.place.top / "new.py").read_text() == "N = 1\n"
    assert [change.path for change in back.last.changes] == ["new.py"]
    assert back.guard.head == branch.tip
    assert git(branch.home.top, "log", "--format=%s").splitlines() == ["Step 2: Two", "start"]


NEXT = {
    "a file of its own": {"mine.py": "M = 1\n"},
    "a line that is at odds": {"a.py": "A = 'one'\n", "mine.py": "M = 1\n"},
    "a file in a folder": {"in/mine.py": "M = 1\n"},
}


@pytest.mark.parametrize("files", NEXT.values(), ids=NEXT)
def test_what_is_gone_on_from_after_a_move_holds_nothing_of_others(
    branch: PlanBranch, tmp_path: Path, files: dict[str, str]
) -> None:
    one, two = runner_of(branch, 1), runner_of(branch, 2)
    one._step = PlanWork().open(branch.home.plan)[0]
    with one._checkpoint() as start:
        journal.begin_job(one.place, "step-1", one._step, start)
    assert landed(two, 2, {"a.py": "A = 'two'\n", "theirs.py": "T = 1\n"}, tmp_path) is None
    landed(one, 1, files, tmp_path)
    note = journal.jobs_left(branch.home.root)["step-1"]
    begun = Checkpoint.again(one.place, tmp_path / "again", note["checkpoint"])
    patch = begun.diff(begun.now(tmp_path / "now")).decode()
    assert "mine.py" in patch
    assert "theirs.py" not in patch


def trial(code: int, **outcomes: str) -> Trial:
    return Trial(Ended(code, "", 0), Results(outcomes) if outcomes else None)


TOGETHER = {
    "all pass": (trial(0, a="pass", b="pass", c="pass"), None),
    "one fails": (trial(1, a="pass", b="fail", c="pass"), "fails with exit code 1"),
    "one of those before is gone": (trial(0, b="pass", c="pass"), "a passed before the merge"),
    "its own is gone": (trial(0, a="pass", c="pass"), "b passed before the merge"),
    "that of the other is gone": (trial(0, a="pass", b="pass"), "c passed before the merge"),
    "the exit code alone": (trial(3), "fails with exit code 3"),
}  # fmt: skip


@pytest.mark.parametrize(("together", "wrong"), TOGETHER.values(), ids=TOGETHER)
def test_what_is_wrong_with_two_steps_together(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, together: Trial, wrong: str | None
) -> None:
    prover = Prover(CONFIG, tmp_path, cast("Any", None))
    monkeypatch.setattr(prover, "_after", lambda *_: together)
    at_tip, base, own = trial(0, a="pass", c="pass"), trial(0, a="pass"), trial(0, a="pass", b="pass")
    said, _ = prover.lands(cast("Any", None), cast("Any", None), at_tip, base, own)
    assert (said is None) if wrong is None else wrong in (said or "")


def test_a_test_that_either_step_took_away_on_purpose_is_not_missed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    prover = Prover(CONFIG, tmp_path, cast("Any", None))
    monkeypatch.setattr(prover, "_after", lambda *_: trial(0, c="pass", d="pass"))
    base, at_tip, own = (
        trial(0, a="pass", b="pass"),
        trial(0, a="pass", c="pass"),
        trial(0, b="pass", d="pass"),
    )
    assert prover.lands(cast("Any", None), cast("Any", None), at_tip, base, own)[0] is None
