"""What `sous install` puts on a machine: a file for mise, llm's templates, `sous` beside `llm`.

Never over somebody else's file.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sous.files import link_file, remove_file, write_file
from sous.marks import is_ours, marked
from sous.mise_files import mise_config_folder
from sous.models.choose import llm_folder
from sous.proc import own_command, quoted
from sous.programs import find_program
from sous.prompts.export import installable_templates
from sous.state import change_state, read_state
from sous.tasks import mise_tasks

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINKS = "links.json"  # in the state folder: the links that we made, and where each leads


@dataclass(frozen=True)
class InstalledFile:
    """A file to install; `content` carries the mark by which we know it again."""

    path: Path
    content: str
    needed: bool = False  # else a file of the user's in its place is as good


@dataclass(frozen=True)
class Outcome:
    """What happened (or would happen) to a file."""

    path: Path
    what: str
    ours: bool = True


def items(*, through_llm: bool) -> Iterator[InstalledFile]:
    """Yield all that is installed; `through_llm`: we were started as `llm sous`."""
    body = mise_tasks(command_line(through_llm=through_llm))
    yield InstalledFile(mise_config_folder() / "conf.d" / "sous.toml", marked(body), needed=True)
    folder = llm_folder() / "templates"
    for name, content in installable_templates().items():
        yield InstalledFile(folder / name, content)


def install(item: InstalledFile, *, dry_run: bool) -> Outcome:
    """Write a file, unless somebody else wrote or changed what is there. Raises SousError."""
    if item.path.exists() or item.path.is_symlink():
        if not is_ours(item.path):
            return Outcome(item.path, "kept, it is not ours or was changed", ours=False)
        if item.path.read_text("utf-8") == item.content:
            return Outcome(item.path, "is up to date")
    if not dry_run:
        write_file(item.path, item.content.encode(), root=None)
    return Outcome(item.path, "would be written" if dry_run else "written")


def uninstall(item: InstalledFile, *, dry_run: bool) -> Outcome:
    """Delete a file that we wrote and nobody changed. Raises SousError."""
    if not item.path.exists():
        return Outcome(item.path, "is not there")
    if not is_ours(item.path):
        return Outcome(item.path, "kept, it is not ours or was changed", ours=False)
    if not dry_run:
        remove_file(item.path)
    return Outcome(item.path, "would be deleted" if dry_run else "deleted")


def link(*, dry_run: bool) -> Outcome | None:
    """Put `sous` beside the `llm` on PATH that we live in; None where PATH has `sous` already.

    uv, pipx and Homebrew put `llm` there, and nothing else of its environment. Raises SousError.
    """
    llm, program = find_program("llm"), _found_script("sous")
    if os.name == "nt" or llm is None or program is None:
        return None
    place = Path(llm).with_name("sous")
    ours = read_state(_LINKS).get(str(place))
    if ours == str(program) and _leads_to(place, program):
        return Outcome(place, "is up to date")
    if find_program("sous"):
        return None
    if ours and _leads_to(place, Path(ours)) and not place.exists():  # that environment is gone
        _drop(place, dry_run=dry_run)
    elif os.path.lexists(place):
        return Outcome(place, "kept, it is not ours or was changed", ours=False)
    if not dry_run:
        link_file(place, program)
        with change_state(_LINKS) as links:
            links[str(place)] = str(program)
    return Outcome(place, "would be written" if dry_run else f"written, a link to {program}")


def remove_links(*, dry_run: bool) -> list[Outcome]:
    """Delete the links that `link` made and that lead where they did. Raises SousError."""
    places = [
        Path(place)
        for place, program in read_state(_LINKS).items()
        if _leads_to(Path(place), Path(program))
    ]
    for place in places:
        _drop(place, dry_run=dry_run)
    return [Outcome(place, "would be deleted" if dry_run else "deleted") for place in places]


def _drop(place: Path, *, dry_run: bool) -> None:
    if not dry_run:
        remove_file(place)
        with change_state(_LINKS) as links:
            links.pop(str(place), None)


def _leads_to(place: Path, program: Path) -> bool:
    return place.is_symlink() and place.readlink() == program


def command_line(*, through_llm: bool) -> str:
    """Return the command by which tasks reach this `sous`, quoted for the shell that mise starts.

    An absolute path, because the PATH of a task is the project's; `llm sous` where we live inside
    llm's environment.
    """
    return _script("llm", "sous") if through_llm else _script("sous")


def _script(name: str, *arguments: str) -> str:
    """Return the command for a script of this environment: pip's script, else through Python."""
    found = _found_script(name)
    return quoted([str(found), *arguments] if found else own_command(name, *arguments))


def _found_script(name: str) -> Path | None:
    ending = ".exe" if os.name == "nt" else ""
    folders = (Path(sys.executable).parent, Path(sysconfig.get_path("scripts")), _user_scripts())
    return next((path for folder in folders if (path := folder / (name + ending)).is_file()), None)


def _user_scripts() -> Path:
    return Path(sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user")))
