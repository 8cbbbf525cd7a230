"""The mise configuration files: where they are, and what they hold for us."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sous.errors import SousError
from sous.files import read_file
from sous.root import project_file_names

if TYPE_CHECKING:
    from collections.abc import Iterator


_LARGEST = 10_000_000  # bytes of a configuration


def project_files(root: Path) -> Iterator[Path]:
    """Yield the mise files of a project, the strongest last; in the home folder not those that are the user's own."""
    return (path for name in project_file_names(root) if (path := root / name).is_file())


def user_files(root: Path) -> Iterator[Path]:
    """Yield the user's own mise files, the strongest last.

    None that lies in the project: a project can make mise export its own XDG_CONFIG_HOME or MISE_CONFIG_DIR.
    """
    folder = mise_config_folder()
    paths = [*sorted(folder.glob("conf.d/*.toml")), folder / "config.toml"]
    if named := os.environ.get("MISE_GLOBAL_CONFIG_FILE"):
        paths.append(Path(named))
    inside = root.resolve()
    is_home = inside == Path.home().resolve()
    return (path for path in paths if path.is_file() and (is_home or not path.resolve().is_relative_to(inside)))


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
        raise SousError(f"{path} is not valid TOML: {exc}; mend it there") from exc
    except (OSError, ValueError, RecursionError) as exc:
        raise SousError(f"cannot read {path}: {exc}") from exc
