"""Records: that a step is done, one file a step in the step's own commit, so none can conflict.

`.sous-plan/done/ID` holds `key: value` lines. A squash, a revert or a cherry-pick moves it with the
work it speaks of. Anybody may have written it: it is read as data.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.names import TODO
from sous.plan.ids import ID
from sous.team.wording import in_lines, read_lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sous.git_wire import OwnRepository

FOLDER = ".sous-plan"
DONE, ITEMS = f"{FOLDER}/done", f"{FOLDER}/items"
_MOST = 4096  # characters of a record that are read
_LARGEST = 1_000_000  # bytes of a file that is read at all


@dataclass(frozen=True)
class StepRecord:
    """What is kept of a step that is done; `cost` is in US dollars, as text.

    `dismissed`: why nothing is to be done, "" where something was.
    """

    id: str
    number: str = ""
    title: str = ""
    by: str = ""
    agent: str = ""
    tests: str = ""
    cost: str = ""
    dismissed: str = ""

    @property
    def path(self) -> str:
        """Where it stands, from the top of the repository."""
        return f"{DONE}/{self.id}"


_KEYS = tuple(field.name for field in fields(StepRecord) if field.name != "id")


def written(record: StepRecord) -> str:
    """Return the text of a record."""
    values = [(key, str(getattr(record, key))) for key in _KEYS]
    return "".join(f"{line}\n" for line in in_lines([one for one in values if one[1].strip()], ()))


def read(step_id: str, text: str) -> StepRecord:
    """Return the record that a text is; lines with other keys are left out."""
    values, _ = read_lines(text[:_MOST], _KEYS, ())
    return StepRecord(step_id, **{key: found[0] for key, found in values.items()})


@dataclass(frozen=True)
class PlanFiles:
    """What a commit or a tree holds of a plan: its own blob (None: it is not there), and records.

    `records`, `items`: each with its blob, and bytes. `has_todo`: whether todo.md is committed.
    """

    plan: str | None
    records: Mapping[str, tuple[str, int]]
    items: Mapping[str, tuple[str, int]]
    has_todo: bool = False


def read_records(
    repository: OwnRepository,
    blobs: Mapping[str, tuple[str, int]],
    known: dict[str, str],
) -> dict[str, StepRecord]:
    """Return the records that blobs hold; `known` keeps the texts of blobs between two calls.

    Raises SousError where one cannot be read.
    """
    read_texts(repository, blobs, known, most=_MOST)
    return {step_id: read(step_id, known.get(blob, "")) for step_id, (blob, _) in blobs.items()}


def read_texts(
    repository: OwnRepository,
    blobs: Mapping[str, tuple[str, int]],
    known: dict[str, str],
    *,
    most: int,
) -> None:
    """Put the beginnings of blobs that are not too large into `known`, `most` bytes of each."""
    wanted = [blob for blob, size in blobs.values() if size <= _LARGEST and blob not in known]
    found = repository.objects(dict.fromkeys(wanted))
    for blob in wanted:
        if blob not in found:
            raise SousError(f"the record {blob} cannot be read: look at `git fsck`")
        known[blob] = found[blob][1][:most].decode("utf-8", "replace")


def plan_files(
    repository: OwnRepository, commit: str, *, below: str, plan: str | None = None
) -> PlanFiles:
    """Return what a commit, or a tree, holds of a plan; `plan`: its path."""
    todo = f"{below}{TODO}"
    paths = [f"{below}{DONE}/", f"{below}{ITEMS}/", todo, *([plan] if plan else [])]
    raw = repository.git("ls-tree", "-l", "-z", "--full-tree", commit, *paths)
    own, has_todo = None, False
    found: dict[str, tuple[str, int]] = {}
    items: dict[str, tuple[str, int]] = {}
    for entry in raw.decode("utf-8", "surrogateescape").split("\0"):
        head, _, path = entry.partition("\t")
        step_id = path.rpartition("/")[2]
        mode, kind, blob, size = head.split() if path else ("", "", "", "")
        if kind != "blob" or not mode.startswith("100"):
            continue
        if path == plan:
            own = blob
        elif path == todo:
            has_todo = True
        elif ID.fullmatch(step_id):
            into = items if path.startswith(f"{below}{ITEMS}/") else found
            into[step_id] = (blob, int(size) if size.isdigit() else 0)
    return PlanFiles(own, found, items, has_todo)
