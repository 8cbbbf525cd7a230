"""What changes the files of a team's branch beside the landing of steps: items, dismissals."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.git_wire import RefUpdate
from sous.items.read import DONE, OPEN
from sous.items.tick import read_file, set_states
from sous.names import OWN_FILES
from sous.team.records import Record
from sous.team.records import written as written_record
from sous.team.shared_items import ID_LENGTH, read_items, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sous.items.read import Item
    from sous.team.shared import Shared, Team
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
        f"{member.branch} moved {_TRIES} times, or the remote refuses: may you push? Try it again"
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
        record = Record(step.id, number, title, by, "dismissed", dismissed=why)
        return {record.path: written_record(record).encode("utf-8", "replace")}

    put_files(team, make, f"Dismissed: {name}\n")
    return found


def sync_items(team: Team, shared: Shared) -> tuple[list[str], list[str]]:
    """Tick in reports of this project what landed; what is ticked there by hand becomes a record.

    Returns the names of both. Only files that are called as reports are, in the project's folder.
    """
    done = {step.id for step in shared.steps if step.record}
    ticked, by_hand = [], []
    for shared_item, path, item in _here(team, shared):
        if shared_item.id in done and item.state == OPEN:
            set_states(path, {item.number: DONE})
            ticked.append(shared_item.title)
        elif shared_item.id not in done and item.state == DONE:
            by_hand.append(shared_item)
    if by_hand:
        _record(team, by_hand)
    return ticked, [item.title for item in by_hand]


def _record(team: Team, items: Sequence[SharedItem]) -> None:
    by = team.person

    def make(shared: Shared) -> dict[str, bytes]:
        left = {step.id for step in shared.steps if step.record is None}
        records = [
            Record(one.id, one.id, one.title, by, "by hand") for one in items if one.id in left
        ]
        return {one.path: written_record(one).encode("utf-8", "replace") for one in records}

    put_files(team, make, f"Done by hand: {', '.join(one.title for one in items)}\n")


def _here(team: Team, shared: Shared) -> Iterator[tuple[SharedItem, Path, Item]]:
    """Yield the team's items with the same ones in reports of this project, read each time."""
    known = {
        item.id: item for item in read_items(team.repository, team.files_in(shared.tip).items, {})
    }
    for report in sorted({item.report for item in known.values()} & set(OWN_FILES)):
        path = Path(team.root, report)
        if not path.is_file():
            continue
        for item in read_file(path).items:
            shared_item = known.get(item.identity[:ID_LENGTH])
            if shared_item and shared_item.report == report and item.tick is not None:
                yield shared_item, path, item
