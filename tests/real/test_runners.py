"""The tasks under the real make, just, Task and npm: one contract for all of them."""

from __future__ import annotations

import json
import os
import shlex
from typing import TYPE_CHECKING

import pytest

from documented import documented
from scene import git, write_tree
from sous.mise_files import mise_config_folder
from sous.proc import quoted
from sous.resources import resource_folder
from sous.tasks import mise_tasks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fake_model import FakeModel
    from scene import Done, Run

pytestmark = [pytest.mark.real, pytest.mark.skipif(os.name == "nt", reason="the runners are tried on POSIX")]

JUST, TASK, NPM, MAKE, MISE = "just", "task", "npm", "make", "mise"
RUNNERS = (MISE, MAKE, JUST, TASK, NPM)
PAGE = "runners.md"


class Runners:
    """A project that has the tasks of every runner."""

    def __init__(self, project: Path, run: Run, needs: Callable[[str], str]) -> None:
        self.project, self._run, self._needs = project, run, needs
        files = ("llm.just", "llm.Taskfile.yml")
        shipped = {name: (resource_folder("tasks") / name).read_text() for name in files}
        mine = {name: documented(PAGE, name) for name in ("justfile", "Taskfile.yml", "Makefile")}
        write_tree(project, {**shipped, **mine, "package.json": '{\n\t"name": "demo"\n}\n'})
        done = run("node", resource_folder("tasks") / "llm.npm.cjs", cwd=project)
        assert done.out == "package.json: 22 scripts added\n", done.err
        git(project, "add", ".")
        git(project, "commit", "-qm", "runners")

    def __call__(self, runner: str, name: str, *argv: str, cwd: Path, **env: str) -> Done:
        """Run the task of a command in a runner."""
        task, target = f"LLM:generate_{name.replace('-', '_')}", f"llm-{name}"
        line = {
            MISE: ["run", task, *argv],
            MAKE: [
                "-s",
                "-f",
                str(self.project / "Makefile"),
                "-I",
                str(self.project),
                target,
                f"LLM_ARGS={quoted(argv)}",
            ],
            JUST: [target, *argv],
            TASK: [task, "--", *argv],
            NPM: ["run", task, "--", *argv],
        }[runner]
        return self._run(self._needs(runner), *line, cwd=cwd, env=env)


@pytest.fixture
def runners(
    repo: Path,
    run: Run,
    needs: Callable[[str], str],
    sous_script: Path,
    fake_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Runners:
    """All runners, whose `sous` is this one."""
    (fake_path / "sous").write_text(f'#!/bin/sh\nexec {shlex.quote(str(sous_script))} "$@"\n')
    (fake_path / "sous").chmod(0o755)
    monkeypatch.setenv("MISE_TRUSTED_CONFIG_PATHS", str(repo.parent))
    monkeypatch.setenv("MISE_OFFLINE", "1")
    monkeypatch.setenv("npm_config_update_notifier", "false")
    write_tree(mise_config_folder(), {"conf.d/sous.toml": mise_tasks()})
    return Runners(repo, run, needs)


@pytest.fixture
def fake_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The first folder of PATH."""
    folder = tmp_path / "first"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


@pytest.mark.parametrize("runner", RUNNERS)
def test_the_same_bytes_wherever_the_user_is(runner: str, runners: Runners, run: Run) -> None:
    project = runners.project
    assert run("sous", "bundle", "--project", cwd=project).code == 0
    expected = (project / "output.txt").read_bytes()
    (project / "output.txt").unlink()
    git(project, "worktree", "add", "-q", "-b", "tree", "../a work tree (1)")
    tree = project.parent / "a work tree (1)"
    for place, bundle in ((project, project), (project / "src", project), (tree, tree), (tree / "src", tree)):
        runners.project = bundle
        done = runners(runner, "bundle", cwd=place)
        assert done.code == 0, done.err
        assert (bundle / "output.txt").read_bytes() == expected
        (bundle / "output.txt").unlink()


@pytest.mark.parametrize("runner", [JUST, TASK, NPM])
def test_arguments_reach_the_report_as_they_are(runner: str, runners: Runners, model: FakeModel) -> None:
    done = runners(runner, "code-review", "-m", "ok", "-o", "my $HOME; review.md", cwd=runners.project)
    assert done.code == 0, done.err
    assert (runners.project / "my $HOME; review.md").is_file()
    assert '<file path="src/app.py">' in model.prompts()[0]


@pytest.mark.parametrize("runner", [JUST, TASK, NPM])
def test_a_failing_model_fails_the_runner(runner: str, runners: Runners, model: FakeModel) -> None:
    assert runners(runner, "readme", "-m", "length", cwd=runners.project).code != 0
    assert (runners.project / "README.md").read_text() == "# Demo\n"
    assert model.requests


@pytest.mark.parametrize("runner", [JUST, TASK])
def test_the_packer_is_a_variable(runner: str, runners: Runners, model: FakeModel) -> None:
    done = runners(runner, "code-review", "-m", "ok", cwd=runners.project, LLM_PACKER="echo mine > output.txt")
    assert done.code == 0, done.err
    assert model.prompts()[0].startswith("mine\n")


OVERRIDES = {
    MISE: (".mise.toml", documented(PAGE, ".mise.toml")),
    JUST: ("justfile", documented(PAGE, "own/justfile")),
    TASK: ("Taskfile.yml", documented(PAGE, "own/Taskfile.yml")),
    "task vars": ("Taskfile.yml", documented(PAGE, "Taskfile.yml") + "vars:\n  LLM_PACKER: echo mine > output.txt\n"),
    NPM: ("package.json", json.dumps({"scripts": {"LLM:generate_bundle": "echo mine > output.txt"}})),
}


@pytest.mark.parametrize("case", OVERRIDES)
def test_a_projects_own_packer_is_taken(case: str, runners: Runners, run: Run, model: FakeModel) -> None:
    name, text = OVERRIDES[case]
    (runners.project / name).write_text(text)
    if case == NPM:
        run("node", resource_folder("tasks") / "llm.npm.cjs", cwd=runners.project)
    done = runners(case.partition(" ")[0], "code-review", "-m", "ok", cwd=runners.project)
    assert done.code == 0, done.err
    assert model.prompts()[0].startswith("mine\n")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"scripts": []}'])
def test_a_broken_package_json_is_left_alone(text: str, tmp_path: Path, run: Run) -> None:
    (tmp_path / "package.json").write_text(text)
    done = run("node", resource_folder("tasks") / "llm.npm.cjs", cwd=tmp_path)
    assert done.code == 1
    assert done.err.startswith("cannot add scripts to package.json: ")
    assert "at " not in done.err.partition("\n")[2]
    assert (tmp_path / "package.json").read_text() == text
