"""Work that came to nothing, published for a person: `refs/sous/wip/ID` on the remote.

The commit holds the work as it was, on what it began from; its message says why it did not land.
What others wrote there is data: cut short, and never run.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from sous.git_wire import ABSENT, RefUpdate
from sous.plan.ids import ID
from sous.proc import ProgramFailed
from sous.terminal import one_line

if TYPE_CHECKING:
    from sous.git_wire import OwnRepository

_SEEN = "refs/seen/wip"  # where, in a repository of ours, what the remote holds is kept
_MOST, _LONGEST = 4096, 300  # characters of a message, and of one value, that are read


@dataclass(frozen=True)
class Saved:
    """The work on a step that waits for a person: why, whose it was, and the commit it is in."""

    id: str
    why: str = ""
    person: str = ""
    agent: str = ""
    tries: str = ""
    commit: str = ABSENT


_KEYS = tuple(field.name for field in fields(Saved) if field.name not in ("id", "commit"))


def written(saved: Saved) -> str:
    """Return the message of a commit of saved work."""
    lines = [f"{key}: {one_line(str(getattr(saved, key)))[:_LONGEST]}" for key in _KEYS]
    return f"wip {saved.id}\n\n" + "\n".join([*lines, f"nonce: {secrets.token_hex(8)}"]) + "\n"


def read(step_id: str, commit: str, message: str) -> Saved:
    """Return what a message says; anybody may have written it."""
    values: dict[str, str] = {}
    for line in message[:_MOST].splitlines():
        key, colon, value = line.partition(":")
        if colon and key in _KEYS:
            values.setdefault(key, one_line(value.strip())[:_LONGEST])
    values["why"] = values.get("why") or "it does not say why"
    return Saved(step_id, commit=commit, **values)


class SavedWork:
    """The saved work on a remote, as last fetched; `claims`: what names of claims begin with."""

    def __init__(self, repository: OwnRepository, claims: str) -> None:
        self.repository = repository
        self.below = f"{claims.removesuffix('claims')}wip"
        self._known: dict[str, Saved] = {}

    @property
    def spec(self) -> str:
        """What is to be fetched."""
        return f"+{self.below}/*:{_SEEN}/*"

    def read_all(self) -> dict[str, Saved]:
        """Return what was fetched, by the ids of the steps."""
        found = self.repository.references(f"{_SEEN}/")
        self._known = {
            step_id: known
            if (known := self._known.get(step_id)) and known.commit == commit
            else read(step_id, commit, self._message(commit))
            for step_id, commit in found.items()
            if ID.fullmatch(step_id)
        }
        return dict(self._known)

    def _message(self, commit: str) -> str:
        try:
            return self.repository.message(commit)
        except ProgramFailed:
            return ""

    def publish(self, saved: Saved, *, base: str, tree: str) -> str | None:
        """Put the work on the remote in place of what was saved of its step before.

        Returns the commit, None where the remote refused.
        """
        commit = self.repository.commit(written(saved), parents=[base], tree=tree)
        known = self._known.get(saved.id)
        moved = RefUpdate(self._name(saved.id), known.commit if known else ABSENT, commit)
        return commit if self.repository.push([moved]) else None

    def forget(self, saved: Saved) -> bool:
        """Take saved work off the remote; False where it is another by now."""
        return self.repository.push([RefUpdate(self._name(saved.id), saved.commit, ABSENT)])

    def _name(self, step_id: str) -> str:
        return f"{self.below}/{step_id}"
