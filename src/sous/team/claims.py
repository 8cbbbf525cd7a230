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
from sous.team.wording import LONGEST, in_lines, read_lines
from sous.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sous.git_wire import OwnRepository

CLAIMS = "refs/sous/claims"
WAITING = "waiting to land"
BY_HAND = "by hand"  # the agent of work that a person does
_SEEN = "refs/seen/claims"
_MOST = 4096  # characters of a claim that are read
_BYTES = 4 * _MOST  # of a message
_LARGEST, _MANY = 65_536, 700  # bytes of a claim, and how many of them, where git prints too much


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


_ENDED = "ended: yes"  # the line of a claim that stands where a remote deletes none
_WRITTEN = tuple(
    field.name for field in fields(Claim) if field.name not in ("id", "files", "commit")
)


def saying(claim: Claim, words: Mapping[str, str]) -> Claim:
    """Return a claim that says something else of how the work is going."""
    return replace(
        claim,
        attempt=words.get("attempt", claim.attempt),
        cost=words.get("cost", claim.cost),
        doing=words.get("doing", claim.doing),
        last=one_line(words.get("last", claim.last))[:LONGEST],
    )


def written(claim: Claim) -> str:
    """Return the message of a claim; a random line makes each another commit."""
    values = [(name, str(getattr(claim, name))) for name in _WRITTEN]
    values += [("file", path) for path in claim.files]
    values += [("nonce", secrets.token_hex(8))]
    return f"claim {claim.id}\n\n" + "\n".join(in_lines(values, ())) + "\n"


def read(claim_id: str, commit: str, message: str) -> Claim:
    """Return the claim that a message is; anybody may have written it."""
    values, _ = read_lines(message[:_MOST], ("file", *_WRITTEN), ())
    paths = values.pop("file", [])
    found = {"worker": "", **{name: said[0] for name, said in values.items()}}
    return Claim(claim_id, files=tuple(paths), commit=commit, **found)


class Claims:
    """The claims of a remote, as last seen; `below`: what their references begin with.

    `deletes`: whether the remote deletes references; else a commit that says so ends a claim.
    `seen`: where, in a repository of ours, what the remote holds is kept.
    """

    def __init__(
        self,
        repository: OwnRepository,
        below: str = CLAIMS,
        *,
        deletes: bool = True,
        seen: str = _SEEN,
    ) -> None:
        self.repository = repository
        self.below = below
        self.deletes = deletes
        self._seen = seen
        self._ended: dict[str, str] = {}  # ids, and the commits that say so
        self.last_seen: dict[str, Claim] = {}
        self._made: set[str] = set()  # commits of claims by this very process

    def fetch(self, *more: str) -> dict[str, Claim]:
        """Return all claims of the remote by the ids of their steps, and fetch `more` with them.

        Raises RemoteAway.
        """
        self.repository.fetch(f"+{self.below}/*:{self._seen}/*", *more)
        found = {
            claim_id: commit
            for claim_id, commit in self.repository.references(self._seen).items()
            if ID.fullmatch(claim_id)
        }
        known = self.last_seen
        seen = {(claim_id, known[claim_id].commit) for claim_id in known} | {*self._ended.items()}
        texts = self._messages(
            [commit for key, commit in found.items() if (key, commit) not in seen]
        )
        ended = {commit for commit, text in texts.items() if _ENDED in text[:_MOST].splitlines()}
        ended |= {*self._ended.values()}
        self._ended = {key: commit for key, commit in found.items() if commit in ended}
        self.last_seen = {
            claim_id: read(claim_id, commit, texts[commit]) if commit in texts else known[claim_id]
            for claim_id, commit in found.items()
            if commit not in ended
        }
        return dict(self.last_seen)

    def _messages(self, commits: list[str]) -> dict[str, str]:
        """Return the messages of claims; of what is no commit, or too large, nothing."""
        try:
            found = self.repository.objects(commits)
        except ProgramFailed:  # together they are too much, or one is
            sizes = self.repository.sizes(commits)
            found = self.repository.objects(
                [one for one, size in sizes.items() if size <= _LARGEST][:_MANY]
            )
        texts = dict.fromkeys(commits, "")
        for commit, (kind, data) in found.items():
            if kind == "commit":
                texts[commit] = data.partition(b"\n\n")[2][:_BYTES].decode("utf-8", "replace")
        return texts

    def take(self, claim: Claim, *, over: str = ABSENT) -> Claim | None:
        """Claim a step that is free, or, with the commit of a stale claim, take it over.

        Returns None where somebody else was first. Raises RemoteAway.
        """
        old = over or self._ended.get(claim.id, ABSENT)
        return self._put(claim, parent=old, old=old)

    def renew(self, claim: Claim) -> Claim | None:
        """Show that the work goes on.

        Returns None where the claim is not ours by now: then nothing may land; it is in `last_seen`
        if it is somebody else's. Raises RemoteAway.
        """
        return self._put(claim, parent=claim.commit, old=claim.commit)

    def restore(self, claim: Claim) -> Claim | None:
        """Make a claim again that is gone altogether, as after `git push --mirror`.

        Returns None where somebody else has it by now. Raises RemoteAway.
        """
        old = self._ended.get(claim.id, ABSENT)
        return self._put(claim, parent=old or claim.commit, old=old)

    def release(self, claim: Claim) -> bool:
        """Give a step back; False where the claim is not ours any more. Raises RemoteAway."""
        end = self.end_of(claim)
        if self.repository.push([end]):
            self.last_seen = {key: one for key, one in self.last_seen.items() if key != claim.id}
            if end.new:
                self._ended[claim.id] = end.new
            return True
        return claim.id not in self.fetch()

    def end_of(self, claim: Claim) -> RefUpdate:
        """Return the move that ends a claim, for a push that finishes its step."""
        end = ABSENT
        if not self.deletes:
            text = f"claim {claim.id}\n\n{_ENDED}\nnonce: {secrets.token_hex(8)}\n"
            end = self.repository.commit(text, parents=[claim.commit])
        return RefUpdate(f"{self.below}/{claim.id}", claim.commit, end)

    def _put(self, claim: Claim, *, parent: str, old: str) -> Claim | None:
        parents = [parent] if parent else []
        commit = self.repository.commit(written(claim), parents=parents)
        self._made.add(commit)
        if self.repository.push([RefUpdate(f"{self.below}/{claim.id}", old, commit)]):
            made = replace(claim, commit=commit)
            self.last_seen = {**self.last_seen, claim.id: made}
            return made
        # the answer may have been lost, not the push: of this one, or of one before it
        there = self.fetch().get(claim.id)
        return replace(claim, commit=there.commit) if there and there.commit in self._made else None
