"""`sous readme` as a real process: the file that people mind most."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from fake_model import REPLY
from scene import SOUS, git, in_terminal

if TYPE_CHECKING:
    from pathlib import Path

    from fake_model import FakeModel
    from scene import Run


@pytest.fixture
def readme(repo: Path) -> Path:
    """A README that git holds, so that the command may replace it."""
    return repo / "README.md"


def test_a_readme_of_ours_is_up_to_date_although_it_is_in_the_bundle(repo: Path, run: Run, model: FakeModel) -> None:
    run("sous", "readme", "-m", "ok", cwd=repo)
    assert "up to date" in run("sous", "readme", "-m", "ok", cwd=repo).err
    assert len(model.requests) == 1


def test_a_readme_with_changes_is_asked_about_on_a_terminal(readme: Path, model: FakeModel) -> None:
    readme.write_text("# Mine, not committed\n")
    shown = in_terminal([*SOUS, "readme", "-m", "notes"], readme.parent, answer=b"n\n")
    assert "-# Mine, not committed" in shown
    assert readme.read_text() == "# Mine, not committed\n"
    assert "The code is fine." in readme.with_name("README.generated.md").read_text()
    assert model.requests


def test_a_readme_with_changes_is_left_alone_without_a_terminal(readme: Path, run: Run, model: FakeModel) -> None:
    readme.write_text("# Mine, not committed\n")
    done = run("sous", "readme", "-m", "ok", cwd=readme.parent)
    assert done.code == 0
    assert readme.read_text() == "# Mine, not committed\n"
    assert readme.with_name("README.generated.md").exists()
    assert "README.generated.md" in done.err
    assert model.requests


def test_a_file_that_is_named_gets_it_though_there_is_a_readme(readme: Path, run: Run, model: FakeModel) -> None:
    done = run("sous", "readme", "-m", "ok", "-o", "new.md", cwd=readme.parent)
    assert done.code == 0, done.err
    assert "Adding gives the difference" in readme.with_name("new.md").read_text()
    assert not readme.with_name("README.generated.md").exists()


def test_a_replaced_readme_says_how_to_go_back(readme: Path, run: Run, model: FakeModel) -> None:
    err = run("sous", "readme", "-m", "ok", cwd=readme.parent).err
    assert "git checkout -- README.md" in err
    git(readme.parent, "checkout", "--", "README.md")
    assert readme.read_text() == "# Demo\n"
    assert model.requests


def test_only_what_stands_between_markers_changes(readme: Path, run: Run, model: FakeModel) -> None:
    readme.write_text("# Mine\n\n<!-- sous:begin -->\n<!-- sous:end -->\n\nmine too\n")
    assert run("sous", "readme", "-m", "notes", cwd=readme.parent).code == 0
    text = readme.read_text()
    assert text.startswith("# Mine\n\n<!-- sous:begin -->\n# Notes\n\nThe code is fine.\n")
    assert text.endswith("<!-- sous:end -->\n\nmine too\n")
    assert "up to date" in run("sous", "readme", "-m", "notes", cwd=readme.parent).err
    assert len(model.requests) == 1


@pytest.mark.skipif(os.name == "nt", reason="modes of POSIX")
def test_a_read_only_readme_is_refused_before_anything_is_sent(readme: Path, run: Run, model: FakeModel) -> None:
    readme.chmod(0o440)
    done = run("sous", "readme", "-m", "ok", cwd=readme.parent)
    assert (done.code, "read-only" in done.err) == (1, True)
    assert not model.requests


@pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")
def test_ctrl_c_leaves_the_old_file_and_keeps_what_came(readme: Path, model: FakeModel) -> None:
    before = readme.read_bytes()
    with subprocess.Popen([*SOUS, "readme", "-m", "slow"], cwd=readme.parent, stderr=subprocess.PIPE) as process:
        deadline = time.monotonic() + 30
        while not model.requests and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        assert process.stderr
        err = process.stderr.read().decode()
    assert process.returncode == 130
    assert "Traceback" not in err
    assert readme.read_bytes() == before
    assert REPLY.startswith(readme.with_name("README.md.partial").read_text())
