"""What tests share besides fixtures."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest

from tiers import IN_CI, PROFILE

CHECKOUT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]

SOUS = [sys.executable, "-m", "sous"]


def examples(usual: int) -> int:
    """Return of how many random examples, or schedules, a test is made: a quarter while one works, in CI half."""
    return max(2, round(usual * {"quick": 0.25, "ci": 0.5, "deep": 10}[PROFILE]))


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


@cache
def _template() -> Path:
    """Make what git begins a repository with, without the samples of hooks: they are most of its files."""
    folder = Path(tempfile.mkdtemp(prefix="sous-template-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name in ("hooks", "info", "branches"):
        (folder / name).mkdir()
    (folder / "info" / "exclude").write_text("# git ls-files --others --exclude-from=.git/info/exclude\n")
    (folder / "description").write_text("Unnamed repository\n")
    return folder


def git(folder: Path, *args: str) -> str:
    """Run git as a user would; only tests may, sous itself has its own runner."""
    settings = ("user.name=A", "user.email=a@example.com", "init.defaultBranch=main", f"init.templateDir={_template()}")
    options = [word for setting in settings for word in ("-c", setting)]
    done = subprocess.run(["git", *options, *args], cwd=folder, check=True, capture_output=True)
    return done.stdout.decode()


def copied(first: Path, folder: Path) -> Path:
    """Return a copy of a repository, as git would find its own: making one takes several times as long."""
    shutil.copytree(first, folder, symlinks=True)
    git(folder, "update-index", "-q", "--refresh")
    return folder


@contextmanager
def running(argv: list[str], cwd: Path, *, terminal: int, stdout: bool) -> Iterator[None]:
    """Have a program run in a terminal; it ends with a test that fails, or takes too long, in the middle."""
    out = terminal if stdout else subprocess.DEVNULL
    with subprocess.Popen(argv, cwd=cwd, stdin=terminal, stdout=out, stderr=terminal) as process:
        os.close(terminal)
        try:
            yield
        except BaseException:
            process.kill()
            raise


def committed(folder: Path, files: Mapping[str, str]) -> Path:
    """Make a repository with files and one commit, by somebody whom it names itself; return its folder."""
    write_tree(folder, files)
    git(folder, "init", "-q", "-b", "main")
    name_author(folder)
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "start")
    return folder


def name_author(folder: Path) -> None:
    """Have a repository say itself who commits."""
    for key, value in (("user.name", "A"), ("user.email", "a@example.com")):
        git(folder, "config", key, value)


def in_terminal(argv: list[str], cwd: Path, answer: bytes = b"", *, stdout: bool = False) -> str:
    """Run a program with a terminal as stdin and stderr (and stdout), in which `answer` was typed before it began.

    Return what it showed.
    """
    return in_dialog(argv, cwd, ("", answer), stdout=stdout)


def in_dialog(argv: list[str], cwd: Path, *said: tuple[str, bytes], stdout: bool = False) -> str:
    """Run a program in a terminal; as soon as a text was shown, type what is said to it. Return what was shown."""
    pty = pytest.importorskip("pty", reason="terminals of POSIX")
    leader, follower = pty.openpty()
    shown, left = b"", list(said)
    at = 0
    with running(argv, cwd, terminal=follower, stdout=stdout):
        while True:
            while left and left[0][0].encode() in shown[at:]:
                text, answer = left.pop(0)
                at = shown.index(text.encode(), at) + len(text)
                os.write(leader, answer)
            try:
                piece = os.read(leader, 65536)
            except OSError:  # the other side is closed (Linux)
                break
            if not piece:
                break
            shown += piece
    os.close(leader)
    assert not left, shown
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
