"""The mise configuration files: where they are, and what they hold for us."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sous.errors import SousError
from sous.files import read_file
from sous.names import BUNDLE_TASK
from sous.root import MISE_PLACES, holds_home, project_file_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SWITCHES = (
    "*miserc*.toml",
    ".config/*miserc*.toml",
    ".config/mise/*miserc*.toml",
    ".mise/*miserc*.toml",
)
_MOST_FILES = 200  # of one folder


_LARGEST = 10_000_000  # bytes of a configuration


def project_files(root: Path) -> Iterator[Path]:
    """Yield the mise files of a project, the strongest last.

    In the home folder not those that are the user's own.
    """
    return (path for name in project_file_names(root) if (path := root / name).is_file())


def own_bundle_tasks(root: Path) -> dict[str, object]:
    """Return the project's own tasks that make its bundle, by the file.

    Those of other environments too, since a project may choose the environment. Raises SousError
    for a broken file.
    """
    if holds_home(root):
        return {}
    found = {path.relative_to(root): read_toml(path).get("tasks") for path in files_in(root)}
    return {
        path.as_posix(): tasks[BUNDLE_TASK]
        for path, tasks in found.items()
        if isinstance(tasks, dict) and BUNDLE_TASK in tasks
    }


def files_in(folder: Path) -> list[Path]:
    """Return the mise files of a folder, those for other environments too, the strongest first."""
    found: list[Path] = []
    for place in MISE_PLACES:
        base, _, pattern = place.rpartition("/")
        with contextlib.suppress(OSError):
            inside = folder / base
            names = sorted(path.name for path in inside.glob(pattern))
            found += [inside / name for name in names if (inside / name).is_file()]
    return found[:_MOST_FILES]


def files_above(start: Path, home: Path | None = None) -> Iterator[tuple[Path, Path]]:
    """Yield the mise files at and above a folder, with the folder of each, the strongest first.

    None that is the user's own: those directly in the home folder, and nothing is looked for above
    it.
    """
    for folder in (start, *start.parents):
        if holds_home(folder, home):
            return
        yield from ((path, folder) for path in files_in(folder))


def switches_above(start: Path, home: Path | None = None) -> Iterator[Path]:
    """Yield the files at and above a folder that make mise read configuration of any other name."""
    for folder in (start, *start.parents):
        if holds_home(folder, home):
            return
        with contextlib.suppress(OSError):
            yield from (
                path for place in _SWITCHES for path in folder.glob(place) if path.is_file()
            )


def own_files(environ: Mapping[str, str]) -> Iterator[tuple[Path, Path]]:
    """Yield the user's own mise files, by the environment that mise found, each with its folder."""
    home = Path(environ.get("HOME") or Path.home())
    base = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    folder = Path(environ.get("MISE_CONFIG_DIR") or base / "mise")
    found = [*files_in(home), *_in_config_folder(folder), *_in_config_folder(Path("/etc/mise"))]
    if named := environ.get("MISE_GLOBAL_CONFIG_FILE"):
        found.insert(0, Path(named))
    for path in dict.fromkeys(found):
        if path.is_file():
            yield path, home


def _in_config_folder(folder: Path) -> list[Path]:
    with contextlib.suppress(OSError):
        return [*sorted(folder.glob("*.toml"), reverse=True), *sorted(folder.glob("conf.d/*.toml"))]
    return []


def user_files(root: Path) -> Iterator[Path]:
    """Yield the user's own mise files, the strongest last.

    None that lies in the project: a project can make mise export its own XDG_CONFIG_HOME or
    MISE_CONFIG_DIR.
    """
    folder = mise_config_folder()
    paths = [*sorted(folder.glob("conf.d/*.toml")), folder / "config.toml"]
    if named := os.environ.get("MISE_GLOBAL_CONFIG_FILE"):
        paths.append(Path(named))
    inside = root.resolve()
    is_home = inside == Path.home().resolve()
    return (
        path
        for path in paths
        if path.is_file() and (is_home or not path.resolve().is_relative_to(inside))
    )


def mise_config_folder() -> Path:
    """Return the folder of the user's mise configuration."""
    if named := os.environ.get("MISE_CONFIG_DIR"):
        return Path(named)
    return config_home() / "mise"


def config_home() -> Path:
    """Return the folder of the user's configuration, as mise and repomix see it on every system."""
    base = os.environ.get("XDG_CONFIG_HOME")
    return Path(base) if base else Path.home() / ".config"


def read_toml(path: Path) -> dict[str, Any]:
    """Parse a TOML file. Raises SousError that names file, line and column."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(read_file(path, root=None, most=_LARGEST).decode("utf-8"))
    except tomllib.TOMLDecodeError as exc:  # its text ends in "(at line 3, column 7)"
        raise SousError(f"{path} is not valid TOML: {exc}; fix it there") from exc
    except (OSError, ValueError, RecursionError) as exc:
        raise SousError(f"cannot read {path}: {exc}") from exc
