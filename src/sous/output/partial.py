"""What came of an answer that failed, kept beside its file: paid for, and perhaps of use."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.files import remove_file, shown_path, write_file
from sous.output.target import fingerprint
from sous.state import change_state, read_state, state_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_STATE = "partials.json"
_MOST = 100  # that lie beside one file
_WRITTEN: set[Path] = set()  # by this run, which overwrites none of its own


def partial_path(path: Path) -> Path:
    """Return the name beside `path` for what came of an answer that failed."""
    return path.with_name(f"{path.name}.partial")


def keep_partial(partial: Path, text: str) -> Path:
    """Write what came of an answer and return where it is. Raises SousError.

    Never through a link, which a repository could have laid, nor over a file that is not ours or
    was changed: then a number is put behind the name.
    """
    with change_state(_STATE) as known:
        free = next((path for path in _names(partial) if _may_be_written(path, known)), None)
        if free is None:
            raise SousError(f"{partial} and a hundred like it are there already; move them away")
        write_file(free, text.encode("utf-8", "replace"), root=free.parent)
        for path in [path for path in known if not Path(path).exists()]:
            del known[path]
        known[str(free)] = fingerprint(free)
        _WRITTEN.add(free)
    return free


def _names(partial: Path) -> Iterator[Path]:
    yield partial
    for number in range(1, _MOST):
        yield partial.with_name(f"{partial.name}.{number}")


def _may_be_written(path: Path, known: Mapping[str, object]) -> bool:
    if not os.path.lexists(path):
        return True
    return path not in _WRITTEN and _is_our_partial(path, known)


def drop_partial(partial: Path) -> None:
    """Delete what an earlier answer left, if it is ours and nobody changed it."""
    if _is_our_partial(partial, read_state(_STATE)):
        remove_file(partial)


def _is_our_partial(path: Path, known: Mapping[str, object]) -> bool:
    return path.is_file() and not path.is_symlink() and known.get(str(path)) == fingerprint(path)


def keep_somewhere(partial: Path, text: str, *, what: str) -> str:
    """Keep a text beside its report, else among our state; return in words where it is."""
    for path in (partial, state_folder() / "rescued" / partial.name):
        try:
            return f"{what} is saved in {shown_path(keep_partial(path, text))}"
        except (SousError, OSError) as exc:
            failed = exc
    return f"{what} could not be saved: {failed}"
