"""What ruff finds in Python code, by the rules of rules.yaml; its wheel holds the program."""

from __future__ import annotations

import json
import re
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sous.analyst.facts import Smell
from sous.analyst.rules import rules
from sous.errors import SousError
from sous.files import write_temporary
from sous.proc import ProgramFailed, run
from sous.programs import find_program

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_TIMEOUT, _LEAST = 10.0, 2.0  # seconds, for all files and for one
_PER_SECOND = 1_000_000  # characters that even a slow machine gets through
_MOST_FAILURES = 30  # of ruff, until it is taken to be broken
_CODE = re.compile(r"[A-Z]+\d+")
_SUPPRESSED = re.compile(r"nosec|nosemgrep|pylint:\s*disable|type:\s*ignore\[")
_OLD_NAMES = re.compile(
    r"`(?:unicode|basestring|long|xrange|raw_input|unichr|reduce|cmp|execfile|reload|WindowsError|buffer|__\w+__|_+)`"
)
_MAKES_NAMES = re.compile(r"\bglobals\(\)|\bexec\(|import \*|\bNameError\b|builtins\.|__builtin__")


class Linted(NamedTuple):
    """What is found in a text; `is_readable`: it is Python at all."""

    smells: tuple[Smell, ...]
    is_readable: bool


def linter() -> str:
    """Return the program ruff: that of its wheel, else the one on PATH.

    Raises SousError where there is none.
    """
    try:
        from ruff import find_ruff_bin

        return str(find_ruff_bin())
    except (ImportError, FileNotFoundError):
        found = find_program("ruff")
    if found is None:
        raise SousError("ruff is not installed")
    return found


@lru_cache(maxsize=1)
def linter_version() -> str:
    """Return what ruff calls itself; empty where it cannot be run."""
    try:
        return run(linter(), "--version", timeout=30).decode("utf-8", "replace").strip()
    except SousError:
        return ""


def lint(texts: Sequence[str]) -> Sequence[Linted | None]:
    """Return for each text what ruff finds in it, and whether it can read it at all.

    Raises SousError.

    None for a text on which ruff itself fails, or that takes too long: it is found by halves, so
    that the others keep what is found in them. Halves have half the time, so that all of it ends.
    No configuration is read, but `# noqa` is heeded.
    """
    fails = [0]

    def tried(some: Sequence[str], seconds: float) -> Sequence[Linted | None]:
        try:
            return _lint(some, max(seconds, _LEAST) + sum(map(len, some)) / _PER_SECOND)
        except ProgramFailed:
            fails[0] += 1
            if fails[0] > _MOST_FAILURES or len(texts) == 1:
                raise
        if len(some) == 1:
            return [None]
        half = len(some) // 2
        return [*tried(some[:half], seconds / 2), *tried(some[half:], seconds / 2)]

    return tried(texts, _TIMEOUT)


def _lint(texts: Sequence[str], timeout: float) -> list[Linted]:
    program = linter()
    codes = ",".join(code for code in rules() if _CODE.fullmatch(code))
    with tempfile.TemporaryDirectory(prefix="sous-") as folder:
        for number, text in enumerate(texts):
            write_temporary(folder, f"{number}.py", text.encode("utf-8", "replace"))
        out = run(
            program, "check", "--isolated", "--no-cache", "--quiet", "--exit-zero", "--output-format", "json",
            "--target-version", "py314", "--select", codes, ".", cwd=folder, timeout=timeout,
        )  # fmt: skip
    try:
        found = json.loads(out or b"[]")
        return _by_text(found, texts)
    except (ValueError, TypeError, KeyError, IndexError) as exc:
        raise SousError("ruff answers in a form that is not known") from exc


def _is_sure(code: str, said: str, text: str, lines: Sequence[str]) -> bool:
    """Tell whether nothing near the lines says that a rule is mistaken."""
    span = "\n".join(lines)
    if _SUPPRESSED.search(span):
        return False
    if code == "F821":  # names of Python 2 that are asked for, and what a program puts there itself
        return not (_OLD_NAMES.search(said) or _MAKES_NAMES.search(text))
    if code.startswith("PLE12"):  # a logger with a style of its own
        return "%" in span and not re.search(r"\{[\w.!:]*\}", span)
    if code in ("SIM222", "SIM223"):
        return bool(re.search(r"\b(?:or True|and False)\b", span))
    if code == "F811":  # a second import does no harm
        return bool(re.match(r"\s*(?:async\s+)?(?:def|class)\b", lines[0]))
    # what `**options` holds nobody knows; here is near
    return not (code == "S113" and re.search(r"\*\*|localhost|127\.0\.0\.1", span))


def _by_text(found: Sequence[Mapping[str, Any]], texts: Sequence[str]) -> list[Linted]:
    smells: list[list[Smell]] = [[] for _ in texts]
    readable = [True] * len(texts)
    for one in found:
        number = int(Path(one["filename"]).stem)
        code = one["code"]
        if code is None or not _CODE.fullmatch(code):
            readable[number] = False
            continue
        first, last = int(one["location"]["row"]), int(one["end_location"]["row"])
        said = str(one["message"])
        if _is_sure(code, said, texts[number], texts[number].split("\n")[first - 1 : last]):
            smells[number].append(Smell(code, first, max(first, last), said))
    return [Linted(tuple(mine), fine) for mine, fine in zip(smells, readable, strict=True)]
