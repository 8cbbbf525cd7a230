"""Ignore files: .gitignore as git reads it, .ignore and .repomixignore in the same language."""

from __future__ import annotations

import codecs
import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sous.bundle.named import is_binary_name
from sous.bundle.wildmatch import IgnoreRules
from sous.errors import SousError
from sous.files import read_file
from sous.git import users_setting
from sous.proc import ProgramFailed
from sous.programs import ProgramMissing
from sous.terminal import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

GITIGNORE, IGNORE, REPOMIXIGNORE = ".gitignore", ".ignore", ".repomixignore"


@dataclass(frozen=True)
class IgnoreFiles:
    """Which kinds of ignore files hold; `.repomixignore` always does."""

    gitignore: bool = True
    dotignore: bool = True
    excludes: Path | None = None  # what git's `core.excludesFile` names, if it counts

    @property
    def names(self) -> tuple[str, ...]:
        """Their names, in reading order within a folder: the last rule that matches decides."""
        return (
            *((GITIGNORE,) if self.gitignore else ()),
            *((IGNORE,) if self.dotignore else ()),
            REPOMIXIGNORE,
        )


@dataclass(frozen=True)
class _Rules:
    """The rules of one folder.

    `folder` is relative to what is walked, `above` what stands before a path from there.
    """

    folder: str
    lines: IgnoreRules
    above: str = ""

    def verdict(self, path: str) -> bool | None:
        inside = path[len(self.folder) + 1 :] if self.folder else path
        return self.lines.verdict(self.above + inside)


def users_excludes(folder: Path) -> Path | None:
    """Return the file that the user's own git configuration names for what to ignore everywhere."""
    named = None
    with contextlib.suppress(ProgramFailed, ProgramMissing):
        named = users_setting(folder, "core.excludesfile")
    home = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    path = Path(named or f"{home}/git/ignore").expanduser()
    return path if path.is_file() else None


def ignored_files(base: Path) -> list[str]:
    """Return the files below `base`, but binary ones, that its ignore files leave out, sorted."""
    every = _walk(str(base), None, (), folders=False, unreadable={})
    ignored = set(every).difference(walk(base, IgnoreFiles()))
    return sorted(name for name in ignored if not is_binary_name(name))


def walk(
    base: Path,
    files: IgnoreFiles,
    *,
    folders: bool = False,
    unreadable: dict[str, str] | None = None,
) -> Iterator[str]:
    """Yield the paths of all files below `base` that no ignore file excludes, with `/`.

    `.git` is never entered, links are not followed. The rules of folders above hold too, from the
    repository's top down (.gitignore alone, and .git/info/exclude). Of all rules that match, those
    of the deepest folder decide. What lies in an excluded folder cannot be taken back, as in git.
    With `folders` those of the folders come too: they end in `/`, and in one more where nothing but
    dot files is in them. `unreadable` gets the folders that cannot be read, and why. Raises
    SousError when `base` cannot be read.
    """
    rules = _rules_above(base) if files.gitignore else ()
    if files.excludes:
        rules = (_Rules("", IgnoreRules(read_lines(files.excludes))), *rules)
    missed = {} if unreadable is None else unreadable
    return _walk(str(base), files, rules, folders=folders, unreadable=missed)


def ignored_by_git(base: Path, names: Iterable[str]) -> list[str]:
    """Return the files of a folder that git would ignore, whether they are there or not."""
    own = base / GITIGNORE
    rules = _rules_above(base)
    if excludes := users_excludes(base):
        rules = (_Rules("", IgnoreRules(read_lines(excludes))), *rules)
    if own.is_file() and not own.is_symlink():
        rules = (*rules, _Rules("", IgnoreRules(read_lines(own))))
    return [name for name in names if _is_ignored(name, rules)]


def _walk(
    base: str,
    files: IgnoreFiles | None,
    rules: tuple[_Rules, ...],
    *,
    folders: bool,
    unreadable: dict[str, str],
) -> Iterator[str]:
    waiting = [("", rules)]  # folders, empty or ending in `/`, with the rules that hold in them
    while waiting:
        prefix, rules = waiting.pop()
        entries = _entries(base, prefix, unreadable)
        if folders and prefix:
            yield prefix + "/" * all(entry.name.startswith(".") for entry in entries)
        present = {entry.name: entry for entry in entries if entry.is_file(follow_symlinks=False)}
        lines = _lines_of(files, present) if files else []
        if lines:
            rules = (*rules, _Rules(prefix[:-1], IgnoreRules(lines)))
        for entry in entries:
            is_folder = entry.name not in present and entry.is_dir(follow_symlinks=False)
            path = f"{prefix}{entry.name}{'/' * is_folder}"
            if entry.name == ".git" or _is_ignored(path, rules):
                continue
            if is_folder:
                waiting.append((path, rules))
            elif entry.name in present:
                yield path


def _entries(base: str, prefix: str, unreadable: dict[str, str]) -> list[os.DirEntry[str]]:
    """Return what is in a folder; nothing where it cannot be read."""
    try:
        with os.scandir(f"{base}{os.sep}{prefix}") as scan:
            return list(scan)
    except OSError as exc:
        if not prefix:
            raise SousError(f"cannot read {base}: {exc.strerror}") from exc
        unreadable[prefix] = exc.strerror or str(exc)
        return []


def _lines_of(files: IgnoreFiles, present: Mapping[str, os.DirEntry[str]]) -> list[str]:
    """Return the rules in the ignore files of one folder."""
    paths = [Path(present[name].path) for name in files.names if name in present]
    return [line for path in paths for line in read_lines(path)]


def _is_ignored(path: str, rules: tuple[_Rules, ...]) -> bool:
    for one in reversed(rules):
        verdict = one.verdict(path)
        if verdict is not None:
            return verdict
    return False


def _rules_above(base: Path) -> tuple[_Rules, ...]:
    """Return the rules of the repository around `base`, the weakest first."""
    top = next((folder for folder in (base, *base.parents) if (folder / ".git").exists()), None)
    if top is None:
        return ()
    found = []
    chain = [
        top,
        *(
            folder
            for folder in reversed(base.parents)
            if folder != top and folder.is_relative_to(top)
        ),
    ]
    sources = [(top, top / ".git" / "info" / "exclude")]
    sources += [(folder, folder / GITIGNORE) for folder in chain if folder != base]
    for folder, path in sources:
        if path.is_file() and not path.is_symlink() and (lines := read_lines(path)):
            above = "" if folder == base else f"{base.relative_to(folder).as_posix()}/"
            found.append(_Rules("", IgnoreRules(lines), above))
    return tuple(found)


_LARGEST = 10_000_000  # bytes of a file of rules
_MOST_RULES, _LONGEST = 20_000, 4_096  # of one file; characters, as of a path


def _text(path: Path) -> str:
    data = read_file(path, root=None, most=_LARGEST)
    return data.removeprefix(codecs.BOM_UTF8).decode("latin-1")


def read_lines(path: Path) -> list[str]:
    """Return the lines of a file of rules, as latin-1; what cannot be read is said."""
    try:
        lines = _text(path).split("\n")
    except (OSError, SousError) as exc:
        say(f"cannot read {path}: {exc}; its rules are ignored")
        return []
    kept = [line for line in lines[:_MOST_RULES] if len(line) <= _LONGEST]
    if len(kept) < len(lines):
        say(f"{path} has {len(lines) - len(kept):,} rules too many or too long; they are ignored")
    return kept
