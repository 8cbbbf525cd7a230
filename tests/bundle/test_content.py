from __future__ import annotations

import os
from pathlib import Path

import pytest

from sous.bundle.content import Content
from sous.bundle.content import read_content as read
from sous.bundle.recipe import MAX_FILE_SIZE
from sous.bundle.select import File


def read_content(folder: Path, name: str) -> Content:
    return read(File(name, str(folder), name), MAX_FILE_SIZE)


@pytest.mark.parametrize("name", ["a.png", "A.PNG", "x.tar.gz"])
def test_some_endings_are_binary_without_a_look(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("text\n")
    assert read_content(tmp_path, name).left_out == "binary"


def test_a_guess_is_noted(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("Привет, мир! Это комментарий".encode("koi8-r"))
    assert read_content(tmp_path, "a.txt").note.startswith("koi8-r, ")


def test_a_name_that_begins_with_a_dot_has_no_ending(tmp_path: Path) -> None:
    (tmp_path / ".bin").write_text("text\n")
    assert read_content(tmp_path, ".bin").text == "text\n"


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "big.txt").open("wb") as stream:
        stream.truncate(5_000_000_000)
    assert read_content(tmp_path, "big.txt").left_out == "too big"
    assert MAX_FILE_SIZE < 5_000_000_000


@pytest.mark.skipif(os.name == "nt", reason="FIFOs and links of POSIX")
@pytest.mark.parametrize("kind", ["fifo", "link", "folder", "gone"])
def test_what_became_no_file_is_left_out_and_never_blocks(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "link":
        path.symlink_to("/etc/passwd")
    elif kind == "folder":
        path.mkdir()
    assert read_content(tmp_path, "x.py").left_out.startswith("unreadable: ")


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that even root cannot read")
def test_an_unreadable_file_is_left_out_with_the_reason() -> None:
    assert read_content(Path("/proc/self"), "mem").left_out.startswith("unreadable: ")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs a file that is longer than it says")
def test_a_file_that_grows_while_being_read_is_read_up_to_the_limit() -> None:
    """Files of /proc say that they are empty; to a reader they grow."""
    file = File("status", "/proc/self", "status")
    assert "Name:" in read(file, 100_000).text
    assert read(file, 100).left_out == "too big"
