"""What tests share besides fixtures."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

CHECKOUT = Path(__file__).parent.parent
IN_CI = bool(os.environ.get("CI"))


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]

SOUS = [sys.executable, "-m", "sous"]


def missing(what: str) -> NoReturn:
    """End a test that needs what is not installed: a failure in CI, which installs it, elsewhere a skip."""
    message = f"{what} is not installed; .ci/run installs it"
    if IN_CI:
        pytest.fail(message)
    pytest.skip(message)


def write_tree(folder: Path, files: Mapping[str, str]) -> None:
    """Write text files below a folder, their line ends as they are."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")


def git(folder: Path, *args: str) -> str:
    """Run git as a user would; only tests may, sous itself has its own runner."""
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]
    done = subprocess.run(["git", *identity, *args], cwd=folder, check=True, capture_output=True)
    return done.stdout.decode()


def in_terminal(argv: list[str], cwd: Path, answer: bytes = b"", *, stdout: bool = False) -> str:
    """Run a program with a terminal as stdin and stderr (and stdout); return what it showed."""
    pty = pytest.importorskip("pty", reason="terminals of POSIX")
    leader, follower = pty.openpty()
    with subprocess.Popen(
        argv, cwd=cwd, stdin=follower, stdout=follower if stdout else subprocess.DEVNULL, stderr=follower
    ):
        os.close(follower)
        os.write(leader, answer)
        shown = b""
        while True:
            try:
                piece = os.read(leader, 65536)
            except OSError:  # the other side is closed (Linux)
                break
            if not piece:
                break
            shown += piece
    os.close(leader)
    return shown.decode(errors="replace")


def packed(files: Mapping[str, str], *, listed: tuple[str, ...] = (), numbered: bool = True) -> str:
    """Return a bundle as sous packs one, with the tree that lists its files and others that are only listed."""
    said = "\n<notes>\n- Line numbers have been added to the beginning of each line\n</notes>\n" if numbered else ""
    tree = "\n".join(sorted((*files, *listed)))
    parts = []
    for path, text in files.items():
        lines = text.removesuffix("\n").split("\n")
        body = "\n".join(f"{number}: {line}" if numbered else line for number, line in enumerate(lines, 1))
        parts.append(f'<file path="{path}">\n{body}\n</file>\n')
    body = "\n".join(parts)
    return (
        "This file holds the files of a repository, packed into one document by sous.\n"
        f"{said}\n<directory_structure>\n{tree}\n</directory_structure>\n\n<files>\n{body}</files>\n"
    )
