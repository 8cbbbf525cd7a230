from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import git, write_tree
from sous.runner.elsewhere import place_of
from sous.runner.jobplace import bring_home, drop_place, identity, job_folder, make_place, merged_onto

if TYPE_CHECKING:
    from pathlib import Path

    from sous.runner.workplace import Workplace

IGNORED = frozenset({".venv/", "node_modules/", "Cargo.lock", "notes.log"})


@pytest.fixture
def home(tmp_path: Path) -> Workplace:
    write_tree(
        tmp_path / "project",
        {
            "a.py": "A = 1\nB = 2\nC = 3\n", "docs/d.md": "x\n", ".gitignore": ".venv/\nnode_modules/\n*.lock\n*.log\n",
            ".venv/lib/dep.py": "x = 1\n", "node_modules/dep/index.js": "", "Cargo.lock": "1\n", "notes.log": "mine\n",
            "prompt_plan.md": "# Plan\n",
        },
    )  # fmt: skip
    project = tmp_path / "project"
    git(project, "init", "-q", "-b", "main")
    git(project, "config", "user.name", 'A "B" C')
    git(project, "config", "user.email", "a@example.com")
    git(project, "add", "a.py", "docs", ".gitignore")
    git(project, "commit", "-qm", "start")
    found = place_of(project, project / "prompt_plan.md")
    assert found
    return found


def placed(home: Workplace, slug: str = "step-1") -> Workplace:
    tip = git(home.top, "rev-parse", "HEAD").strip()
    return make_place(home, slug, tip, refs={"refs/heads/main": tip}, linked=IGNORED, config=identity(home))


def test_it_is_the_project_at_a_commit_with_its_dependencies_and_nothing_that_lies_around(home: Workplace) -> None:
    write_tree(home.top, {"a.py": "changed\n", "loose.txt": "x\n"})
    place = placed(home)
    names = {path.name for path in place.top.iterdir()}
    assert names == {".git", ".gitignore", ".venv", "Cargo.lock", "a.py", "docs", "node_modules", "prompt_plan.md"}
    assert (place.top / "a.py").read_text() == "A = 1\nB = 2\nC = 3\n"
    assert (place.top / ".venv/lib/dep.py").read_text() == "x = 1\n"
    assert git(place.top, "status", "--porcelain").split() == ["??", "prompt_plan.md"]
    assert place.origin is home


@pytest.mark.parametrize("rule", ["/own.env", "*.env", b"own*\xff\nown.*".decode("utf-8", "surrogateescape")])
def test_what_the_repository_ignores_by_its_own_list_is_ignored_there_too(home: Workplace, rule: str) -> None:
    (home.top / ".git/info/exclude").write_text(rule, "utf-8", "surrogateescape")
    place = placed(home)
    (place.top / "own.env").write_text("x\n")
    assert git(place.top, "status", "--porcelain").split() == ["??", "prompt_plan.md"]


def test_its_repository_is_its_own(home: Workplace) -> None:
    place = placed(home)
    assert git(place.top, "log", "--format=%s", "main").strip() == "start"
    assert git(place.top, "config", "--local", "user.name").strip() == 'A "B" C'
    (place.top / "a.py").write_text("x = 1\n")
    git(place.top, "commit", "-qam", "own")
    git(place.top, "branch", "-f", "main")
    git(place.top, "stash", "list")
    assert git(home.top, "log", "--format=%s", "main").strip() == "start"


def test_a_submodule_is_there_without_its_repository(home: Workplace, tmp_path: Path) -> None:
    write_tree(tmp_path / "sub", {"s.py": "x = 1\n"})
    git(tmp_path / "sub", "init", "-q")
    git(tmp_path / "sub", "add", ".")
    git(tmp_path / "sub", "commit", "-qm", "sub")
    git(home.top, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(tmp_path / "sub"), "lib")
    git(home.top, "commit", "-qm", "sub")
    place = placed(home)
    assert (place.top / "lib/s.py").read_text() == "x = 1\n"
    assert not (place.top / "lib/.git").exists()
    assert git(place.top, "status", "--porcelain").split() == ["??", "prompt_plan.md"]


def test_what_was_made_there_comes_home_and_is_merged(home: Workplace) -> None:
    one, other = placed(home, "step-1"), placed(home, "step-2")
    tip = git(home.top, "rev-parse", "HEAD").strip()
    trees = []
    for place, text in ((one, "A = 10\nB = 2\nC = 3\n"), (other, "A = 1\nB = 2\nC = 30\n")):
        (place.top / "a.py").write_text(text)
        git(place.top, "add", "a.py")
        trees.append(git(place.top, "write-tree").strip())
        bring_home(place, home, trees[-1], tip)
    assert git(home.top, "show", f"{trees[0]}:a.py").startswith("A = 10")
    git(home.top, "read-tree", trees[0])
    git(home.top, "commit", "-qm", "one")
    merged = merged_onto(home, tip, trees[1], "HEAD")
    assert merged.conflicts in ((), ("a.py",))  # lines that touch are one hunk for some versions of git
    again = merged_onto(home, tip, git(home.top, "rev-parse", f"{tip}^{{tree}}").strip(), "HEAD")
    assert again == (trees[0], ())


def test_lines_that_both_changed_are_told(home: Workplace) -> None:
    tip = git(home.top, "rev-parse", "HEAD").strip()
    trees = []
    for text in ("A = 1\n", "A = 2\n"):
        (home.top / "a.py").write_text(text)
        git(home.top, "add", "a.py")
        trees.append(git(home.top, "write-tree").strip())
    git(home.top, "read-tree", trees[0])
    git(home.top, "commit", "-qm", "one")
    assert merged_onto(home, tip, trees[1], "HEAD").conflicts == ("a.py",)


def test_it_can_be_made_again_and_dropped(home: Workplace) -> None:
    (placed(home).top / "left.txt").write_text("x\n")
    assert not (placed(home).top / "left.txt").exists()
    drop_place(home, "step-1")
    assert not job_folder(home, "step-1").exists()
    assert (home.top / ".venv/lib/dep.py").exists()
    drop_place(home, "step-1")
