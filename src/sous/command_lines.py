"""Command lines of people: for the system's own shell, or cut into words as it does."""

from __future__ import annotations

import os
import re
import shlex

_WINDOWS_PIECE = re.compile(
    r"""(?P<single>(?<!\S)'[^']*'(?!\S))|(?P<slashes>\\*)(?P<quote>")|(?P<blank>\s+)|(?P<text>\\+|[^\s"\\]+)"""
)
# words that a shell knows without a program (POSIX 2.9.4 and 2.14, dash, bash; cmd.exe)
_OF_SHELLS = frozenset(
    """
    . break call case cd command continue do echo eval exec exit export for function if local
    printf pushd read return set setlocal shift source start time times trap type ulimit umask
    unset until wait while
    """.split()  # noqa: SIM905
)


def in_shell(line: str) -> list[str] | str:
    """Return what runs a command line in the system's own shell.

    Cmd.exe reads one string, by rules of its own.
    """
    if os.name == "nt":
        return f'"{os.environ.get("COMSPEC", "cmd.exe")}" /d /s /c "{line}"'
    return ["sh", "-c", line]


def shell_command(line: str) -> list[str]:
    """Return the arguments that run a command line of the user's in a POSIX shell."""
    return ["sh", "-c", line]


def split_command(line: str) -> list[str]:
    """Cut a command line into words as the system does.

    Raises ValueError for quotes that do not end.
    """
    return split_for_windows(line) if os.name == "nt" else shlex.split(line)


def started_by(line: str) -> str:
    """Return the name of the program that a line of the shell starts first.

    Empty for a word of the shell itself, a path, and what only the shell can tell.
    """
    try:
        word = (split_command(line) or [""])[0]
    except ValueError:  # a quote that does not end may be in a comment
        return ""
    is_name = re.fullmatch(r"[\w.-]*[^\W_][\w.-]*", word)
    return word if is_name and word not in _OF_SHELLS else ""


def split_for_windows(line: str) -> list[str]:
    """Cut a command line into words as programs on Windows do ("CommandLineToArgvW").

    Single quotes around a whole word are taken off too, for lines that were written for a POSIX
    shell. Raises ValueError for quotes that do not end.
    """
    words: list[str] = []
    word: str | None = None
    is_quoted = False
    for piece in _WINDOWS_PIECE.finditer(line):
        slashes = len(piece["slashes"] or "")
        if piece["quote"]:
            word = (word or "") + "\\" * (slashes // 2) + '"' * (slashes % 2)
            is_quoted ^= not slashes % 2
        elif is_quoted or piece["text"]:
            word = (word or "") + piece[0]
        elif piece["single"]:
            word = piece["single"][1:-1]
        elif word is not None:
            words.append(word)
            word = None
    if is_quoted:
        raise ValueError("No closing quotation")
    return words if word is None else [*words, word]
