"""Packing again costs what changed, and gives what packing anew would give, to the byte."""

from __future__ import annotations

import io
import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from scene import git
from sous.bundle import piece
from sous.bundle.cache import Cache, KnownFile
from sous.bundle.content import Content, read_content
from sous.bundle.listing import identity_from
from sous.bundle.pack import pack_to_file, pack_to_stream
from sous.bundle.recipe import Order
from sous.bundle.select import File
from sous.store import cache_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scene import Run

SECRET = "ghp_" + "a1B2" * 9


@pytest.fixture
def tree(repo: Path) -> Path:
    """Files that were written long ago, so that the cache may remember them."""
    for number in range(20):
        (repo / "src" / f"f{number:02}.py").write_text(f"x = {number}\n" * 10)
    (repo / "src" / "key.py").write_text(f"K = '{SECRET}'\n")
    (repo / "blob.txt").write_bytes(b"a\0b")
    age(repo)
    return repo


def age(folder: Path) -> None:
    for path in folder.rglob("*"):
        if ".git" not in path.parts and path.is_file():
            os.utime(path, (path.stat().st_mtime - 60,) * 2)


def anew(folder: Path, **given: Any) -> bytes:
    stream = io.BytesIO()
    pack_to_stream(stream, Order(folder, given=given), root=folder, cached=False)
    return stream.getvalue()


def again(folder: Path, **given: Any) -> bytes:
    path = folder / "output.txt"
    pack_to_file(path, Order(folder, given=given), root=folder)
    return path.read_bytes()


def link(path: Path) -> None:
    path.unlink()
    path.symlink_to("f06.py")


CHANGES: dict[str, Callable[[Path], object]] = {
    "nothing": lambda _: None,
    "edited": lambda repo: (repo / "src" / "f03.py").write_text("y\n"),
    "added first": lambda repo: (repo / "src" / "a.py").write_text("y\n"),
    "added last": lambda repo: (repo / "zz.py").write_text("y\n"),
    "deleted": lambda repo: (repo / "src" / "f07.py").unlink(),
    "renamed": lambda repo: (repo / "src" / "f07.py").rename(repo / "src" / "f99.py"),
    "became binary": lambda repo: (repo / "src" / "f01.py").write_bytes(b"\0"),
    "became text": lambda repo: (repo / "blob.txt").write_text("text\n"),
    "touched": lambda repo: os.utime(repo / "src" / "f01.py"),
    "committed": lambda repo: git(repo, "add", ".") and git(repo, "commit", "-qm", "x"),
    "bundle edited": lambda repo: (repo / "output.txt").write_text("This is mine\n"),
    "bundle gone": lambda repo: (repo / "output.txt").unlink(),
    "replaced by a link": lambda repo: link(repo / "src" / "f05.py"),
}


@pytest.mark.parametrize("style", ["xml", "markdown", "plain", "json"])
@pytest.mark.parametrize("change", CHANGES)
def test_a_second_pack_is_as_one_anew(change: str, style: str, tree: Path) -> None:
    assert again(tree, style=style) == anew(tree, style=style)
    CHANGES[change](tree)
    assert again(tree, style=style) == anew(tree, style=style)
    assert again(tree, style=style) == anew(tree, style=style)


def test_other_options_are_another_memory(tree: Path) -> None:
    for given in ({}, {"line_numbers": False}, {"compress": True}, {"secrets": "allow"}, {"ignore": ["src/f0*"]}, {}):
        assert again(tree, **given) == anew(tree, **given)


def test_only_what_changed_is_read(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    again(tree)
    (tree / "src" / "f03.py").write_text("y\n")
    read: list[str] = []

    def noted(file: File, max_size: int) -> Content:
        read.append(file.path)
        return read_content(file, max_size)

    monkeypatch.setattr(piece, "read_content", noted)
    first = pack_to_file(tree / "output.txt", Order(tree), root=tree)
    assert set(read) == {"src/f03.py"}
    assert first.tokens == pack_to_file(tree / "new.txt", Order(tree), root=tree, cached=False).tokens
    assert [one.path for one in first.secrets] == ["src/key.py"]


def test_nothing_changed_leaves_the_file_as_it_is(tree: Path) -> None:
    again(tree)
    before = (tree / "output.txt").stat()
    packed = pack_to_file(tree / "output.txt", Order(tree), root=tree)
    assert (tree / "output.txt").stat() == before
    assert packed.tokens > 0
    assert packed.secrets


def test_more_files_than_are_held_at_once_are_all_remembered(tmp_path: Path) -> None:
    files = [File(f"f{n}", str(tmp_path), f"f{n}", identity_from((n, 1, 1, n))) for n in range(9_000)]
    tokens: dict[str, int] = {}
    cache = Cache("key")
    cache.count(tokens)
    for number, file in enumerate(files):
        cache.put(file, file.identity, KnownFile(start=number))
        tokens.update({f"f{number - 50}": number - 50} if number >= 50 else {})  # counted some time later
    tokens.update({file.name: number for number, file in enumerate(files[-50:], 8_950)})
    cache.save(None, "", 0)
    kept = Cache("key")
    known = [kept.get(file) for file in files]
    assert [one and (one.tokens, one.start) for one in known] == [(number, number) for number in range(9_000)]


def test_files_from_before_1970_are_remembered(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (tree / "src").iterdir():
        os.utime(path, ns=(-5, -5))
    again(tree)
    (tree / "README.md").write_text("new\n")
    read: list[str] = []

    def noted(file: File, max_size: int) -> Content:
        read.append(file.path)
        return read_content(file, max_size)

    monkeypatch.setattr(piece, "read_content", noted)
    again(tree)
    assert read == ["README.md"]


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"bundle": {}, "files": {"a": [1]}}', b'{"files": 3}'])
def test_a_damaged_cache_is_only_slower(damage: bytes, tree: Path) -> None:
    again(tree)
    data = sqlite3.connect(cache_store().path)
    ((key,),) = data.execute("select key from entries where kind = 'packed'")
    data.close()
    cache_store().put("packed", {key: damage})
    assert again(tree) == anew(tree)


def test_runs_beside_each_other_give_whole_bundles(tree: Path, run: Run) -> None:
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: run("sous", "bundle", "-q", cwd=tree), range(8)))
    assert all(one.code == 0 for one in done)
    assert (tree / "output.txt").read_bytes() == anew(tree)


def test_a_file_changed_a_moment_ago_is_not_trusted(tree: Path) -> None:
    """The same size and time, as on file systems with coarse clocks."""
    path = tree / "src" / "f03.py"
    path.write_text("a\n")
    again(tree)
    status = path.stat()
    path.write_text("b\n")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert again(tree) == anew(tree)
