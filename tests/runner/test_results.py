from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from sous.runner.results import read_results

if TYPE_CHECKING:
    from pathlib import Path

JUNIT = """<testsuites><testsuite name="s"><testcase classname="a.B" name="ok"/>
<testcase classname="a.B" name="bad"><failure message="no">x</failure></testcase>
<testcase classname="a.B" name="off"><skipped/></testcase></testsuite></testsuites>"""
TRX = """<TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010"><Results>
<UnitTestResult testName="N.T.Adds" outcome="Passed"/><UnitTestResult testName="N.T.Off" outcome="NotExecuted"/>
</Results></TestRun>"""
JEST = {
    "testResults": [
        {
            "name": "/p/a.test.js",
            "status": "failed",
            "assertionResults": [
                {"fullName": "calc adds", "status": "passed"},
                {"fullName": "calc fails", "status": "failed"},
                {"fullName": "calc later", "status": "todo"},
            ],
        },
        {"name": "/p/broken.test.js", "status": "failed", "assertionResults": []},
    ]
}
MOCHA = {
    "stats": {},
    "passes": [{"fullTitle": "calc adds"}],
    "failures": [{"fullTitle": "calc fails"}],
    "pending": [],
}
RSPEC = {
    "examples": [
        {"full_description": "Calc adds", "status": "passed"},
        {"full_description": "Calc x", "status": "pending"},
    ]
}
LINES = '["start", "pytest"]\n["pass", "t.py::a"]\n["fail", "t.py::a"]\n["pass", "t.py::b"]\n["foreign", "calc.py"]\n'
FILES = {
    "junit": ("r.xml", JUNIT, {"a.B.ok": "pass", "a.B.bad": "fail", "a.B.off": "skip"}),
    "dotnet": ("r.trx", TRX, {"N.T.Adds": "pass", "N.T.Off": "skip"}),
    "jest and vitest": (
        "r.json",
        json.dumps(JEST),
        {"calc adds": "pass", "calc fails": "fail", "calc later": "skip", "/p/broken.test.js": "fail"},
    ),
    "mocha": ("r.json", json.dumps(MOCHA), {"calc adds": "pass", "calc fails": "fail"}),
    "rspec": ("r.json", json.dumps(RSPEC), {"Calc adds": "pass", "Calc x": "skip"}),
    "our own": ("r.jsonl", LINES, {"t.py::a": "fail", "t.py::b": "pass"}),
}


@pytest.mark.parametrize(("name", "text", "expected"), FILES.values(), ids=FILES)
def test_a_report_is_read(tmp_path: Path, name: str, text: str, expected: dict[str, str]) -> None:
    (tmp_path / name).write_text(text)
    found = read_results(tmp_path, tmp_path, "", frozenset())
    assert found is not None
    assert found.outcomes == expected


GO = """=== RUN   TestAdd
=== RUN   TestAdd/twos
--- PASS: TestAdd (0.00s)
    --- PASS: TestAdd/twos (0.00s)
=== RUN   TestSub
    calc_test.go:9: no
--- FAIL: TestSub (0.00s)
FAIL
FAIL\texample.com/calc\t0.002s
?   \texample.com/none\t[no test files]
--- SKIP: TestOff (0.00s)
ok  \texample.com/text\t0.1s
FAIL\texample.com/broken [build failed]
"""
CARGO = """     Running unittests src/lib.rs (target/debug/deps/calc-1)
running 2 tests
test tests::adds ... ok
test tests::off ... ignored
     Running tests/calc.rs (target/debug/deps/calc-2)
test subtracts ... FAILED
test panics - should panic ... ok
   Doc-tests calc
test src/lib.rs - add (line 3) ... ok
"""
TAP = "TAP version 13\nok 1 - adds\nnot ok 2 - fails # TODO later\nnot ok 3 - breaks\nok 4 - adds\n1..4\n"
OUTPUTS = {
    "go": (
        GO,
        {
            "example.com/calc TestAdd": "pass",
            "example.com/calc TestAdd/twos": "pass",
            "example.com/calc TestSub": "fail",
            "example.com/text TestOff": "skip",
            "example.com/broken (build failed)": "fail",
        },
    ),
    "cargo": (
        CARGO,
        {
            "src/lib.rs tests::adds": "pass",
            "src/lib.rs tests::off": "skip",
            "tests/calc.rs subtracts": "fail",
            "tests/calc.rs panics - should panic": "pass",
            "doc calc src/lib.rs - add": "pass",
        },
    ),
    "nextest": (
        "        PASS [   0.005s] calc tests::adds\n        FAIL [   0.1s] (2/2) calc::it subtracts\n",
        {"calc tests::adds": "pass", "calc::it subtracts": "fail"},
    ),
    "minitest": (
        "CalcTest#test_add = 0.00 s = .\nCalcTest#test_sub = 0.01 s = F\n",
        {"CalcTest#test_add": "pass", "CalcTest#test_sub": "fail"},
    ),
    "swift": (
        "Test Case '-[T testAdd]' passed (0.1 seconds)\nTest Case 'T.testSub' failed (0.1 seconds)\n",
        {"-[T testAdd]": "pass", "T.testSub": "fail"},
    ),
    "gtest": (
        "[       OK ] Calc.Adds (0 ms)\n[  FAILED  ] Calc.Subs (0 ms)\n",
        {"Calc.Adds": "pass", "Calc.Subs": "fail"},
    ),
    "tap": (TAP, {"adds": "pass", "fails": "skip", "breaks": "fail", "adds (2)": "pass"}),
}


@pytest.mark.parametrize(("program", "output", "expected"), [(k, *v) for k, v in OUTPUTS.items()], ids=OUTPUTS)
def test_an_output_is_read(tmp_path: Path, program: str, output: str, expected: dict[str, str]) -> None:
    found = read_results(tmp_path, tmp_path, output, frozenset({program}))
    assert found is not None
    assert found.outcomes == expected


def test_an_output_of_another_program_tells_nothing(tmp_path: Path) -> None:
    assert read_results(tmp_path, tmp_path, GO, frozenset({"cargo-less"})) is None
    assert read_results(tmp_path, tmp_path, "Ran 3 tests\nOK\n", frozenset()) is None


@pytest.mark.parametrize("text", ["<!DOCTYPE x [<!ENTITY a 'b'>]><testsuite/>", "<testsuite", '{"testResults": 3}', ""])
def test_a_report_that_is_none_tells_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / ("r.json" if text.startswith("{") else "r.xml")).write_text(text)
    found = read_results(tmp_path, tmp_path, "", frozenset())
    assert found is None or not found.outcomes


def test_a_program_that_ran_no_test_is_known(tmp_path: Path) -> None:
    (tmp_path / "r.jsonl").write_text('["start", "unittest"]\n')
    found = read_results(tmp_path, tmp_path, "", frozenset())
    assert found is not None
    assert found.outcomes == {}


def test_reports_that_maven_and_gradle_lay_are_found(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    for folder in ("a/target/surefire-reports/TEST-a.xml", "b/build/test-results/test/TEST-b.xml"):
        path = tmp_path / folder
        path.parent.mkdir(parents=True)
        path.write_text(f'<testsuite><testcase classname="{folder[0]}" name="x"/></testsuite>')
    found = read_results(tmp_path / "reports", tmp_path, "", frozenset())
    assert found is not None
    assert found.passed == {"a.x", "b.x"}
