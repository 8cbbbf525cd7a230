"""Where a program is found: on PATH, never in a folder of the project unless the user chose it."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.surroundings import own

if TYPE_CHECKING:
    from collections.abc import Iterable


class ProgramMissing(SousError):
    """A program that is not installed."""


class _Programs:
    """What this process keeps out; replaced as a whole, so that any thread may read it."""

    lock = threading.Lock()
    kept_out: frozenset[Path] = frozenset()


def keep_out(folders: Iterable[Path]) -> None:
    """Never run our own programs from these folders of a project, even if PATH has them."""
    found = not_of_the_system(folders)
    with _Programs.lock:
        _Programs.kept_out |= found


def not_of_the_system(folders: Iterable[Path]) -> frozenset[Path]:
    """Return folders, links resolved, without those that the system's own programs are in."""
    system = [
        Path(one).resolve() for one in os.defpath.split(os.pathsep) if Path(one).is_absolute()
    ]
    real = [folder.resolve() for folder in folders]
    return frozenset(
        folder for folder in real if not any(one.is_relative_to(folder) for one in system)
    )


def kept_out_now() -> frozenset[Path]:
    """Return the folders that hold for this call: in the library its own alone."""
    surroundings = own()
    return surroundings.kept_out if surroundings else _Programs.kept_out


def find_program(name: str, *, anywhere: bool = False) -> str | None:
    """Return the absolute path of a program on PATH; an absolute name is taken as it is.

    Never one that lies in a folder of the project, or in the current folder by chance. `anywhere`:
    what the user chose to run in the project, which may come from there.
    """
    return _found(name, None if anywhere else own_path())


def _found(name: str, path: str | None) -> str | None:
    """Return what `find_program` does, with our own PATH; with None anywhere on the user's."""
    if os.name == "nt":  # read by Windows itself and by Python 3.12
        os.environ.setdefault("NoDefaultCurrentDirectoryInExePath", "1")
    if Path(name).name != name:  # a path, which is looked up nowhere
        found = shutil.which(name)
        return found and str(Path(found).absolute())
    found = shutil.which(name, path=path)
    if found is None:
        return None
    program = Path(found).absolute()
    if os.name == "nt" and program.parent == Path.cwd():
        return None
    if path is None or not _is_kept_out(program):
        return str(program)
    return _further_on(name, path)


def _further_on(name: str, path: str) -> str | None:
    """Return the first program of a name that is no link into the project."""
    for folder in path.split(os.pathsep):
        found = shutil.which(name, path=folder) if folder else None
        if found and not _is_kept_out(Path(found)):
            return found
    return None


def own_path() -> str:
    """Return PATH for programs that we start ourselves: nothing relative or of the project."""
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(
        one for one in folders if Path(one).is_absolute() and not _is_kept_out(Path(one))
    )


def _is_kept_out(path: Path) -> bool:
    """Tell whether a path lies in a project, as it is written or where its links lead."""
    kept_out = kept_out_now()
    if not kept_out:
        return False
    try:
        ways = {path.absolute(), path.resolve()}
        if len(ways) > 1:
            ways.add(path.parent.resolve() / path.name)
    except (OSError, RuntimeError):
        return True
    return any(_is_below(way, folder) for way in ways for folder in kept_out)


def _is_below(path: Path, folder: Path) -> bool:
    """Tell what `is_relative_to` does, which takes longer than all else before a program starts."""
    inside, base = os.path.normcase(path), os.path.normcase(folder)
    return inside == base or inside.startswith(base.rstrip(os.sep) + os.sep)


def required(name: str, path: str | None) -> str:
    """Return the path of a program. Raises ProgramMissing."""
    program = _found(name, path)
    if program is None:
        raise ProgramMissing(f"{name} not found; install it or put it on PATH")
    return program


def install_line(library: str) -> str:
    """Return the command that adds a library to the Python that runs sous, however it came."""
    python = sys.executable
    quoted = f'"{python}"' if os.name == "nt" else shlex.quote(python)
    return f"{quoted} -m pip install {library}"
