"""The references of a repository, its HEAD and its branch, read at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sous.errors import SousError
from sous.git import find_checkout, read_git
from sous.git_place import read_head

if TYPE_CHECKING:
    from sous.runner.workplace import Workplace

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_FORMAT = "--format=%(HEAD) %(refname) %(objectname)"


class Refs(NamedTuple):
    """All references by their full names, the commit that is checked out, and its branch.

    `head` is empty where there is no commit yet, `branch` where none is checked out.
    """

    by_name: dict[str, str]
    head: str
    branch: str


def read_refs(place: Workplace) -> Refs:
    """Return the references of a place as they are now."""
    raw = read_git(place.top, "for-each-ref", _FORMAT).decode("utf-8", "surrogateescape")
    lines = [(line[0], *line[2:].split(" ")) for line in raw.splitlines()]
    found = {name: commit for _, name, commit in lines}
    for mark, name, commit in lines:
        if mark == "*":
            return Refs(found, commit, name)
    there = (read_head(find_checkout(place.top).own) or b"").decode("utf-8", "replace").strip()
    if _COMMIT.fullmatch(there):
        return Refs(found, there, "")
    try:
        head = head_of(place)
    except SousError:
        head = ""
    return Refs(found, head, branch_of(place))


def head_of(place: Workplace) -> str:
    """Return the commit that is checked out. Raises SousError where there is none."""
    try:
        return read_git(place.top, "rev-parse", "--verify", "HEAD^{commit}").decode().strip()
    except SousError as exc:
        raise SousError(
            "there is no commit yet: `git add -A && git commit` first, so that steps can be undone"
        ) from exc


def branch_of(place: Workplace) -> str:
    """Return the full name of the branch that is checked out; empty when none is."""
    try:
        return read_git(place.top, "symbolic-ref", "-q", "HEAD").decode().strip()
    except SousError:
        return ""
