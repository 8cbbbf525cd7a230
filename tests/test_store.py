"""What is kept between runs is there again, or it is missing; it never stops a run, and never is something else."""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from sous.errors import SousError
from sous.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

VALUES = {f"k{number}": f"{number}".encode() * 400 for number in range(300)}


@pytest.fixture
def cache(tmp_path: Path) -> Store:
    return Store(tmp_path / "cache" / "cache.db", most_bytes=10_000_000, most_days=30)


@pytest.fixture
def paid(tmp_path: Path) -> Store:
    return Store(tmp_path / "state" / "answers.db", most_bytes=10_000_000, most_days=30, is_paid=True)


def beside(store: Store, end: str) -> Path:
    return store.path.with_name(store.path.name + end)


def noise(size: int) -> bytes:
    return hashlib.shake_128(b"noise").digest(size)


def test_what_is_put_is_there_again(cache: Store) -> None:
    cache.put("a", VALUES)
    cache.put("b", {"k1": b"other"})
    assert cache.get("a", [*VALUES, "none"]) == VALUES
    assert cache.get("b", VALUES) == {"k1": b"other"}


def test_what_is_forgotten_is_gone_with_what_came_instead(cache: Store) -> None:
    cache.put("a", {"one": b"1", "two": b"2"})
    cache.put("b", {"three": b"3"}, forget=[("a", "one")])
    assert cache.get("a", ["one", "two"]) == {"two": b"2"}
    assert cache.get("b", ["three"]) == {"three": b"3"}


def test_looking_makes_no_file(cache: Store) -> None:
    assert cache.get("a", ["one"]) == {}
    assert not cache.path.parent.exists()


def test_what_was_not_used_longest_makes_room(cache: Store) -> None:
    small = replace(cache, most_bytes=400_000)
    for number in range(30):
        small.put("a", {f"k{number}": os.urandom(40_000)})
    kept = small.get("a", [f"k{number}" for number in range(30)])
    assert "k29" in kept
    assert "k0" not in kept
    assert small.path.stat().st_size < 600_000


def test_what_was_not_used_for_long_is_deleted_and_what_is_used_stays(
    cache: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.put("a", {"old": b"1", "used": b"2"})
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 20 * 86_400)
    assert cache.get("a", ["used"])
    monkeypatch.setattr(time, "time", lambda: now + 40 * 86_400)
    cache.put("a", {"new": b"3"})
    assert cache.get("a", ["old", "used", "new"]) == {"used": b"2", "new": b"3"}


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "text": lambda _: b"no database at all" * 99,
    "cut": lambda data: data[: len(data) // 2],
    "first page": lambda data: data[:100] + bytes(4_000) + data[4_100:],
    "all but the first page": lambda data: data[:16_384] + noise(len(data) - 16_384),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_made_anew(damage: str, cache: Store) -> None:
    cache.put("a", VALUES)
    cache.path.write_bytes(DAMAGES[damage](cache.path.read_bytes()))
    found = cache.get("a", VALUES)
    assert found.items() <= VALUES.items()
    cache.put("a", VALUES)
    assert cache.get("a", VALUES) == VALUES


@pytest.mark.parametrize("seed", range(40))
def test_a_wrong_byte_never_gives_a_wrong_value(seed: int, cache: Store) -> None:
    cache.put("a", VALUES)
    data, dice = bytearray(cache.path.read_bytes()), random.Random(seed)  # noqa: S311  # the same each time
    for _ in range(dice.choice([1, 20, 2_000])):
        data[dice.randrange(len(data))] = dice.randrange(256)
    cache.path.write_bytes(data)
    assert cache.get("a", VALUES).items() <= VALUES.items()
    cache.put("b", VALUES)
    assert cache.get("b", VALUES) == VALUES


def test_another_versions_file_is_made_anew(cache: Store) -> None:
    cache.path.parent.mkdir()
    database = sqlite3.connect(cache.path)
    database.execute("create table entries (key text, value blob)")
    database.close()
    cache.put("a", {"one": b"1"})
    assert cache.get("a", ["one"]) == {"one": b"1"}


def test_of_a_damaged_file_that_was_paid_for_the_readable_is_kept_and_the_rest_put_aside(
    paid: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    paid.put("a", VALUES)
    data = bytearray(paid.path.read_bytes())
    middle = len(data) // 2 // 16_384 * 16_384
    data[middle : middle + 16_384] = noise(16_384)
    paid.path.write_bytes(data)
    found = paid.get("a", VALUES)
    assert found.items() <= VALUES.items()
    assert len(found) > len(VALUES) // 2
    assert beside(paid, ".damaged").read_bytes() == bytes(data)
    assert "was damaged" in capsys.readouterr().err


def test_threads_and_processes_write_beside_each_other(cache: Store) -> None:
    code = (
        "import sys; from pathlib import Path; from sous.store import Store\n"
        "store = Store(Path(sys.argv[1]), 10_000_000, 30)\n"
        "for n in range(10): store.put('p', {f'{sys.argv[2]}-{n}': b'x' * 3000})"
    )

    def process(number: int) -> int:
        return subprocess.run([sys.executable, "-c", code, cache.path, f"{number}"], check=False).returncode

    def thread(number: int) -> int:
        for at in range(10):
            cache.put("t", {f"{number}-{at}": b"y" * 3_000})
            cache.get("t", [f"{number}-{at}"])
        return 0

    with ThreadPoolExecutor(8) as pool:
        codes = [*pool.map(process, range(4)), *pool.map(thread, range(4))]
    assert codes == [0] * 8
    keys = [f"{number}-{at}" for number in range(4) for at in range(10)]
    assert len(cache.get("p", keys)) == len(cache.get("t", keys)) == 40


def test_a_file_that_another_process_is_making_is_not_taken_for_a_damaged_one(cache: Store) -> None:
    cache.path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(sqlite3.connect(cache.path, isolation_level=None)) as other:
        other.execute("PRAGMA page_size = 16384")  # as far as another has come
        cache.path.touch()
        file = cache.path.stat().st_ino
        cache.put("p", {"a": b"x"})
        assert cache.path.stat().st_ino == file
        assert other.execute("SELECT count(*) FROM entries").fetchone() == (1,)
    assert cache.get("p", ["a"]) == {"a": b"x"}


def test_a_process_that_is_killed_while_it_writes_leaves_whole_values(cache: Store) -> None:
    code = (
        "import sys; from pathlib import Path; from sous.store import Store\n"
        "store = Store(Path(sys.argv[1]), 10_000_000, 30)\n"
        "for n in range(10**9): store.put('a', {f'{k}': bytes([n % 256]) * 20_000 for k in range(9)})"
    )
    for wait in (0.3, 0.5, 0.7):
        process = subprocess.Popen([sys.executable, "-c", code, cache.path])
        time.sleep(wait)
        process.kill()
        process.wait()
        values = cache.get("a", map(str, range(9))).values()
        assert len(set(values)) <= 1
    cache.put("a", {"1": b"1"})
    assert cache.get("a", ["1"]) == {"1": b"1"}


def test_where_no_memory_can_be_shared_it_does_without(cache: Store) -> None:
    """As on network file systems that know no mmap between processes."""
    cache.put("a", VALUES)
    beside(cache, "-shm").mkdir()
    assert cache.get("a", VALUES) == VALUES
    cache.put("a", {"one": b"1"})
    assert cache.get("a", ["one"]) == {"one": b"1"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no folders that cannot be written")
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root writes anywhere")
def test_a_folder_that_cannot_be_written_is_read_all_the_same(cache: Store) -> None:
    cache.put("a", VALUES)
    cache.path.parent.chmod(0o555)
    assert cache.get("a", VALUES) == VALUES
    with pytest.raises(SousError, match="cannot write"):
        cache.put("a", {"one": b"1"})
    cache.path.parent.chmod(0o755)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of file sizes")
def test_a_full_disk_is_told_and_loses_nothing(cache: Store) -> None:
    cache.put("a", VALUES)
    code = (
        "import resource, sys; from pathlib import Path; from sous.errors import SousError\n"
        "from sous.store import Store\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))\n"
        "try: Store(Path(sys.argv[1]), 10_000_000, 30).put('b', {'k': b'x' * 5_000_000})\n"
        "except SousError as exc: sys.exit(str(exc))"
    )
    done = subprocess.run([sys.executable, "-c", code, cache.path], capture_output=True, text=True, check=False)
    assert "cannot write" in done.stderr
    assert "Traceback" not in done.stderr
    assert cache.get("a", VALUES) == VALUES
    assert cache.get("b", ["k"]) == {}


def test_a_process_that_was_stopped_in_the_middle_keeps_nobody_from_reading(cache: Store) -> None:
    cache.put("a", {"one": b"1"})
    other = sqlite3.connect(cache.path, isolation_level=None)
    other.execute("begin immediate")
    other.execute("delete from entries")
    assert cache.get("a", ["one"]) == {"one": b"1"}
    with pytest.raises(SousError, match="locked"):
        cache.put("a", {"two": b"2"})
    other.close()
    assert cache.get("a", ["one", "two"]) == {"one": b"1"}


@pytest.mark.parametrize("what", ["folder", "dead link"])
def test_what_is_no_file_is_no_cache(what: str, cache: Store) -> None:
    cache.path.parent.mkdir()
    if what == "folder":
        cache.path.mkdir()
    else:
        cache.path.symlink_to(cache.path.parent / "no" / "where")
    assert cache.get("a", ["one"]) == {}
    with pytest.raises(SousError):
        cache.put("a", {"one": b"1"})
