"""The one module that starts other programs: argument lists, no shell, a timeout, and errors that say what happened."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from sous.errors import SousError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class ProgramMissing(SousError):
    """A program that is not installed."""


class ProgramFailed(SousError):
    """A program that ended with an error; holds its exit code and what it wrote to stderr."""

    def __init__(self, message: str, *, code: int, stderr: str) -> None:
        super().__init__(message)
        self.code = code
        self.stderr = stderr


def find_program(name: str) -> str | None:
    """Return the absolute path of a program on PATH, never one that lies in the current folder by chance (Windows)."""
    os.environ.setdefault("NoDefaultCurrentDirectoryInExePath", "1")  # read by Windows itself and by Python 3.12
    found = shutil.which(name)
    if found is None:
        return None
    path = Path(found).absolute()
    return None if os.name == "nt" and path.parent == Path.cwd() else str(path)


def quoted(argv: Sequence[str]) -> str:
    """Return a command line for the system's own shell."""
    return subprocess.list2cmdline(argv) if os.name == "nt" else shlex.join(argv)


def run(
    *argv: str,
    cwd: Path | str | None = None,
    input: bytes | None = None,  # noqa: A002
    env: Mapping[str, str] | None = None,
    timeout: float | None = None,
    detached: bool = False,
) -> bytes:
    """Run a program and return its stdout.

    `detached`: stdout goes nowhere (clipboard programs stay alive and would keep our pipe open); stderr goes to a file
    for the same reason. `timeout` is in seconds. Raises ProgramMissing, or ProgramFailed for an exit code other than 0
    and for a timeout.
    """
    name, program = argv[0], _required(argv[0])
    with contextlib.ExitStack() as stack:
        errors = None
        if detached:
            import tempfile

            errors = stack.enter_context(tempfile.TemporaryFile())
        try:
            done: subprocess.CompletedProcess[bytes] = subprocess.run(
                (program, *argv[1:]),
                cwd=cwd,
                env=env,
                timeout=timeout,
                stdout=subprocess.DEVNULL if detached else subprocess.PIPE,
                stderr=errors or subprocess.PIPE,
                check=False,
                stdin=subprocess.DEVNULL if input is None else None,
                input=input,
            )
        except subprocess.TimeoutExpired as exc:
            raise ProgramFailed(f"{name} did not end within {timeout:g} s", code=-1, stderr="") from exc
        except OSError as exc:
            raise ProgramFailed(f"{name} could not be started: {exc}", code=-1, stderr="") from exc
        if errors:
            errors.seek(0)
        stderr = (errors.read() if errors else done.stderr).decode("utf-8", "replace").strip()
    if done.returncode != 0:
        told = f": {stderr.splitlines()[-1]}" if stderr else ""
        message = f"{name} failed with exit code {done.returncode}{told}"
        raise ProgramFailed(message, code=done.returncode, stderr=stderr)
    return done.stdout or b""


def run_visibly(argv: list[str], *, cwd: Path) -> None:
    """Run a program whose output the user should see; its stdout goes to our stderr, as results alone use stdout.

    Raises ProgramMissing or ProgramFailed.
    """
    program = _required(argv[0])
    try:
        code = subprocess.run([program, *argv[1:]], cwd=cwd, stdin=subprocess.DEVNULL, stdout=2, check=False).returncode
    except OSError as exc:
        raise ProgramFailed(f"{argv[0]} could not be started: {exc}", code=-1, stderr="") from exc
    if code != 0:
        raise ProgramFailed(f"{argv[0]} failed with exit code {code}", code=code, stderr="")


def _required(name: str) -> str:
    program = find_program(name)
    if program is None:
        raise ProgramMissing(f"{name} not found; install it or put it on PATH")
    return program
