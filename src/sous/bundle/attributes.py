"""Files that a repository marks as generated: `linguist-generated` in its .gitattributes."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sous.bundle.ignore import read_lines
from sous.bundle.wildmatch import IgnoreRules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sous.bundle.select import File

_NAME = ".gitattributes"
_LINE = re.compile(
    r"(?:\"(?P<quoted>(?:[^\"\\]|\\.)+)\"|(?P<plain>[^\s\"#!\[][^\s]*))[ \t]+(?P<rest>.+)"
)
_MARK = re.compile(r"(?P<no>[-!])?linguist-generated(?:=(?P<value>\S*))?")
_ODD = re.compile(r"[{}()!,'\"\\\x80-\uffff]")  # would mean something else in our globs


class _Marks(NamedTuple):
    """The rules of one file: `folder` is "" or ends in `/`, `globs` all that mark as generated."""

    folder: str
    rules: IgnoreRules
    globs: list[tuple[IgnoreRules, str]]


def marked_generated(files: Iterable[File]) -> dict[str, str]:
    """Return the paths in the bundle of files that are marked, each with a glob that leaves it out.

    The .gitattributes among the files say so, the deepest one first, and in it the last line.
    """
    files = list(files)
    by_base: dict[str, list[_Marks]] = defaultdict(list)
    for file in files:
        if file.name == _NAME or file.name.endswith(f"/{_NAME}"):
            marks = _read(file)
            if marks.rules:
                by_base[file.base].append(marks)
    found: dict[str, str] = {}
    for file in files if by_base else ():
        for marks in sorted(by_base.get(file.base, ()), key=lambda one: -len(one.folder)):
            if not file.name.startswith(marks.folder):
                continue
            name = file.name[len(marks.folder) :]
            verdict = marks.rules.verdict(name)
            if verdict:
                above = file.path.removesuffix(name)
                found[file.path] = _glob_for(name, marks, above) or file.path
            if verdict is not None:
                break
    return found


def _read(file: File) -> _Marks:
    lines = list(filter(None, map(_as_rule, read_lines(Path(file.full)))))
    takes_back = any(line.startswith("!") for line in lines)  # no glob could say so
    globs = [] if takes_back else [(IgnoreRules([line]), line) for line in lines]
    return _Marks(file.name.removesuffix(_NAME), IgnoreRules(lines), globs)


def _as_rule(line: str) -> str:
    """Return a line as one of an ignore file; empty where it says nothing of this."""
    match = _LINE.match(line.strip())
    marks = list(_MARK.finditer(match["rest"])) if match else []
    if not match or not marks:
        return ""
    pattern = match["plain"] or re.sub(r"\\(.)", r"\1", match["quoted"])
    is_marked = not marks[-1]["no"] and (marks[-1]["value"] or "true") in ("true", "1")
    return pattern if is_marked else f"!{pattern}"


def _glob_for(name: str, marks: _Marks, above: str) -> str:
    """Return the pattern that marks a file as one of our globs; empty where it cannot be one."""
    for rule, pattern in marks.globs:
        if rule.verdict(name) and not _ODD.search(pattern + above):
            bare = pattern.removeprefix("/")
            return above + (bare if "/" in pattern else f"**/{bare}")
    return ""
