from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from sous.proc import ProgramFailed, own_command, run, run_job, run_visibly
from sous.programs import ProgramMissing

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


def test_a_program_that_ends_while_an_error_is_dealt_with_is_not_ended_by_us() -> None:
    code = "import os, sys, time; print('out'); sys.stdout.flush(); os.close(1); time.sleep(0.2)"
    try:
        int("an error that is being dealt with")
    except ValueError:
        assert run(sys.executable, "-c", code, most=100, timeout=20) == b"out\n"
    else:
        raise AssertionError


def test_a_job_is_stopped_from_another_thread_and_has_its_timeout_still(tmp_path: Path) -> None:
    stop = threading.Event()
    sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
    with pytest.raises(KeyboardInterrupt):
        run_job(sleeper, cwd=tmp_path, env=os.environ, stop=stop, started=lambda *_: stop.set())
    assert run_job(sleeper, cwd=tmp_path, env=os.environ, stop=threading.Event(), timeout=0.3).code is None
    done = run_job([sys.executable, "-c", "print('x')"], cwd=tmp_path, env=os.environ, stop=threading.Event())
    assert (done.code, done.output.strip()) == (0, "x")


@pytest.mark.parametrize("is_told", [True, False], ids=["told by the system", "looked for"])
def test_the_end_of_a_job_is_waited_for_in_either_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_told: bool
) -> None:
    if not is_told:
        monkeypatch.delattr(os, "pidfd_open", raising=False)
    for code, ended in (("raise SystemExit(3)", 3), ("import time; time.sleep(60)", None)):
        done = run_job([sys.executable, "-c", code], cwd=tmp_path, env=os.environ, timeout=30 if ended else 0.3)
        assert done.code == ended
