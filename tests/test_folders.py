"""What is read and written in a folder of ours is never reached through a link."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest

from sous.errors import SousError
from sous.folder import own_folder, own_names, read_own
from sous.folders import OddFileError, hold
from sous.locks import locked_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links and pipes of POSIX")


def link(path: Path, victim: Path) -> None:
    path.symlink_to(victim)


def dangling(path: Path, victim: Path) -> None:
    path.symlink_to(victim.with_name("nothing"))


def hard_link(path: Path, victim: Path) -> None:
    path.hardlink_to(victim)


def fifo(path: Path, _victim: Path) -> None:
    os.mkfifo(path)


def folder(path: Path, _victim: Path) -> None:
    path.mkdir()


def link_to_folder(path: Path, victim: Path) -> None:
    path.symlink_to(victim.parent)


def device(path: Path, _victim: Path) -> None:
    path.symlink_to("/dev/zero")


def listener(path: Path, _victim: Path) -> None:
    here = os.open(".", os.O_RDONLY)
    os.chdir(path.parent)  # a socket's path may have 107 bytes
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(path.name)
    finally:
        os.fchdir(here)
        os.close(here)


ODD = [link, dangling, hard_link, fifo, folder, link_to_folder, device, listener]
odd = pytest.mark.parametrize("lay", ODD, ids=lambda one: one.__name__)


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    """A file of the user's, outside of the project."""
    path = tmp_path / "outside" / "bashrc"
    path.parent.mkdir()
    path.write_text("mine\n")
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with a folder of ours."""
    (tmp_path / "project/.sous/hone").mkdir(parents=True)
    return tmp_path / "project"


def is_untouched(victim: Path) -> bool:
    return victim.read_text() == "mine\n" and [one.name for one in victim.parent.iterdir()] == ["bashrc"]


@odd
def test_what_is_no_plain_file_is_not_read(root: Path, victim: Path, lay: Callable[[Path, Path], None]) -> None:
    lay(root / ".sous/findings.jsonl", victim)
    with pytest.raises(SousError, match="findings.jsonl"):
        read_own(root, "findings.jsonl", most=100)


@odd
@pytest.mark.parametrize("act", ["write", "append", "lock"])
def test_what_is_no_plain_file_is_not_written(
    root: Path, victim: Path, lay: Callable[[Path, Path], None], act: str
) -> None:
    lay(root / ".sous/x", victim)
    with pytest.raises((SousError, OSError)), own_folder(root) as ours:
        if act == "write":
            ours.write("x", b"evil")
        elif act == "append":
            ours.append("x", "evil")
        else:
            with locked_in(ours, "x", timeout=0.1):
                pass
    assert is_untouched(victim)


@odd
def test_a_gitignore_that_was_laid_there_is_not_written_through(
    root: Path, victim: Path, lay: Callable[[Path, Path], None]
) -> None:
    lay(root / ".sous/.gitignore", victim)
    with own_folder(root) as ours:
        ours.write("x", b"1")
    assert is_untouched(victim)


@pytest.mark.parametrize("where", [".sous", ".sous/hone"])
@pytest.mark.parametrize("lay", [link, dangling, fifo, link_to_folder], ids=lambda one: one.__name__)
def test_no_folder_on_the_way_may_be_a_link(
    root: Path, victim: Path, where: str, lay: Callable[[Path, Path], None]
) -> None:
    (root / ".sous/hone").rmdir()
    if where == ".sous":
        (root / ".sous").rmdir()
    lay(root / where, victim)
    for act in (lambda: read_own(root, "hone", "x", most=9), lambda: own_names(root, "hone")):
        with pytest.raises(OddFileError, match=r"remove it|move it away"):
            act()
    with pytest.raises(SousError), own_folder(root, "hone"):
        pass
    assert is_untouched(victim)


def test_what_is_too_long_is_not_read(root: Path) -> None:
    with (root / ".sous/findings.jsonl").open("wb") as stream:
        stream.truncate(1 << 30)
    with pytest.raises(SousError, match="more than 1,000 bytes"):
        read_own(root, "findings.jsonl", most=1000)


def test_a_line_closes_the_half_one_that_a_crash_left(root: Path) -> None:
    with own_folder(root) as ours:
        (root / ".sous/x").write_text("half")
        ours.append("x", "whole")
    assert (root / ".sous/x").read_text() == "half\nwhole\n"


def test_names_are_those_of_plain_files(root: Path, victim: Path) -> None:
    for name, lay in (("a", link), ("b", fifo), ("c", folder)):
        lay(root / ".sous/hone" / name, victim)
    (root / ".sous/hone/d").write_text("x")
    assert own_names(root, "hone") == ["d"]


def test_nothing_is_made_to_read(tmp_path: Path) -> None:
    assert read_own(tmp_path, "findings.jsonl", most=9) is None
    assert own_names(tmp_path, "hone") == []
    assert not (tmp_path / ".sous").exists()


@pytest.mark.parametrize("lay", [link, hard_link, fifo], ids=lambda one: one.__name__)
def test_where_folders_cannot_be_held_names_are_looked_at(
    root: Path, victim: Path, lay: Callable[[Path, Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The way of Windows, run here."""
    monkeypatch.setattr("sous.folders.BY_DESCRIPTOR", False)
    monkeypatch.setattr("sous.folders._SAFELY", os.O_NONBLOCK)
    lay(root / ".sous/x", victim)
    with hold(root, ".sous") as ours, pytest.raises(SousError):
        ours.read("x")
    with hold(root, ".sous") as ours, pytest.raises(SousError):
        ours.write("x", b"evil")
    with hold(root, ".sous", "new", create=True) as ours:
        ours.write("y", b"1")
        assert ours.read("y") == b"1"
    assert is_untouched(victim)
