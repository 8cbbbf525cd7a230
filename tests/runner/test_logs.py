from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from sous.errors import SousError
from sous.runner import logs
from sous.runner.logs import LiveLog, bound, followed, log_of

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, name: str, age: int, text: str = "x\n") -> Path:
    path = folder / name
    path.write_text(text)
    os.utime(path, ns=(10**18 - age, 10**18 - age))
    return path


def test_a_log_is_there_while_the_agent_works_and_its_lines_are_told(tmp_path: Path) -> None:
    path = tmp_path / "step-1.1.agent.log"
    told: list[str] = []
    log = LiveLog(path, told.append)
    log.hear(b"first\nsec")
    assert (path.read_bytes(), told) == (b"first\nsec", ["first"])
    log.hear(b"ond\n\nlast")
    log.close()
    assert told == ["first", "second", "last"]


def test_what_an_agent_laid_at_its_place_is_no_log(tmp_path: Path) -> None:
    secret = write(tmp_path, "mine.txt", 0, "mine")
    (tmp_path / "a.agent.log").symlink_to(secret)
    log = LiveLog(tmp_path / "a.agent.log")
    log.hear(b"said")
    log.close()
    assert secret.read_text() == "mine"


def test_a_log_has_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "_MOST_OF_ONE", 4)
    log = LiveLog(tmp_path / "a.agent.log")
    log.hear(b"abc")
    whole = log.is_cut
    log.hear(b"defgh")
    log.close()
    assert (whole, log.is_cut) == (False, True)
    assert (tmp_path / "a.agent.log").read_text() == "abcd\n… 4 bytes left out …\n"


def test_the_newest_logs_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "_MOST_FILES", 2)
    for age, name in enumerate(("step-3.1.agent.log", "step-3.1.prompt.md", "step-2.1.agent.log")):
        write(tmp_path, name, age)
    (tmp_path / "todo.md.before").touch()
    bound(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "step-3.1.agent.log",
        "step-3.1.prompt.md",
        "todo.md.before",
    ]


def test_the_log_of_a_step_is_that_of_its_last_try(tmp_path: Path) -> None:
    for age, name in enumerate(("step-10.1.agent.log", "step-1.2.agent.log", "step-1.1.agent.log")):
        write(tmp_path, name, age)
    assert log_of(tmp_path, "step-1").name == "step-1.2.agent.log"
    assert log_of(tmp_path, None).name == "step-10.1.agent.log"
    with pytest.raises(SousError, match="no log of step 7 of an agent"):
        log_of(tmp_path, "step-7")


def test_a_log_is_followed_into_the_next_until_the_run_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "_LOOK", 0)
    first = write(tmp_path, "step-1.1.agent.log", 10, "one\n")
    looks = []

    def is_running() -> bool:
        looks.append(1)
        if len(looks) == 3:
            first.write_text("one\ntwo\n")
            os.utime(first, ns=(1, 1))
        if len(looks) == 5:
            write(tmp_path, "step-2.1.agent.log", 0, "three\n")
        return len(looks) < 8

    assert b"".join(followed(tmp_path, first, is_running)) == b"one\ntwo\nthree\n"


def test_of_two_logs_that_grow_at_once_nothing_is_shown_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "_LOOK", 0)
    paths = [write(tmp_path, f"step-{number}.1.agent.log", 10, "") for number in (1, 2)]
    looks = []

    def is_running() -> bool:
        looks.append(1)
        if len(looks) < 9 and len(looks) % 2:
            path = paths[len(looks) // 2 % 2]
            path.write_text(f"{path.read_text()}{len(looks)}\n")
            os.utime(path, ns=(len(looks), 2**61 + len(looks)))
        return len(looks) < 20

    assert b"".join(followed(tmp_path, paths[0], is_running)).split() == [b"1", b"3", b"5", b"7"]


def test_copies_are_kept_up_to_their_number_size_and_age(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "_MOST_COPIES", 3)
    monkeypatch.setattr(logs, "_MOST_OF_COPIES", 5)
    now = time.time_ns()
    texts = {"a": "xx", "b": "xx", "c": "xx", "d": ""}
    for age, (name, text) in enumerate(texts.items()):
        write(tmp_path, f"{name}.before", 10**18 - now + age, text)
    write(tmp_path, "old.before", 10**18 - now + 31 * 24 * 3600 * 10**9, "")
    write(tmp_path, "step-1.1.agent.log", 0)
    bound(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.before", "b.before", "step-1.1.agent.log"]
    monkeypatch.setattr(logs, "_MOST_COPIES", 100)
    (tmp_path / "a.before").unlink()
    write(tmp_path, "old.before", 10**18 - now + 31 * 24 * 3600 * 10**9, "")
    bound(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.before", "step-1.1.agent.log"]
