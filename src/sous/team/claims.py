"""Claims: who works on which step, each a reference of the remote that one push can win.

A claim is a commit on the empty tree below `refs/sous/claims/`; its message is `key: value` lines.
Each change names what the reference was before, so of several at once one wins, and who lost a
claim cannot renew it. What others wrote there is data: cut short, and never run.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from sous.git_wire import ABSENT, RefUpdate
from sous.plan.ids import ID
from sous.proc import ProgramFailed
from sous.terminal import one_line

if TYPE_CHECKING:
    from sous.git_wire import OwnRepository

CLAIMS = "refs/sous/claims"
WAITING = "waiting to land"
_SEEN = "refs/seen/claims"  # where, in a repository of ours, what the remote holds is kept
_MOST = 4096  # characters of a claim that are read
_LONGEST = 200  # characters of one value


@dataclass(frozen=True)
class Claim:
    """A claim: the id of the step, who works on it and with what, and the commit that says so.

    `doing`: WAITING while others land, else ""; `last`: the last line that the agent printed.
    `base`: the commit that the work began on; `cost`: US dollars, as text; `commit`: ABSENT until
    it was pushed.
    """

    id: str
    worker: str
    person: str = ""
    host: str = ""
    agent: str = ""
    files: tuple[str, ...] = ()
    base: str = ""
    attempt: str = "1"
    cost: str = ""
    doing: str = ""
    last: str = ""
    commit: str = ABSENT


_WRITTEN = tuple(
    field.name for field in fields(Claim) if field.name not in ("id", "files", "commit")
)


def written(claim: Claim) -> str:
    """Return the message of a claim; a random line makes each another commit."""
    lines = [f"{name}: {one_line(str(getattr(claim, name)))[:_LONGEST]}" for name in _WRITTEN]
    lines += [f"file: {one_line(path)[:_LONGEST]}" for path in claim.files]
    return f"claim {claim.id}\n\n" + "\n".join([*lines, f"nonce: {secrets.token_hex(8)}"]) + "\n"


def read(claim_id: str, commit: str, message: str) -> Claim:
    """Return the claim that a message is; anybody may have written it."""
    values: dict[str, str] = {}
    paths: list[str] = []
    for line in message[:_MOST].splitlines():
        name, colon, value = line.partition(":")
        text = one_line(value.strip())[:_LONGEST]
        if colon and name == "file":
            paths.append(text)
        elif colon and name in _WRITTEN:
            values.setdefault(name, text)
    return Claim(claim_id, files=tuple(paths), commit=commit, **{"worker": "", **values})


class Claims:
    """The claims of a remote, as last seen; `below`: what their references begin with."""

    def __init__(self, repository: OwnRepository, below: str = CLAIMS) -> None:
        self.repository = repository
        self.below = below
        self.last_seen: dict[str, Claim] = {}

    def fetch(self, *more: str) -> dict[str, Claim]:
        """Return all claims of the remote by the ids of their steps, and fetch `more` with them.

        Raises RemoteAway.
        """
        self.repository.fetch(f"+{self.below}/*:{_SEEN}/*", *more)
        found = self.repository.references(f"{_SEEN}/")
        known = self.last_seen
        self.last_seen = {
            claim_id: known[claim_id]
            if claim_id in known and known[claim_id].commit == commit
            else read(claim_id, commit, self._message(commit))
            for claim_id, commit in found.items()
            if ID.fullmatch(claim_id)
        }
        return dict(self.last_seen)

    def _message(self, commit: str) -> str:
        """Return the message of a claim; of what is no commit, or too large, nothing."""
        try:
            return self.repository.message(commit)
        except ProgramFailed:
            return ""

    def take(self, claim: Claim, *, over: str = ABSENT) -> Claim | None:
        """Claim a step that is free, or, with the commit of a stale claim, take it over.

        Returns None where somebody else was first. Raises RemoteAway.
        """
        return self._put(claim, parent=ABSENT, old=over)

    def renew(self, claim: Claim) -> Claim | None:
        """Show that the work goes on.

        Returns None where the claim is somebody else's by now: then nothing may land. A claim that
        is gone altogether, as after `git push --mirror`, is made again. Raises RemoteAway.
        """
        renewed = self._put(claim, parent=claim.commit, old=claim.commit)
        if renewed is None and claim.id not in self.last_seen:
            renewed = self._put(claim, parent=claim.commit, old=ABSENT)
        return renewed

    def release(self, claim: Claim) -> bool:
        """Give a step back; False where the claim is not ours any more. Raises RemoteAway."""
        if self.repository.push([self.end_of(claim)]):
            return True
        return claim.id not in self.fetch()

    def end_of(self, claim: Claim) -> RefUpdate:
        """Return the move that ends a claim, for a push that finishes its step."""
        return RefUpdate(f"{self.below}/{claim.id}", claim.commit, ABSENT)

    def _put(self, claim: Claim, *, parent: str, old: str) -> Claim | None:
        parents = [parent] if parent else []
        commit = self.repository.commit(written(claim), parents=parents)
        if self.repository.push([RefUpdate(f"{self.below}/{claim.id}", old, commit)]):
            return replace(claim, commit=commit)
        there = self.fetch().get(claim.id)  # the answer may have been lost, not the push
        return replace(claim, commit=commit) if there and there.commit == commit else None
