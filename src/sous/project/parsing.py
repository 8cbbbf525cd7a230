"""The functions of a source file, from a parser in a process of its own that may fail or hang."""

from __future__ import annotations

import atexit
import json
import threading
from dataclasses import astuple
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from sous.effort import SECONDS
from sous.proc import Helper
from sous.programs import install_line
from sous.project.languages import grammar_at, language_at
from sous.project.syntax import ParsedFunction, Point
from sous.terminal import say

if TYPE_CHECKING:
    from sous.project.syntax import Grammar

PARSER = "ast-grep-py"  # the library that has the parsers
_MOST_FAILURES = 3  # files that end the parser or take all of their time, until it is given up


def has_grammar(path: str) -> bool:
    """Tell whether a file can be parsed here."""
    return grammar_at(path) is not None and is_installed()


@lru_cache(maxsize=1)
def is_installed() -> bool:
    """Tell whether the parser is installed, without importing it."""
    return find_spec("ast_grep_py") is not None


def functions_at(
    path: str, text: str, grammar: Grammar | None = None
) -> list[ParsedFunction] | None:
    """Return the outer functions of a file; None, and the user is told why, without a parser.

    None too for a language that has no grammar here. `grammar`: another than that of its name.
    """
    grammar = grammar or grammar_at(path)
    if grammar is None:
        return None
    if not is_installed():
        _say_missing(getattr(language_at(path), "name", ""))
        return None
    return _parser().functions(grammar, path, text)


def comments_of(path: str, text: str, grammar: str) -> list[tuple[int, int]] | None:
    """Return where the comments of a file begin and end, in characters; None without a parser."""
    return _parser().comments(grammar, path, text)


@lru_cache(maxsize=1)
def _say_missing(language: str) -> None:
    line = install_line(PARSER)
    say(f"no parser for {language} is installed, so its files stay whole. Install it: {line}")


class Parser:
    """Asks one process about one file after another, and begins another where a file ends it.

    `module`: what the process runs. `stays`: what becomes of a file that cannot be parsed.
    `most`: files that end the process or take all of their time, until it is given up.
    """

    def __init__(
        self,
        *,
        seconds: float = SECONDS,
        module: str = "sous.project.syntax",
        stays: str = "stays whole",
        most: int = _MOST_FAILURES,
    ) -> None:
        self._seconds = seconds
        self._module, self._stays, self._most = module, stays, most
        self._lock = threading.Lock()
        self._failures = 0
        self._helper: Helper | None = None

    def functions(self, grammar: Grammar, path: str, text: str) -> list[ParsedFunction] | None:
        """Return the outer functions of a text, or None where they cannot be found."""
        answer = self.ask(path, [*astuple(grammar), text])
        if answer is None:
            return None
        return [
            ParsedFunction(*(Point(*point) for point in one)) for one in json.loads(answer) or ()
        ]

    def comments(self, grammar: str, path: str, text: str) -> list[tuple[int, int]] | None:
        """Return where the comments of a text are, in characters, or None."""
        found = json.loads(self.ask(path, [grammar, text]) or "null")
        return None if found is None else [(start, end) for start, end in found]

    def ask(self, path: str, asked: list[Any]) -> bytes | None:
        """Return the answer; None, and the user is told, where the process ends or is too slow."""
        if self._failures >= self._most:
            return None
        request = json.dumps(asked).encode() + b"\n"
        answer = None
        try:
            with self._lock:
                if self._helper is None:
                    self._helper = Helper(self._module)
                answer = self._helper.ask(request, timeout=self._seconds)
        except BaseException:  # what it was asked last it must not answer to somebody else
            self.close()
            raise
        if answer is None:
            self.close()
            self._failures += 1
            self._say(path)
            return None
        return answer

    def _say(self, path: str) -> None:
        rest = "; so do the files after it" if self._failures >= self._most else ""
        say(f"{path} cannot be parsed within its time and memory, so it {self._stays}{rest}")

    def close(self) -> None:
        """End the process."""
        if self._helper is not None:
            self._helper.close()
            self._helper = None


@lru_cache(maxsize=1)
def _parser() -> Parser:
    parser = Parser()
    atexit.register(parser.close)
    return parser
