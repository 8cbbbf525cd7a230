"""`sous post` through the real gh, which reaches a forge on loopback as its proxy."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from fake_forge import FakeForge
from scene import SOUS, Done, Run, git, missing

if TYPE_CHECKING:
    from pathlib import Path

Post = Callable[..., Done]

TWELVE = "\n".join(
    f"## Finding {number}\n\n- **Severity:** low\n- **Labels:** bug\n- **Location:** `src/app.py:{1 + number % 2}`\n\n"
    f"**What is wrong:** the {number}th thing.\n"
    for number in range(1, 13)
)


@pytest.fixture
def forge(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeForge]:
    if not shutil.which("gh"):
        missing("gh")
    with FakeForge() as server:
        # gh takes `github.localhost` for a GitHub at http://api.github.localhost; the proxy hears for it.
        for name in ("HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, server.base)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.setenv("GH_TOKEN", server.token)
        yield server


@pytest.fixture
def post(run: Run, repo: Path) -> Post:
    git(repo, "remote", "add", "origin", "git@github.localhost:o/r.git")
    (repo / "issues.md").write_text(TWELVE)

    def go(*args: str, **more: object) -> Done:
        return run("sous", "post", *args, cwd=repo, **more)

    return go


def test_twelve_are_posted_once(forge: FakeForge, post: Post, repo: Path) -> None:
    done = post("--yes")

    assert done.code == 0, done.err
    assert "issues.md to github.localhost/o/r, by gh: 12 to create" in done.err
    assert [one["title"] for one in forge.issues] == [f"Finding {number}" for number in range(1, 13)]
    assert forge.issues[0]["labels"] == ["bug"]
    assert {one.host for one in forge.seen} == {"api.github.localhost"}
    before = len(forge.seen)
    again = post("--yes")
    assert again.err.count("unchanged") == 12
    assert not [one for one in forge.seen[before:] if one.method != "GET"]
    (repo / "issues.md").write_text(TWELVE.replace("12th thing", "last thing"))
    post("--yes")
    assert len(forge.changed()) == 1
    assert len(forge.made()) == 12


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("number", [2, 3, 5, 9])
def test_killed_while_gh_asks(forge: FakeForge, post: Post, repo: Path, number: int, late: bool) -> None:
    forge.silent_after, forge.late = number, late
    with subprocess.Popen(
        [*SOUS, "post", "--yes", "-q"], cwd=repo, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as job:
        while job.poll() is None and not forge.held.wait(0.05):
            pass
        job.kill()
    forge.silent_after = None
    done = post("--yes")

    assert done.code == 0, done.err
    assert sorted(one["title"] for one in forge.issues) == sorted(f"Finding {at}" for at in range(1, 13))


def test_limits_and_refusals_come_through_gh(forge: FakeForge, post: Post) -> None:
    forge.answers = [
        (403, {"message": "You have exceeded a secondary rate limit"}, {"Retry-After": "0"}),
        (422, {"message": "Validation Failed", "errors": [{"field": "title", "code": "too_long"}]}, {}),
    ]
    done = post("--yes")

    assert done.code == 1
    assert "gh is at its limit (You have exceeded a secondary rate limit); retrying in 0 s" in done.err
    assert "rejects “Finding 1” (Validation Failed: title is too_long); fix it in the file" in done.err
    assert forge.token not in done.err


def test_gh_without_a_network(forge: FakeForge, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    done = post("--yes")

    assert done.code == 1
    assert "gh could not reach github.localhost" in done.err


def test_the_token_is_in_no_argument(
    forge: FakeForge, post: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, log = shutil.which("gh"), tmp_path / "gh.log"
    wrapper = tmp_path / "wrapped" / "gh"
    wrapper.parent.mkdir()
    wrapper.write_text(
        f"#!{sys.executable}\nimport json, os, sys\nopen({str(log)!r}, 'a').write(json.dumps(sys.argv) + chr(10))\n"
        f"os.execv({real!r}, ['gh', *sys.argv[1:]])\n"
    )
    wrapper.chmod(wrapper.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{wrapper.parent}:{tmp_path.parent}:/usr/local/bin:/usr/bin:/bin")
    done = post("--yes", "--item", "1")

    assert done.code == 0, done.err
    calls = [json.loads(line) for line in log.read_text().splitlines()]
    assert forge.token not in log.read_text()
    assert {call[1] for call in calls} == {"auth", "api"}
    assert any("--input" in call for call in calls)
