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
    """The published work of a remote, as last seen; `below`: what their references begin with."""

    def __init__(self, repository: OwnRepository, claims_below: str) -> None:
        self.repository = repository
        self.below = f"{claims_below.removesuffix('claims')}wip"
        self.last_seen: dict[str, Handover] = {}

    @property
    def spec(self) -> str:
        """What is to be fetched to see them."""
        return f"+{self.below}/*:{_SEEN}/*"

    def seen(self) -> dict[str, Handover]:
        """Return what was fetched last, by the ids of the steps, without what cannot be read."""
        known, found = self.last_seen, {}
        for step_id, commit in self.repository.references(f"{_SEEN}/").items():
            if not ID.fullmatch(step_id):
                continue
            old = known.get(step_id)
            work = old if old and old.commit == commit else self._read(step_id, commit)
            if work:
                found[step_id] = work
        self.last_seen = found
        return dict(found)

    def _read(self, step_id: str, commit: str) -> Handover | None:
        try:
            work = read(step_id, commit, self.repository.message(commit))
            names = self.repository.line("rev-parse", f"{commit}^{{tree}}", f"{commit}^1").split()
        except ProgramFailed:
            return None
        return replace(work, tree=names[0], base=names[1])

    def made(self, work: Handover) -> Handover:
        """Write the commit of work in progress, here alone; return it as it would be published."""
        commit = self.repository.commit(written(work), parents=[work.base], tree=work.tree)
        return replace(work, commit=commit)

    def update_to(self, work: Handover) -> RefUpdate:
        """Return the move that publishes what was `made`, in the place of what was seen last."""
        old = self.last_seen.get(work.id)
        return RefUpdate(f"{self.below}/{work.id}", old.commit if old else ABSENT, work.commit)

    def publish(self, work: Handover) -> Handover | None:
        """Put work on the remote in the place of what was seen last; None where it refused."""
        made = self.made(work)
        return made if self.repository.push([self.update_to(made)]) else None

    def forget(self, work: Handover) -> bool:
        """Take published work off the remote; False where it is another by now."""
        return self.repository.push([RefUpdate(f"{self.below}/{work.id}", work.commit, ABSENT)])

    def end_of(self, step_id: str) -> list[RefUpdate]:
        """Return the move that takes the published work of a step away, if there is any."""
        old = self.last_seen.get(step_id)
        return [RefUpdate(f"{self.below}/{step_id}", old.commit, ABSENT)] if old else []


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
