"""File names in a bundle: secrets in them are masked, and no two files get the same name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sous.bundle.secret_values import is_placeholder
from sous.bundle.secrets import MASK, mask_secrets, masked, may_hold_token, rules

if TYPE_CHECKING:
    from collections.abc import Iterable

_SETTINGS = "x.env"  # a kind of file in which a value needs no quotes
_SEPARATORS = re.compile(r"[^A-Za-z0-9]")
# One of each is in whatever secrets.py takes for an assignment.
_WORDS = ("secret", "token", "passwd", "password", "passphrase", "pwd", "credential", "key")
_GIVES = "=:(,"
_COMPONENT = re.compile(r"[^\s,/]{16,}")
_SHORTEST = 16  # characters; no secret is shorter


class SafeNames(NamedTuple):
    """`by_path`: the name of each path that holds a secret.

    `secrets`: that name and the kind, in order.
    """

    by_path: dict[str, str]
    secrets: list[tuple[str, str]]

    def of(self, path: str) -> str:
        """Return a path as it may be shown."""
        return self.by_path.get(path, path)


def safe_names(paths: Iterable[str]) -> SafeNames:
    """Return the names of paths with each secret in a folder or file masked.

    In one folder two names that are the same by that are told apart by a number, in the order of
    their real names.
    """
    every = sorted(set(paths))
    likely = {part for path in _likely(every) for part in path.split("/") if len(part) >= _SHORTEST}
    found = {part: one for part in likely if (one := mask_name(part))[1]}
    if not found:
        return SafeNames({}, [])
    folders = _names_by_folder(every)
    shown = {
        folder: _distinct(names, found)
        for folder, names in folders.items()
        if not found.keys().isdisjoint(names)
    }
    by_path: dict[str, str] = {}
    secrets: dict[tuple[str, str], None] = {}
    for path in every:
        parts, name = path.split("/"), ""
        for depth, part in enumerate(parts):
            folder = "/".join(parts[:depth])
            name = f"{name}/" * bool(depth) + shown.get(folder, {}).get(part, part)
            for kind in found[part][1] if part in found else ():
                secrets[name, kind] = None
        if name != path:
            by_path[path] = name
    return SafeNames(by_path, list(secrets))


def _likely(paths: list[str]) -> list[str]:
    """Return the paths that hold what any rule looks for.

    Most often none does, which one look at all of them tells.
    """

    def may_hold(text: str) -> bool:
        if may_hold_token(text.replace("/", "\n")):  # each part is looked at alone
            return True
        return _has_any(text, _GIVES) and _has_any(text.lower(), _WORDS)

    def narrowed(some: list[str]) -> list[str]:
        if not may_hold("\n".join(some)):
            return []
        if len(some) == 1:
            return some
        half = len(some) // 2
        return narrowed(some[:half]) + narrowed(some[half:])

    return narrowed(paths) if paths else []


def _has_any(text: str, pieces: Iterable[str]) -> bool:
    # a loop, for a generator takes twice the time: this is asked of every path
    for piece in pieces:  # noqa: SIM110
        if piece in text:
            return True
    return False


def _names_by_folder(paths: Iterable[str]) -> dict[str, set[str]]:
    folders: dict[str, set[str]] = {}
    for path in paths:
        while path and path not in folders.get(folder := path.rpartition("/")[0], ()):
            folders.setdefault(folder, set()).add(path)
            path = folder  # noqa: PLW2901  # up to the root
    return {
        folder: {path.rpartition("/")[2] for path in inside} for folder, inside in folders.items()
    }


def _distinct(names: set[str], found: dict[str, tuple[str, list[str]]]) -> dict[str, str]:
    """Return the shown form of the names in one folder that hold secrets."""
    taken = {name.casefold() for name in names if name not in found}
    shown = {}
    for name in sorted(names & found.keys()):
        wanted = free = found[name][0]
        number = 2
        while free.casefold() in taken:
            free = wanted.replace(MASK, f"{MASK[:-1]} {number}{MASK[-1]}", 1)
            number += 1
        taken.add(free.casefold())
        shown[name] = free
    return shown


def mask_name(name: str) -> tuple[str, list[str]]:
    """Return one component of a path with secrets masked, and their kinds.

    Names put secrets between words (`id_KEY_old.pem`), where the rules for texts want a border, so
    each run between two separators is also looked at alone.
    """
    text, found = mask_secrets(name, _SETTINGS)
    kinds = [one.kind for one in found]
    spans = _spans_between_separators(text)
    if spans:
        text, more = masked(text, spans)
        kinds += [one.kind for one in more]
    return text, kinds


def _spans_between_separators(name: str) -> list[tuple[int, int, str]]:
    """Return what a rule finds after a separator, also if more letters or a separator follow."""
    spans = []
    for rule in rules():
        for mark in rule.any:
            at = name.find(mark)
            while at >= 0:
                if end := _end_of(rule.regex, name, at):
                    spans.append((at, end, rule.kind))
                at = name.find(mark, at + 1)
    return spans


def _end_of(pattern: re.Pattern[str], name: str, start: int) -> int:
    """Return where a secret ends that begins at `start`, 0 for none.

    The longest of those that end at a separator.
    """
    ends = [start + match.start() for match in _SEPARATORS.finditer(name[start:])]
    for end in (len(name), *reversed(ends)):
        if end - start < _SHORTEST:
            return 0
        if pattern.fullmatch(name[start:end]):
            return 0 if is_placeholder(name[start:end]) else end
    return 0


def mask_names_in(text: str) -> str:
    """Return words with the secrets in paths and globs masked, where they are only shown."""
    return _COMPONENT.sub(lambda match: mask_name(match[0])[0], text)
