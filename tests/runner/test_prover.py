"""Which runs of the tests a step costs, and what they come to: the runs are told, not started."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from scene import git, write_tree
from sous.errors import SousError
from sous.plan.shape import Planned
from sous.plan.steps import Step
from sous.proc import Ended
from sous.runner.checkpoint import Checkpoint
from sous.runner.config import RunConfig
from sous.runner.differences import differences
from sous.runner.prover import Prover
from sous.runner.workplace import Workplace

if TYPE_CHECKING:
    from collections.abc import Mapping

OLD = "def test_add():\n    assert add(2, 2) == 4\n"
SUB = "def test_sub():\n    assert sub(3, 1) == 2\n"


class Scene:
    """A project, and tests that do what the files of the run say: `name pass` a line in `did`."""

    def __init__(self, folder: Path) -> None:
        self.repo, self.folder = folder / "repo", folder
        write_tree(self.repo, {"calc.py": "add\n", "test_calc.py": OLD, ".gitignore": "x\n"})
        git(self.repo, "init", "-q")
        git(self.repo, "add", "-A")
        git(self.repo, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "one")
        self.start = Checkpoint.take(Workplace(self.repo, self.repo, self.repo / "plan.md"), folder / "start")
        head = git(self.repo, "rev-parse", "HEAD").strip()
        common = self.repo / ".git"
        self.guard = cast("Any", SimpleNamespace(head=head, refs={}, files={}, git_folder=common, common=common))
        self.runs: list[set[str]] = []
        self.tells, self.broken, self.codes = True, "", list[int]()

    def job(self, _command: str, folder: Path, env: Mapping[str, str]) -> Ended:
        """Pass each `test_X` whose `X` is a word of calc.py."""
        code = set((folder / "calc.py").read_text().split())
        self.runs.append({path.name for path in folder.glob("*.py")} | code)
        lines, failed = ['["start", "x"]'], False
        for path in sorted(folder.glob("test_*.py")):
            for line in path.read_text().splitlines():
                if line.startswith("def test_"):
                    name = line.removeprefix("def ").partition("(")[0]
                    is_good = name.removeprefix("test_") in code
                    failed = failed or not is_good
                    lines.append(f'["{"pass" if is_good else "fail"}", "{path.name}::{name}"]')
        if self.tells:
            Path(env["SOUS_REPORT"], "r.jsonl").write_text("\n".join(lines))
        ended = self.codes.pop(0) if self.codes else int(failed)
        return Ended(None if ended < 0 else ended, "said\n", 5)

    def prover(self, **more: Any) -> Prover:
        config = RunConfig(cast("Any", None), "t", **more)
        return Prover(config, self.folder, self.job)

    def prove(self, files: Mapping[str, str], *, untested: str = "", title: str = "Subtract", **more: Any) -> Any:
        write_tree(self.repo, files)
        after = self.start.now(self.folder / "after")
        step = Planned(Step("1", title, "Do it.", done=False, line=1), untested=untested)
        changed = differences(self.start, after)
        found, _ = self.prover(**more).prove(step, self.start, after, changed, self.guard)
        return found


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_a_new_test_costs_three_runs(scene: Scene) -> None:
    found = scene.prove({"calc.py": "add sub\n", "test_sub.py": SUB})
    assert found.problems == ()
    assert found.notes == ("1 new test", "2 pass")
    assert [run & {"sub", "test_sub.py"} for run in scene.runs] == [set(), {"sub", "test_sub.py"}, {"test_sub.py"}]


def test_a_test_beside_old_ones_costs_one_more(scene: Scene) -> None:
    assert scene.prove({"calc.py": "add sub\n", "test_calc.py": f"{OLD}\n\n{SUB}"}).problems == ()
    assert len(scene.runs) == 4


def test_a_refactoring_costs_two(scene: Scene) -> None:
    found = scene.prove({"calc.py": "add # better\n"}, untested="refactor")
    assert (found.problems, found.notes, len(scene.runs)) == ((), ("1 pass",), 2)


WRONG = {
    "no new test": ({"calc.py": "add sub\n"}, "no test is new"),
    "a test of what was there": ({"calc.py": "add x\n", "test_add2.py": OLD}, "pass without the new code too"),
    "a red test": ({"calc.py": "add\n", "test_sub.py": SUB}, "test_sub.py::test_sub failed; said"),
    "an old test hidden": ({"calc.py": "sub\n", "test_calc.py": SUB}, "the old test fails on the new code"),
    "a place left out": ({"calc.py": "add sub\n# ... rest unchanged ...\n"}, "write the whole code"),
    "a name that is gone": ({"calc.py": "add import unittest\nimport unittest\n"}, "knows of the tests"),
}


@pytest.mark.parametrize(("files", "says"), WRONG.values(), ids=WRONG)
def test_what_is_no_proof_is_told(scene: Scene, files: dict[str, str], says: str) -> None:
    found = scene.prove(files)
    assert says in (found.problems + found.unclear)[0]


@pytest.mark.parametrize(("codes", "says"), [([0, 0, -1], "did not end within"), ([0, 0, 127], "exit code 127")])
def test_a_run_without_the_code_that_tells_nothing_is_no_proof(scene: Scene, codes: list[int], says: str) -> None:
    scene.codes = codes
    assert says in scene.prove({"calc.py": "add sub\n", "test_sub.py": SUB}).problems[0]


def test_tests_that_tell_nothing_count_by_their_exit_code(scene: Scene) -> None:
    scene.tells = False
    assert "by its exit code alone" in scene.prove({"calc.py": "add sub\n", "test_sub.py": SUB}).notes


def test_a_step_about_tests_needs_no_code(scene: Scene) -> None:
    files = {"test_more.py": "def test_add():\n    assert add(1, 2) == 3\n"}
    assert scene.prove(files, title="Add tests of add").problems == ()
    assert "pass without the new code" in scene.prove(files).problems[0]


def test_a_test_that_fails_once_is_run_again(scene: Scene) -> None:
    write_tree(scene.repo, {"test_once.py": "def test_once():\n    pass\n"})
    scene.codes = [0]
    prover = scene.prover()
    first = prover.baseline(scene.start, scene.guard)
    assert first.is_green
    flaky = prover._again(scene.start, scene.guard, first, {"a"})
    assert flaky.is_green
    assert prover.flaky == {"a"}


@pytest.mark.parametrize(
    ("codes", "says"),
    [
        ([-1], "did not end within"),
        ([127], "could not be started: said"),
        ([1], "fails already, before the first step"),
    ],
)
def test_tests_that_can_prove_nothing_are_refused_before(scene: Scene, codes: list[int], says: str) -> None:
    scene.codes, scene.tells = codes, False
    with pytest.raises(SousError, match=says):
        scene.prover().check(scene.start, scene.guard)


def test_a_test_that_is_red_already_is_named_and_no_hindrance(scene: Scene) -> None:
    (scene.repo / "calc.py").write_text("add\n")
    write_tree(scene.repo, {"test_more.py": SUB})
    git(scene.repo, "add", "test_more.py")
    start = scene.start.now(scene.folder / "more")
    assert scene.prover().check(start, scene.guard) == "test_more.py::test_sub fails already, before the first step"


def test_what_tells_nothing_is_said(scene: Scene) -> None:
    scene.tells = False
    assert "only its exit code counts" in (scene.prover().check(scene.start, scene.guard) or "")
