"""Coverage files of a stranger: read within limits, whatever they hold."""

from __future__ import annotations

import os
import sqlite3
from typing import TYPE_CHECKING

import pytest

from sous.project import coverage as coverage_module
from sous.project.coverage import read_coverage

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# ruff: noqa: S608  # statements of our own
FILES = "create table file (id, path); insert into file values (1, 'a.py');"
BITS, ARCS = "create table line_bits (file_id, numbits);", "create table arc (file_id, fromno, tono);"
ENDLESS = "with recursive c(x) as (select 1 union all select x + 1 from c) select"


def database(script: str) -> Callable[[Path], object]:
    def make(folder: Path) -> None:
        made = sqlite3.connect(folder / ".coverage")
        made.executescript(script)
        made.close()

    return make


def lying(folder: Path) -> None:
    """A view that the schema calls a table."""
    database(FILES + BITS + ARCS)(folder)
    made = sqlite3.connect(folder / ".coverage")
    made.execute("pragma writable_schema = on")
    view = f"create view arc as {ENDLESS} 1 as file_id, x as fromno, x as tono from c"
    made.execute("update sqlite_master set sql = ? where name = 'arc'", (view,))
    made.commit()
    made.close()


def laughs(folder: Path) -> None:
    entities = "".join(f'<!ENTITY b{at} "{f"&b{at - 1};" * 10}">' for at in range(1, 60))
    line = '<class filename="a.py"><line number="1" hits="&b59;"/>'
    (folder / "coverage.xml").write_text(f"<!DOCTYPE x [{entities}]><coverage>{line}", "utf-8")


def sparse(name: str, size: int) -> Callable[[Path], object]:
    def make(folder: Path) -> None:
        (folder / name).touch()
        os.truncate(folder / name, size)

    return make


@pytest.mark.parametrize(
    "make",
    [
        database(f"create view file as {ENDLESS} x as id, 'a.py' as path from c;" + BITS + ARCS),
        database(FILES + BITS + f"create view arc as {ENDLESS} 1 as file_id, x as fromno, x as tono from c;"),
        lying,
        database("create table file (id, path as (hex(zeroblob(9000000)))); insert into file(id) values (1);" + BITS),
        database(FILES + BITS + ARCS + "insert into line_bits values (1, zeroblob(20000000));"),
        database(FILES + BITS + ARCS + "insert into arc values (1, 'x', null), ('a', 1, 2);"),
        laughs,
        sparse("lcov.info", 1 << 30),
        sparse("coverage.xml", 50_000_000),
        sparse(".coverage", 1 << 30),
        lambda folder: (folder / "coverage.xml").write_bytes(b"<class <" * 1_000_000),
        lambda folder: (folder / "lcov.info").write_text(f"SF:a.py\nDA:{'9' * 10_000},1\n"),
    ],
    ids=["endless files", "endless arcs", "lying schema", "generated", "blob", "types", "laughs", "sparse lcov",
         "sparse xml", "sparse database", "open tags", "digits"],
)  # fmt: skip
def test_hostile_coverage_is_no_coverage(tmp_path: Path, make: Callable[[Path], object]) -> None:
    make(tmp_path)
    assert read_coverage(tmp_path, ["a.py"]) is None


def test_a_large_file_is_named_and_the_next_one_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sparse("lcov.info", 1 << 30)(tmp_path)
    database(FILES + BITS + ARCS + "insert into arc values (1, 2, -1);")(tmp_path)
    found = read_coverage(tmp_path, ["a.py"])
    assert found is not None
    assert (found.name, found.hit) == (".coverage", {"a.py": {2}})
    assert "lcov.info skipped: it has more than the 100 MB" in capsys.readouterr().err


def test_what_takes_too_long_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coverage_module, "_SECONDS", -1.0)
    (tmp_path / "lcov.info").write_text("SF:a.py\nDA:1,1\n")
    assert read_coverage(tmp_path, ["a.py"]) is None
    assert "lcov.info skipped: not read within" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "is_meant"),
    [
        ("src/app/core.py", True),
        ("app/core.py", True),
        ("./src/app/core.py", True),
        ("/home/runner/work/proj/proj/src/app/core.py", True),
        ("C:\\work\\proj\\src\\app\\core.py", True),
        ("src\\app\\core.py", True),
        ("/usr/lib/app/core.py", False),
        ("/opt/venv/lib/python3.12/site-packages/src/app/core.py", False),
        ("/somewhere/setup.py", False),
        ("core.py", False),
    ],
)
def test_a_file_of_another_machine_is_found_by_its_end(name: str, is_meant: bool, tmp_path: Path) -> None:
    (tmp_path / "lcov.info").write_text(f"SF:{name}\nDA:2,1\nend_of_record\n", "utf-8")
    found = read_coverage(tmp_path, ["src/app/core.py", "setup.py", "lib/core.py"])
    assert (found is not None and found.reached("src/app/core.py", 1, 3)) is is_meant
