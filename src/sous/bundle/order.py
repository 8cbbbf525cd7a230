"""The order of a bundle: repomix's, so that either tool's output can stand for the other's."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from sous.git import git
from sous.proc import ProgramFailed, ProgramMissing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# The order of printable ASCII in the root collation of Unicode (CLDR), letters without regard to case.
_ASCII = " _-,;:!?.'\"()[]{}@*\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz"
_WEIGHTS = {ord(char): chr(index) for index, char in enumerate(_ASCII, 1)}
_WEIGHTS |= {ord(char.upper()): weight for char in _ASCII if (weight := _WEIGHTS[ord(char)])}
_WEIGHTS |= dict.fromkeys((*range(32), 127))  # type: ignore[arg-type]  # control characters do not count

# The user's own git configuration may not change the order: the same repository, the same bundle.
_FIXED = tuple(
    argument
    for one in ("core.quotePath=true", "log.showRoot=true", "diff.relative=false", "diff.renames=true")
    for argument in ("-c", one)
)

Key = tuple[tuple[int, str, str, str, str], ...]


def path_key(path: str) -> Key:
    """Return what paths are sorted by: at the first component that differs folders before files, then by collation."""
    *folders, name = path.split("/")
    return (*((0, *_collation(folder)) for folder in folders), (1, *_collation(name)))


@lru_cache(maxsize=1 << 16)
def _collation(name: str) -> tuple[str, str, str, str]:
    """Return the levels of a name: characters, accents, case (lower first), and the name itself to settle the rest."""
    if name.isascii():
        return name.translate(_WEIGHTS), "", name.swapcase(), name
    plain = unicodedata.normalize("NFD", name)
    primary = "".join(char for char in plain if not unicodedata.combining(char)).casefold().translate(_WEIGHTS)
    accents = "".join(char if unicodedata.combining(char) else "\0" for char in plain).rstrip("\0")
    return primary, accents, name.swapcase(), name


def sort_by_changes(paths: Iterable[str], base: Path, *, commits: int = 100) -> list[str]:
    """Return sorted paths with the files that changed most often in the last `commits` last, else in the same order.

    Counted as repomix counts: the names that `git log --name-only` prints, where a name outside ASCII is quoted and
    therefore counts as never changed. Without git, a repository or a commit the order stays.
    """
    listed = list(paths)
    try:
        prefix = git(base, "rev-parse", "--show-prefix").decode("utf-8", "replace").strip()
        log = git(
            base,
            *_FIXED,
            "log",
            "--format=",
            "--name-only",
            "-n",
            str(commits),
            "--no-show-signature",
            "--no-mailmap",
            "--",
            ".",
        )
    except (ProgramMissing, ProgramFailed):
        return listed
    counts = Counter(log.decode("utf-8", "replace").split("\n"))
    return sorted(listed, key=lambda path: counts[prefix + path])
