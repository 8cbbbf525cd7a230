from __future__ import annotations

import json
import sys
import unittest
from pathlib import Path

import pytest

from sous.runner.reporting import sitecustomize
from sous.runner.reporting.sitecustomize import Finder, ReportFile, patch_unittest


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(ReportFile, "path", "")
    monkeypatch.setenv("SOUS_REPORT", str(tmp_path))
    monkeypatch.setattr("atexit.register", lambda _call: None)
    return tmp_path


def told(folder: Path) -> list[list[str]]:
    return [json.loads(line) for path in folder.glob("*.jsonl") for line in path.read_text().splitlines()]


class Patched(unittest.TestResult):
    """A class of results of our own: that of this process stays as it is."""

    def startTestRun(self) -> None:  # noqa: N802
        super().startTestRun()

    def addSubTest(self, test: object, subtest: object, err: object) -> None:  # noqa: N802
        super().addSubTest(test, subtest, err)  # type: ignore[arg-type]


def test_results_of_unittest_are_told_once_a_process(folder: Path) -> None:
    class Cases(unittest.TestCase):
        def test_good(self) -> None:
            with self.subTest(1):
                pass

        def test_bad(self) -> None:
            self.fail()

    result_type = type("Result", (Patched,), {})
    patch_unittest(result_type)
    result = result_type()
    result.startTestRun()
    for name in ("test_good", "test_bad"):
        Cases(name).run(result)
    result.startTestRun()
    lines = told(folder)
    assert lines[0] == ["start", "unittest"]
    assert [(outcome, name.rpartition(".")[2]) for outcome, name in lines[1:]] == [
        ("pass", "test_good"),
        ("fail", "test_bad"),
    ]


def test_nothing_is_written_before_a_test_program_begins(folder: Path) -> None:
    ReportFile.write("pass", "a")
    assert told(folder) == []


def test_a_module_of_the_original_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ReportFile.begin("pytest")
    monkeypatch.setenv("SOUS_ORIGINAL", str(Path(sitecustomize.__file__).parent))
    ReportFile.note_foreign()
    assert [outcome for outcome, _ in told(folder)] == ["start", "foreign"]


def test_only_the_results_of_unittest_are_patched() -> None:
    sys.meta_path.insert(0, Finder)  # type: ignore[arg-type]
    assert Finder.find_spec("json") is None
    spec = Finder.find_spec("unittest.result", unittest.__path__)
    assert spec is not None
    assert Finder not in list[object](sys.meta_path)
