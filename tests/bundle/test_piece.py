"""One file as it goes into a bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sous.bundle.cache import KnownFile
from sous.bundle.piece import FileEntry, numbered_cells, read_piece
from sous.bundle.plan import plan_bundle
from sous.bundle.recipe import Order, recipe_of

if TYPE_CHECKING:
    from pathlib import Path

    from sous.bundle.plan import BundlePlan

SECRET = "ghp_" + "a1B2" * 9


def planned(folder: Path, **given: Any) -> BundlePlan:
    order = Order(folder, given=given)
    return plan_bundle(recipe_of(order, root=folder), root=folder)


def piece_of(folder: Path, text: str, known: KnownFile | None = None, **given: Any) -> FileEntry:
    (folder / "a.py").write_text(text)
    plan = planned(folder, **given)
    (file,) = plan.files
    return read_piece(file, plan, known)


def test_lines_keep_their_numbers_where_some_are_dropped(tmp_path: Path) -> None:
    piece = piece_of(tmp_path, "a = 1\n\nb = 2\n", remove_empty_lines=True)
    assert piece.text.splitlines() == ["1: a = 1", "3: b = 2"]


def test_a_secret_is_masked_before_comments_are_removed(tmp_path: Path) -> None:
    piece = piece_of(tmp_path, f"# {SECRET}\na = 1\n", remove_comments=True)
    assert ([one.line for one in piece.secrets], SECRET in piece.text) == ([1], False)


def test_what_is_known_to_hold_no_secret_is_not_looked_through(tmp_path: Path) -> None:
    assert piece_of(tmp_path, f"K = '{SECRET}'\n", KnownFile()).secrets == []


def test_a_file_that_is_only_listed_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("a = 1\n")
    plan = planned(tmp_path)
    plan.listed_only = {"a.py"}
    assert read_piece(plan.files[0], plan) == FileEntry(left_out="by name")


def test_a_notebook_that_cannot_be_taken_apart_has_no_cells(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("a = 1\n")
    assert numbered_cells("no notebook", planned(tmp_path).recipe) == ""
