"""Tests run on a clean place or here: what reaches the program that is started, and what is read."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from scene import git, write_tree
from sous.proc import Ended
from sous.runner.checkpoint import Checkpoint
from sous.runner.trial import Trial, run_clean, run_in_place
from sous.runner.workplace import Workplace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sous.runner.trial import Job


@pytest.fixture
def start(tmp_path: Path) -> Checkpoint:
    repo = tmp_path / "repo"
    write_tree(repo, {"calc.py": "x = 1\n", ".gitignore": "local/\n", "local/t.sh": "x\n"})
    git(repo, "init", "-q")
    git(repo, "add", "-A")
    git(repo, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "one")
    return Checkpoint.take(Workplace(repo, repo, repo / "plan.md"), tmp_path / "start")


def guard(start: Checkpoint) -> Any:
    folder = start.place.top / ".git"
    head = git(start.place.top, "rev-parse", "HEAD").strip()
    files = {start.place.top / "local/t.sh": (b"x\n", 0o644)}
    return cast("Any", SimpleNamespace(head=head, refs={}, files=files, git_folder=folder, common=folder))


def job(seen: list[tuple[str, Path, Mapping[str, str]]], output: str = "", lines: tuple[object, ...] = ()) -> Job:
    def run(command: str, folder: Path, env: Mapping[str, str]) -> Ended:
        seen.append((command, folder, env))
        if lines:
            text = "".join(f"{json.dumps(line)}\n" for line in lines)
            Path(env["SOUS_REPORT"], "r.jsonl").write_text(text)
        (folder / "calc.py").touch()
        assert (folder / "local/t.sh").is_file()
        return Ended(0, output, len(output))

    return run


def test_a_run_in_a_clean_place_knows_the_original_by_name_alone(start: Checkpoint) -> None:
    seen: list[Any] = []
    root = start.place.root
    run = job(seen, lines=(["start", "pytest"], ["pass", "a"], ["foreign", "calc.py"]))
    found = run_clean(start, guard(start), f"{root}/local/t.sh", run, {})
    command, folder, env = seen[0]
    assert command == f"{folder}/local/t.sh"
    assert folder != root
    assert env["SOUS_ORIGINAL"] == str(root)
    assert found.results is not None
    assert (found.outcomes, found.results.foreign) == ({"a": "pass"}, "calc.py")
    assert found.touched == {"calc.py"}
    assert not Path(env["SOUS_REPORT"]).exists()


def test_a_run_in_place_is_started_where_the_project_is(start: Checkpoint) -> None:
    seen: list[Any] = []
    found = run_in_place(start.place.root, "go test", job(seen, "ok  \tm\t0.1s\n"))
    assert seen[0][1] == start.place.root
    assert found.is_known
    assert found.is_green


def test_a_node_that_is_too_old_is_started_again_without_options(start: Checkpoint) -> None:
    seen: list[Any] = []
    output = "node: --test-reporter is not allowed in NODE_OPTIONS"
    found = run_in_place(start.place.root, "node --test", job(seen, output))
    assert ["NODE_OPTIONS" in env for _, _, env in seen] == [True, False]
    assert not found.is_known


@pytest.mark.parametrize(
    ("lines", "says"),
    [((), "the last line"), ((["fail", "b"], ["fail", "a"]), "a, b failed; the last line")],
)
def test_what_went_wrong_is_told_in_a_line(start: Checkpoint, lines: tuple[object, ...], says: str) -> None:
    found = run_in_place(start.place.root, "x", job([], "first\nthe last line\n\n", lines))
    assert found.says() == says
    assert Trial(Ended(1, "", 0)).says() == "it printed nothing"


def real(command: str, folder: Path, env: Mapping[str, str]) -> Ended:
    import os

    done = subprocess.run(
        ["sh", "-c", command], cwd=folder, env={**os.environ, **env}, capture_output=True, text=True, check=False
    )
    return Ended(done.returncode, done.stdout + done.stderr, len(done.stdout) + len(done.stderr))


UNITTEST = """
import unittest


class T(unittest.TestCase):
    def test_good(self):
        self.assertTrue(1)

    def test_bad(self):
        with self.subTest(1):
            self.fail()

    @unittest.skip("x")
    def test_off(self):
        pass

    @unittest.expectedFailure
    def test_known(self):
        self.fail()


if __name__ == "__main__":
    unittest.main()
"""
TOLD = {"test_good": "pass", "test_bad": "fail", "test_off": "skip", "test_known": "xfail"}


@pytest.mark.parametrize("command", ["-m unittest -q", "test_x.py"])
def test_unittest_tells_what_each_test_did(tmp_path: Path, command: str) -> None:
    (tmp_path / "test_x.py").write_text(UNITTEST)
    found = run_in_place(tmp_path, f'"{sys.executable}" {command}', real)
    assert found.outcomes == {f"test_x.T.{name}": outcome for name, outcome in TOLD.items()}
    assert found.ended.code == 1


def test_a_python_that_runs_no_tests_tells_nothing(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("print('other')\n")
    found = run_in_place(tmp_path, f'PYTHONPATH="$PYTHONPATH:." "{sys.executable}" -c "print(1)"', real)
    assert not found.is_known
    assert found.ended.output == "other\n1\n"


def test_pytest_tells_what_each_test_did(tmp_path: Path) -> None:
    text = "import pytest\n\n\n@pytest.mark.parametrize('a', [1, 2])\ndef test_a(a):\n    assert a == 1\n\n\n"
    text += "@pytest.mark.xfail\ndef test_known():\n    assert 0\n"
    write_tree(tmp_path, {"test_x.py": text, "test_broken.py": "import none\n", "pytest.ini": "[pytest]\n"})
    command = f'"{sys.executable}" -m pytest -q -p no:cacheprovider --continue-on-collection-errors'
    found = run_in_place(tmp_path, command, real)
    assert found.outcomes == {
        "test_x.py::test_a[1]": "pass",
        "test_x.py::test_a[2]": "fail",
        "test_x.py::test_known": "xfail",
        "test_broken.py": "fail",
    }
