"""Records: that a step is done, one file a step in the step's own commit, so none can conflict.

`.sous-plan/done/ID` holds `key: value` lines. A squash, a revert or a cherry-pick moves it with the
work it speaks of. Anybody may have written it: it is read as data.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.plan.ids import ID
from sous.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sous.git_wire import OwnRepository

FOLDER = ".sous-plan"
DONE = f"{FOLDER}/done"
_MOST, _LONGEST = 4096, 200  # characters of a record, and of one value, that are read
_LARGEST = 1_000_000  # bytes of a file that is read at all


@dataclass(frozen=True)
class Record:
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


_KEYS = tuple(field.name for field in fields(Record) if field.name != "id")


def written(record: Record) -> str:
    """Return the text of a record."""
    values = ((key, one_line(str(getattr(record, key)))[:_LONGEST]) for key in _KEYS)
    return "".join(f"{key}: {value}\n" for key, value in values if value)


def read(step_id: str, text: str) -> Record:
    """Return the record that a text is; lines with other keys are left out."""
    values: dict[str, str] = {}
    for line in text[:_MOST].splitlines():
        key, colon, value = line.partition(":")
        if colon and key in _KEYS:
            values.setdefault(key, one_line(value.strip())[:_LONGEST])
    return Record(step_id, **values)


def records_at(repository: OwnRepository, commit: str, *, below: str = "") -> dict[str, Record]:
    """Return the records of a commit by the ids of their steps.

    `below`: the folder of the plan in its repository, "" or with a slash at its end. Raises
    SousError where the commit cannot be read.
    """
    blobs = record_blobs(repository, commit, below=below)
    found = {step_id: Record(step_id) for step_id in blobs}
    texts = texts_of(repository, blobs, most=_MOST)
    return found | {step_id: read(step_id, text) for step_id, text in texts.items()}


def record_blobs(
    repository: OwnRepository, commit: str, *, below: str, folder: str = DONE
) -> dict[str, tuple[str, int]]:
    """Return the files of records of a commit, or a tree: each with its blob, and bytes.

    `folder`: that of the records of steps, or another with one file for each id.
    """
    raw = repository.git("ls-tree", "-l", "-z", "--full-tree", commit, f"{below}{folder}/")
    found = {}
    for entry in raw.decode("utf-8", "replace").split("\0"):
        head, _, path = entry.partition("\t")
        step_id = path.rpartition("/")[2]
        mode, kind, blob, size = head.split() if path else ("", "", "", "")
        if kind == "blob" and mode.startswith("100") and ID.fullmatch(step_id):
            found[step_id] = (blob, int(size))
    return found


def texts_of(
    repository: OwnRepository, blobs: Mapping[str, tuple[str, int]], *, most: int
) -> dict[str, str]:
    """Return the beginning of the text of each file that is not too large, read by one git.

    `most`: the bytes of one that are returned.
    """
    named = {step_id: blob for step_id, (blob, size) in blobs.items() if size <= _LARGEST}
    if not named:
        return {}
    asked = "".join(f"{blob}\n" for blob in named.values()).encode()
    raw = repository.git("cat-file", "--batch", input=asked)
    found, at = {}, 0
    for step_id in named:
        head, _, _ = raw[at : at + 200].partition(b"\n")
        words = head.split()
        if len(words) != 3:  # noqa: PLR2004  # name, kind, size
            raise SousError(f"the record of step {step_id} cannot be read: look at `git fsck`")
        size, start = int(words[2]), at + len(head) + 1
        found[step_id] = raw[start : start + min(size, most)].decode("utf-8", "replace")
        at = start + size + 1
    return found
