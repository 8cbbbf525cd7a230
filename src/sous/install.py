"""What `sous install` puts on a machine: one file for mise, and llm's templates; never over somebody else's file."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sous.files import remove_file, write_file
from sous.marks import is_ours, marked
from sous.mise_files import mise_config_folder
from sous.models.choose import llm_folder
from sous.proc import find_program
from sous.prompts.export import installable_templates
from sous.tasks import mise_tasks

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Item:
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


def items(*, through_llm: bool) -> Iterator[Item]:
    """Yield all that is installed; `through_llm`: we were started as `llm sous`."""
    body = mise_tasks(command_line(through_llm=through_llm))
    yield Item(mise_config_folder() / "conf.d" / "sous.toml", marked(body), needed=True)
    folder = llm_folder() / "templates"
    for name, content in installable_templates().items():
        yield Item(folder / name, content)


def install(item: Item, *, dry_run: bool) -> Outcome:
    """Write a file, unless somebody else wrote or changed what is there. Raises SousError."""
    if item.path.exists() or item.path.is_symlink():
        if not is_ours(item.path):
            return Outcome(item.path, "kept, it is not ours or was changed", ours=False)
        if item.path.read_text("utf-8") == item.content:
            return Outcome(item.path, "is up to date")
    if not dry_run:
        write_file(item.path, item.content.encode())
    return Outcome(item.path, "would be written" if dry_run else "written")


def uninstall(item: Item, *, dry_run: bool) -> Outcome:
    """Delete a file that we wrote and nobody changed. Raises SousError."""
    if not item.path.exists():
        return Outcome(item.path, "is not there")
    if not is_ours(item.path):
        return Outcome(item.path, "kept, it is not ours or was changed", ours=False)
    if not dry_run:
        remove_file(item.path)
    return Outcome(item.path, "would be deleted" if dry_run else "deleted")


def command_line(*, through_llm: bool) -> str:
    """Return the command that tasks use to reach this very `sous`, quoted for the shell that mise starts.

    An absolute path, because the PATH of a task is the project's; `llm sous` where we live inside llm's environment.
    """
    if through_llm:
        return f"{_quote(_script('llm'))} sous"
    return _quote(_script("sous"))


def _script(name: str) -> str:
    """Return the absolute path of a script of this environment, or of the one on PATH."""
    ending = ".exe" if os.name == "nt" else ""
    beside = Path(sys.executable).with_name(name + ending)
    if beside.is_file():
        return str(beside)
    return find_program(name) or name


def _quote(argument: str) -> str:
    return subprocess.list2cmdline([argument]) if os.name == "nt" else shlex.quote(argument)
