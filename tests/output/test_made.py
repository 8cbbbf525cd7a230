from __future__ import annotations

from typing import TYPE_CHECKING

from sous.output.made import remember_made, was_made_here
from sous.output.provenance import sign

if TYPE_CHECKING:
    from pathlib import Path

TEXT = sign("# Review\n\n- [ ] one", {"task": "code-review", "model": "m"})


def test_what_was_made_here_is_known(tmp_path: Path) -> None:
    assert not was_made_here(tmp_path, TEXT)
    remember_made(tmp_path, TEXT)
    assert was_made_here(tmp_path, TEXT)


def test_a_tick_is_no_change(tmp_path: Path) -> None:
    remember_made(tmp_path, TEXT)
    assert was_made_here(tmp_path, TEXT.replace("[ ]", "[x]"))


def test_another_text_under_the_same_comment_is_not_known(tmp_path: Path) -> None:
    remember_made(tmp_path, TEXT)
    assert not was_made_here(tmp_path, TEXT.replace("one", "two"))


def test_another_comment_for_the_same_text_is_not_known(tmp_path: Path) -> None:
    remember_made(tmp_path, TEXT)
    assert not was_made_here(tmp_path, sign("# Review\n\n- [ ] one", {"task": "code-review", "model": "other"}))


def test_another_project_is_another(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    remember_made(tmp_path / "a", TEXT)
    assert not was_made_here(tmp_path / "b", TEXT)


def test_only_so_many_are_remembered(tmp_path: Path) -> None:
    texts = [sign(f"text {number}", {"n": number}) for number in range(3)]
    for text in texts:
        remember_made(tmp_path, text)
    assert all(was_made_here(tmp_path, text) for text in texts)


def test_a_text_without_a_comment_is_nobodys(tmp_path: Path) -> None:
    remember_made(tmp_path, "plain\n")
    assert not was_made_here(tmp_path, "plain\n")
