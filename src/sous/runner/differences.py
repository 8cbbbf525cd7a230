"""What a step changed, with the texts before and after: two questions to git for all of it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sous.git import read_git
from sous.project.paths import is_test_path
from sous.runner.blobs import read_texts
from sous.runner.judge import decides_tests
from sous.runner.manifest_tables import changed_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sous.runner.checkpoint import Checkpoint


@dataclass(frozen=True)
class Side:
    """A file as it was, or is: git's mode and name of it (zeros: it is not there), and its text."""

    mode: str
    blob: str
    text: str = ""

    @property
    def is_there(self) -> bool:
        """Whether there is such a file."""
        return bool(self.mode.strip("0"))


@dataclass(frozen=True)
class Difference:
    """A changed file, its path from the repository's top, before and after.

    `added`, `removed`: lines.
    """

    path: str
    old: Side
    new: Side
    added: int = 0
    removed: int = 0

    @property
    def is_test_side(self) -> bool:
        """Whether it is a test, serves tests, or says how they are run."""
        return (
            is_test_path(self.path)
            or decides_tests(self.path)
            or bool(changed_table(self.path, self.old.text, self.new.text))
        )


def differences(before: Checkpoint, after: Checkpoint) -> list[Difference]:
    """Return the files that are not the same in two states.

    Raises SousError for an object that is not what its name says: somebody wrote it by hand.
    """
    top = before.place.top
    options = ("--raw", "--numstat", "-z", "--no-abbrev", "--no-renames")
    raw = os.fsdecode(read_git(top, "diff", *options, before.tree, after.tree))
    words = raw.split("\0")[:-1]
    end = next((at for at in range(0, len(words), 2) if not words[at].startswith(":")), len(words))
    rows = [
        (path, *entry.lstrip(":").split(" "))
        for entry, path in zip(words[:end:2], words[1:end:2], strict=True)
    ]
    counts = _counts(words[end:])
    wanted = [
        blob
        for _, old_mode, new_mode, old, new, *_ in rows
        for mode, blob in ((old_mode, old), (new_mode, new))
        if mode.strip("0") and mode != _SUBMODULE
    ]
    texts = read_texts(top, wanted)
    return [
        Difference(
            path,
            Side(old_mode, old, texts.get(old, "")),
            Side(new_mode, new, texts.get(new, "")),
            *counts.get(path, (0, 0)),
        )
        for path, old_mode, new_mode, old, new, *_ in rows
    ]


_SUBMODULE = "160000"


def _counts(words: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Return how many lines git added and removed, by path; none are told of a binary file."""
    found = {}
    for word in words:
        added, removed, path = word.split("\t", 2)
        if added.isdigit() and removed.isdigit():
            found[path] = (int(added), int(removed))
    return found


def lines_of(found: Iterable[Difference]) -> tuple[int, int]:
    """Return how many lines were added and removed."""
    pairs = [(one.added, one.removed) for one in found]
    return sum(one for one, _ in pairs), sum(one for _, one in pairs)


def entries(found: Iterable[Difference], *, old: bool) -> Mapping[str, tuple[str, str]]:
    """Return the files as they were (or are), each with mode and name, for an index."""
    return {
        one.path: (side.mode, side.blob) for one in found for side in [one.old if old else one.new]
    }


def texts_of(found: Iterable[Difference]) -> dict[str, tuple[str, str]]:
    """Return what each file said and says."""
    return {one.path: (one.old.text, one.new.text) for one in found}
