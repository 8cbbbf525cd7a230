"""Mark items as done or skipped in the file that lists them: a box in the title."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sous import files
from sous.document.edits import Edit, edited
from sous.effort import read_within
from sous.errors import SousError
from sous.files import refuse_dangerous, shown_path
from sous.items.nothing import nothing_found
from sous.items.read import DONE, OPEN, SKIPPED, read_items
from sous.items.shapes import SHAPES
from sous.root import project_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from sous.items.read import Item, Items

_BOXES = {DONE: "[x] ", SKIPPED: "[-] "}


def read_file(path: Path) -> Items:
    """Return the items of a file.

    Raises SousError when it cannot be read, or no items are found in it and it does not say that
    there are none.
    """
    from sous.plan.shape import read_markdown

    items = read_within(shown_path(path), _with_identities, read_markdown(path))
    if not items.items and not nothing_found(items.text):
        raise SousError(f"{shown_path(path)} lists no items; these are understood: {SHAPES}")
    return items


def _with_identities(text: str) -> Items:
    """Return the items of a text; what takes time to know of them is known."""
    items = read_items(text)
    for item in items.items:
        _ = item.identity
    return items


def find_item(items: Items, named: str, path: Path) -> Item:
    """Return the item of a number, or of the beginning of an id. Raises SousError."""
    if (
        named.isascii()
        and named.isdigit()
        and len(named) < 6  # noqa: PLR2004
        and 0 < int(named) <= len(items.items)
    ):
        return items.items[int(named) - 1]
    found = [one for one in items.items if len(named) > 3 and one.id.startswith(named.lower())]  # noqa: PLR2004
    if len({one.identity for one in found}) == 1:
        return found[0]
    what = f"{len(found)} items whose ids begin so" if found else f"no item {named}"
    raise SousError(f"{shown_path(path)} has {what}; `sous items` lists numbers and ids")


def marked(items: Items, states: Mapping[int, str]) -> str:
    """Return the text with the boxes of items (by their numbers) set; nothing else in it changes.

    Raises SousError for an item whose shape has no room for a box.
    """
    edits = []
    for number, state in states.items():
        item = items.items[number - 1]
        if item.tick is None:
            raise SousError(
                f"item {number} is a command, which has no place for a mark; "
                "delete it where it is done"
            )
        start, end = item.tick
        has_boxes = any(
            one.tick and one.tick[0] < one.tick[1] for one in items.items if one is not item
        )
        keeps_box = item.kind == "box" or (has_boxes and item.kind != "heading")
        box = _BOXES.get(state, "[ ] " if keeps_box else "")
        if end == start and not box and item.state != OPEN:
            raise SousError(
                f"the title of item {number} says {item.state}; remove that from the title"
            )
        edits.append(Edit(start, end, box))
    return edited(items.text, edits)


def set_states(path: Path, states: Mapping[int, str]) -> None:
    """Mark items in a file. Raises SousError."""
    refuse_dangerous(path, root=project_of(path) or path.parent, named=False)
    items = read_file(path)
    text = marked(items, states)
    again = {one.number: one.state for one in read_items(text).items}
    wanted = {one.number: states.get(one.number, one.state) for one in items.items}
    if again != wanted:
        raise SousError(f"{shown_path(path)} has no place for a mark; tick it there by hand")
    bom = files.read_file(path, root=project_of(path)).startswith(b"\xef\xbb\xbf")
    files.write_file(path, (b"\xef\xbb\xbf" if bom else b"") + text.encode(), root=project_of(path))


def carried_over(old: str, new: str) -> str:
    """Return a regenerated report with the ticks of the items that the old one had too."""
    before = _states(read_items(old).items)
    if not before:
        return new
    made = read_items(new)
    states = {}
    for item in made.items:
        known = before.get(item.identity)
        if known and item.state == OPEN and item.tick is not None:
            states[item.number] = known.pop(0)
    return marked(made, {number: state for number, state in states.items() if state != OPEN})


def _states(items: Iterable[Item]) -> dict[str, list[str]]:
    """Return the states of items by identity, in order; nothing where none is ticked."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for item in items:
        found[item.identity].append(item.state)
    return (
        dict(found) if any(state != OPEN for states in found.values() for state in states) else {}
    )
