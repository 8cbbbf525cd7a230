"""The only module that starts programs: argument lists, no shell, a timeout, clear errors."""

from __future__ import annotations

import contextlib
import os
import select
import shlex
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from sous.command_lines import in_shell
from sous.errors import SousError
from sous.heard import Heard
from sous.programs import kept_out_now, own_path, required

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_LONGEST_WAIT = 1e6  # seconds of one question to the system
_LOOK = 0.2  # seconds between two looks at whether a job is to be stopped
_IGNORED = "MISE_IGNORED_CONFIG_PATHS"  # tried with mise 2026.9.15


class ProgramFailed(SousError):
    """A program that ended with an error; holds its exit code and what it wrote."""

    def __init__(self, message: str, *, code: int, stderr: str, stdout: bytes = b"") -> None:
        super().__init__(message)
        self.code = code
        self.stderr = stderr
        self.stdout = stdout


def own_command(module: str, *arguments: str) -> list[str]:
    """Return the command that runs a module with this very Python.

    Nothing in the current folder is imported.

    `python -m` would look there first, and what lies there may be anybody's (`-P` is not there
    before Python 3.11).
    """
    code = (
        "import sys; sys.path[:] = [one for one in sys.path if one]; import runpy; "
        f"runpy.run_module({module!r}, run_name='__main__', alter_sys=True)"
    )
    return [sys.executable, "-c", code, *arguments]


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
    most: int | None = None,
    warnings: list[str] | None = None,
) -> bytes:
    """Run a program and return its stdout.

    `warnings` gets the lines of stderr, where `most` is given.

    `most`: bytes of stdout; a program that prints more is ended. `detached`: stdout goes nowhere
    (clipboard programs stay alive and would keep our pipe open); stderr goes to a file for the same
    reason. `timeout` is in seconds. What it starts itself is not taken from the project either.
    Raises ProgramMissing, or ProgramFailed for an exit code other than 0, for a timeout and for too
    much output.
    """
    path = own_path()
    command = (required(argv[0], path), *argv[1:])
    environment = _own_environment(env, path)
    if most is not None:
        return _bounded(
            command,
            cwd=cwd,
            data=input or b"",
            env=environment,
            timeout=timeout,
            most=most,
            warnings=warnings,
        )
    name = argv[0]
    with _place_of_errors(detached=detached) as errors:
        try:
            done: subprocess.CompletedProcess[bytes] = subprocess.run(
                command,
                cwd=cwd,
                env=environment,
                timeout=timeout,
                stdout=subprocess.DEVNULL if detached else subprocess.PIPE,
                stderr=errors or subprocess.PIPE,
                check=False,
                stdin=subprocess.DEVNULL if input is None else None,
                input=input,
            )
        except subprocess.TimeoutExpired as exc:
            message = f"{name} did not end within {timeout:g} s"
            raise ProgramFailed(message, code=-1, stderr="", stdout=exc.stdout or b"") from exc
        except OSError as exc:
            raise ProgramFailed(f"{name} could not be started: {exc}", code=-1, stderr="") from exc
        if errors:
            errors.seek(0)
        stderr = errors.read() if errors else done.stderr
    _raise_if_failed(name, done.returncode, stderr, done.stdout or b"")
    return done.stdout or b""


@contextlib.contextmanager
def _place_of_errors(*, detached: bool) -> Iterator[IO[bytes] | None]:
    """Yield the file that takes the stderr of a detached program, None where a pipe does."""
    import tempfile

    if not detached:
        yield None
        return
    with tempfile.TemporaryFile() as file:
        yield file


def _raise_if_failed(name: str, code: int, errors: bytes, stdout: bytes) -> None:
    if code == 0:
        return
    stderr = errors.decode("utf-8", "replace").strip()
    last = f": {stderr.splitlines()[-1]}" if stderr else ""
    message = f"{name} failed with exit code {code}{last}"
    raise ProgramFailed(message, code=code, stderr=stderr, stdout=stdout)


def _bounded(
    argv: Sequence[str],
    *,
    cwd: Path | str | None,
    data: bytes,
    env: dict[str, str],
    timeout: float | None,
    most: int,
    warnings: list[str] | None,
) -> bytes:
    """Run a program as `run` does; end it after `most` bytes of output or the timeout."""
    import tempfile

    name = Path(argv[0]).name
    pieces, size, is_late = [], 0, threading.Event()
    with tempfile.TemporaryFile() as errors:
        try:
            job = subprocess.Popen(
                argv, cwd=cwd, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
            )
        except OSError as exc:
            raise ProgramFailed(f"{name} could not be started: {exc}", code=-1, stderr="") from exc
        if job.stdin is None or job.stdout is None:
            raise AssertionError

        def end() -> None:
            is_late.set()
            job.kill()

        timer = threading.Timer(timeout or threading.TIMEOUT_MAX, end)
        timer.daemon = True
        timer.start()
        feeder = threading.Thread(target=_feed, args=(job.stdin, data), daemon=True)
        feeder.start()
        try:
            while size <= most and (piece := job.stdout.read(1 << 18)):
                pieces.append(piece)
                size += len(piece)
        except BaseException:
            job.kill()
            raise
        finally:
            if size > most:
                job.kill()
            code = job.wait()
            timer.cancel()
            job.stdout.close()
        errors.seek(0)
        stderr = errors.read()
    if is_late.is_set():
        raise ProgramFailed(f"{name} did not end within {timeout:g} s", code=-1, stderr="")
    if size > most:
        raise ProgramFailed(f"{name} printed more than {most:,} bytes", code=-1, stderr="")
    _raise_if_failed(name, code, stderr, b"".join(pieces))
    if warnings is not None:
        warnings += os.fsdecode(stderr).splitlines()
    return b"".join(pieces)


def _own_environment(env: Mapping[str, str] | None, path: str) -> dict[str, str]:
    """Return the environment of a program of ours.

    A shim of mise's on PATH does not read the project's files.
    """
    environment = {**(os.environ if env is None else env), "PATH": path}
    if kept_out := kept_out_now():
        ignored = [environment.get(_IGNORED, ""), *map(str, sorted(kept_out))]
        environment[_IGNORED] = os.pathsep.join(filter(None, ignored))
    return environment


def run_visibly(argv: list[str], *, cwd: Path, given: Mapping[str, str] | None = None) -> None:
    """Run a program whose output the user should see.

    Its stdout goes to our stderr, as results alone use stdout.

    `given`: the environment where the program may come from the project too. Raises ProgramMissing
    or ProgramFailed.
    """
    path = own_path()
    command = [required(argv[0], path if given is None else None), *argv[1:]]
    env = _own_environment(None, path) if given is None else given
    try:
        code = subprocess.run(
            command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=2, check=False
        ).returncode
    except OSError as exc:
        raise ProgramFailed(f"{argv[0]} could not be started: {exc}", code=-1, stderr="") from exc
    if code != 0:
        raise ProgramFailed(f"{argv[0]} failed with exit code {code}", code=code, stderr="")


# What starts a process in a group of its own.
_OWN_GROUP: dict[str, Any] = {"start_new_session": True}
if os.name == "nt":
    _OWN_GROUP = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}  # type: ignore[attr-defined,unused-ignore]


@dataclass(frozen=True)
class Ended:
    """How a job ended: exit code (None: by its timeout), output, and the output's size."""

    code: int | None
    output: str
    printed: int


def run_job(  # noqa: PLR0913  # each of them is a thing of its own
    argv: Sequence[str] | str,
    *,
    cwd: Path,
    env: Mapping[str, str],
    input: bytes = b"",  # noqa: A002
    timeout: float | None = None,
    started: Callable[[int, Callable[[], str]], None] = lambda _pid, _last_line: None,
    hears: Callable[[bytes], None] | None = None,
    stop: threading.Event | None = None,
) -> Ended:
    """Run a program in a process group of its own, and end the whole group with it, or with us.

    A string is a command line of the user's, for the system's own shell. stdout and stderr go
    together. `started` is told the process id and how to ask for the last line printed; `hears`
    gets what is printed, piece by piece, in a thread of its own. `timeout` is in seconds. `stop`
    ends it, when it is set, as Ctrl-C does in the main thread. Raises ProgramMissing,
    KeyboardInterrupt, and ProgramFailed when it cannot be started.
    """
    name = "the shell" if isinstance(argv, str) else argv[0]
    try:
        job = subprocess.Popen(
            in_shell(argv)
            if isinstance(argv, str)
            else [required(argv[0], None), *argv[1:]],
            cwd=cwd, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, **_OWN_GROUP,
        )  # fmt: skip
    except OSError as exc:
        raise ProgramFailed(f"{name} could not be started: {exc}", code=-1, stderr="") from exc
    if job.stdin is None or job.stdout is None:
        raise AssertionError
    heard = Heard(job.stdout, hears)
    threading.Thread(target=_feed, args=(job.stdin, input), daemon=True).start()
    code: int | None = None
    try:
        started(job.pid, lambda: heard.last_line)
        code = _awaited(job, timeout) if stop is None else _wait(job, timeout, stop)
    except subprocess.TimeoutExpired:
        code = None
    finally:
        _end_group(job)
        heard.thread.join(1.0)  # a child that left the group may hold the pipe open
        if not heard.thread.is_alive():
            job.stdout.close()
    return Ended(code, heard.text, heard.printed)


def _wait(job: subprocess.Popen[bytes], timeout: float | None, stop: threading.Event) -> int:
    """Wait for a program. Raises TimeoutExpired, and KeyboardInterrupt once `stop` is set."""
    deadline = time.monotonic() + (threading.TIMEOUT_MAX if timeout is None else timeout)
    while True:
        if stop.is_set():
            raise KeyboardInterrupt
        left = deadline - time.monotonic()
        try:
            return _awaited(job, max(0.0, min(_LOOK, left)))
        except subprocess.TimeoutExpired:
            if left <= _LOOK:
                raise


def _awaited(job: subprocess.Popen[bytes], timeout: float | None) -> int:
    """Wait for a program; where the system tells its end, at once. Raises TimeoutExpired."""
    began = time.monotonic()
    try:
        # Linux 5.3; else the standard library looks again and again, 50 ms apart
        number = os.pidfd_open(job.pid) if timeout is not None else -1
    except (AttributeError, OSError):
        number = -1
    if number < 0 or timeout is None:
        return job.wait(timeout)
    try:
        ends = select.poll()
        ends.register(number, select.POLLIN)
        ends.poll(min(timeout, _LONGEST_WAIT) * 1000)
    finally:
        os.close(number)
    return job.wait(max(0.0, timeout - (time.monotonic() - began)))


class Helper:
    """A process that runs a module of ours and answers each line with a line, or with several.

    `apart`: Ctrl-C in our terminal does not reach it. Raises ProgramFailed where it cannot be
    started.
    """

    def __init__(self, module: str, *, apart: bool = False) -> None:
        own_group: dict[str, Any] = _OWN_GROUP if apart else {}
        try:
            self._job = subprocess.Popen(
                own_command(module),
                env=_own_environment(None, own_path()),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                **own_group,
            )
        except OSError as exc:
            message = f"{module} could not be started: {exc}"
            raise ProgramFailed(message, code=-1, stderr="") from exc

    def ask(self, line: bytes, *, timeout: float) -> bytes | None:
        """Return the answer to a line; None where the process ended, or was ended as too slow."""
        timer = threading.Timer(timeout, self._job.kill)
        timer.daemon = True
        timer.start()
        try:
            return self.hear() if self.tell(line) else None
        finally:
            timer.cancel()

    def tell(self, line: bytes) -> bool:
        """Give the process a line; false where it has ended."""
        if self._job.stdin is None:
            raise AssertionError
        try:
            self._job.stdin.write(line)
            self._job.stdin.flush()
        except (OSError, ValueError):
            return False
        return True

    def hear(self) -> bytes | None:
        """Return the next line of the process; None where it has ended."""
        if self._job.stdout is None:
            raise AssertionError
        try:
            return self._job.stdout.readline() or None
        except (OSError, ValueError):
            return None

    def close(self) -> None:
        """End the process."""
        self._job.kill()
        for stream in (self._job.stdin, self._job.stdout):
            with contextlib.suppress(OSError):  # what it did not read
                stream and stream.close()
        self._job.wait()

    def end(self) -> None:
        """End the process and what it has started; it is one that is apart."""
        _end_group(self._job)

    def code(self, *, within: float) -> int:
        """Return the code that the process ended with; it is made to end after some seconds."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._job.wait(within)
        self.close()
        return self._job.wait()

    def let_go(self, *, within: float) -> None:
        """Let the process end by itself once it has done what it was told, within some seconds."""
        if self._job.stdin is None:
            raise AssertionError
        with contextlib.suppress(OSError):
            self._job.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._job.wait(within)


def _feed(stream: IO[bytes], data: bytes) -> None:
    with contextlib.suppress(OSError, ValueError):  # a program need not read what it is told
        stream.write(data)
    with contextlib.suppress(OSError, ValueError):
        stream.close()


def _end_group(job: subprocess.Popen[bytes]) -> None:
    """End a process and its children: asked first, then made to."""
    ask_to_end(job.pid)
    if os.name != "nt":
        try:
            if job.poll() is None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    job.wait(2.0)
        finally:  # whoever presses Ctrl-C once more does not wait for it
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(job.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        job.wait(10.0)


def ask_to_end(process: int) -> None:
    """Ask a job's process and its children to end, from another thread than waits for it."""
    if os.name == "nt":
        with contextlib.suppress(SousError, OSError):
            subprocess.run(
                (required("taskkill", own_path()), "/T", "/F", "/PID", str(process)),
                capture_output=True,
                check=False,
            )
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process, signal.SIGTERM)
