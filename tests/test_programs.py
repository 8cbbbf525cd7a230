from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from sous.command_lines import split_command
from sous.proc import run
from sous.programs import find_program, install_line
from sous.surroundings import Surroundings, surrounded

if TYPE_CHECKING:
    from pathlib import Path


def test_a_program_is_found_by_its_absolute_path() -> None:
    assert find_program(sys.executable) == sys.executable


@pytest.mark.skipif(os.name == "nt", reason="the programs are scripts of POSIX, and links")
@pytest.mark.parametrize(
    ("place", "is_found"),
    [
        ("project", False),
        ("project/bin", False),
        ("project/../project/bin", False),
        ("link-into", False),
        ("project/link-out", False),
        ("project/../beside", False),
        ("beside", True),
        ("projects", True),
        ("link-beside", True),
    ],
)
def test_no_program_is_taken_from_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, is_found: bool
) -> None:
    """As PATH has it and where its links lead, in the project's PATH and in a child's."""
    for folder in ("project/bin", "beside", "projects"):
        (tmp_path / folder).mkdir(parents=True)
    for link, target in (("link-into", "project/bin"), ("project/link-out", "beside"), ("link-beside", "beside")):
        (tmp_path / link).symlink_to(tmp_path / target)
    program = tmp_path / place / "tool"
    program.write_text("#!/bin/sh\necho $PATH\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / place}{os.pathsep}{os.environ['PATH']}")
    with surrounded(Surroundings(tmp_path, kept_out=frozenset([tmp_path / "project"]))):
        assert find_program("tool") == (str(program) if is_found else None)
        assert (str(tmp_path) in run("sh", "-c", "echo $PATH").decode()) == is_found


@pytest.mark.skipif(os.name == "nt", reason="the programs are scripts of POSIX, and links")
def test_a_link_to_a_program_of_the_project_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("project", "first", "second"):
        (tmp_path / folder).mkdir()
    for folder in ("project", "second"):
        (tmp_path / folder / "tool").write_text("#!/bin/sh\n")
        (tmp_path / folder / "tool").chmod(0o755)
    (tmp_path / "first" / "tool").symlink_to(tmp_path / "project" / "tool")
    monkeypatch.setenv("PATH", os.pathsep.join(str(tmp_path / name) for name in ("first", "second")))
    with surrounded(Surroundings(tmp_path, kept_out=frozenset([tmp_path / "project"]))):
        assert find_program("tool") == str(tmp_path / "second" / "tool")


def test_the_line_that_installs_a_library_is_for_this_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it lies in a folder with a space."""
    monkeypatch.setattr(sys, "executable", "/home/ann b/bin/python")
    assert split_command(install_line("mcp")) == ["/home/ann b/bin/python", "-m", "pip", "install", "mcp"]
