from __future__ import annotations

import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from sous.errors import SousError
from sous.files import placing, refuse_dangerous, replacing, write_file
from sous.locks import locked

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scene import Run

posix_only = pytest.mark.skipif(os.name == "nt", reason="modes and limits of POSIX")

WRITER = """
import sys; from pathlib import Path; from sous.files import replacing
with replacing(Path(sys.argv[1]), root=None) as stream:
    for _ in range(3):
        stream.write(b"new" * 100_000)
"""


def left_over(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.endswith(".sous-tmp")]


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.md"
    write_file(path, b"one", root=None)
    write_file(path, b"two", root=None)
    assert path.read_bytes() == b"two"
    assert not left_over(path.parent)


def test_a_failure_in_the_block_leaves_the_old_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    path.write_bytes(b"old")
    with pytest.raises(ZeroDivisionError), replacing(path, root=None) as stream:
        stream.write(b"half")
        raise ZeroDivisionError
    assert path.read_bytes() == b"old"
    assert not left_over(tmp_path)


@posix_only
def test_the_mode_of_an_existing_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_bytes(b"old")
    path.chmod(0o640)
    write_file(path, b"new", root=None)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@posix_only
def test_a_new_file_has_the_mode_that_the_umask_says(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_file(tmp_path / "new.md", b"x", root=None)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new.md").stat().st_mode) == 0o640


@posix_only
def test_a_link_stays_a_link_and_its_file_changes(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "README.md").write_bytes(b"old")
    (tmp_path / "README.md").symlink_to("docs/README.md")
    write_file(tmp_path / "README.md", b"new", root=None)
    assert (tmp_path / "README.md").is_symlink()
    assert (tmp_path / "docs" / "README.md").read_bytes() == b"new"


@posix_only
def test_a_full_disk_is_one_line_and_changes_nothing(tmp_path: Path, run: Run) -> None:
    """A limit on the size of files fails a write as a full disk does (setrlimit(2))."""
    path = tmp_path / "README.md"
    path.write_bytes(b"old")
    limit = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)); from sous.errors import SousError\n"
    )
    code = f"{limit}try:\n    exec({WRITER!r})\nexcept SousError as e:\n    print(e)"
    done = run(sys.executable, "-c", code, path, cwd=tmp_path)
    assert "cannot write" in done.out
    assert "Nothing was changed" in done.out
    assert path.read_bytes() == b"old"
    assert not left_over(tmp_path)


@posix_only
@pytest.mark.parametrize("call", ["write", "fchmodat,chmod", "fsync", "renameat,rename,renameat2"])
def test_killed_at_any_moment_the_file_is_old_or_new(call: str, tmp_path: Path, needs: Callable[[str], str]) -> None:
    """Strace kills the writer at its n-th system call of one kind, for every n until it gets through."""
    path = tmp_path / "README.md"
    seen = []
    for number in range(1, 50):
        path.write_bytes(b"old")
        inject = f"inject={call}:signal=KILL:when={number}"
        argv = [needs("strace"), "-f", "-qq", "-o", os.devnull, "-e", inject, sys.executable, "-c", WRITER, str(path)]
        code = subprocess.run(argv, check=False, capture_output=True).returncode
        seen.append(path.read_bytes())
        if code == 0:
            break
    assert len(seen) > 1
    assert set(seen) == {b"old", b"new" * 300_000}


TAKES_LOCK = "from pathlib import Path; from sous.locks import locked\n"


def test_a_lock_is_held_by_one_process(tmp_path: Path, run: Run) -> None:
    code = f"{TAKES_LOCK}with locked(Path({str(tmp_path / 'lock')!r}), timeout=0.1) as got: print(got)"
    with locked(tmp_path / "lock") as mine:
        assert mine
        assert run(sys.executable, "-c", code, cwd=tmp_path).out.strip() == "False"
    assert run(sys.executable, "-c", code, cwd=tmp_path).out.strip() == "True"


def test_a_name_without_a_file_is_no_placing(tmp_path: Path) -> None:
    with pytest.raises(SousError, match="cannot write"), placing(tmp_path / "x", root=None) as temporary:
        assert not temporary.exists()
    assert not (tmp_path / "x").exists()


@posix_only
@pytest.mark.parametrize("trap", ["outside", ".git", "other kind", "folder", "read-only"])
def test_traps_of_a_repository_are_refused(trap: str, tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / ".git" / "hooks").mkdir(parents=True)
    path = root / "code-review.md"
    targets = {"outside": tmp_path / "x.md", ".git": root / ".git" / "hooks" / "x.md", "other kind": root / "setup.py"}
    if trap in targets:
        targets[trap].write_text("")
        path.symlink_to(targets[trap])
    elif trap == "folder":
        path.mkdir()
    else:
        path.write_text("x")
        path.chmod(0o440)
    with pytest.raises(SousError, match="link to|is a folder|is read-only"):
        refuse_dangerous(path, root=root, named=False)


@posix_only
def test_a_link_inside_the_project_is_followed(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "README.md").write_text("")
    (tmp_path / "README.md").symlink_to("docs/README.md")
    refuse_dangerous(tmp_path / "README.md", root=tmp_path, named=False)
