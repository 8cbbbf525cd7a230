"""Items of reports that a team carries out: on its branch one file each, so that none can conflict.

`.sous-plan/items/ID` holds `key: value` lines, a blank line, and what is to be done. The id is the
beginning of the item's identity, the same whatever title, number or line it has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sous.plan.shape import Planned
from sous.plan.steps import Step
from sous.team.records import ITEMS, read_texts
from sous.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sous.git_wire import OwnRepository

NOUN = "Item"
ID_LENGTH = 12  # letters of an identity
_MOST, _LONGEST, _MOST_FILES = 60_000, 200, 20  # bytes of one, letters of a value, files of one


@dataclass(frozen=True)
class SharedItem:
    """An item of a report: the report's name, what it is called, its files, what is to be done.

    `kind`: "test" where what is missing is a test.
    """

    id: str
    title: str
    report: str = ""
    kind: str = ""
    files: tuple[str, ...] = ()
    prompt: str = ""

    @property
    def path(self) -> str:
        """Where it stands, from the folder of the plan."""
        return f"{ITEMS}/{self.id}"

    def as_step(self) -> Planned:
        """Return it as a step, which builds on nothing."""
        step = Step(self.id, self.title, self.prompt, done=False, line=1)
        return Planned(step, files=self.files, noun=NOUN, is_about_tests=self.kind == "test")


def written(item: SharedItem) -> str:
    """Return the text of an item."""
    values = {"title": item.title, "report": item.report, "kind": item.kind}
    lines = [f"{key}: {one_line(value)[:_LONGEST]}" for key, value in values.items() if value]
    lines += [f"file: {one_line(path)[:_LONGEST]}" for path in item.files[:_MOST_FILES]]
    return "\n".join([*lines, "", item.prompt.strip("\n")]) + "\n"


def read(item_id: str, text: str) -> SharedItem:
    """Return the item that a text is; anybody may have written it."""
    head, _, prompt = text.replace("\r\n", "\n").partition("\n\n")
    values: dict[str, str] = {}
    paths: list[str] = []
    for line in head.split("\n"):
        key, colon, value = line.partition(":")
        if colon and key == "file":
            paths.append(one_line(value)[:_LONGEST])
        elif colon:
            values.setdefault(key, one_line(value)[:_LONGEST])
    title, report, kind = (values.get(key, "") for key in ("title", "report", "kind"))
    files = tuple(paths[:_MOST_FILES])
    return SharedItem(item_id, title or item_id, report, kind, files, prompt.strip("\n"))


def read_items(
    repository: OwnRepository, blobs: Mapping[str, tuple[str, int]], known: dict[str, str]
) -> list[SharedItem]:
    """Return the items that blobs hold, in the order of their reports and titles.

    `known` keeps the texts of blobs between two calls.
    """
    read_texts(repository, blobs, known, most=_MOST)
    found = (read(item_id, known.get(blob, "")) for item_id, (blob, _) in blobs.items())
    return sorted(found, key=lambda item: (item.report, item.title, item.id))
