from __future__ import annotations

import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scene import packed, write_tree
from sous.bundle.read import bundle_from
from sous.claims.evidence import Evidence
from sous.claims.exercised import note_exercised
from sous.reports.coverage import read_coverage

if TYPE_CHECKING:
    from pathlib import Path

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


def test_a_target_that_a_test_names_is_noted() -> None:
    text, count = note_exercised(REPORT, evidence(), None)
    assert count == 1
    assert "- **Target:** `served()` \u26a0 already named in `tests/test_app.py:1`\n" in text
    assert "- **Target:** `unseen()`\n" in text
    assert note_exercised(text, evidence(), None) == (text, 1)


LCOV = "SF:app.py\nDA:1,1\nDA:2,0\nDA:5,1\nDA:6,3\nend_of_record\n"
COBERTURA = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><coverage><class name="app" filename="app.py"><lines>'
    '<line number="1" hits="1"/><line number="2" hits="0"/><line number="6" hits="2"/></lines></class></coverage>'
)


@pytest.mark.parametrize(("name", "text"), [("lcov.info", LCOV), ("coverage.xml", COBERTURA)])
def test_coverage_knows_better_than_names(tmp_path: Path, name: str, text: str) -> None:
    write_tree(tmp_path, {name: text})
    noted, count = note_exercised(REPORT, evidence(), read_coverage(tmp_path, CODE))
    assert count == 1
    assert f"`unseen()` \u26a0 already run by the tests ({name})" in noted
    assert "`served()`\n" in noted


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
