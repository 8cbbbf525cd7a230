"""How a test command is started so that it tells what each test did, and nothing is changed."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.files import read_file

if TYPE_CHECKING:
    from collections.abc import Mapping

HELPERS = Path(__file__).with_name("reporting")
# Programs that start others, and the files where they are told which.
_THROUGH = {
    r"\b(?:npm|yarn|pnpm|bun|npx)\b": ("package.json",),
    r"\b(?:make|gmake)\b": ("Makefile", "makefile", "GNUmakefile"),
    r"\bjust\b": ("justfile", "Justfile", ".justfile"),
    r"\btask\b": ("Taskfile.yml", "Taskfile.yaml"),
    r"\btox\b": ("tox.ini", "tox.toml", "pyproject.toml", "setup.cfg"),
    r"\bnox\b": ("noxfile.py",),
    r"\bmise\b": ("mise.toml", ".mise.toml"),
    r"\brake\b": ("Rakefile",),
    r"\bcomposer\b": ("composer.json",),
}
_PROGRAMS = {
    "go": r"\bgo\s+test\b",
    "nextest": r"\bcargo[- ]+nextest\b",
    "cargo": r"\bcargo\s+(?:\+\S+\s+)?(?:[\w-]+\s+)*?(?:test|t)\b(?!-)",
    "node": r"\bnode\b[^\n\"'&|;]*--test\b",
    "scripts": r"\b(?:node|npm|npx|yarn|pnpm|jest|vitest|mocha)\b",
    "minitest": r"\b(?:rake|minitest|rails\s+test|ruby)\b",
    "rspec": r"\brspec\b",
    "swift": r"\bswift\s+test\b",
    "dotnet": r"\bdotnet\s+test\b",
    "phpunit": r"\bphpunit\b",
    "gtest": r"\bctest\b|\bgtest|_tests?\b",
    "tox": r"\btox\b",
}
_MOST = 1_000_000  # characters of a file that says what is started


@dataclass(frozen=True)
class Start:
    """A test command as it is started: its line, what is added to its environment, its programs."""

    command: str
    env: Mapping[str, str]
    programs: frozenset[str]


def programs_of(command: str, root: Path) -> frozenset[str]:
    """Return the test programs that a command starts, through scripts and tasks of the project."""
    text = command
    for starter, names in _THROUGH.items():
        if re.search(starter, command):
            text += "\n" + "\n".join(_text(root / name) for name in names)
    for word in command.split():  # a script
        if word.endswith((".sh", ".bash")) or word.startswith("./"):
            text += "\n" + _text(root / word)
    return frozenset(name for name, pattern in _PROGRAMS.items() if re.search(pattern, text))


def _text(path: Path) -> str:
    try:
        return read_file(path, root=None, most=_MOST).decode("utf-8", "replace")
    except (OSError, SousError):
        return ""


def start(command: str, root: Path, reports: Path, given: Mapping[str, str]) -> Start:
    """Return how a command is started in `root` so that reports are written to a folder."""
    programs = programs_of(command, root)
    env = {"SOUS_REPORT": str(reports), "PYTHONPATH": _path(str(HELPERS), given.get("PYTHONPATH"))}
    if "scripts" in programs:
        env["NODE_OPTIONS"] = _node_options("node" in programs, given.get("NODE_OPTIONS"))
    if "go" in programs:
        env["GOFLAGS"] = f"{given.get('GOFLAGS', '')} -v".strip()
    if "minitest" in programs:
        env["TESTOPTS"] = f"{given.get('TESTOPTS', '')} -v".strip()
    if "rspec" in programs:
        file = reports / "rspec.json"
        env["SPEC_OPTS"] = f"--format progress --format json --out {file}"
    if "tox" in programs:
        passed = "PYTHONPATH,PYTEST_PLUGINS,SOUS_REPORT,SOUS_ORIGINAL"
        env["TOX_OVERRIDE"] = f"testenv.pass_env+={passed}"
    if programs & {"cargo", "nextest"}:
        env["CARGO_TERM_COLOR"] = "never"
    return Start(_with_arguments(command, reports), env, programs)


def _path(first: str, rest: str | None) -> str:
    return os.pathsep.join(filter(None, (first, rest)))


def _node_options(tests: bool, given: str | None) -> str:  # noqa: FBT001
    options = [given or "", f'--require="{(HELPERS / "preload.cjs").as_posix()}"']
    if tests:
        options += [
            "--test-reporter=spec", "--test-reporter-destination=stdout",
            f'--test-reporter="{(HELPERS / "node_reporter.mjs").as_posix()}"',
            "--test-reporter-destination=stderr",
        ]  # fmt: skip
    return " ".join(filter(None, options))


def _with_arguments(command: str, reports: Path) -> str:
    """Return the command with arguments for programs that can be told by no variable."""
    plain = re.sub(
        r"(\bcargo\s+(?:\+\S+\s+)?(?:test|t)\b(?:(?! -- )[^&|;\n])*?) (?:-q|--quiet)(?=\s|$)",
        r"\1",
        command,
    )
    plain = re.sub(
        r"\bcargo\s+(\+\S+\s+)?(?:test|t)\b(?!-)(?![^&|;\n]*--no-fail-fast)",
        lambda match: f"{match[0]} --no-fail-fast",
        plain,
    )
    plain = re.sub(
        r"\bdotnet\s+test\b",
        lambda match: f'{match[0]} --logger trx --results-directory "{reports}/TestResults"',
        plain,
    )
    return re.sub(
        r"(^|\s)((?:\S*/)?phpunit)(?=\s|$)",
        lambda match: f'{match[1]}{match[2]} --log-junit "{reports}/phpunit.xml"',
        plain,
    )
