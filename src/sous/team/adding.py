"""What changes the files of a team's branch beside the landing of steps: items, dismissals."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.git_wire import RefUpdate, RemoteAway
from sous.items.read import DONE, OPEN
from sous.items.tick import read_file, set_states
from sous.names import OWN_FILES
from sous.team.records import StepRecord
from sous.team.records import written as written_record
from sous.team.reopened import note_done, once_done
from sous.team.shared_items import ID_LENGTH, read_items, written
from sous.team.syncing import Synced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sous.items.read import Item
    from sous.team.shared import Shared, Team, TeamStep
    from sous.team.shared_items import SharedItem

_TRIES = 5


def put_files(team: Team, make: Callable[[Shared], dict[str, bytes]], message: str) -> bool:
    """Put files on the team's branch, made for what it is now; tell whether there were any.

    Raises RemoteAway, and SousError where the branch moves all the time.
    """
    author, member = team.author, team.membership
    for _ in range(_TRIES):
        shared = team.look()
        files: dict[str, bytes | None] = {
            f"{member.folder}{name}": data for name, data in make(shared).items()
        }
        if not files:
            return False
        tree = team.repository.tree_with(shared.tip, files)
        commit = team.repository.commit(message, parents=[shared.tip], tree=tree, author=author)
        branch = RefUpdate(f"refs/heads/{member.branch}", shared.tip, commit)
        if team.repository.push([branch]) or team.look().tip == commit:
            return True
    raise SousError(
        f"{member.branch} moved {_TRIES} times, or the remote refuses your push; check "
        "your access and try again"
    )


def add_items(team: Team, items: Sequence[SharedItem]) -> list[SharedItem]:
    """Put items that are not there yet on the team's branch; return those."""
    new: list[SharedItem] = []

    def make(shared: Shared) -> dict[str, bytes]:
        known = {step.id for step in shared.steps}
        new[:] = [one for one in items if one.id not in known]
        return {one.path: written(one).encode("utf-8", "replace") for one in new}

    put_files(team, make, f"{len(items)} items of {items[0].report if items else 'no report'}\n")
    return new


def dismiss(team: Team, name: str, why: str) -> str:
    """Note that nothing is to be done for an item or a step; return what it is called.

    Raises SousError where it is done, or somebody else works on it.
    """
    found = ""

    def make(shared: Shared) -> dict[str, bytes]:
        nonlocal found
        step = shared.find(name)
        found = step.planned.name
        if step.record:
            raise SousError(f"{found} is done, by {step.record.by}")
        if step.claim and not step.is_stale and not team.is_ours(step.claim):
            raise SousError(f"{found} is claimed by {step.claim.person}; {step.way_over}")
        number, title = step.planned.step.number, step.planned.step.title
        by = team.person
        record = StepRecord(step.id, number, title, by, "dismissed", dismissed=why)
        return {record.path: written_record(record).encode("utf-8", "replace")}

    put_files(team, make, f"Dismissed: {name}\n")
    return found


def sync_items(team: Team, shared: Shared) -> Synced:
    """Tick in reports of this project what landed; what is ticked there by hand becomes a record.

    Only files that are called as reports are, in the project's folder. One that cannot be read or
    changed is a problem, and the others are gone through. Raises RemoteAway, and SousError.
    """
    found, problems = _Found(once_done(team)), []
    steps = {step.id: step for step in shared.steps}
    for path, known in _here(team, shared):
        try:
            for item in read_file(path).items:
                one = known.get(item.identity[:ID_LENGTH])
                if one and item.tick is not None:
                    found.bring(path, item, steps[one.id], one)
        except SousError as exc:
            problems.append(str(exc))
    note_done(team, found.looked)
    recorded = tuple(one.title for one in found.by_hand)
    try:
        if found.by_hand:
            _record(team, found.by_hand)
            ids = {one.id for one in found.by_hand}
            note_done(team, [step for step in team.look().steps if step.id in ids])
    except RemoteAway:
        raise
    except SousError as exc:
        problems.append(f"{', '.join(recorded)}: ticked by hand: {exc}")
        recorded = ()
    ticked, reopened = tuple(found.ticked), tuple(found.reopened)
    return Synced(ticked, recorded, reopened=reopened, problems=tuple(problems))


@dataclass
class _Found:
    """What is found in reports; `before`: the ids of what once was done, as seen from here."""

    before: set[str]
    ticked: list[str] = field(default_factory=list)
    reopened: list[str] = field(default_factory=list)
    by_hand: list[SharedItem] = field(default_factory=list)
    looked: list[TeamStep] = field(default_factory=list)

    def bring(self, path: Path, item: Item, step: TeamStep, shared_item: SharedItem) -> None:
        """Bring an item of a report and that of the branch together. Raises SousError."""
        is_ticked = item.state == DONE
        if step.record:
            if item.state == OPEN:
                set_states(path, {item.number: DONE})
                self.ticked.append(shared_item.title)
        elif is_ticked and step.id in self.before:
            set_states(path, {item.number: OPEN})
            self.reopened.append(shared_item.title)
        elif is_ticked:
            self.by_hand.append(shared_item)
        self.looked.append(step)


def _record(team: Team, items: Sequence[SharedItem]) -> None:
    by = team.person

    def make(shared: Shared) -> dict[str, bytes]:
        left = {step.id for step in shared.steps if step.record is None}
        records = [
            StepRecord(one.id, one.id, one.title, by, "by hand") for one in items if one.id in left
        ]
        return {one.path: written_record(one).encode("utf-8", "replace") for one in records}

    put_files(team, make, f"Done by hand: {', '.join(one.title for one in items)}\n")


def _here(team: Team, shared: Shared) -> Iterator[tuple[Path, dict[str, SharedItem]]]:
    """Yield the reports of this project that the team has items of, and these by their ids."""
    items = read_items(team.repository, team.files_in(shared.tip).items, {})
    for report in sorted({item.report for item in items} & set(OWN_FILES)):
        path = Path(team.root, report)
        if path.is_file():
            yield path, {item.id: item for item in items if item.report == report}
