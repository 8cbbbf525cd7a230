"""An answer is paid for: whatever happens after it came, it is not lost, and nothing else is either."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fake_model import REPLY
from scene import SOUS, git, in_terminal

if TYPE_CHECKING:
    from fake_model import FakeModel
    from scene import Run

posix = pytest.mark.skipif(os.name == "nt", reason="signals, links, modes and devices of POSIX")


@posix
def test_a_full_disk_behind_stdout_keeps_the_answer(repo: Path, model: FakeModel) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*SOUS, "code-review", "-m", "ok", "-o", "-"], cwd=repo, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 1
    assert b"The answer is saved in code-review.md.partial" in done.stderr
    assert (repo / "code-review.md.partial").read_text().startswith(REPLY)
    assert model.requests


@posix
def test_a_reader_that_has_gone_keeps_the_answer(repo: Path, model: FakeModel) -> None:
    process = subprocess.Popen(
        [*SOUS, "code-review", "-m", "slow", "-o", "-"], cwd=repo, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert process.wait(60) == 1
    assert b"The answer is saved in code-review.md.partial" in err
    assert (repo / "code-review.md.partial").read_text().startswith(REPLY)
    assert model.requests


@posix
def test_a_termination_keeps_what_came(repo: Path, model: FakeModel) -> None:
    process = subprocess.Popen([*SOUS, "code-review", "-m", "slow"], cwd=repo, stderr=subprocess.PIPE)
    assert process.stderr
    deadline = time.monotonic() + 30
    while not model.requests and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(1.5)  # a few pieces, one each 0.3 s
    process.send_signal(signal.SIGTERM)
    err = process.stderr.read()
    process.stderr.close()
    assert process.wait(30) == 143, err
    assert (repo / "code-review.md.partial").read_text().startswith("## Adding")
    assert not (repo / "code-review.md").exists()


@posix
def test_a_partial_that_is_not_ours_gets_a_number_beside_it(repo: Path, run: Run, model: FakeModel, home: Path) -> None:
    (home / ".bashrc").write_text("mine\n")
    (repo / "code-review.md.partial").symlink_to(home / ".bashrc")
    (repo / "code-review.md.partial.1").write_text("my own notes\n")
    done = run("sous", "code-review", "-m", "drop", cwd=repo)
    assert "saved in code-review.md.partial.2" in done.err
    assert (home / ".bashrc").read_text() == "mine\n"
    assert (repo / "code-review.md.partial.1").read_text() == "my own notes\n"
    assert model.requests


def test_a_report_is_in_its_place_while_the_log_is_locked(repo: Path, home: Path, model: FakeModel) -> None:
    database = sqlite3.connect(home / "llm" / "logs.db", isolation_level=None)
    database.execute("BEGIN EXCLUSIVE")
    with subprocess.Popen([*SOUS, "code-review", "-m", "ok"], cwd=repo, stderr=subprocess.PIPE) as process:
        deadline = time.monotonic() + 30
        while not (repo / "code-review.md").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert (repo / "code-review.md").read_text().startswith(REPLY)
        assert process.poll() is None  # it still waits for the log
        database.rollback()
        database.close()
        assert process.stderr
        assert b"log could not" not in process.stderr.read()
    assert process.returncode == 0
    assert model.requests


def test_an_answer_cannot_break_the_markers_of_a_readme(repo: Path, run: Run, model: FakeModel) -> None:
    (repo / "README.md").write_text("# Mine\n\n<!-- sous:begin -->\n<!-- sous:end -->\n\nbelow\n")
    for _ in range(2):
        assert run("sous", "readme", "-m", "markers", "--force", cwd=repo).code == 0
        lines = (repo / "README.md").read_text().splitlines()
        assert lines.count("<!-- sous:begin -->") == lines.count("<!-- sous:end -->") == 1
        assert lines[-1] == "below"
    assert len(model.requests) == 2


@posix
def test_a_readme_keeps_its_mode_and_the_link_that_it_is(repo: Path, run: Run, model: FakeModel) -> None:
    (repo / "docs").mkdir()
    (repo / "README.md").rename(repo / "docs" / "front.md")
    (repo / "docs" / "front.md").chmod(0o640)
    (repo / "README.md").symlink_to("docs/front.md")
    git(repo, "add", ".")
    git(repo, "commit", "-qm", "link")
    done = run("sous", "readme", "-m", "ok", cwd=repo)
    assert done.code == 0, done.err
    assert (repo / "README.md").is_symlink()
    assert (repo / "docs" / "front.md").read_text().startswith(REPLY)
    assert (repo / "docs" / "front.md").stat().st_mode & 0o777 == 0o640
    assert model.requests


def test_an_untracked_readme_stays(repo: Path, run: Run, model: FakeModel) -> None:
    git(repo, "rm", "-q", "--cached", "README.md")
    done = run("sous", "readme", "-m", "ok", cwd=repo)
    assert done.code == 0, done.err
    assert (repo / "README.md").read_text() == "# Demo\n"
    assert (repo / "README.generated.md").read_text().startswith(REPLY)
    assert model.requests


def test_a_template_of_the_users_own_needs_no_trust(repo: Path, run: Run, model: FakeModel, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("prompt: my own words\n")
    (repo / ".mise.toml").write_text('[_.sous]\ntemplates = "prompts"\n')
    assert run("sous", "code-review", "-m", "ok", cwd=repo).code == 1
    done = run("sous", "code-review", "-m", "ok", "--template", str(tmp_path / "mine.yaml"), cwd=repo)
    assert done.code == 0, done.err
    assert model.prompts()[0].endswith("my own words")


def test_a_bundle_whose_folder_has_gone_says_what_to_do(repo: Path, run: Run, model: FakeModel) -> None:
    assert run("sous", "bundle", "src", cwd=repo).code == 0
    (repo / "src").rename(repo / "lib")
    done = run("sous", "code-review", "-m", "ok", cwd=repo)
    assert done.code == 1
    assert "sous bundle --project" in done.err
    assert not model.requests


@posix
def test_a_terminal_gets_no_escapes_on_stdout_either(repo: Path, model: FakeModel) -> None:
    seen = in_terminal([*SOUS, "code-review", "-m", "escape", "-o", "-"], repo, stdout=True)
    assert "\x1b]0;" not in seen
    assert "owned" not in seen  # it is left out of the answer
    assert model.requests
