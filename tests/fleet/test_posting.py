"""What is to be posted to each repository, told before anything is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sous.errors import SousError
from sous.fleet.index import FleetIndex
from sous.fleet.place import FleetFolder
from sous.fleet.posting import RepositoryIssues, carry_out_posts, planned_posts, sum_line
from sous.fleet.repositories import FleetRepository
from sous.forge.drafts import Extras, Wanted
from sous.forge.forge import Draft
from sous.forge.post import Action, PostStep

ONE = FleetRepository("o/n", "h/o/n", "https://h.example/o/n")


def row(folder: FleetFolder, **more: Any) -> dict[str, Any]:
    folder.note([{"name": "o/n", "slug": ONE.slug, "address": ONE.address, "identity": "x"}])
    files = [f"repos/{ONE.slug}/github-issues-k/issues.md"]
    return {"name": "o/n", "slug": ONE.slug, "tasks": {"github-issues": {"files": files}}, **more}


def test_a_clone_that_is_gone_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    folder = FleetFolder(tmp_path)
    index = FleetIndex((row(folder), row(folder, tasks={"code-review": {"files": []}})), ())
    (planned,) = planned_posts(folder, index, Extras(), only=(), limit=None)
    assert planned.lines() == ["o/n: its clone is no longer kept; run its github-issues again"]
    assert not planned.has_work
    (failed,) = carry_out_posts([planned], Extras(), limit=None, create_labels=False)
    assert failed[0] == "o/n"
    assert "no longer kept" in failed[2]


def test_only_those_that_are_named(tmp_path: Path) -> None:
    folder = FleetFolder(tmp_path)
    index = FleetIndex((row(folder),), ())
    assert [*planned_posts(folder, index, Extras(), only=["p/*"], limit=None)] == []
    assert len([*planned_posts(folder, index, Extras(), only=["O/*"], limit=None)]) == 1


def test_what_a_forge_says_is_one_line_without_escapes() -> None:
    issues = RepositoryIssues(FleetRepository("o/\x1b[31mn", "x"), Path(), why="no\naccess\x1b[0m")
    (line,) = issues.lines()
    assert "\x1b" not in line
    assert "\n" not in line


def test_what_is_held_back_is_named_with_its_reason() -> None:
    item: Any = None
    steps = [
        PostStep(Wanted(item, title, Draft(title, ""), "", held), Action.SKIP if held else Action.CREATE, held)
        for title, held in (("f hangs", "not proven"), ("g leaks", ""))
    ]
    assert RepositoryIssues(ONE, Path(), steps).lines() == [
        "o/n: 1 to create, 0 to update, 1 to leave", "  create g leaks", "  skip   f hangs (not proven)",
    ]  # fmt: skip


def test_a_plan_of_several_ends_with_what_all_come_to() -> None:
    two = [RepositoryIssues(ONE, Path(), why="no access") for _ in range(2)]
    assert sum_line(two) == "2 repositories: 0 to create, 0 to update, 0 to leave"


def test_a_folder_without_a_remote_cannot_be_posted_to(tmp_path: Path) -> None:
    from sous.fleet.posting import _place_of

    with pytest.raises(SousError):
        _place_of(FleetRepository("n", "x", folder=str(tmp_path)), tmp_path)
