"""Post issues so that running it again, whatever happened before, ends in the same set of them."""

from __future__ import annotations

import contextlib
import enum
import hashlib
import time
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.forge.body import is_as_written, kept_instead
from sous.forge.forges import NOT_PLANNED
from sous.forge.twins import Found, close_duplicate, unseen
from sous.forge.wire import Unreachable
from sous.locks import locked
from sous.state import read_state, state_folder, write_state
from sous.terminal import Waiting, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sous.forge.body import Mark
    from sous.forge.drafts import Wanted
    from sous.forge.forges import Forge, Issue
    from sous.forge.remote import Repository

_LATE = 120.0  # seconds in which a list may not show yet what was just posted
_READS = 3  # of the list, a second apart, until it shows what was just posted
_MOST_UNSEEN = 50  # issues that are asked for one by one as the list may not show them yet
_AT_ONCE = 20  # issues that are posted without a rest between
_REST = 1.0  # seconds between others (docs.github.com, "Best practices for using the REST API")


class Action(enum.Enum):
    """What is done with an item."""

    CREATE = "create"
    UPDATE = "update"
    CLOSE = "close"
    SKIP = "skip"


@dataclass(frozen=True)
class Step:
    """An item, what is done with it, why, and the issue that stands for it (None: there is none yet).

    `kept`: the number of the issue that another is closed in favour of.
    """

    wanted: Wanted
    action: Action
    why: str = ""
    issue: Issue | None = None
    kept: int = 0


class Poster:
    """Posts to one repository; no other process posts there meanwhile."""

    def __init__(self, forge: Forge, *, quiet: bool = False) -> None:
        self._forge = forge
        self._quiet = quiet
        self._journal = _Journal(forge.repository)
        self._labels: list[str] | None = None
        self._top = 0  # the highest number that there was before we posted

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until nobody else posts there. Raises SousError after ten minutes."""
        with contextlib.ExitStack() as stack:
            if not stack.enter_context(locked(self._journal.lock, timeout=0.1)):
                say(f"another `sous post` is at work on {self._forge.repository}; waiting for it")
                if not stack.enter_context(locked(self._journal.lock, timeout=600)):
                    raise SousError(
                        f"another `sous post` is still at work on {self._forge.repository}; try again later"
                    )
            yield

    def plan(self, wanted: Sequence[Wanted], *, limit: int | None) -> list[Step]:
        """Return what is to be done for each item. Raises SousError."""
        self._forge.check()
        there = self._there()
        missing = [one for one in wanted if not one.held and there.kept(one.identity) is None]
        # what was posted just before we were killed may be missing in the list for a moment
        for _ in range(_READS):
            if not any(self._journal.is_fresh(one.identity) for one in missing):
                break
            time.sleep(1.0)
            there = self._there()
            missing = [one for one in missing if there.kept(one.identity) is None]
        for one in missing:
            self._look_up(one.identity, there)
        self._top = max(there.numbers, default=0)
        steps = [step for one in wanted for step in self._steps(one, there)]
        left = limit
        for at, step in enumerate(steps):
            if step.action is Action.CREATE and left is not None:
                left -= 1
                if left < 0:
                    steps[at] = replace(step, action=Action.SKIP, why=f"more than --limit {limit}")
        return steps

    def _there(self) -> Found:
        """Return the issues that are ours."""
        found = Found()
        with Waiting(
            f"reading the issues of {self._forge.repository}",
            enabled=False if self._quiet else None,
        ) as line:
            for count, issue in enumerate(self._forge.issues(), 1):
                line.at(count, count)
                found.add(issue)
        return found

    def _look_up(self, identity: str, there: Found) -> None:
        """Add the issue that we noted for a finding, and the one that it was closed in favour of."""
        number = self._journal.number(identity)
        for _ in range(2):
            issue = self._forge.issue(number) if number else None
            if issue is None:
                return
            there.add(issue)
            number = kept_instead(issue.body)

    def _steps(self, wanted: Wanted, there: Found) -> Iterator[Step]:
        """Yield what is to be done with an item, and with what says the same as its issue."""
        kept = there.kept(wanted.identity)
        yield self._step(wanted, kept)
        if kept is not None:
            yield from self._closing(wanted, there, kept[0])

    def _closing(self, wanted: Wanted, there: Found, kept: Issue) -> Iterator[Step]:
        for issue, _ in there.duplicates(wanted.identity, self._noted(wanted)):
            yield Step(wanted, Action.CLOSE, f"duplicate of #{kept.number}", issue, kept.number)

    def _noted(self, wanted: Wanted) -> set[int]:
        number = self._journal.number(wanted.identity)
        return {number} if number else set()

    def _step(self, wanted: Wanted, there: tuple[Issue, Mark] | None) -> Step:
        if there is None:
            return (
                Step(wanted, Action.SKIP, wanted.held)
                if wanted.held
                else Step(wanted, Action.CREATE)
            )
        issue, mark = there
        if not issue.is_open:
            why = (
                "closed as not planned"
                if issue.reason == NOT_PLANNED
                else f"closed as {issue.reason or 'done'}"
            )
            return Step(wanted, Action.SKIP, f"{why.replace('_', ' ')}", issue)
        if wanted.held:
            return Step(wanted, Action.SKIP, wanted.held, issue)
        if mark.content == wanted.content:
            return Step(wanted, Action.SKIP, "unchanged", issue)
        if not is_as_written(issue.title, issue.body, mark):
            return Step(
                wanted, Action.SKIP, "somebody edited it there, so it stays as it is", issue
            )
        what = "title" if issue.title != wanted.draft.title else "text"
        return Step(wanted, Action.UPDATE, f"its {what} changed", issue)

    def labels_for(self, steps: Sequence[Step], *, create: bool) -> tuple[list[str], list[str]]:
        """Return the labels that are to be made, and those that are left out as they are not there."""
        named = dict.fromkeys(
            label
            for step in steps
            if step.action is Action.CREATE
            for label in step.wanted.draft.labels
        )
        if not named:
            return [], []
        self._labels = self._forge.labels()
        known = {label.casefold() for label in self._labels}
        missing = [label for label in named if label.casefold() not in known]
        return (missing, []) if create else ([], missing)

    def carry_out(
        self, steps: Sequence[Step], *, new_labels: Sequence[str]
    ) -> Iterator[tuple[Step, Issue]]:
        """Do what was planned, and yield each issue that was made or changed.

        Raises SousError; what is done stays.
        """
        for label in new_labels:
            self._forge.create_label(label)
        known = {label.casefold(): label for label in [*(self._labels or ()), *new_labels]}
        milestone: str | None = None
        made: list[tuple[Step, int]] = []
        for step in steps:
            if step.action is Action.SKIP:
                continue
            if step.action is Action.CLOSE:
                yield from self._close(step)
                continue
            draft = step.wanted.draft
            labels = tuple(
                known[label.casefold()] for label in draft.labels if label.casefold() in known
            )
            if draft.milestone and milestone is None:
                milestone = str(self._forge.milestone(draft.milestone))
            draft = replace(draft, labels=labels, milestone=milestone)
            if step.issue is not None:
                yield step, self._forge.update(step.issue.number, draft)
                continue
            if len(made) >= _AT_ONCE:
                time.sleep(_REST)
            self._journal.begin(step.wanted.identity)
            try:
                issue = self._forge.create(draft)
            except Unreachable:  # nobody knows whether it is there
                raise
            except SousError:
                self._journal.forget(step.wanted.identity)
                raise
            self._journal.end(step.wanted.identity, issue.number)
            made.append((step, issue.number))
            yield step, issue
        yield from self._settle(made)

    def _close(self, step: Step) -> Iterator[tuple[Step, Issue]]:
        if step.issue is None:
            return
        closed = close_duplicate(
            self._forge, step.issue.number, step.kept, self._noted(step.wanted)
        )
        if closed is not None:
            self._journal.end(step.wanted.identity, step.kept)
            yield step, closed

    def _settle(self, made: Sequence[tuple[Step, int]]) -> Iterator[tuple[Step, Issue]]:
        """Read again what is there, and close what we posted while somebody else posted the same."""
        if not made:
            return
        numbers = {number for _, number in made}
        there = self._there()
        for _ in range(_READS - 1):
            if numbers <= there.numbers:
                break
            time.sleep(1.0)
            there = self._there()
        for number in unseen(there, numbers, self._top, most=_MOST_UNSEEN):
            issue = self._forge.issue(number)
            if issue is not None:
                there.add(issue)
        for step, _ in made:
            kept = there.kept(step.wanted.identity)
            for closing in self._closing(step.wanted, there, kept[0]) if kept else ():
                yield from self._close(closing)


def counted(steps: Sequence[Step]) -> str:
    """Return in words what is to be done."""
    counts = Counter(step.action for step in steps)
    told = f"{counts[Action.CREATE]} to create, {counts[Action.UPDATE]} to update, {counts[Action.SKIP]} to leave"
    closing = counts[Action.CLOSE]
    return f"{told}, {closing} duplicate{'s' * (closing != 1)} to close" if closing else told


class _Journal:
    """What was begun and what was done in a repository, kept outside of it: written before and after each post."""

    def __init__(self, repository: Repository) -> None:
        key = hashlib.sha256(f"{repository.host}/{repository.path.lower()}".encode()).hexdigest()[
            :32
        ]
        self._name = f"post/{key}.json"
        self.lock = state_folder() / "post" / f"{key}.lock"

    def begin(self, identity: str) -> None:
        """Note that a finding is about to be posted."""
        self._note(identity, {"at": time.time()})

    def end(self, identity: str, number: int) -> None:
        """Note the number that a finding has got."""
        self._note(identity, {"at": time.time(), "number": number})

    def forget(self, identity: str) -> None:
        """Note that a finding was not posted."""
        write_state(
            self._name,
            {key: entry for key, entry in read_state(self._name).items() if key != identity},
        )

    def number(self, identity: str) -> int | None:
        """Return the number that a finding got, where it was noted."""
        known = read_state(self._name).get(identity)
        number = known.get("number") if isinstance(known, dict) else None
        return number if isinstance(number, int) else None

    def is_fresh(self, identity: str) -> bool:
        """Tell whether a finding was about to be posted, or was, so lately that a list may not show it yet."""
        known = read_state(self._name).get(identity)
        at = known.get("at") if isinstance(known, dict) else None
        return isinstance(at, (int, float)) and abs(time.time() - at) < _LATE

    def _note(self, identity: str, entry: dict[str, object]) -> None:
        write_state(self._name, {**read_state(self._name), identity: entry})
