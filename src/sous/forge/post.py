"""Post issues so that running it again, whatever happened before, ends in the same set of them."""

from __future__ import annotations

import contextlib
import enum
import time
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.forge.body import is_as_written, kept_instead
from sous.forge.journal import Journal
from sous.forge.twins import OwnIssues, close_duplicate, unseen
from sous.forge.wire import Unreachable
from sous.locks import locked
from sous.terminal import say
from sous.waiting import Waiting

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sous.forge.body import IssueMark
    from sous.forge.drafts import Wanted
    from sous.forge.forge import Forge, Issue

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
class PostStep:
    """An item, what is done with it, why, and the issue that stands for it, if there is one.

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
        self._journal = Journal(forge.repository)
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
                        f"another `sous post` is still at work on {self._forge.repository}; "
                        "try again later"
                    )
            yield

    def plan(self, wanted: Sequence[Wanted], *, limit: int | None) -> list[PostStep]:
        """Return what is to be done for each item. Raises SousError."""
        self._forge.check()
        there = self._known(wanted)
        self._top = max(there.numbers, default=0)
        steps: list[PostStep] = []
        for one in wanted:
            steps += self._steps(one, there)
        return steps if limit is None else _limited(steps, limit)

    def _known(self, wanted: Sequence[Wanted]) -> OwnIssues:
        """Return the issues that are ours, also those that a list does not show yet."""
        there = self._there()
        missing = there.missing(one.identity for one in wanted if not one.held)
        # what was posted just before we were killed may be missing in the list for a moment
        for _ in range(_READS):
            if not any(map(self._journal.is_fresh, missing)):
                break
            time.sleep(1.0)
            there = self._there()
            missing = there.missing(missing)
        for identity in missing:
            self._look_up(identity, there)
        return there

    def _there(self) -> OwnIssues:
        """Return the issues that are ours."""
        found = OwnIssues()
        with Waiting(
            f"reading the issues of {self._forge.repository}",
            enabled=False if self._quiet else None,
        ) as line:
            for count, issue in enumerate(self._forge.issues(), 1):
                line.at(count, count)
                found.add(issue)
        return found

    def _look_up(self, identity: str, there: OwnIssues) -> None:
        """Add the issue that we noted for a finding, and the one it was closed in favour of."""
        number = self._journal.number(identity)
        for _ in range(2):
            issue = self._forge.issue(number) if number else None
            if issue is None:
                return
            there.add(issue)
            number = kept_instead(issue.body)

    def _steps(self, wanted: Wanted, there: OwnIssues) -> Iterator[PostStep]:
        """Yield what is to be done with an item, and with what says the same as its issue."""
        kept = there.kept(wanted.identity)
        yield self._step(wanted, kept)
        if kept is not None:
            yield from self._closing(wanted, there, kept[0])

    def _closing(self, wanted: Wanted, there: OwnIssues, kept: Issue) -> Iterator[PostStep]:
        for issue, _ in there.duplicates(wanted.identity, self._noted(wanted)):
            yield PostStep(wanted, Action.CLOSE, f"duplicate of #{kept.number}", issue, kept.number)

    def _noted(self, wanted: Wanted) -> set[int]:
        number = self._journal.number(wanted.identity)
        return {number} if number else set()

    def _step(self, wanted: Wanted, there: tuple[Issue, IssueMark] | None) -> PostStep:
        """Return what is to be done with an item, by the issue that stands for it."""
        if there is None:
            return _as_new(wanted)
        issue, mark = there
        why = _why_left(wanted, issue, mark)
        if why:
            return PostStep(wanted, Action.SKIP, why, issue)
        what = "title" if issue.title != wanted.draft.title else "text"
        return PostStep(wanted, Action.UPDATE, f"its {what} changed", issue)

    def labels_for(self, steps: Sequence[PostStep], *, create: bool) -> tuple[list[str], list[str]]:
        """Return the labels that are to be made, and those that are left out: they do not exist."""
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
        self, steps: Sequence[PostStep], *, new_labels: Sequence[str]
    ) -> Iterator[tuple[PostStep, Issue]]:
        """Do what was planned, and yield each issue that was made or changed.

        Raises SousError; what is done stays.
        """
        for label in new_labels:
            self._forge.create_label(label)
        known = {label.casefold(): label for label in [*(self._labels or ()), *new_labels]}
        milestone: str | None = None
        made: list[tuple[PostStep, int]] = []
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

    def _close(self, step: PostStep) -> Iterator[tuple[PostStep, Issue]]:
        if step.issue is None:
            return
        closed = close_duplicate(
            self._forge, step.issue.number, step.kept, self._noted(step.wanted)
        )
        if closed is not None:
            self._journal.end(step.wanted.identity, step.kept)
            yield step, closed

    def _settle(self, made: Sequence[tuple[PostStep, int]]) -> Iterator[tuple[PostStep, Issue]]:
        """Read the issues again, and close what we posted while somebody else posted the same."""
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


def plan_unasked(wanted: Sequence[Wanted], *, limit: int | None) -> list[PostStep]:
    """Return what would be done for each item if none of the issues were there yet."""
    steps = [_as_new(one) for one in wanted]
    return steps if limit is None else _limited(steps, limit)


def _as_new(wanted: Wanted) -> PostStep:
    return PostStep(wanted, Action.SKIP if wanted.held else Action.CREATE, wanted.held)


def _why_left(wanted: Wanted, issue: Issue, mark: IssueMark) -> str:
    """Return why an issue is left as it is, empty where it is to be changed."""
    if not issue.is_open:
        return f"closed as {issue.reason or 'done'}".replace("_", " ")
    if wanted.held:
        return wanted.held
    if mark.content == wanted.content:
        return "unchanged"
    is_ours = is_as_written(issue.title, issue.body, mark)
    return "" if is_ours else "somebody edited it there, so it stays as it is"


def _limited(steps: Sequence[PostStep], limit: int) -> list[PostStep]:
    """Return the steps with at most so many issues created."""
    creating = [at for at, step in enumerate(steps) if step.action is Action.CREATE]
    limited = list(steps)
    for at in creating[limit:]:
        why = f"more than --limit {limit}"
        limited[at] = replace(limited[at], action=Action.SKIP, why=why)
    return limited


def counted(steps: Sequence[PostStep]) -> str:
    """Return in words what is to be done."""
    counts = Counter(step.action for step in steps)
    made, changed, left = counts[Action.CREATE], counts[Action.UPDATE], counts[Action.SKIP]
    words = f"{made} to create, {changed} to update, {left} to leave"
    closing = counts[Action.CLOSE]
    return f"{words}, {closing} duplicate{'s' * (closing != 1)} to close" if closing else words
