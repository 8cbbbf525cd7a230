from __future__ import annotations

from typing import TYPE_CHECKING

from sous.output.partial import drop_partial, keep_partial, partial_path

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_of_the_user_is_left_alone(tmp_path: Path) -> None:
    partial = partial_path(tmp_path / "a.md")
    partial.write_text("mine\n")
    assert keep_partial(partial, "ours") == tmp_path / "a.md.partial.1"
    drop_partial(partial)
    assert partial.read_text() == "mine\n"


def test_two_of_one_run_do_not_replace_each_other(tmp_path: Path) -> None:
    partial = partial_path(tmp_path / "a.md")
    assert keep_partial(partial, "one") != keep_partial(partial, "two")


def test_ours_is_dropped_unless_somebody_changed_it(tmp_path: Path) -> None:
    partial = keep_partial(partial_path(tmp_path / "a.md"), "one")
    drop_partial(partial)
    assert not partial.exists()
    changed = keep_partial(partial_path(tmp_path / "b.md"), "two")
    changed.write_text("mine\n")
    drop_partial(changed)
    assert changed.exists()
