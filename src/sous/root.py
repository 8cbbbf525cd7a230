"""The root of a project, the same from every subfolder and for every packer."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.programs import keep_out, not_of_the_system
from sous.surroundings import Surroundings, here, surrounded, top_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Where mise looks for a project's configuration (mise.jdx.dev/configuration.html), without those of
# environments.
MISE_FILES = (
    ".mise.local.toml",
    "mise.local.toml",
    ".mise.toml",
    "mise.toml",
    ".config/mise.toml",
    ".config/mise/mise.toml",
    ".config/mise/config.toml",
    ".mise/config.toml",
    "mise/config.toml",
)
# Where mise looks in a folder (tried with 2026.9.15), the strongest first; `*` is an environment of
# MISE_ENV or .miserc.toml, and `local`. Those of other environments are read too: what they set is
# not the user's either.
MISE_PLACES = (
    ".mise.*.toml", "mise.*.toml", ".mise.toml", "mise.toml",
    ".config/mise.*.toml", ".config/mise.toml",
    *(f"{folder}/{name}" for folder in (".config/mise", ".mise", "mise")
      for name in ("mise.*.toml", "config.*.toml", "mise.toml", "config.toml", "conf.d/*.toml")),
)  # fmt: skip
# In the home folder these are the user's own configuration, not a project's.
_GLOBAL_IN_HOME = (".config/mise.toml", ".config/mise/mise.toml", ".config/mise/config.toml")


def find_root(start: Path, *, named: Path | None = None) -> Path:
    """Return the nearest folder at or above `start` with mise files or `.git`, else `start`.

    `named` (from `--root`) is taken as it is. Raises SousError for a root that is the home folder
    or the top of the file system, which are never packed by accident.
    """
    if named is not None:
        keep_out([named, *_projects_at(named.resolve())])
        return named.resolve()
    start = start.resolve()
    keep_out(_projects_at(start))
    root = next((folder for folder in (start, *start.parents) if is_project(folder)), start)
    if _is_home(root) or root == Path(root.anchor) or holds_home(root):
        what = (
            "the top of the file system"
            if root == Path(root.anchor)
            else "your home folder, or contains it"
        )
        folder = root if start == root else "."
        hint = f"go into a project first, or name the folder with `--root {folder}`"
        raise SousError(f"{root} is {what}, not a project: {hint}")
    return root


@contextlib.contextmanager
def standing_in(root: Path | None, listener: Callable[[str], None] | None) -> Iterator[None]:
    """Have a call work in a project (None: in none), whatever this process's current folder is.

    `listener` gets the lines that would go to stderr.
    """
    folder = root or top_folder()
    kept_out = not_of_the_system([folder, *_projects_at(folder)] if root else ())
    with surrounded(Surroundings(folder, listener, kept_out)):
        yield


def project_of(path: Path) -> Path | None:
    """Return the project that a file lies in by its name, out of which no link may lead.

    None where it is in none.

    Without a project around it, that is the current folder, which may be an unpacked archive. The
    home folder and those above it are no bounds: what lies there is the user's own.
    """
    named = Path(os.path.abspath(path))  # noqa: PTH100  # links are not to be resolved
    for folder in named.parents:
        if is_project(folder):
            return None if holds_home(folder) else folder
    folder = here()
    return folder if named.is_relative_to(folder) and not holds_home(folder) else None


def _projects_at(start: Path) -> list[Path]:
    """Return the folder, and all projects that it is in."""
    around = (one for one in (start, *start.parents) if not holds_home(one))
    return [one for one in around if one == start or is_project(one) or _is_of_mise(one)]


def _is_of_mise(folder: Path) -> bool:
    """Tell whether mise reads any file of a folder, one of an environment or of a part too."""
    try:
        return any(next(folder.glob(place), None) for place in MISE_PLACES)
    except OSError:
        return False


def holds_home(folder: Path, home: Path | None = None) -> bool:
    """Tell whether a folder is the home folder or one above it."""
    try:
        return (home or Path.home()).resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):
        return False


def is_project(folder: Path) -> bool:
    """Tell whether a folder holds `.git` or a mise configuration that is not the user's own."""
    return (folder / ".git").exists() or any(
        (folder / name).is_file() for name in project_file_names(folder)
    )


def project_file_names(folder: Path) -> list[str]:
    """Return where a project in `folder` may keep its mise configuration, the strongest last."""
    return [
        name for name in reversed(MISE_FILES) if not (name in _GLOBAL_IN_HOME and _is_home(folder))
    ]


def _is_home(folder: Path) -> bool:
    try:
        return folder.samefile(Path.home())
    except (OSError, RuntimeError):  # no such folder, or no home at all
        return False
