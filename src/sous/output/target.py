"""Where a result may go: decided before a model is paid, so that no file of the user is lost."""

from __future__ import annotations

import enum
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from sous.errors import SousError
from sous.files import read_file, refuse_dangerous, shown_path
from sous.output.provenance import is_unchanged


@dataclass(frozen=True)
class OutputFile:
    """A file that may be written, and whether git has the version that is there now."""

    path: Path
    in_git: bool = False
    before: str | None = None

    def is_as_before(self) -> bool:
        """Tell whether the file is still what it was when it was checked."""
        return fingerprint(self.path) == self.before


class Placing(enum.Enum):
    """How a text gets in its place; only a README in any other way than whole."""

    WHOLE = "the file is replaced"
    MARKED = "only what is between the markers changes"
    ASK = "the user sees the difference and decides"
    ASIDE = "the text goes to README.generated.md"


@dataclass(frozen=True)
class Destination:
    """Where a text of ours goes, and how."""

    file: OutputFile
    placing: Placing = Placing.WHOLE
    why: str = "it has changes that are not committed"  # that it goes aside

    @property
    def path(self) -> Path:
        """The file."""
        return self.file.path


def check_target(path: Path, *, root: Path, force: bool, named: bool) -> OutputFile:
    """Return `path` as one to write. Raises SousError when a text of the user would be lost.

    `named`: the user gave the path with `-o`, so it may lie anywhere. A file may be replaced when
    it does not exist, is empty, was made by us and not changed since, or is tracked by git without
    changes; with `force` always.
    """
    refuse_dangerous(path, root=root, named=named)
    before = fingerprint(path)
    parent = _existing_parent(path)
    if not parent.is_dir():
        raise SousError(
            f"{shown_path(parent)} is a file, so nothing can be written below it: nothing was sent"
        )
    if not os.access(parent, os.W_OK):
        raise SousError(
            f"{shown_path(path.parent)} cannot be written to: nothing was sent. "
            "Write elsewhere with -o"
        )
    if force or before is None or path.stat().st_size == 0:
        return OutputFile(path, before=before)
    from sous.git import is_tracked_and_clean  # a while to load, for a file that is there

    if is_tracked_and_clean(Path(os.path.realpath(path))):
        return OutputFile(path, in_git=True, before=before)
    if is_unchanged(read_existing(path)):
        return OutputFile(path, before=before)
    raise SousError(
        f"{shown_path(path)} exists and was not written by sous, or was changed since: "
        "nothing was sent. Use --force to replace it, or -o FILE to write elsewhere"
    )


def fingerprint(path: Path) -> str | None:
    """Return the SHA-256 of a file, None where there is none."""
    if not path.is_file():
        return None
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def _existing_parent(path: Path) -> Path:
    return next(folder for folder in path.absolute().parents if folder.exists())


def read_existing(path: Path) -> str:
    """Return the text of a file that is there. Raises SousError."""
    try:
        return read_file(path, root=None).decode("utf-8", "replace").replace("\r\n", "\n")
    except OSError as exc:
        raise SousError(f"cannot read {path}: {exc.strerror}; write elsewhere with -o") from exc
