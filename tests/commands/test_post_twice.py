"""`sous post` where two machines posted the same: as real processes, against a forge on loopback."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from fake_forge import FakeForge
from listed import TWO
from scene import SOUS, Done, Run, git

if TYPE_CHECKING:
    from pathlib import Path

Post = Callable[..., Done]
ISSUES = ["Adding gives the difference", "Nothing is added"]


@pytest.fixture
def project(repo: Path) -> Path:
    git(repo, "remote", "add", "origin", "git@github.com:o/r.git")
    (repo / "issues.md").write_text(TWO)
    return repo


@pytest.fixture
def post(run: Run, project: Path) -> Post:
    def go(*args: str, **more: object) -> Done:
        return run("sous", "post", *args, cwd=project, **more)

    return go


@pytest.fixture
def doubled(forge: FakeForge, post: Post) -> list[dict[str, Any]]:
    """What is there after two machines posted: issues 1 and 2, and again as 3 and 4."""
    post("--yes", "-q")
    for issue in list(forge.issues):
        forge.add(issue["title"], issue["body"])
    return forge.issues


def test_our_younger_ones_are_closed(forge: FakeForge, post: Post, doubled: list[dict[str, Any]]) -> None:
    done = post("--yes")

    assert done.code == 0, done.err
    assert [one["state"] for one in doubled] == ["open", "open", "closed", "closed"]
    assert [one["state_reason"] for one in doubled[2:]] == ["duplicate"] * 2
    assert doubled[2]["body"].startswith("Duplicate of #1: both were posted at the same time.\n\n")
    assert "0 to create, 0 to update, 2 to leave, 2 duplicates to close" in done.err
    assert "closed 2 duplicates: #3 (duplicate of #1), #4 (duplicate of #2)" in done.err
    before = len(forge.seen)
    assert "nothing to post" in post("--yes").err
    assert {one.method for one in forge.seen[before:]} == {"GET"}


def test_a_dry_run_shows_what_would_be_closed(forge: FakeForge, post: Post, doubled: list[dict[str, Any]]) -> None:
    done = post("--dry-run")

    assert "close    1  Adding gives the difference #3 (duplicate of #1)" in done.out
    assert not forge.changed()
    data = json.loads(post("--dry-run", "--json").out)
    assert [(one["action"], one["issue"]) for one in data] == [("skip", 1), ("close", 3), ("skip", 2), ("close", 4)]


LEFT: dict[str, dict[str, Any]] = {
    "edited": {"body_edit": True},
    "renamed": {"title": "Other"},
    "of a stranger": {"user": {"login": "eve", "type": "User"}, "author_association": "NONE"},
    "of a colleague": {"user": {"login": "bob", "type": "User"}, "author_association": "MEMBER"},
    "closed": {"state": "closed", "state_reason": "completed"},
}


@pytest.mark.parametrize("change", LEFT)
def test_what_is_not_ours_alone_is_left(
    forge: FakeForge, post: Post, doubled: list[dict[str, Any]], change: str
) -> None:
    more = dict(LEFT[change])
    if more.pop("body_edit", False):
        more["body"] = more["description"] = f"A word of mine.\n\n{doubled[2]['body']}"
    doubled[2] |= more
    before = dict(doubled[2])
    post("--yes")

    assert doubled[2] == before
    assert [one["state"] for one in doubled[:2]] == ["open", "open"]
    assert doubled[3]["state"] == "closed"


def test_one_that_somebody_opened_again_stays_open(forge: FakeForge, post: Post, doubled: list[dict[str, Any]]) -> None:
    post("--yes")
    doubled[2]["state"] = "open"
    post("--yes")

    assert [one["state"] for one in doubled] == ["open", "open", "open", "closed"]


def test_the_older_is_not_closed_for_a_younger_of_its_own(
    forge: FakeForge, post: Post, doubled: list[dict[str, Any]]
) -> None:
    doubled[0]["state"] = "closed"
    post("--yes")

    assert [one["state"] for one in doubled] == ["closed", "open", "open", "closed"]


def test_the_older_is_updated(forge: FakeForge, post: Post, project: Path, doubled: list[dict[str, Any]]) -> None:
    (project / "issues.md").write_text(TWO.replace("is 0.", "is nothing."))
    post("--yes")

    assert "is nothing" in doubled[0]["body"]
    assert "is nothing" not in doubled[2]["body"]
    assert [one["state"] for one in doubled] == ["open", "open", "closed", "closed"]


def test_a_server_that_knows_no_duplicates_is_told_not_planned(
    forge: FakeForge, post: Post, doubled: list[dict[str, Any]]
) -> None:
    forge.refuses = ("duplicate",)
    done = post("--yes")

    assert done.code == 0, done.err
    assert [one["state_reason"] for one in doubled[2:]] == ["not_planned"] * 2


def test_what_was_kept_and_is_deleted_is_posted_again(
    forge: FakeForge, post: Post, doubled: list[dict[str, Any]]
) -> None:
    post("--yes")
    doubled[0] |= {"gone": True, "deleted": True}
    post("--yes")

    assert [one["title"] for one in forge.issues[4:]] == ISSUES[:1]


@pytest.mark.parametrize("kind", ["gitlab", "gitea"])
def test_other_forges_close_in_their_own_words(kind: str, post: Post, project: Path) -> None:
    with FakeForge(kind) as forge:
        git(project, "remote", "set-url", "origin", f"{forge.base}/o/r.git")
        env = {f"{kind.upper()}_HOST": forge.base, f"{kind.upper()}_TOKEN": forge.token}
        post("--yes", env=env)
        forge.add(forge.issues[0]["title"], forge.issues[0]["body"])
        done = post("--yes", env=env)

        assert "closed 1 duplicate: #3 (duplicate of #1)" in done.err
        said = {key: value for key, value in forge.changed()[0].body.items() if key not in ("body", "description")}
        assert said == ({"state_event": "close"} if kind == "gitlab" else {"state": "closed"})
        assert forge.issues[2]["state"] == "closed"


@pytest.mark.parametrize("lag", [0, 3])
def test_machines_with_a_state_of_their_own(
    forge: FakeForge, project: Path, run: Run, tmp_path: Path, lag: int
) -> None:
    run("sous", "bundle", cwd=project)
    forge.lag = lag
    jobs = []
    for number in range(3):
        home = tmp_path / f"home{number}"
        home.mkdir()
        env = {**os.environ, "HOME": str(home), "XDG_STATE_HOME": str(home / "state"), "LOCALAPPDATA": str(home)}
        jobs.append(subprocess.Popen([*SOUS, "post", "--yes"], cwd=project, env=env, stderr=subprocess.PIPE))
    told = [job.communicate(timeout=100)[1].decode() for job in jobs]

    assert [job.returncode for job in jobs] == [0, 0, 0], told
    opened = [one for one in forge.issues if one["state"] == "open"]
    assert sorted(one["title"] for one in opened) == ISSUES
    assert sorted(one["number"] for one in opened) == sorted(
        min(one["number"] for one in forge.issues if one["title"] == title) for title in ISSUES
    )
