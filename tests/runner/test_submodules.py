from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import git, write_tree
from sous.runner.submodules import put_back_submodules, watch_submodules
from sous.runner.workplace import Workplace

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    for name in ("lib", "project"):
        write_tree(tmp_path / name, {"a.py": "A = 1\n"})
        git(tmp_path / name, "init", "-q")
        git(tmp_path / name, "add", ".")
        git(tmp_path / name, "commit", "-qm", "start")
    top = (tmp_path / "project").resolve()
    git(top, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(tmp_path / "lib"), "lib")
    git(top, "commit", "-qm", "lib")
    return Workplace(top, top, top / "prompt_plan.md")


CHANGES = {
    "a file": lambda lib: (lib / "a.py").write_text("A = 2\n"),
    "a new file": lambda lib: (lib / "b.py").write_text("B = 1\n"),
    "a commit": lambda lib: git(lib, "commit", "-q", "--allow-empty", "-m", "x"),
    "another branch": lambda lib: git(lib, "switch", "-q", "-c", "other"),
    "no branch": lambda lib: git(lib, "switch", "-q", "--detach"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_is_changed_in_a_submodule_is_told_and_undone(place: Workplace, tmp_path: Path, change: object) -> None:
    lib = place.top / "lib"
    (lib / "loose.txt").write_text("mine\n")
    before = (git(lib, "rev-parse", "HEAD", "--symbolic-full-name", "HEAD"), git(lib, "status", "--porcelain"))
    noted = watch_submodules(place, tmp_path)
    assert put_back_submodules(noted) == []
    assert callable(change)
    change(lib)
    assert put_back_submodules(noted) == ["it changed the submodule lib, which a step cannot commit"]
    assert (git(lib, "rev-parse", "HEAD", "--symbolic-full-name", "HEAD"), git(lib, "status", "--porcelain")) == before
    assert (lib / "loose.txt").read_text() == "mine\n"


def test_one_that_is_not_checked_out_is_let_be(place: Workplace, tmp_path: Path) -> None:
    git(place.top, "submodule", "deinit", "-q", "-f", "lib")
    assert watch_submodules(place, tmp_path) == []
