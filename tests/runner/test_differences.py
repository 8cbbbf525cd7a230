from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import pytest

from scene import git, write_tree
from sous.errors import SousError
from sous.runner.checkpoint import Checkpoint
from sous.runner.differences import Difference, Side, differences, entries, lines_of
from sous.runner.workplace import Workplace

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def start(tmp_path: Path) -> Checkpoint:
    repo = tmp_path / "repo"
    write_tree(repo, {"calc.py": "x = 1\n", "old.py": "y = 1\n", "tests/test_a.py": "t = 1\n"})
    git(repo, "init", "-q")
    git(repo, "add", "-A")
    git(repo, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "one")
    return Checkpoint.take(Workplace(repo, repo, repo / "plan.md"), tmp_path / "start")


def test_what_a_step_changed_is_told_with_its_texts(start: Checkpoint, tmp_path: Path) -> None:
    repo = start.place.top
    write_tree(repo, {"calc.py": "x = 2\n", "tests/test_b.py": "t = 2\n", "pytest.ini": "[pytest]\n"})
    (repo / "old.py").unlink()
    after = start.now(tmp_path / "after")
    found = {one.path: one for one in differences(start, after)}
    assert (found["calc.py"].old.text, found["calc.py"].new.text) == ("x = 1\n", "x = 2\n")
    assert not found["old.py"].new.is_there
    assert not found["tests/test_b.py"].old.is_there
    assert [path for path, one in found.items() if one.is_test_side] == ["pytest.ini", "tests/test_b.py"]
    assert lines_of(found.values()) == (3, 2)


def test_lines_are_counted_whatever_a_file_is_called_or_holds(start: Checkpoint, tmp_path: Path) -> None:
    (start.place.top / "binary").write_bytes(bytes(range(256)))
    write_tree(start.place.top, {":100644 a\tb\nc": "1\n-- 2\n", "3\t4": "x"})
    found = {one.path: (one.added, one.removed) for one in differences(start, start.now(tmp_path / "after"))}
    assert found == {"binary": (0, 0), ":100644 a\tb\nc": (2, 0), "3\t4": (1, 0)}


def test_a_state_with_some_files_of_another(start: Checkpoint, tmp_path: Path) -> None:
    repo = start.place.top
    write_tree(repo, {"calc.py": "x = 2\n", "tests/test_b.py": "t = 2\n"})
    (repo / "old.py").unlink()
    after = start.now(tmp_path / "after")
    tests = [one for one in differences(start, after) if one.is_test_side]
    mixed = start.mixed(tmp_path / "mixed", entries(tests, old=False))
    old = after.mixed(tmp_path / "old", entries(tests, old=True))
    names = [_names(repo, one.index) for one in (mixed, old)]
    assert names == [{"calc.py", "old.py", "tests/test_a.py", "tests/test_b.py"}, {"calc.py", "tests/test_a.py"}]


def _names(repo: Path, index: Path) -> set[str]:
    from sous.git import read_git

    return set(read_git(repo, "ls-files", "-z", index=index).decode().split("\0")[:-1])


def test_an_object_that_is_not_what_its_name_says_is_refused(start: Checkpoint, tmp_path: Path) -> None:
    repo = start.place.top
    name = git(repo, "hash-object", "-w", "--stdin", "--path=calc.py").strip()
    (repo / "calc.py").write_text("")
    path = repo / ".git/objects" / name[:2] / name[2:]
    path.chmod(0o644)
    path.write_bytes(zlib.compress(b"blob 6\0x = 3\n"))
    with pytest.raises(SousError, match="does not match its name"):
        differences(start, start.now(tmp_path / "after"))


def test_options_of_tests_in_a_manifest_are_of_the_tests() -> None:
    old, new = Side("100644", "1", "[tool.ruff]\nx = 1\n"), Side("100644", "2", "[tool.pytest]\nx = 1\n")
    assert Difference("pyproject.toml", old, new).is_test_side
    assert not Difference("pyproject.toml", old, Side("100644", "2", "[tool.ruff]\nx = 2\n")).is_test_side
