from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scene import git, write_tree
from sous.runner.checkpoint import Checkpoint
from sous.runner.clean import changed_dependency, clean_place, note_dependencies, temporary_folder
from sous.runner.workplace import Workplace
from sous.state import state_folder


@pytest.fixture
def start(tmp_path: Path) -> Checkpoint:
    repo = tmp_path / "repo"
    files = {
        "calc.py": "x = 1\n",
        "packages/own/index.js": "1\n",
        ".gitignore": "*.log\n.venv/\nnode_modules/\n",
        "left.log": "x\n",
        ".venv/lib/python3.11/site-packages/dep.py": "d = 1\n",
        "node_modules/dep/index.js": "2\n",
    }
    write_tree(repo, files)
    (repo / "node_modules/own").symlink_to("../packages/own")
    git(repo, "init", "-q")
    git(repo, "add", "-A")
    git(repo, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "one")
    write_tree(repo, {"untracked.py": "u\n"})
    return Checkpoint.take(Workplace(repo, repo, repo / "plan.md"), tmp_path / "start")


def head(start: Checkpoint) -> str:
    return git(start.place.top, "rev-parse", "HEAD").strip()


def test_it_holds_what_would_be_committed_and_dependencies(start: Checkpoint) -> None:
    with clean_place(start, head=head(start), refs={}, texts={"calc.py": "x = 2\n"}) as clean:
        names = {path.name for path in clean.root.iterdir()}
        assert names == {"calc.py", "packages", ".gitignore", ".venv", "node_modules", ".git"}
        assert (clean.root / "calc.py").read_text() == "x = 2\n"
        assert (clean.root / ".venv/lib/python3.11/site-packages/dep.py").is_file()
        assert (clean.root / "node_modules/dep/index.js").read_text() == "2\n"
        assert (clean.root / "node_modules/own").resolve() == clean.root / "packages/own"
    assert not clean.top.exists()
    assert (start.place.top / ".venv/lib").is_dir()


def test_git_answers_there_and_changes_nothing_of_the_project(start: Checkpoint) -> None:
    repo = start.place.top
    refs = {"refs/heads/main": head(start), "refs/tags/v1": head(start)}
    with clean_place(start, head=head(start), refs=refs, texts={}) as clean:
        assert git(clean.root, "describe", "--tags").strip() == "v1"
        assert git(clean.root, "status", "--porcelain", "-uno") == ""
        git(clean.root, "tag", "evil")
        git(clean.root, "branch", "-f", "main", "HEAD")
    assert git(repo, "tag") == ""


def test_what_changes_while_tests_run_is_seen(start: Checkpoint) -> None:
    with clean_place(start, head=head(start), refs={}, texts={}) as clean:
        assert clean.touched() == set()
        (clean.root / "calc.py").write_text("x = 3\n")
        (clean.root / "made.txt").write_text("m\n")
        assert clean.touched() == {"calc.py"}


def test_an_installation_that_leads_to_the_project_is_led_to_the_clean_place(start: Checkpoint) -> None:
    repo = start.place.top
    packages = repo / ".venv/lib/python3.11/site-packages"
    (repo / "src").mkdir()
    (packages / "own.pth").write_text(f"{repo / 'src'}\nimport os\n")
    (packages / "__editable___x_finder.py").write_text(f"MAPPING = {{'own': '{repo / 'packages/own'}'}}\n")
    with clean_place(start, head=head(start), refs={}, texts={}) as clean:
        paths = clean.python_path.split(os.pathsep)
        assert set(paths) == {str(clean.top / "src"), str(clean.top / "packages")}


CHANGES = {
    "a program of tests": (
        {"site/_pytest/main.py": (1, 1)},
        {"site/_pytest/main.py": (2, 2)},
        ["pyproject.toml"],
        True,
    ),
    "a file that Python loads": ({"a.py": (1, 1)}, {"a.py": (1, 1), "x.pth": (1, 1)}, ["pyproject.toml"], True),
    "a dependency without a word": ({"a.py": (1, 1)}, {"a.py": (2, 2)}, ["calc.py"], True),
    "a dependency that is asked for": ({"a.py": (1, 1)}, {"a.py": (1, 1), "b.py": (1, 1)}, ["package.json"], False),
    "nothing": ({"a.py": (1, 1)}, {"a.py": (1, 1)}, [], False),
    "the first installation": ({}, {"a.py": (1, 1)}, [], False),
}


@pytest.mark.parametrize(("before", "after", "changed", "is_wrong"), CHANGES.values(), ids=CHANGES)
def test_what_an_agent_changes_in_dependencies_is_explained(
    before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]], changed: list[str], is_wrong: bool
) -> None:
    assert bool(changed_dependency(before, after, changed)) is is_wrong


def test_dependencies_are_noted_file_by_file(start: Checkpoint) -> None:
    noted = note_dependencies(start.place.top, start.ignored)
    assert {path.replace(os.sep, "/") for path in noted} == {
        ".venv/lib/python3.11/site-packages/dep.py",
        "node_modules/dep/index.js",
        "node_modules/own",
    } - {"node_modules/own"}


def test_what_is_checked_out_of_a_submodule_is_linked_and_locks_are_copied(tmp_path: Path) -> None:
    repo, other = tmp_path / "repo", tmp_path / "other"
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    for folder, name in ((other, "lib.c"), (repo, "calc.c")):
        write_tree(folder, {name: "x\n", ".gitignore": "Cargo.lock\n", "Cargo.lock": "l\n"})
        git(folder, "init", "-q")
        git(folder, "add", "-A")
        git(folder, *who, "commit", "-qm", "one")
    git(repo, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other), "deps/other")
    git(repo, *who, "commit", "-qm", "two")
    start = Checkpoint.take(Workplace(repo, repo, repo / "plan.md"), tmp_path / "start")
    with clean_place(start, head=head(start), refs={}, texts={}) as clean:
        assert (clean.root / "deps/other/lib.c").read_text() == "x\n"
        (clean.root / "Cargo.lock").write_text("changed\n")
    assert (repo / "Cargo.lock").read_text() == "l\n"
    assert (repo / "deps/other/lib.c").is_file()


def test_nothing_is_made_through_a_link_of_the_checkout(tmp_path: Path) -> None:
    repo, outside = tmp_path / "repo", tmp_path / "outside"
    (outside / "autostart").mkdir(parents=True)
    ignored = {"lnk/site-packages/mine.py": "x\n", "lnk/Cargo.lock": "x\n", "lnk/autostart/e.desktop": "x\n"}
    modules = '[submodule "a"]\n\tpath = lnk/autostart\n'
    write_tree(repo, {".gitignore": "site-packages/\nCargo.lock\n", ".gitmodules": modules})
    (repo / "lnk").symlink_to(outside)
    git(repo, "init", "-q")
    git(repo, "add", "-A")
    git(repo, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "one")
    state = Checkpoint.take(Workplace(repo, repo, repo / "plan.md"), tmp_path / "start")
    (repo / "lnk").unlink()
    write_tree(repo, ignored)  # what an agent put in its place
    now = Checkpoint(state.place, state.index, state.tree, ignored=frozenset({"lnk/site-packages/", "lnk/Cargo.lock"}))
    with clean_place(now, head=head(now), refs={}, texts={}) as place:
        assert (place.top / "lnk").is_symlink()
    assert sorted(path.relative_to(outside).as_posix() for path in outside.rglob("*")) == ["autostart"]
    assert not (outside / "autostart").is_symlink()


def test_what_a_killed_run_left_is_deleted_and_what_lives_is_not(repo: Path, tmp_path: Path) -> None:
    other = state_folder() / "checkouts" / "other" / "clean"
    write_tree(other, {"dead/read-only/x.py": "x\n", "dead.index": "x", "dead.lock": ""})
    (other / "dead" / "read-only").chmod(0o555)
    (tmp_path / "mine").mkdir()
    (other / "link").symlink_to(tmp_path / "mine")
    with temporary_folder(repo) as alive:
        assert [one.name for one in other.iterdir() if one.name != "dead"] == ["link"]
        with temporary_folder(repo) as second:
            assert alive.is_dir()
        assert not second.exists()
        assert len(list(alive.parent.iterdir())) == 2, "it, and its lock"
    assert list(alive.parent.iterdir()) == []
    assert (tmp_path / "mine").is_dir()


def test_a_run_that_is_killed_is_known_to_be_dead(repo: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from sous.runner.clean import temporary_folder\n"
        "with temporary_folder(Path(sys.argv[1])) as top:\n"
        "    (top / 'x').write_text('x'); print(top, flush=True); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(repo)], capture_output=True, check=False)
    left = Path(done.stdout.decode().strip())
    assert left.is_dir()
    with temporary_folder(repo):
        assert not left.exists()
