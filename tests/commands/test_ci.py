"""A review in a CI job, against a forge on loopback: one comment, renewed, nothing of others touched."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from scene import git

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fake_forge import FakeForge
    from fake_model import FakeModel
    from scene import Done, Run

MARKER = "<!-- sous ci: code-review -->"


@pytest.fixture
def job(repo: Path, run: Run, forge: FakeForge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Done]:
    """Run `sous ci` as a job of GitHub Actions does, for a pull request that changes a file."""
    base = git(repo, "rev-parse", "HEAD").strip()
    (repo / "src" / "app.py").write_text("import os\n\n\ndef add(a, b):\n    return eval(a) + b\n")
    git(repo, "commit", "-qam", "change")
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.com")

    def run_job(
        *argv: str, event: str = "pull_request", of: str | None = "o/r", sha: str = base, head: str = "0" * 40
    ) -> Done:
        sides = {
            "head": {"sha": head, "repo": of and {"full_name": of}},
            "base": {"sha": sha, "repo": {"full_name": "o/r"}},
        }
        title = "$(touch /tmp/owned) @everyone"
        path = tmp_path / "event.json"
        path.write_text(json.dumps({"pull_request": {"number": 7, "title": title, **sides}}))
        env = {"GITHUB_EVENT_PATH": str(path), "GITHUB_EVENT_NAME": event, "GITHUB_REPOSITORY": "o/r"}
        return run("sous", "ci", *argv, cwd=repo, env=env)

    return run_job


def test_the_report_is_posted_once_and_renewed(job: Callable[..., Done], forge: FakeForge, repo: Path) -> None:
    done = job()
    assert done.code == 0, done.err
    assert done.err.endswith("comment on #7: posted\n")
    assert (repo / "code-review.md").is_file()
    assert "Facts found by static analysis" in forge.comments[0]["body"]
    assert forge.comments[0]["body"].startswith(f"{MARKER}\n")
    assert job().err.endswith("comment on #7: unchanged\n")
    forge.comments[0]["body"] = f"{MARKER}\nolder"
    assert job().err.endswith("comment on #7: renewed\n")
    assert len(forge.comments) == 1
    assert "Facts found by static analysis" in forge.comments[0]["body"]


def test_a_comment_of_somebody_else_is_not_touched(job: Callable[..., Done], forge: FakeForge) -> None:
    theirs: dict[str, Any] = {"id": 1, "body": f"{MARKER}\nmine", "user": {"login": "mallory", "type": "User"}}
    forge.comments = [theirs, {"id": 2, "body": f"see {MARKER}", "user": {"login": "me", "type": "User"}}]
    assert job().err.endswith("comment on #7: posted\n")
    assert [one["body"] for one in forge.comments[:2]] == [f"{MARKER}\nmine", f"see {MARKER}"]
    assert len(forge.comments) == 3


def test_a_model_reviews_what_changed(job: Callable[..., Done], forge: FakeForge, model: FakeModel) -> None:
    done = job("-m", "ok")
    assert done.code == 0, done.err
    assert '<file path="src/app.py">' in model.prompts()[0]
    assert '<file path="README.md">' not in model.prompts()[0]
    assert len(forge.comments) == 1


@pytest.mark.parametrize("of", ["mallory/r", None, "o/r"], ids=["fork", "deleted fork", "Dependabot"])
def test_for_a_fork_no_model_is_asked_and_no_right_is_needed(
    of: str | None,
    job: Callable[..., Done],
    forge: FakeForge,
    model: FakeModel,
    repo: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GITHUB_ACTOR", "dependabot[bot]" if of == "o/r" else "mallory")
    forge.answers.append((403, {"message": "Resource not accessible by integration"}, {}))
    done = job("-m", "ok", of=of)
    assert done.code == 0, done.err
    assert model.requests == []
    assert "no model is asked" in done.err
    assert "no comment posted, as usual for a fork or Dependabot" in done.err
    assert (repo / "code-review.md").is_file()


@pytest.mark.parametrize("event", ["pull_request_target", "workflow_run", "issue_comment", ""])
def test_a_job_with_secrets_for_a_fork_is_refused(event: str, job: Callable[..., Done], forge: FakeForge) -> None:
    done = job(event=event, of="mallory/r")
    assert done.code == 1
    assert "gives secrets to a job for a pull request of a fork" in done.err
    assert forge.seen == []


def test_for_the_repository_itself_a_missing_right_is_an_error(job: Callable[..., Done], forge: FakeForge) -> None:
    forge.answers.append((403, {"message": "Resource not accessible by integration"}, {}))
    done = job()
    assert done.code == 1
    assert "does not allow" in done.err


def test_nothing_changed(job: Callable[..., Done], forge: FakeForge, repo: Path) -> None:
    done = job(sha=git(repo, "rev-parse", "HEAD").strip())
    assert (done.code, forge.comments) == (0, [])
    assert "nothing that can be packed changed" in done.err
    job()
    assert "Facts found by static analysis" in forge.comments[0]["body"]
    done = job(sha=git(repo, "rev-parse", "HEAD").strip())
    assert done.err.endswith("comment on #7: renewed\n")
    assert forge.comments[0]["body"].startswith(f"{MARKER}\nNothing that can be packed changed since")


def test_what_the_target_got_meanwhile_is_not_reviewed(job: Callable[..., Done], forge: FakeForge, repo: Path) -> None:
    head = git(repo, "rev-parse", "HEAD").strip()
    old = git(repo, "rev-parse", "HEAD^").strip()
    git(repo, "switch", "-qc", "target", old)
    (repo / "src" / "theirs.py").write_text("def theirs(code):\n    return eval(code)\n")
    git(repo, "add", "src/theirs.py")
    git(repo, "commit", "-qm", "theirs")
    git(repo, "merge", "-q", "--no-ff", "-m", "merge", head)
    done = job(sha=old, head=head)
    assert done.code == 0, done.err
    assert "1 of 1 files were analyzed" in forge.comments[0]["body"]
    assert "theirs" not in forge.comments[0]["body"]


def test_a_pull_request_cannot_keep_a_file_from_the_review_unseen(
    job: Callable[..., Done], forge: FakeForge, repo: Path
) -> None:
    (repo / ".mise.toml").write_text('[_.sous]\nignore = ["src/**", ".mise.toml"]\n')
    git(repo, "add", ".mise.toml")
    git(repo, "commit", "-qm", "settings")
    assert job().code == 0
    assert "Nothing that can be packed changed" in forge.comments[0]["body"]
    assert "Changed and not reviewed" in forge.comments[0]["body"]
    assert "`src/app.py`" in forge.comments[0]["body"]


def test_without_a_comment_only_the_file_is_written(job: Callable[..., Done], forge: FakeForge, repo: Path) -> None:
    assert job("--no-comment").code == 0
    assert forge.seen == []
    assert (repo / "code-review.md").is_file()


@pytest.mark.parametrize("sha", ["--output=x", "f" * 40, "a b"])
def test_a_base_that_is_no_commit_here_is_refused(sha: str, job: Callable[..., Done]) -> None:
    done = job(sha=sha)
    assert done.code == 1
    assert len(done.err.strip().splitlines()) == 1


@pytest.mark.parametrize("argv", [["readme"], ["--max-cost", "-1"]])
def test_a_wrong_command_line_is_a_usage_error(argv: list[str], repo: Path, run: Run) -> None:
    assert run("sous", "ci", *argv, cwd=repo).code == 2


def test_outside_of_ci_it_says_what_to_do(repo: Path, run: Run) -> None:
    done = run("sous", "ci", cwd=repo)
    assert done.code == 1
    assert "not a job of GitHub Actions or GitLab CI" in done.err


def test_a_security_review_needs_a_model(job: Callable[..., Done]) -> None:
    done = job("security-review")
    assert done.code == 1
    assert "needs a model" in done.err


def test_for_a_fork_there_is_no_report_that_needs_a_model(
    job: Callable[..., Done], forge: FakeForge, model: FakeModel, repo: Path
) -> None:
    done = job("security-review", "-m", "ok", of="mallory/r")
    assert done.code == 0, done.err
    assert done.err.endswith("no security-review: it cannot be made by static analysis alone\n")
    assert (model.requests, forge.seen, (repo / "security-review.md").exists()) == ([], [], False)
