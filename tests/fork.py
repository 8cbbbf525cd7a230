"""The program that asks the zygote for a run of `sous`: light, for it is started in its place by mise, make and shells.

`python -IS fork.py SOCKET ARGUMENTS…`; beside the socket lies what a fork cannot obey, in `at_start.json`.
"""

from __future__ import annotations

import array
import json
import os
import socket
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import NoReturn

# What decides how Python and its imports behave: a run with other values needs a start of its own.
_AT_START = (
    "PYTHON",
    "LC_",
    "LANG",
    "LLM_LOAD_PLUGINS",
    "COLUMNS",
    "TZ",
    "XDG_CACHE",
    "COVERAGE",
    "LD_",
    "OPENSSL_",
    "GLIBC_",
)


def at_start(env: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that only a new process obeys."""
    return {name: value for name, value in env.items() if name.startswith(_AT_START)}


def ask(path: str, argv: list[str], *, cwd: str, env: Mapping[str, str], fds: tuple[int, int, int]) -> int:
    """Have `sous ARGV` run to its end with these as stdin, stdout and stderr; return its exit code."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(100)
        connection.connect(path)
        request = json.dumps({"argv": argv, "cwd": cwd, "env": dict(env)}).encode()
        passed = array.array("i", fds)
        connection.sendmsg([len(request).to_bytes(8, "big")], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, passed)])
        connection.sendall(request)
        return int(connection.makefile().readline())


def _be_sous(path: str, argv: list[str]) -> NoReturn:
    folder = os.path.dirname(path)  # noqa: PTH120  # pathlib takes half of the time that there is
    with open(os.path.join(folder, "at_start.json")) as stream:  # noqa: PTH118, PTH123
        start = json.load(stream)
    if at_start(os.environ) != start["env"]:
        os.execv(start["python"], [start["python"], "-m", "sous", *argv])  # noqa: S606
    code = ask(path, argv, cwd=os.getcwd(), env=os.environ, fds=(0, 1, 2))  # noqa: PTH109
    sys.exit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    _be_sous(sys.argv[1], sys.argv[2:])
