"""The pre-commit hook of a project: programs of its own, run only where the user asks for it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.files import read_file
from sous.git import find_checkout, parse_config, users_setting
from sous.programs import find_program

if TYPE_CHECKING:
    from sous.runner.workplace import Workplace

_CONFIG = ".pre-commit-config.yaml"
_NAME = "pre-commit"


def find_hook(place: Workplace) -> list[str] | None:
    """Return how the hook of a project is started, None where it has none.

    It is the one that git would run, else what `.pre-commit-config.yaml` lists.
    """
    origin = place.origin.top
    hook = _folder(origin) / _NAME
    if hook.is_file() and (os.name == "nt" or os.access(hook, os.X_OK)):
        return ["sh", str(hook)] if os.name == "nt" else [str(hook)]
    if (origin / _CONFIG).is_file() and find_program(_NAME, anywhere=True):
        return [_NAME, "run", "--hook-stage", _NAME]
    return None


def has_hooks(place: Workplace) -> bool:
    """Tell whether there is a hook, or would be one if its program were installed."""
    return find_hook(place) is not None or (place.origin.top / _CONFIG).is_file()


def check_hook(place: Workplace) -> None:
    """Raise SousError where there is no hook to run."""
    if find_hook(place) is None:
        missing = (
            f"{_CONFIG} is there, but neither its hook nor the program {_NAME}: "
            f"`pip install {_NAME} && {_NAME} install`"
            if (place.origin.top / _CONFIG).is_file()
            else "install one"
        )
        raise SousError(
            f"--hooks: there is no pre-commit hook in {_folder(place.origin.top)}; {missing}, "
            "or leave --hooks out"
        )


def is_hook(place: Workplace, path: str) -> bool:
    """Tell whether a file of the project, seen from its top, says what the hook does."""
    folder = _folder(place.origin.top)
    inside = folder.is_relative_to(place.origin.top)
    parts = folder.relative_to(place.origin.top).parts if inside else ()
    # husky keeps what is committed beside the folder that git runs
    named = parts[:1] if parts and parts[0] != ".git" else ()
    return path == _CONFIG or (bool(named) and path.startswith(f"{named[0]}/"))


def _folder(top: Path) -> Path:
    """Return the folder of hooks, as git finds it."""
    common = find_checkout(top).common
    entries = parse_config(read_file(common / "config", root=None))
    own = [value for key, value in entries if key == "core.hookspath" and value]
    named = own[-1] if own else users_setting(top, "core.hookspath")
    return top / Path(named).expanduser() if named else common / "hooks"
