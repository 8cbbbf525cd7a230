"""All checks of a machine and a project, and how they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.root import find_root
from sous.settings import Settings, load_settings
from sous.setup.check import Check
from sous.setup.machine import check_machine
from sous.setup.project import check_project
from sous.terminal import shown_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


def checks_of(start: Path, named: Path | None) -> list[Check]:
    """Return what was found on this machine, and in the project around `start`."""
    try:
        root = find_root(start, named=named)
    except SousError as error:
        what, _, advice = str(error).partition("; ")
        return [*check_machine(Settings()), Check("project", "note", what, advice)]
    return [*check_machine(_settings(root)), *check_project(root)]


def _settings(root: Path) -> Settings:
    """Return the settings that hold, the defaults where they cannot be read."""
    try:
        return load_settings(root)
    except SousError:
        return Settings()


def lines_of(found: Sequence[Check]) -> Iterator[str]:
    """Yield a line for each check, what to do below it, and the sum."""
    width = max(len(check.name) for check in found)
    for check in found:
        yield shown_name(f"{check.state:<4}  {check.name:<{width}}  {check.found}").rstrip()
        if check.advice and check.state != "ok":
            yield shown_name(f"{'':<{width + 8}}{check.advice}")
    to_fix = sum(check.state == "fix" for check in found)
    yield f"{to_fix} to fix" if to_fix else "nothing to fix"
