from __future__ import annotations

import threading
from pathlib import Path

import pytest

from sous.bundle.watch import changes, is_watched
from sous.errors import SousError

BASE = Path("/p")


@pytest.mark.parametrize(
    ("path", "watched"),
    [
        ("a.py", True),
        ("output.txt", False),
        ("output.2.txt", False),
        ("src/output.txt", True),
        ("output.py", True),
        ("output.2.py", True),
        (".git/index", False),
        ("sub/.git/HEAD", False),
        ("code-review.md", False),
        ("docs/code-review.md", True),
        ("x.md.partial", False),
        ("../a.py", False),
        ("", False),
    ],
)
def test_what_we_write_ourselves_is_no_change(path: str, *, watched: bool) -> None:
    full = BASE / path if not path.startswith("..") else Path("/a.py")
    assert is_watched(full, BASE, BASE / "output.txt") == watched


def test_a_folder_out_of_the_project_is_not_watched(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "link").symlink_to(tmp_path)
    with pytest.raises(SousError, match="link is a link to a folder out of the project"):
        next(changes(tmp_path / "project", tmp_path / "project" / "output.txt"))


def test_a_changed_file_is_named(tmp_path: Path) -> None:
    stop = threading.Event()
    found: list[list[str]] = []
    (tmp_path / "a.txt").write_text("1")
    (tmp_path / "sub").mkdir()

    def look() -> None:
        for changed in changes(tmp_path, tmp_path / "sub" / ".." / "output.txt", stop=stop):
            found.append(changed)
            stop.set()

    thread = threading.Thread(target=look)
    thread.start()
    for number in range(200):  # the watching begins some time after the start
        (tmp_path / "output.txt").write_text(str(number))
        (tmp_path / "a.txt").write_text(str(number))
        thread.join(0.1)
        if not thread.is_alive():
            break
    stop.set()
    thread.join()
    assert found == [["a.txt"]]
