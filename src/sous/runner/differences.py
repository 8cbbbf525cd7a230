"""What a step changed, with the texts before and after: two questions to git for all of it."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.git import read_git
from sous.project.paths import is_test_path
from sous.runner.judge import changed_table, decides_tests

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from sous.runner.checkpoint import Checkpoint

_MOST = 5_000_000  # characters of a text that is looked at


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
    """A changed file, its path from the repository's top, before and after."""

    path: str
    old: Side
    new: Side

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
    options = ("--raw", "-z", "--no-abbrev", "--no-renames")
    raw = os.fsdecode(read_git(top, "diff", *options, before.tree, after.tree))
    words = raw.split("\0")[:-1]
    rows = [
        (path, *entry.lstrip(":").split(" "))
        for entry, path in zip(words[::2], words[1::2], strict=True)
    ]
    wanted = [
        blob
        for _, old_mode, new_mode, old, new, *_ in rows
        for mode, blob in ((old_mode, old), (new_mode, new))
        if mode.strip("0") and mode != _SUBMODULE
    ]
    texts = _texts(top, wanted)
    return [
        Difference(
            path, Side(old_mode, old, texts.get(old, "")), Side(new_mode, new, texts.get(new, ""))
        )
        for path, old_mode, new_mode, old, new, *_ in rows
    ]


_SUBMODULE = "160000"


def _texts(top: Path, blobs: Iterable[str]) -> dict[str, str]:
    names = list(dict.fromkeys(blobs))
    if not names:
        return {}
    data = read_git(top, "cat-file", "--batch", input="".join(f"{one}\n" for one in names).encode())
    found: dict[str, str] = {}
    at = 0
    for name in names:
        end = data.index(b"\n", at)
        head = data[at:end].split(b" ")
        if len(head) != 3:  # noqa: PLR2004  # it is missing
            at = end + 1
            continue
        size = int(head[2])
        content = data[end + 1 : end + 1 + size]
        at = end + 2 + size
        if _name_of(content, len(name)) != name:
            raise SousError(f"git's object {name[:12]} is not what its name says")
        found[name] = content[:_MOST].decode("utf-8", "replace")
    return found


def _name_of(data: bytes, length: int) -> str:
    made = hashlib.sha1 if length == 40 else hashlib.sha256  # noqa: PLR2004
    return made(b"blob %d\0" % len(data) + data).hexdigest()


def entries(found: Iterable[Difference], *, old: bool) -> Mapping[str, tuple[str, str]]:
    """Return the files as they were (or are), each with mode and name, for an index."""
    return {
        one.path: (side.mode, side.blob) for one in found for side in [one.old if old else one.new]
    }


def texts_of(found: Iterable[Difference]) -> dict[str, tuple[str, str]]:
    """Return what each file said and says."""
    return {one.path: (one.old.text, one.new.text) for one in found}
