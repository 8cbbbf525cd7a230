"""The folder `.sous` of a project: local to this machine but for what became of findings."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.folders import hold
from sous.names import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sous.folders import HeldFolder

_IGNORES_NAME = ".gitignore"
_IGNORES = b"""\
# Made by sous: all of this folder is for this machine, but what is meant to be shared.
*
!findings.jsonl
!findings/
!findings/*.json
"""
_IGNORES_BEFORE = b"".join(_IGNORES.splitlines(keepends=True)[:3])  # of versions before


@contextlib.contextmanager
def own_folder(root: Path, *names: str) -> Iterator[HeldFolder]:
    """Yield the folder `.sous/names…` of a project, held open; a .gitignore says what is shared.

    Raises SousError where a link or a file stands in its place, or where it cannot be made.
    """
    with contextlib.ExitStack() as stack:
        try:
            with hold(root, FOLDER, create=True) as top:
                if top.status(_IGNORES_NAME) is None or _is_of_before(top):
                    top.write(_IGNORES_NAME, _IGNORES)
            folder = stack.enter_context(hold(root, FOLDER, *names, create=True))
        except OSError as exc:
            raise SousError(
                f"cannot use {root / FOLDER}, where sous keeps what it notes: {exc.strerror}"
            ) from exc
        yield folder


def _is_of_before(top: HeldFolder) -> bool:
    """Tell whether .gitignore is what a version before wrote, and nobody changed."""
    found = top.status(_IGNORES_NAME)
    return (
        found is not None
        and found.st_size == len(_IGNORES_BEFORE)
        and top.is_plain(_IGNORES_NAME)
        and top.read(_IGNORES_NAME) == _IGNORES_BEFORE
    )


def has_own_folder(root: Path, *names: str) -> bool:
    """Tell whether there is a folder `.sous/names…`. Raises SousError for a link on the way."""
    try:
        with hold(root, FOLDER, *names):
            return True
    except FileNotFoundError:
        return False
    except OSError as exc:
        raise SousError(f"cannot read {root.joinpath(FOLDER, *names)}: {exc.strerror}") from exc


def read_own(root: Path, *names: str, most: int) -> bytes | None:
    """Return what the file `.sous/names…` of a project holds, None where there is none.

    Nothing is made.

    Raises SousError for what is reached through a link or is not a plain file, and for more than
    `most` bytes.
    """
    try:
        with hold(root, FOLDER, *names[:-1]) as folder:
            return folder.read(names[-1], most=most)
    except FileNotFoundError:
        return None
    except OSError as exc:
        raise SousError(f"cannot read {root.joinpath(FOLDER, *names)}: {exc.strerror}") from exc


def own_names(root: Path, *names: str) -> list[str]:
    """Return the names of the plain files in `.sous/names…` of a project.

    Raises SousError for a link on the way.
    """
    try:
        with hold(root, FOLDER, *names) as folder:
            return folder.names()
    except FileNotFoundError:
        return []
    except OSError as exc:
        raise SousError(f"cannot read {root.joinpath(FOLDER, *names)}: {exc.strerror}") from exc


def last_changed(root: Path, *names: str) -> float:
    """Return when a file in `.sous` was changed, in seconds since the epoch; 0 if it is missing."""
    with contextlib.suppress(OSError), hold(root, FOLDER, *names[:-1]) as folder:
        found = folder.status(names[-1])
        return found.st_mtime if found else 0.0
    return 0.0
