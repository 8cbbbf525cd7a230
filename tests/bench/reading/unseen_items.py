"""Read the unseen files that list items, and those that list none, and compare titles with the truth."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sous.items.read import read_items

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sous.items.read import Item

FOLDERS = [Path(__file__).with_name(name) for name in ("unseen", "unseen2", "unseen3")]


class Score(NamedTuple):
    """What of a file was read: expected, found, and in words what is wrong."""

    name: str
    expected: int
    found: int
    invented: int
    wrong: list[str]


def files(folders: list[Path] | None = None) -> list[Path]:
    """Return the files that have items for their truth, or none."""
    found = [path for folder in folders or FOLDERS for path in sorted(folder.glob("*.truth.json"))]
    return [path.with_name(path.name.removesuffix(".truth.json")) for path in found if path.name[0] in "ind"]


def score(path: Path) -> Score:
    """Read a file and compare it with its truth."""
    truth = json.loads(path.with_name(f"{path.name}.truth.json").read_text("utf-8"))
    items = read_items(path.read_text("utf-8")).items
    titles = [item.title for item in items]
    lost = [title for title in truth["titles"] if title not in titles]
    extra = [title for title in titles if title not in truth["titles"]]
    wrong = [f"lost {title!r}" for title in lost] + [f"invented {title!r}" for title in extra]
    wrong += _severities(truth.get("severities"), items)
    expected = len(truth["titles"])
    return Score(f"{path.parent.name}/{path.name}", expected, expected - len(lost), len(extra), wrong)


def _severities(wanted: list[str] | None, items: Iterable[Item]) -> list[str]:
    """Return which severities were read otherwise; a truth without them says nothing of them."""
    read = [item.severity for item in items]
    return [] if wanted in (None, read) else [f"severities {read}, not {wanted}"]


def main() -> None:
    scores = [score(path) for path in files()]
    for one in scores:
        if one.wrong or "-v" in sys.argv:
            print(f"{one.name}: {one.found} of {one.expected}, {one.invented} invented")
            print("".join(f"  {text}\n" for text in one.wrong), end="")
    for folder in FOLDERS:
        own = [one for one in scores if one.name.startswith(f"{folder.name}/")]
        found, expected = sum(one.found for one in own), sum(one.expected for one in own)
        invented = [one.invented for one in own if one.invented]
        bad = sum(bool(one.wrong) for one in own)
        print(
            f"{folder.name}: {len(own)} files, {found} of {expected} items, "
            f"{sum(invented)} invented in {len(invented)} files, {bad} files with a fault"
        )


if __name__ == "__main__":
    main()
