"""The tests of a landing run on exactly the commit, in a checkout that goes with them."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from scene import git
from sous.errors import SousError
from sous.git_wire import OwnRepository
from sous.runner.landing_tests import Red
from sous.runner.landing_tests import tests_in_checkout as runner_of
from sous.state import state_folder
from sous.team.member import Membership

if TYPE_CHECKING:
    from pathlib import Path

    from sous.team.shared import Team


@pytest.fixture
def team(repo: Path, tmp_path: Path) -> Team:
    ours = OwnRepository.open(state_folder() / "wire.git", repo, str(tmp_path / "remote.git"))
    return cast(
        "Team",
        SimpleNamespace(root=repo, repository=ours, membership=Membership("origin", "prompt_plan.md", "sous/x")),
    )


def test_only_what_was_committed_is_there(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    (team.root / "loose.txt").write_text("x")
    (team.root / "src" / "app.py").write_text("changed\n")
    head = git(team.root, "rev-parse", "HEAD").strip()
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    test = "test ! -e loose.txt && grep -q 'a - b' src/app.py && test -z \"$GIT_DIR\""
    runner_of(team, test, timeout=20)(head)
    assert left() == []


def left() -> list[Path]:
    return list((state_folder() / "checkouts").glob("*/clean/*"))


def test_the_tests_cannot_change_what_talks_to_the_remote(team: Team) -> None:
    head = git(team.root, "rev-parse", "HEAD").strip()
    before = (team.repository.folder / "config").read_bytes()
    runner_of(team, "git config url.x.insteadOf y && git tag made && git log -1", timeout=20)(head)
    assert (team.repository.folder / "config").read_bytes() == before
    assert team.repository.git("tag") == b""
    assert git(team.root, "tag") == ""


def test_the_tests_run_at_the_root_of_the_project(team: Team) -> None:
    head = git(team.root, "rev-parse", "HEAD").strip()
    docs = cast("Team", SimpleNamespace(**{**vars(team), "membership": Membership("o", "docs/plan.md", "b")}))
    runner_of(docs, "test -f src/app.py", timeout=20)(head)


def test_an_editable_package_does_not_hide_what_would_land(team: Team) -> None:
    packages = team.root / ".venv" / "lib" / "python3.11" / "site-packages"
    packages.mkdir(parents=True)
    (packages / "demo.pth").write_text(f"{team.root / 'src'}\n")
    (team.root / "src" / "app.py").write_text("def add(a, b):\n    return a + b\n")
    (team.root / ".gitignore").write_text(".venv/\n")
    head = git(team.root, "rev-parse", "HEAD").strip()
    test = f'{sys.executable} -c "import app; assert app.add(1, 2) == 3"'
    with pytest.raises(SousError, match="on what would land"):
        runner_of(team, test, timeout=20)(head)


def test_what_tests_leave_read_only_goes(team: Team) -> None:
    head = git(team.root, "rev-parse", "HEAD").strip()
    runner_of(team, "mkdir -p a/b && touch a/b/c && chmod 555 a/b", timeout=20)(head)
    assert left() == []


def test_a_failure_shows_the_last_lines_cleaned(team: Team) -> None:
    head = git(team.root, "rev-parse", "HEAD").strip()
    with pytest.raises(Red, match="fails with exit code 3 on what would land$") as caught:
        runner_of(team, r"printf 'one\n\n\033[31mred\n'; exit 3", timeout=20)(head)
    first, last = caught.value.last_lines
    assert (first, last.endswith("red"), "\x1b" in last) == ("one", True, False)


def test_tests_that_do_not_end_are_told(team: Team) -> None:
    head = git(team.root, "rev-parse", "HEAD").strip()
    with pytest.raises(SousError, match="did not end in time"):
        runner_of(team, "sleep 30", timeout=0.2)(head)
