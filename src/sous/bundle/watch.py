"""Which files of a folder change while one watches, without those that we write ourselves."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.folders import TEMPORARY_SUFFIX, is_link
from sous.names import is_own
from sous.programs import install_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from threading import Event

_TOGETHER = 400  # ms in which changes count as one


def changes(folder: Path, output: Path, *, stop: Event | None = None) -> Iterator[list[str]]:
    """Yield the paths in `folder` that changed, each time some did, until `stop` or Ctrl+C.

    Not those in `.git`, of `output` and its parts, and of our reports. Raises SousError without the
    extra `watch`.
    """
    try:
        from watchfiles import watch
    except ImportError as exc:
        raise SousError(f"--watch needs watchfiles: {install_line('watchfiles')}") from exc
    base = folder.resolve()
    output = output.parent.resolve() / output.name
    if link := _link_out(base):
        raise SousError(
            f"{link.relative_to(base)} is a link to a folder out of the project, which --watch "
            "would follow: remove it, or pack without --watch"
        )
    found = watch(
        base,
        watch_filter=lambda _, path: is_watched(Path(path), base, output),
        debounce=_TOGETHER,
        stop_event=stop,
        raise_interrupt=False,
    )
    for changed in found:
        yield sorted({Path(path).relative_to(base).as_posix() for _, path in changed})


def _link_out(base: Path) -> Path | None:
    """Return a link to a folder that leads out of the project."""
    for folder, folders, _ in os.walk(base):
        folders[:] = [name for name in folders if name != ".git"]
        for name in folders:
            path = Path(folder, name)
            if is_link(path) and not path.resolve().is_relative_to(base):
                return path
    return None


def is_watched(path: Path, base: Path, output: Path) -> bool:
    """Tell whether a change of a file makes another bundle."""
    inside = path.relative_to(base).parts if path.is_relative_to(base) else ()
    parts = rf"{re.escape(output.stem)}(?:\.\d+)?{re.escape(output.suffix)}"
    is_part = path.parent == output.parent and bool(re.fullmatch(parts, path.name))
    is_ours = is_own("/".join(inside)) or path.name.endswith((TEMPORARY_SUFFIX, ".partial"))
    return bool(inside) and ".git" not in inside and not is_part and not is_ours
