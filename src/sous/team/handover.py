"""Work in progress that is published, for others to see and to take over.

A commit below `refs/sous/wip/`: its tree is the files as they are, its parent the commit that they
were changed from, its message `key: value` lines; a longer text follows its key with one blank
before each line. What others wrote there is data: cut short, cleaned, and never run.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from sous.git_wire import ABSENT, RefUpdate
from sous.plan.ids import ID
from sous.proc import ProgramFailed
from sous.team.wording import in_lines, read_lines
from sous.terminal import clean

if TYPE_CHECKING:
    from sous.git_wire import OwnRepository

BOARD = "board"  # whom a step is handed to if it is nobody in particular
_SEEN = "refs/seen/wip"
_ENDS = "ended: yes"  # the line of what stands where a remote deletes nothing
_LONGEST_TEXT = 12_000  # characters of a text, its end
_MOST = 60_000  # characters of a message that are read


@dataclass(frozen=True)
class Handover:
    """Work on a step as somebody published it; `to`: for whom, "" while they work on themselves.

    `base`: the commit that `tree` was changed from; `why`: why it waits for somebody; `log`: the
    end of what the agent printed; `problems`: why it was refused.
    """

    id: str
    worker: str
    person: str = ""
    host: str = ""
    agent: str = ""
    to: str = ""
    tries: str = ""
    why: str = ""
    say: str = ""
    problems: str = ""
    log: str = ""
    prompt: str = ""
    base: str = ABSENT
    tree: str = ABSENT
    commit: str = ABSENT

    @property
    def by(self) -> str:
        """Whose it is, as far as it says."""
        return self.person or self.worker or "somebody"

    @property
    def needs(self) -> str:
        """Why it waits for somebody, "" for what is only published."""
        return self.why or ("handed over" if self.to else "")


_TEXTS = ("say", "problems", "log", "prompt")
_WRITTEN = tuple(
    field.name
    for field in fields(Handover)
    if field.name not in ("id", "base", "tree", "commit", *_TEXTS)
)


def written(work: Handover) -> str:
    """Return the message of a commit of work in progress."""
    values = ((name, str(getattr(work, name))) for name in _WRITTEN)
    texts = ((name, clean(str(getattr(work, name)))[-_LONGEST_TEXT:]) for name in _TEXTS)
    return f"work {work.id}\n\n" + "\n".join(in_lines(values, texts)) + "\n"


def read(step_id: str, commit: str, message: str) -> Handover:
    """Return the work that a message tells of; anybody may have written it."""
    values, texts = read_lines(message[:_MOST], _WRITTEN, _TEXTS)
    first = {name: found[0] for name, found in values.items()}
    ends = {name: text[-_LONGEST_TEXT:] for name, text in texts.items()}
    return Handover(step_id, commit=commit, **{"worker": "", **first, **ends})


class Handovers:
    """The published work of a remote, as last seen; `below`: what their references begin with.

    `deletes`: whether the remote deletes references; else a commit that says so ends one.
    """

    def __init__(
        self, repository: OwnRepository, claims_below: str, *, deletes: bool = True
    ) -> None:
        self.repository = repository
        self.below = f"{claims_below.removesuffix('claims')}wip"
        self.deletes = deletes
        self.last_seen: dict[str, Handover] = {}
        self._ended: dict[str, str] = {}  # ids, and the commits that say so

    @property
    def spec(self) -> str:
        """What is to be fetched to see them."""
        return f"+{self.below}/*:{_SEEN}/*"

    def seen(self) -> dict[str, Handover]:
        """Return what was fetched last, by the ids of the steps, without what cannot be read."""
        known, found = self.last_seen, {}
        ended = {}
        for step_id, commit in self.repository.references(f"{_SEEN}/").items():
            if not ID.fullmatch(step_id):
                continue
            old = known.get(step_id)
            if self._ended.get(step_id) == commit:
                ended[step_id] = commit
            elif old and old.commit == commit:
                found[step_id] = old
            elif _ENDS in (message := self._message(commit)).split("\n"):
                ended[step_id] = commit
            elif work := self._read(step_id, commit, message):
                found[step_id] = work
        self.last_seen, self._ended = found, ended
        return dict(found)

    def _message(self, commit: str) -> str:
        """Return the message of what should be a commit, "" where it is none."""
        try:
            return self.repository.message(commit)[:_MOST]
        except ProgramFailed:
            return ""

    def _read(self, step_id: str, commit: str, message: str) -> Handover | None:
        """Return the work that a commit is, None for what is none."""
        try:
            names = self.repository.line("rev-parse", f"{commit}^{{tree}}", f"{commit}^1").split()
        except ProgramFailed:
            return None
        return replace(read(step_id, commit, message), tree=names[0], base=names[1])

    def _before(self, step_id: str) -> str:
        """Return the commit that stands at the reference of a step, as last seen."""
        old = self.last_seen.get(step_id)
        return old.commit if old else self._ended.get(step_id, ABSENT)

    def made(self, work: Handover) -> Handover:
        """Write the commit of work in progress, here alone; return it as it would be published.

        What stood there before is its second parent: some remotes take only what is made of it.
        """
        before = self._before(work.id)
        parents = [work.base, *([before] if before else [])]
        commit = self.repository.commit(written(work), parents=parents, tree=work.tree)
        return replace(work, commit=commit)

    def update_to(self, work: Handover) -> RefUpdate:
        """Return the move that publishes what was `made`, in the place of what was seen last."""
        return RefUpdate(f"{self.below}/{work.id}", self._before(work.id), work.commit)

    def forget(self, work: Handover) -> bool:
        """Take published work off the remote; False where it is another by now."""
        return self.repository.push([self._end(work)])

    def end_of(self, step_id: str) -> list[RefUpdate]:
        """Return the move that takes the published work of a step away, if there is any."""
        old = self.last_seen.get(step_id)
        return [self._end(old)] if old else []

    def _end(self, work: Handover) -> RefUpdate:
        end = ABSENT
        if not self.deletes:
            end = self.repository.commit(f"work {work.id}\n\n{_ENDS}\n", parents=[work.commit])
        return RefUpdate(f"{self.below}/{work.id}", work.commit, end)


def in_words(work: Handover) -> str:
    """Return what the next one has to know about work in progress, in markdown."""
    by = work.by
    tries = f", after {work.tries} tries" if work.tries not in ("", "0", "1") else ""
    with_whom = f" with {work.agent}" if work.agent else ""
    parts = [f"## Work in progress\n\nBy {by}{with_whom}{tries}; its files are in this folder."]
    titles = {
        "say": f"{by} says:",
        "problems": "Why it was refused:",
        "log": "The end of what the agent printed:",
    }
    for name, title in titles.items():
        text = str(getattr(work, name)).strip()
        if text:
            parts.append(f"{title}\n\n" + "\n".join(f"> {line}" for line in text.split("\n")))
    return "\n\n".join(parts) + "\n"
