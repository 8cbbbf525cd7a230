from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import git
from sous.bundle.ignore import IgnoreFiles, walk
from sous.bundle.listing import list_files

if TYPE_CHECKING:
    from pathlib import Path


def plant(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def walked(folder: Path, files: IgnoreFiles | None = None) -> list[str]:
    return sorted(path for path in walk(folder, files or IgnoreFiles()) if "ignore" not in path)


def test_in_one_folder_repomixignore_decides_over_ignore_over_gitignore(tmp_path: Path) -> None:
    plant(tmp_path, a="", b="", c="")
    (tmp_path / ".gitignore").write_text("a\nb\nc\n")
    (tmp_path / ".ignore").write_text("!b\n!c\n")
    (tmp_path / ".repomixignore").write_text("c\n")
    assert walked(tmp_path) == ["b"]


def test_a_deeper_folder_decides(tmp_path: Path) -> None:
    plant(tmp_path, d__a="", d__b="")
    (tmp_path / ".repomixignore").write_text("a\nb\n")
    (tmp_path / "d" / ".gitignore").write_text("!a\n")
    assert walked(tmp_path) == ["d/a"]


def test_what_lies_in_an_excluded_folder_is_not_taken_back(tmp_path: Path) -> None:
    plant(tmp_path, d__k="", e__k="", e__j="")
    (tmp_path / ".gitignore").write_text("d/\n!d/k\ne/*\n!e/k\n")
    assert walked(tmp_path) == ["e/k"]


@pytest.mark.parametrize(
    ("files", "left"),
    [
        (IgnoreFiles(gitignore=False), ["a"]),
        (IgnoreFiles(dotignore=False), ["b"]),
        (IgnoreFiles(gitignore=False, dotignore=False), ["a", "b"]),
    ],
)
def test_each_kind_can_be_switched_off_but_one(files: IgnoreFiles, left: list[str], tmp_path: Path) -> None:
    plant(tmp_path, a="", b="", c="")
    (tmp_path / ".gitignore").write_text("a\n")
    (tmp_path / ".ignore").write_text("b\n")
    (tmp_path / ".repomixignore").write_text("c\n")
    assert walked(tmp_path, files) == left


def test_rules_above_hold_up_to_the_top_of_the_repository(tmp_path: Path) -> None:
    plant(tmp_path, repo__s__t__a="", repo__s__t__b="", repo__s__t__c="", repo__s__t__d="", repo__s__t__e="")
    git(tmp_path / "repo", "init", "-q")
    (tmp_path / ".gitignore").write_text("e\n")  # outside
    (tmp_path / "repo" / ".gitignore").write_text("/s/t/a\n/b\n")
    (tmp_path / "repo" / "s" / ".gitignore").write_text("t/c\n")
    (tmp_path / "repo" / ".git" / "info").mkdir(exist_ok=True)
    (tmp_path / "repo" / ".git" / "info" / "exclude").write_text("d\n")
    folder = tmp_path / "repo" / "s" / "t"
    assert walked(folder) == ["b", "e"]
    assert sorted(list_files(folder, IgnoreFiles())) == ["b", "e"]


def test_a_tracked_file_that_an_ignore_file_names_stays_out(repo: Path) -> None:
    (repo / ".gitignore").write_text("src/\n")
    assert sorted(list_files(repo, IgnoreFiles())) == [".gitignore", "README.md"]


@pytest.mark.parametrize("name", [".ignore", ".repomixignore", "src/.ignore"])
def test_files_that_git_does_not_read_hold_in_a_repository(name: str, repo: Path) -> None:
    (repo / name).write_text("app.py\n")
    assert "src/app.py" not in set(list_files(repo, IgnoreFiles()))
    assert "README.md" in set(list_files(repo, IgnoreFiles()))


def test_odd_lines_are_read_as_git_reads_them(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    names = ["a", "b ", "#c", "!d", "e[1]", "f\\g", "h", "x/h", "i", "j k", "l"]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    rules = "\ufeffa\r\nb\\ \n\\#c\n\\!d\ne\\[1\\]\n# comment\n/h\n\n  i\nl\\\n"
    (tmp_path / ".gitignore").write_text(rules, "utf-8")
    assert sorted(walk(tmp_path, IgnoreFiles())) == sorted(list_files(tmp_path, IgnoreFiles()))


@pytest.mark.parametrize("rule", ["[[:digit:]]", "[z-a]", "[a-\\]", "[[:nope:]]x", "a\\"])
def test_a_rule_with_an_odd_class_ends_nothing(rule: str, tmp_path: Path) -> None:
    plant(tmp_path, a="", d__b="")
    (tmp_path / ".gitignore").write_text(f"{rule}\nb\n")
    assert walked(tmp_path) == ["a"]


def test_all_but_some_kinds_can_be_ignored(tmp_path: Path) -> None:
    plant(tmp_path, bar="", top__txt="", bar2__foo="")
    (tmp_path / "bar2" / "foo.txt").write_text("")
    (tmp_path / ".gitignore").write_text("*\n!*/\n!*.txt\n")
    assert walked(tmp_path) == ["bar2/foo.txt"]
