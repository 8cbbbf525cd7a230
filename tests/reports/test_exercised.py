from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from scene import packed, write_tree
from sous.bundle.read import bundle_from
from sous.claims.evidence import Evidence
from sous.document.edits import edited
from sous.project.coverage import read_coverage
from sous.reports.exercised import notes_on_exercised
from sous.reports.findings import split_report

if TYPE_CHECKING:
    from pathlib import Path

    from sous.project.coverage import Coverage

CODE = {
    "app.py": "def served(x):\n    return x + 1\n\n\ndef unseen(x):\n    return x\n",
    "tests/test_app.py": "from app import served\n\n\ndef test_served():\n    assert served(1) == 2\n",
}


def missing(name: str, first: int, last: int) -> str:
    where = f"- **Location:** `app.py:{first}-{last}`"
    return f"## Nothing tests {name}\n\n{where}\n- **Target:** `{name}()`\n- **Test file:** `x`\n"


REPORT = f"{missing('served', 1, 2)}\n{missing('unseen', 5, 6)}"


def evidence() -> Evidence:
    return Evidence(bundle_from(packed(CODE).encode(), None))


def noted(report: str, coverage: Coverage | None) -> tuple[str, int]:
    notes = list(notes_on_exercised(split_report(report)[0], evidence(), coverage))
    return edited(report, notes), len(notes)


def test_a_target_that_a_test_names_is_noted() -> None:
    text, count = noted(REPORT, None)
    assert count == 1
    assert "- **Target:** `served()` \u26a0 already named in `tests/test_app.py:1`\n" in text
    assert "- **Target:** `unseen()`\n" in text
    assert noted(REPORT.rstrip(), None) == (text.rstrip(), 1)


LCOV = "SF:app.py\nDA:1,1\nDA:2,0\nDA:5,1\nDA:6,3\nend_of_record\n"
COBERTURA = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><coverage><class name="app" filename="app.py"><lines>'
    '<line number="1" hits="1"/><line number="2" hits="0"/><line number="6" hits="2"/></lines></class></coverage>'
)


@pytest.mark.parametrize(("name", "text"), [("lcov.info", LCOV), ("coverage.xml", COBERTURA)])
def test_coverage_knows_better_than_names(tmp_path: Path, name: str, text: str) -> None:
    write_tree(tmp_path, {name: text})
    text, count = noted(REPORT, read_coverage(tmp_path, CODE))
    assert count == 1
    assert f"`unseen()` \u26a0 already run by the tests ({name})" in text
    assert "`served()`\n" in text


@pytest.mark.parametrize("branch", [[], ["--branch"]])
def test_a_file_of_coverage_py_is_read(tmp_path: Path, branch: list[str]) -> None:
    write_tree(tmp_path, {**CODE, "run.py": "from app import unseen\nunseen(1)\n"})
    subprocess.run([sys.executable, "-m", "coverage", "run", *branch, "run.py"], cwd=tmp_path, check=True)
    found = read_coverage(tmp_path, CODE)
    assert found
    assert found.reached("app.py", 5, 6)
    assert not found.reached("app.py", 1, 2)


@pytest.mark.parametrize("data", [b"", b"SF:app.py\nDA:x,y\n", b"\x00\xff" * 50, b"<coverage>"])
def test_what_is_no_coverage_is_none(tmp_path: Path, data: bytes) -> None:
    for name in ("lcov.info", "coverage.xml", ".coverage"):
        (tmp_path / name).write_bytes(data)
    assert read_coverage(tmp_path, CODE) is None


def test_a_database_of_something_else_is_none(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / ".coverage")
    database.execute("create table file (id, path)")
    database.commit()
    database.close()
    assert read_coverage(tmp_path, CODE) is None


def test_a_database_with_other_values_is_none(tmp_path: Path) -> None:
    for value in (None, 7, "text", b"\x01", 1 << 62):
        database = sqlite3.connect(tmp_path / ".coverage")
        database.executescript(
            "drop table if exists file; drop table if exists line_bits; drop table if exists arc;"
            "create table file (id, path); create table line_bits (file_id, numbits);"
            "create table arc (file_id, fromno, tono); insert into file values (2, 'app.py');"
        )
        database.execute("insert into file values (1, ?)", [value])
        database.execute("insert into line_bits values (2, ?)", [value])
        database.execute("insert into arc values (2, ?, ?)", [value, value])
        database.commit()
        database.close()
        read_coverage(tmp_path, CODE)


@pytest.mark.parametrize("text", ["<class " * 100_000, '<line number="' * 100_000, "<class filename=" + '"' * 200_000])
def test_a_coverage_file_that_never_ends_takes_no_time(tmp_path: Path, text: str) -> None:
    (tmp_path / "coverage.xml").write_text(f"<coverage>{text}")
    began = time.perf_counter()
    assert read_coverage(tmp_path, CODE) is None
    assert time.perf_counter() - began < 3


def test_lines_of_any_length_are_looked_up(tmp_path: Path) -> None:
    write_tree(tmp_path, {"lcov.info": LCOV})
    coverage = read_coverage(tmp_path, CODE)
    assert coverage
    began = time.perf_counter()
    assert coverage.reached("app.py", 3, 9_999_999)
    assert time.perf_counter() - began < 1
