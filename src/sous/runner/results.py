"""What tests did, each by its name: read from the reports of the programs that ran them."""

from __future__ import annotations

import contextlib
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from sous.errors import SousError
from sous.files import read_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

Told = tuple[str, str]  # the name of a test, and pass, fail, skip or xfail
PASS, FAIL, SKIP, XFAIL = "pass", "fail", "skip", "xfail"
_WORST = (FAIL, XFAIL, SKIP, PASS)  # what a test is that was told of several times
_MOST = 100_000_000  # bytes of one report
_MOST_REPORTS = 5_000
_UNREADABLE = (
    SousError, OSError, ValueError, TypeError, AttributeError, RecursionError, ET.ParseError
)  # fmt: skip
# Where programs lay reports by themselves: Maven, Gradle, nextest, dotnet, and those that are told
# to by a project's own configuration.
REPORTS = (
    "**/surefire-reports/TEST-*.xml",
    "**/failsafe-reports/TEST-*.xml",
    "**/build/test-results/**/*.xml",
    "**/target/nextest/**/*.xml",
    "**/TestResults/**/*.trx",
)


@dataclass(frozen=True)
class Results:
    """What became of each test, and what was told beside it.

    `foreign`: a file that was loaded from the original project instead of the clean place.
    """

    outcomes: Mapping[str, str] = field(default_factory=dict)
    foreign: str = ""

    def names(self, *outcomes: str) -> set[str]:
        """Return the tests that ended so."""
        return {name for name, outcome in self.outcomes.items() if outcome in outcomes}

    @property
    def passed(self) -> set[str]:
        """The tests that passed."""
        return self.names(PASS)

    @property
    def failed(self) -> set[str]:
        """The tests that failed."""
        return self.names(FAIL)


def read_results(
    reports: Path, place: Path, output: str, programs: frozenset[str]
) -> Results | None:
    """Return what is told in the folder of reports, in the place of the run, or in its output.

    None where nothing is told. `programs`: those whose output may be believed.
    """
    told: list[Told] = []
    known, foreign = False, ""
    for path in _files(reports, place):
        with contextlib.suppress(*_UNREADABLE):
            for name, outcome in _read(path):
                known = True
                if outcome == "foreign":
                    foreign = foreign or name
                elif outcome != "start":
                    told.append((name, outcome))
    for program, read in _OUTPUTS.items():
        if program in programs or program == "tap":
            found = list(read(output))
            known = known or bool(found) or program in programs - {"minitest", "swift", "gtest"}
            told += found
    return Results(_merged(told), foreign) if known else None


def _merged(told: Iterable[Told]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, outcome in told:
        before = found.get(name, PASS)
        found[name] = min(before, outcome, key=_WORST.index)
    return found


def _files(reports: Path, place: Path) -> list[Path]:
    own = sorted(path for path in reports.iterdir() if path.is_file())
    laid = [path for pattern in REPORTS for path in sorted(place.glob(pattern)) if path.is_file()]
    return [path for path in (*own, *laid) if not path.is_symlink()][:_MOST_REPORTS]


def _read(path: Path) -> Iterator[Told]:
    data = read_file(path, root=None, most=_MOST).decode("utf-8", "replace")
    if path.suffix == ".jsonl":
        yield from _lines(data)
    elif path.suffix == ".json":
        yield from _json(json.loads(data))
    else:
        yield from _xml(data)


def _lines(data: str) -> Iterator[Told]:
    for line in data.splitlines():
        outcome, name = json.loads(line)
        if outcome in (*_WORST, "start", "foreign"):
            yield str(name), str(outcome)


_STATES = {"passed": PASS, "failed": FAIL, "pending": SKIP, "skipped": SKIP, "todo": SKIP}


def _json(data: Any) -> Iterator[Told]:
    """Read what jest, vitest, mocha or RSpec wrote."""
    yield "", "start"
    for suite in data.get("testResults", ()):
        for one in suite.get("assertionResults", ()):
            name = one.get("fullName") or one.get("title", "")
            yield str(name), _STATES.get(one.get("status"), SKIP)
        if suite.get("status") == "failed" and not suite.get("assertionResults"):
            yield str(suite.get("name")), FAIL
    for key, outcome in (("passes", PASS), ("failures", FAIL), ("pending", SKIP)):
        for one in data.get(key, ()) if isinstance(data.get(key), list) else ():
            yield str(one.get("fullTitle")), outcome
    for one in data.get("examples", ()):
        yield str(one.get("full_description")), _STATES.get(one.get("status"), SKIP)


_TRX = {"Passed": PASS, "Failed": FAIL, "Error": FAIL, "Timeout": FAIL}


def _xml(data: str) -> Iterator[Told]:
    """Read JUnit's XML, as most programs write it, or what dotnet writes."""
    if "<!DOCTYPE" in data or "<!ENTITY" in data:
        return
    yield "", "start"
    for one in ET.fromstring(data).iter():  # noqa: S314  # entities are refused above
        kind = one.tag.rpartition("}")[2]
        if kind == "testcase":
            name = ".".join(filter(None, (one.get("classname"), one.get("name"))))
            parts = {child.tag.rpartition("}")[2] for child in one}
            bad = parts & {"failure", "error"}
            yield name, FAIL if bad else SKIP if "skipped" in parts else PASS
        elif kind == "UnitTestResult":
            yield str(one.get("testName")), _TRX.get(str(one.get("outcome")), SKIP)


_GO = re.compile(
    r"^ *--- (?P<how>PASS|FAIL|SKIP): (?P<test>\S+)|"
    r"^(?P<end>ok|FAIL|\?)[ \t]+(?P<package>[^\s\[]+)(?P<rest>[^\n]*)$",
    re.MULTILINE,
)


def _go(output: str) -> Iterator[Told]:
    """Read `go test -v`: the package is named behind its tests."""
    tests: list[Told] = []
    for match in _GO.finditer(output):
        if match["test"]:
            tests.append((match["test"], match["how"].lower()))
            continue
        yield from ((f"{match['package']} {test}", outcome) for test, outcome in tests)
        if match["end"] == "FAIL" and not any(outcome == FAIL for _, outcome in tests):
            yield f"{match['package']} ({match['rest'].strip(' []') or 'failed'})", FAIL
        tests = []
    yield from tests


_CARGO = re.compile(
    r"^ *Running (?:unittests )?(?P<target>\S+)|^ *Doc-tests (?P<crate>\S+)|"
    r"^test (?P<test>\S[^\n]*?) \.\.\. (?P<how>ok|FAILED|ignored)",
    re.MULTILINE,
)


def _cargo(output: str) -> Iterator[Told]:
    target = ""
    for match in _CARGO.finditer(output):
        if match["test"]:
            how = {"ok": PASS, "FAILED": FAIL}.get(match["how"], SKIP)
            test = re.sub(r" \(line \d+\)", "", match["test"])
            yield f"{target} {test}", how
        else:
            target = match["target"] or f"doc {match['crate']}"
    if re.search(r"^error(?:\[E\d+\])?: ", output, re.MULTILINE) and "could not compile" in output:
        yield "(the build)", FAIL


_NEXTEST = re.compile(
    r"^ +(PASS|FAIL|SIG\w+|TIMEOUT) \[[^\]]*\](?: \([^)]*\))? +(\S+ \S+)", re.MULTILINE
)
_MINITEST = re.compile(r"^(\S+#test\S*) = [\d.]+ s = ([.FES])", re.MULTILINE)
_SWIFT = re.compile(r"Test [Cc]ase '([^']+)' (passed|failed|skipped)")
_GTEST = re.compile(r"^\[ +(OK|FAILED|SKIPPED) +\] (\S+\.\S+) \(", re.MULTILINE)
_TAP = re.compile(r"^(not )?ok\b[ \t]*(\d*)[ \t]*-?[ \t]*([^#\n]*)(#[^\n]*)?$", re.MULTILINE)
_IS_TAP = re.compile(r"^(?:TAP version \d+|1\.\.\d+)\s*$", re.MULTILINE)
_HOWS = {
    "PASS": PASS, ".": PASS, "passed": PASS, "OK": PASS, "S": SKIP, "skipped": SKIP, "SKIPPED": SKIP
}  # fmt: skip


def _by(pattern: re.Pattern[str], how: int, name: int) -> Callable[[str], Iterator[Told]]:
    def read(output: str) -> Iterator[Told]:
        for match in pattern.finditer(output):
            yield match[name], _HOWS.get(match[how], FAIL)

    return read


def _tap(output: str) -> Iterator[Told]:
    if not _IS_TAP.search(output):
        return
    seen: Counter[str] = Counter()
    for no, number, name, more in _TAP.findall(output):
        key = name.strip() or number
        seen[key] += 1
        outcome = FAIL if no else PASS
        if re.match(r"#\s*(?:skip|todo)", more, re.IGNORECASE):
            outcome = SKIP
        yield key if seen[key] == 1 else f"{key} ({seen[key]})", outcome


_OUTPUTS: dict[str, Callable[[str], Iterator[Told]]] = {
    "go": _go,
    "cargo": _cargo,
    "nextest": _by(_NEXTEST, 1, 2),
    "minitest": _by(_MINITEST, 2, 1),
    "swift": _by(_SWIFT, 2, 1),
    "gtest": _by(_GTEST, 1, 2),
    "tap": _tap,
}
