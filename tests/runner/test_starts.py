from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import write_tree
from sous.runner.starts import programs_of, start

if TYPE_CHECKING:
    from pathlib import Path

THROUGH = {
    "go": ("go test ./...", {}),
    "cargo": ("cargo +nightly test -q", {}),
    "nextest": ("cargo nextest run", {}),
    "node": ("npm test", {"package.json": '{"scripts": {"test": "node --test"}}'}),
    "rspec": ("make check", {"Makefile": "check:\n\tbundle exec rspec\n"}),
    "swift": ("just test", {"justfile": "test:\n    swift test\n"}),
    "dotnet": ("mise run test", {"mise.toml": '[tasks.test]\nrun = "dotnet test"\n'}),
    "phpunit": ("./run.sh", {"run.sh": "vendor/bin/phpunit\n"}),
    "tox": ("tox -e py", {}),
    "minitest": ("rake", {"Rakefile": ""}),
}


@pytest.mark.parametrize(("program", "command", "files"), [(k, *v) for k, v in THROUGH.items()], ids=THROUGH)
def test_the_program_that_is_really_started_is_seen(
    tmp_path: Path, program: str, command: str, files: dict[str, str]
) -> None:
    write_tree(tmp_path, files)
    assert program in programs_of(command, tmp_path)


def test_a_plain_command_is_left_as_it_is(tmp_path: Path) -> None:
    found = start("python3 -m unittest -q && echo go", tmp_path, tmp_path, {"PYTHONPATH": "src"})
    assert found.command == "python3 -m unittest -q && echo go"
    assert set(found.env) == {"SOUS_REPORT", "PYTHONPATH"}
    assert found.env["PYTHONPATH"].endswith("src")


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("cargo test", "cargo test --no-fail-fast"),
        ("cargo test -q --workspace", "cargo test --no-fail-fast --workspace"),
        ("cargo test --workspace --quiet", "cargo test --no-fail-fast --workspace"),
        ("cargo test --no-fail-fast", "cargo test --no-fail-fast"),
        ("cargo fmt && cargo test -- -q", "cargo fmt && cargo test --no-fail-fast -- -q"),
    ],
)
def test_cargo_is_to_name_each_test(tmp_path: Path, command: str, expected: str) -> None:
    assert start(command, tmp_path, tmp_path, {}).command == expected


def test_what_no_variable_can_tell_is_told_by_arguments(tmp_path: Path) -> None:
    assert "--log-junit" in start("vendor/bin/phpunit tests", tmp_path, tmp_path, {}).command
    assert "--logger trx" in start("dotnet test", tmp_path, tmp_path, {}).command


def test_what_the_user_has_set_stays(tmp_path: Path) -> None:
    given = {"NODE_OPTIONS": "--max-old-space-size=99", "GOFLAGS": "-mod=mod"}
    found = start("node --test && go test", tmp_path, tmp_path, given)
    assert found.env["NODE_OPTIONS"].startswith("--max-old-space-size=99 ")
    assert found.env["GOFLAGS"] == "-mod=mod -v"
