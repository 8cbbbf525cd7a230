"""What a call of the library has instead of the process: its own, in its own threads, and no longer."""

from __future__ import annotations

import threading
from pathlib import Path

from sous.files import shown_path
from sous.root import project_of, standing_in
from sous.surroundings import carried, here, own
from sous.terminal import say, say_lines


def test_lines_go_to_who_listens_and_nowhere_else(tmp_path: Path) -> None:
    heard: list[str] = []
    with standing_in(tmp_path, heard.append):
        say("one\x1b[2J")
        say_lines(["  two"])
    assert heard == ["one\\x1b[2J", "  two"]


def test_a_listener_may_print(tmp_path: Path) -> None:
    with standing_in(tmp_path, say):
        say("no end")
    assert own() is None


def test_the_folder_stands_for_the_current_one(tmp_path: Path) -> None:
    with standing_in(tmp_path, None):
        assert here() == tmp_path
        assert project_of(tmp_path / "a.md") == tmp_path
        assert shown_path(tmp_path / "src" / "a.md") == str(Path("src/a.md"))
    assert here() == Path.cwd()


def test_a_thread_has_them_only_where_they_are_carried(tmp_path: Path) -> None:
    found: list[Path] = []
    with standing_in(tmp_path, None):
        for work in (carried(lambda: found.append(here())), lambda: found.append(here())):
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
    assert found == [tmp_path, Path.cwd()]
