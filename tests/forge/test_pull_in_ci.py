from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from sous.errors import SousError
from sous.forge.pull_in_ci import PullInCi, pull_in_ci
from sous.forge.remote import Repository

if TYPE_CHECKING:
    from pathlib import Path

GITLAB = {
    "CI_PROJECT_PATH": "group/sub/r", "CI_SERVER_URL": "https://gitlab.example:8443", "CI_MERGE_REQUEST_IID": "3",
    "CI_MERGE_REQUEST_PROJECT_PATH": "group/sub/r", "CI_MERGE_REQUEST_SOURCE_PROJECT_PATH": "group/sub/r",
    "CI_MERGE_REQUEST_DIFF_BASE_SHA": "abc123",
}  # fmt: skip


def event(tmp_path: Path, data: Any, name: str = "pull_request") -> dict[str, str]:
    path = tmp_path / "event.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data))
    return {"GITHUB_EVENT_PATH": str(path), "GITHUB_EVENT_NAME": name, "GITHUB_REPOSITORY": "o/r"}


def pull(head: str, **more: Any) -> dict[str, Any]:
    sides = {"head": {"repo": {"full_name": head}}, "base": {"sha": "abc123", "repo": {"full_name": "o/r"}}}
    return {"pull_request": {"number": 7, **sides, **more}}


def test_a_merge_request_of_gitlab() -> None:
    found = PullInCi(Repository("gitlab.example:8443", "group/sub/r"), 3, "abc123", is_foreign=False)
    assert pull_in_ci(GITLAB) == found


@pytest.mark.parametrize("source", ["mallory/r", "", "group/sub/r2"])
def test_another_source_project_is_a_fork(source: str) -> None:
    assert pull_in_ci({**GITLAB, "CI_MERGE_REQUEST_SOURCE_PROJECT_PATH": source}).is_foreign


def test_a_fork_whose_pipeline_runs_there_names_the_target() -> None:
    env = {**GITLAB, "CI_PROJECT_PATH": "mallory/r", "CI_MERGE_REQUEST_SOURCE_PROJECT_PATH": "mallory/r"}
    found = pull_in_ci(env)
    assert found.is_foreign
    assert found.repository.path == "group/sub/r"


def test_a_pull_request_of_github_enterprise(tmp_path: Path) -> None:
    env = {**event(tmp_path, pull("o/r")), "GITHUB_SERVER_URL": "https://git.example"}
    assert pull_in_ci(env) == PullInCi(Repository("git.example", "o/r"), 7, "abc123", is_foreign=False)


def test_pull_request_target_of_the_repository_itself_is_let_through(tmp_path: Path) -> None:
    assert not pull_in_ci(event(tmp_path, pull("o/r"), "pull_request_target")).is_foreign


@pytest.mark.parametrize("name", ["pull_request_target", "workflow_run", "push"])
def test_secrets_and_a_fork_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(SousError, match="refused"):
        pull_in_ci(event(tmp_path, pull("mallory/r"), name))


@pytest.mark.parametrize(
    "data",
    [
        "", "{", "[]", "null", "[" * 100_000, {"pull_request": None}, {"pull_request": {"number": 1}},
        pull("o/r", number="7; rm -rf /"), pull("o/r", number=-1), pull("o/r", number=0),
        pull("o/r", base={"sha": "--output=x", "repo": {"full_name": "o/r"}}),
        pull("o/r", base={"sha": None, "repo": {"full_name": "o/r"}}),
    ],
)  # fmt: skip
def test_an_event_that_says_too_little_is_refused(data: Any, tmp_path: Path) -> None:
    with pytest.raises(SousError):
        pull_in_ci(event(tmp_path, data))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CI_MERGE_REQUEST_IID", ""), ("CI_MERGE_REQUEST_IID", "3/../4"), ("CI_MERGE_REQUEST_DIFF_BASE_SHA", ""),
        ("CI_MERGE_REQUEST_DIFF_BASE_SHA", "-x"), ("CI_MERGE_REQUEST_PROJECT_PATH", "r"),
    ],
)  # fmt: skip
def test_a_pipeline_that_says_too_little_is_refused(name: str, value: str) -> None:
    with pytest.raises(SousError):
        pull_in_ci({**GITLAB, name: value})


def test_an_event_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SousError, match="GITHUB_EVENT_PATH"):
        pull_in_ci({"GITHUB_EVENT_PATH": str(tmp_path / "none.json")})
