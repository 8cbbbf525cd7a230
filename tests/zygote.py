"""A process that has imported what `sous` needs, and forks for each run of it: most of a short run is importing llm.

What runs is still a process of its own, with its own folder, environment and files; only its imports were done before.
"""

from __future__ import annotations

import array
import atexit
import contextlib
import gc
import importlib
import inspect
import json
import os
import pkgutil
import select
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

import fork
from fork import ask, at_start

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_IMPORTS = (
    "llm", "llm.cli", "llm.default_plugins.openai_models", "openai", "openai.types.chat", "openai.resources.chat",
    "openai.resources.responses", "sqlite_utils", "jinja2.sandbox", "markdown_it", "genai_prices.data", "platformdirs",
    "configparser", "uuid", "email.message", "http.cookiejar",
)  # fmt: skip
# What most tests run. None of it is seen: a fork that behaves otherwise than a new process would is a fault of ours.
_LINES = (
    "bundle", "code-review -m planted", "github-issues -m planted", "missing-tests", "check code-review.md",
    "items", "post --dry-run", "todo", "status", "cost",
)  # fmt: skip
# A fork copies the page tables: in huge pages, where the C library can ask for them, they are a third as long.
_HUGE_PAGES = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1:glibc.malloc.top_pad=67108864", "PYTHONMALLOC": "malloc"}


class Zygote:
    """Runs `sous` in forks of one process that has its imports."""

    def __init__(self, folder: Path) -> None:
        self._path = str(folder / "z")
        self._env = at_start(os.environ)
        self.script = _script(folder, self._env)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self._path)
            listener.listen(16)
            self._process = subprocess.Popen(
                [sys.executable, __file__, str(listener.fileno())],
                pass_fds=[listener.fileno()],
                stdin=subprocess.DEVNULL,
                env={**os.environ, **(_HUGE_PAGES if sys.platform == "linux" else {})},
            )

    def can_run(self, env: Mapping[str, str]) -> bool:
        """Tell whether a run with these variables is the same in a fork."""
        return at_start(env) == self._env

    def run(self, argv: list[str], *, cwd: Path, data: bytes, env: Mapping[str, str]) -> tuple[int, bytes, bytes]:
        """Run `sous ARGV` to its end; return exit code, stdout and stderr."""
        with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            stdin.write(data)
            stdin.seek(0)
            fds = (stdin.fileno(), out.fileno(), err.fileno())
            code = ask(self._path, argv, cwd=str(cwd), env=env, fds=fds)
            out.seek(0)
            err.seek(0)
            return code, out.read(), err.read()

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait()


def _script(folder: Path, env: dict[str, str]) -> Path:
    """Write the program `sous` that asks for a fork; what it was started with, and its Python, beside it."""
    (folder / "at_start.json").write_text(json.dumps({"env": env, "python": sys.executable}))
    path = folder / "sous"
    words = (sys.executable, "-IS", fork.__file__, str(folder / "z"))
    path.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
    path.chmod(0o755)
    return path


def _serve(listener: socket.socket) -> None:
    open_runs: dict[int, socket.socket] = {}
    wake, awake = os.pipe()
    os.set_blocking(awake, False)
    signal.set_wakeup_fd(awake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    while True:
        ready, _, _ = select.select([listener.fileno(), wake], [], [])
        if wake in ready:
            os.read(wake, 4096)
        if listener.fileno() in ready:
            connection, _ = listener.accept()
            pid = os.fork()
            if pid == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for other in (listener, *open_runs.values()):
                    other.close()
                os.close(wake)
                os.close(awake)
                _become(connection)
            open_runs[pid] = connection
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                connection = open_runs.pop(ended[0])
                with contextlib.suppress(OSError):
                    connection.sendall(f"{os.waitstatus_to_exitcode(ended[1])}\n".encode())
                connection.close()


def _become(connection: socket.socket) -> None:
    """Be `sous` with the arguments that a connection brings."""
    code = 1
    try:
        head, control, _, _ = connection.recvmsg(8, socket.CMSG_LEN(64))
        fds = array.array("i", control[0][2])
        size, data = int.from_bytes(head, "big"), b""
        while len(data) < size:
            data += connection.recv(1 << 16)
        request: dict[str, Any] = json.loads(data)
        for number, fd in enumerate(fds):
            os.dup2(fd, number)
            os.close(fd)
        connection.close()
        os.chdir(request["cwd"])
        os.environ.clear()
        os.environ.update(request["env"])
        sys.argv = ["sous", *request["argv"]]
        code = _main()
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
    except BaseException:  # noqa: BLE001  # as the interpreter does at its top
        traceback.print_exc()
    finally:
        os._exit(code)


def _main() -> int:
    from sous.cli import main

    try:
        main()
    except SystemExit as exc:
        if exc.code is None or isinstance(exc.code, int):
            return int(exc.code or 0) & 0xFF
        print(exc.code, file=sys.stderr)
        return 1
    return 0


def _prepare() -> None:
    """Import what runs import, and make what each would make first: none of it looks at the environment."""
    import sous
    from sous import waiting
    from sous.tokens import count_tokens

    ours = (one.name for one in pkgutil.walk_packages(sous.__path__, "sous."))
    for name in (*_IMPORTS, *(one for one in ours if not one.endswith(("__main__", ".worker")))):
        importlib.import_module(name)
    vars(yaml)["SafeLoader"] = yaml.CSafeLoader  # llm reads the models of a test twice in each run
    waiting.FIRST_LINE = waiting.LATER = 60.0  # a machine at work on other tests is no reason for a line more
    count_tokens('<file path="a">')  # no token by itself, for which the tokenizer builds its tables
    for table in _tables():
        table()
    _rehearse()
    gc.collect()
    gc.freeze()  # so that no fork touches, and copies, what it only shares


def _tables() -> Iterator[Callable[[], object]]:
    """Yield what reads a table of ours, or compiles it, the first time that it is called."""
    for name, module in list(sys.modules.items()):
        for one in vars(module).values() if name.startswith("sous.") else ():
            is_cached = hasattr(one, "cache_info") and one.__module__ == name
            if is_cached and not inspect.signature(one).parameters:
                yield one


def _rehearse() -> None:
    """Run a few lines here once: patterns, templates and classes that runs make are there in each fork."""
    from fake_model import FakeModel

    before, handlers = dict(os.environ), {one: signal.getsignal(one) for one in signal.valid_signals()}
    with tempfile.TemporaryDirectory() as folder, FakeModel() as model, _silent():
        home, root = Path(folder, "home"), Path(folder, "project")
        (home / "llm").mkdir(parents=True)
        models = [{"model_id": "planted", "model_name": "planted", "api_base": model.url}]
        (home / "llm" / "extra-openai-models.yaml").write_text(json.dumps(models))
        (root / "src").mkdir(parents=True)
        (root / "src" / "app.py").write_text("def add(a, b):\n    return a - b\n")
        at_home = {"HOME": str(home), "LLM_USER_PATH": str(home / "llm"), "SSL_CERT_DIR": str(home), "NO_PROXY": "*"}
        os.environ.update(at_home)
        os.chdir(root)
        for line in _LINES:
            sys.argv = ["sous", *line.split()]
            _main()
        os.chdir("/")
    os.environ.clear()
    os.environ.update(before)
    tempfile.tempdir = None  # each run has its own
    for number, handler in handlers.items():
        if handler is not signal.getsignal(number):
            signal.signal(number, handler)
    if threading.active_count() > 1:
        raise RuntimeError(f"threads are left of a rehearsal: {threading.enumerate()}")


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """Show nothing of what is written meanwhile, also by programs."""
    kept = [os.dup(fd) for fd in (1, 2)]
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123
        for fd in (1, 2):
            os.dup2(nowhere.fileno(), fd)
    yield
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    for fd, old in zip((1, 2), kept, strict=True):
        os.dup2(old, fd)
        os.close(old)


if __name__ == "__main__":
    _listener = socket.socket(fileno=int(sys.argv[1]))
    _prepare()
    _serve(_listener)
