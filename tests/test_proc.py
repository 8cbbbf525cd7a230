from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sous.proc import ProgramFailed, ProgramMissing, find_program, own_command, run, run_visibly, split_for_windows
from sous.surroundings import Surroundings, surrounded

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def python(code: str) -> tuple[str, str, str]:
    return (sys.executable, "-c", code)


def test_it_returns_what_the_program_printed(tmp_path: Path) -> None:
    assert run(*python("import os; print(os.getcwd())"), cwd=tmp_path).decode().strip() == str(tmp_path)


def test_a_module_of_ours_is_not_looked_for_in_the_current_folder(tmp_path: Path) -> None:
    for name in ("runpy.py", "json.py", "tokenize.py"):
        (tmp_path / name).write_text("print('was run')\n")
    told = run(*own_command("json.tool", "--compact"), cwd=tmp_path, input=b"[1, 2]").decode()
    assert told.strip() == "[1,2]"


def test_input_reaches_the_program_and_arguments_are_no_shell_words() -> None:
    assert (
        run(*python("import sys; print(sys.argv[1:], sys.stdin.read())"), "$HOME; x", input=b"in").decode()
        == "['$HOME; x'] in\n"
    )


def test_a_missing_program_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(ProgramMissing, match="nosuch not found; install it"):
        run("nosuch")
    with pytest.raises(ProgramMissing, match="nosuch not found"):
        run_visibly(["nosuch"], cwd=tmp_path)


def test_a_failure_holds_code_and_last_line_of_stderr() -> None:
    with pytest.raises(ProgramFailed, match="failed with exit code 3: why") as caught:
        run(*python("import sys; print('first\\nwhy', file=sys.stderr); sys.exit(3)"))
    assert (caught.value.code, caught.value.stderr) == (3, "first\nwhy")


def test_a_program_that_hangs_is_ended() -> None:
    with pytest.raises(ProgramFailed, match=r"did not end within 0\.3 s"):
        run(*python("import time; time.sleep(60)"), timeout=0.3)


@pytest.mark.skipif(os.name == "nt", reason="the program is a script of POSIX")
def test_a_program_that_leaves_a_child_with_our_stderr_does_not_hang_us(fake_bin: Callable[[str, str], Path]) -> None:
    fake_bin("stays", "if os.fork() == 0:\n    import time; time.sleep(30)")
    run("stays", detached=True, timeout=10)


def test_a_file_that_is_no_program_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bad").write_text("\0\0")
    (tmp_path / "bad").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProgramFailed, match="could not be started"):
        run("bad")


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


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a b  c", ["a", "b", "c"]),
        ('pack -o "C:\\out dir\\x.txt"', ["pack", "-o", "C:\\out dir\\x.txt"]),
        ('pack --out="{output} x" y', ["pack", "--out={output} x", "y"]),
        ("C:\\bin\\pack.exe \\\\host\\share", ["C:\\bin\\pack.exe", "\\\\host\\share"]),
        ('say \\"hi\\" ""', ["say", '"hi"', ""]),
        ("say 'two words' it's", ["say", "two words", "it's"]),
        ("\"it's 'a' b\"", ["it's 'a' b"]),
        ("", []),
    ],
)
def test_a_line_is_cut_as_windows_does(line: str, words: list[str]) -> None:
    assert split_for_windows(line) == words


@given(st.lists(st.text(st.sampled_from('a "\\-='), max_size=6), max_size=4))
def test_what_windows_joins_is_cut_again(argv: list[str]) -> None:
    assert split_for_windows(subprocess.list2cmdline(argv)) == argv


def test_quotes_that_do_not_end_are_an_error_on_windows_too() -> None:
    with pytest.raises(ValueError, match="closing"):
        split_for_windows('a "b')
