"""The paths that a bundle lists in the tree before its first file, packed or not."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from sous.bundle.formats.document import unquoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sous.bundle.readers import PackedFile

_HEAD = 2_000_000  # characters in which a tree must begin
_BEGINS = re.compile(
    r"^(?:<(?:directory|repository)_structure>|#+ (?:Directory|Repository) Structure"
    r"|(?:Directory|Repository) Structure\n=+|Directory structure:|Project Path:[^\n]*"
    r"|(?:Source|File) Tree:)[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_ENDS = re.compile(r"^(?:</|=====|#|<files>|---|```$(?<!\A))", re.MULTILINE)
_IN_JSON = re.compile(r'"directoryStructure":\s*("(?:[^"\\]|\\.)*")')
_LINE = re.compile(
    r"^(?P<indent>(?:[ \t│|]|├──|└──|\+--|`--|\xa0)*)(?P<name>\S.*?)(?P<mark> \[[a-z ]+\])?$"
)


def listed_paths(text: str, files: Sequence[PackedFile]) -> set[str]:
    """Return the paths of the files in the tree of a bundle, none where it has no tree."""
    first = files[0].packed if files else ""
    end = text.find(first) if first else -1
    head = text[: end if 0 <= end < _HEAD else _HEAD]
    in_json = _IN_JSON.search(head)
    if in_json:
        try:
            return set(_paths(str(json.loads(in_json[1], strict=False)).split("\n")))
        except ValueError:
            return set()
    begin = _BEGINS.search(head)
    if begin is None:
        return set()
    rest = head[begin.end() :].lstrip("\n").removeprefix("```\n")
    stop = _ENDS.search(rest)
    return set(_paths(rest[: stop.start() if stop else None].split("\n")))


def _paths(lines: Iterable[str]) -> Iterator[str]:
    """Yield the files of a tree that is indented by blanks or drawn with boxes.

    What has children is a folder.
    """
    rows: list[tuple[int, str]] = []
    for line in lines:
        match = _LINE.match(line)
        if match is None:
            if rows:
                break
            continue
        rows.append((len(match["indent"]), match["name"].replace("\\", "/")))
    above: list[tuple[int, str]] = []
    for at, (indent, name) in enumerate(rows):
        while above and above[-1][0] >= indent:
            above.pop()
        is_folder = name.endswith("/") or (at + 1 < len(rows) and rows[at + 1][0] > indent)
        bare = unquoted(name.rstrip("/") if is_folder else name)
        if is_folder:
            above.append((indent, bare))
        else:
            yield "/".join([*(folder for _, folder in above), bare])
