"""How messages and files of a team are written: `key: value` lines, and longer texts below a key.

A longer text follows its key with one blank before each of its lines. Anybody may have written
what is read: it is cleaned, and never run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sous.terminal import clean, one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

LONGEST = 200  # characters of one value


def in_lines(values: Iterable[tuple[str, str]], texts: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield the lines of values, then those of the texts that are not empty."""
    for key, value in values:
        yield f"{key}: {one_line(value)[:LONGEST]}"
    for key, text in texts:
        if stripped := clean(text).strip("\n"):
            yield f"{key}:"
            yield from (f" {line}" for line in stripped.split("\n"))


def read_lines(
    text: str, keys: Collection[str], texts: Collection[str]
) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Return the values of each key, and the texts; lines with other keys are left out."""
    values: dict[str, list[str]] = {}
    longer: dict[str, list[str]] = {}
    into: list[str] | None = None
    for line in clean(text).split("\n"):
        if line.startswith(" "):
            if into is not None:
                into.append(line[1:])
            continue
        name, colon, value = line.partition(":")
        into = longer.setdefault(name, []) if colon and name in texts else None
        if colon and name in keys:
            values.setdefault(name, []).append(one_line(value)[:LONGEST])
    return values, {name: "\n".join(lines) for name, lines in longer.items()}
