from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from scene import committed, git, write_tree
from sous.runner.loose import blobs_of, size_and_time
from sous.runner.workplace import Workplace

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    top = committed(tmp_path / "project", {"a.py": "A = 1\n"}).resolve()
    return Workplace(top, top, top / "prompt_plan.md")


def test_files_are_kept_to_the_byte_whatever_git_would_convert(place: Workplace) -> None:
    write_tree(place.top, {".gitattributes": "* text eol=lf\n"})
    (place.top / "b.txt").write_bytes(b"one\r\ntwo\r\n")
    blob, mode = blobs_of(place, ["b.txt"])["b.txt"]
    assert git(place.top, "cat-file", "-s", blob).strip() == "10"
    assert stat.S_ISREG(mode)


@pytest.mark.skipif(os.name == "nt", reason="no such names there")
@pytest.mark.parametrize("name", ["a\nb", 'a"b', '"ab"', "a\rb", "\u00fc b"])
def test_a_name_is_no_other_file(place: Workplace, name: str) -> None:
    (place.top / name).write_text("odd\n")
    found = blobs_of(place, [name, "a.py"])
    assert {path: git(place.top, "cat-file", "blob", blob) for path, (blob, _) in found.items()} == {
        name: "odd\n",
        "a.py": "A = 1\n",
    }


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_a_link_is_where_it_leads_and_what_is_no_file_is_left_out(place: Workplace) -> None:
    (place.top / "link").symlink_to("/nowhere")
    (place.top / "folder").mkdir()
    os.mkfifo(place.top / "pipe")
    found = blobs_of(place, ["link", "folder", "pipe", "missing"])
    assert list(found) == ["link"]
    blob, mode = found["link"]
    assert git(place.top, "cat-file", "blob", blob) == "/nowhere"
    assert stat.S_ISLNK(mode)


def test_size_and_time_are_those_of_files_alone(place: Workplace) -> None:
    os.utime(place.top / "a.py", ns=(0, 1_000_000_000))
    assert size_and_time(place.top / "a.py") == (6, 1_000_000_000)
    assert size_and_time(place.top) == size_and_time(place.top / "missing") == (0, 0)
