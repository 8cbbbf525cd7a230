"""Fill parts along the folders: what lies together stays together while it fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_File = TypeVar("_File")


def filled(
    files: Sequence[_File],
    *,
    path: Callable[[_File], str],
    fits: Callable[[Sequence[_File], int], bool],
) -> list[list[_File]]:
    """Return the files in parts: folders and files are filled in while they fit, large ones opened.

    The files of a folder must stand beside each other. `fits` tells whether some fit into the part
    of a number (from 0). A file that fits into none is in one of its own.
    """
    parts: list[list[_File]] = [[]]
    waiting = _groups(files, path, 0)[::-1]
    while waiting:
        group, depth = waiting.pop()
        if fits([*parts[-1], *group], len(parts) - 1):
            parts[-1] += group
        elif len(group) > 1 and not (parts[-1] and fits(group, len(parts))):
            waiting += _groups(group, path, depth + 1)[::-1]
        elif parts[-1]:
            parts.append(list(group))
        else:
            parts[-1] += group
    return [part for part in parts if part]


def _groups(
    files: Iterable[_File], path: Callable[[_File], str], depth: int
) -> list[tuple[list[_File], int]]:
    """Return the files by the folder that they have at a depth.

    Those that lie there themselves are alone.
    """
    groups: dict[object, list[_File]] = {}
    for number, file in enumerate(files):
        names = path(file).split("/")
        key = tuple(names[: depth + 1]) if len(names) > depth + 1 else number
        groups.setdefault(key, []).append(file)
    return [(group, depth) for group in groups.values()]
