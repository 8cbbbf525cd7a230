"""Where the tokens of a bundle are, as a page: a treemap, and a table of the same files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sous.pages.kit import page_from
from sous.pages.treemap import Rectangle, squarified
from sous.terminal import shown_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MADE_BY = "sous bundle"
_MAP = Rectangle(0, 0, 1000, 560)
_MOST = 400  # files that are shown one by one
_FOLDERS = 40  # whose other files are shown as one each
_COLORS = 6
_LETTER, _LINE = 6.5, 15  # of a name in the map


class _Shown(NamedTuple):
    path: str
    tokens: int
    folder: str


def page_of_tokens(
    by_path: Mapping[str, int], *, title: str, budget: int | None, reduced: Sequence[str]
) -> str:
    """Return the page; `reduced`: what the budget did, a line each."""
    files = _largest(by_path)
    total = sum(by_path.values())
    return page_from(
        "tokens",
        title=title,
        made_by=MADE_BY,
        files=f"{len(by_path):,}",
        total=f"{total:,}",
        budget=f"{budget:,}" if budget else "",
        reduced=[shown_name(line) for line in reduced[:_MOST]],
        boxes=list(_boxes(files, max(1, total))),
        rows=[_row(number, one, max(1, total)) for number, one in enumerate(files)],
    )


def _largest(by_path: Mapping[str, int]) -> list[_Shown]:
    """Return the files with the most tokens, and the others of each top folder as one."""
    ranked = sorted(by_path.items(), key=lambda one: (-one[1], one[0]))
    files = [_Shown(path, tokens, _folder(path)) for path, tokens in ranked[:_MOST]]
    rest: dict[str, list[int]] = {}
    for path, tokens in ranked[_MOST:]:
        name = _folder(path)
        rest.setdefault(name if name in rest or len(rest) < _FOLDERS else "", []).append(tokens)
    files += [
        _Shown(f"{name or '.'}/{len(each):,} smaller files", sum(each), name)
        for name, each in rest.items()
    ]
    return sorted(files, key=lambda one: -one.tokens)


def _folder(path: str) -> str:
    return path.partition("/")[0] if "/" in path else ""


def _row(number: int, one: _Shown, total: int) -> dict[str, Any]:
    share = one.tokens / total
    return {
        "id": f"f{number}",
        "cells": [
            {"value": shown_name(one.path), "shown": shown_name(one.path)},
            {"value": one.tokens, "shown": f"{one.tokens:,}"},
            {"value": f"{share:.6f}", "shown": f"{share:.1%}"},
        ],
    }


def _boxes(files: Sequence[_Shown], total: int) -> Iterator[dict[str, Any]]:
    """Yield the rectangles: a top folder is one, and its files are in it."""
    folders: dict[str, list[int]] = {}
    for number, one in enumerate(files):
        if one.tokens > 0:
            folders.setdefault(one.folder, []).append(number)
    sums = {name: sum(files[one].tokens for one in inside) for name, inside in folders.items()}
    ranked = sorted(folders, key=lambda name: (-sums[name], name))
    places = squarified([sums[name] for name in ranked], _MAP)
    for color, (name, place) in enumerate(zip(ranked, places, strict=True)):
        inside = sorted(folders[name], key=lambda one: -files[one].tokens)
        within = squarified([files[one].tokens for one in inside], place)
        for number, box in zip(inside, within, strict=True):
            one = files[number]
            yield {
                "row": f"f{number}",
                "color": color % _COLORS,
                "x": round(box.x, 1),
                "y": round(box.y, 1),
                "width": round(box.width, 1),
                "height": round(box.height, 1),
                "name": _fitting(one.path.rpartition("/")[2], box),
                "told": f"{shown_name(one.path)}: {one.tokens:,} tokens, {one.tokens / total:.1%}",
            }


def _fitting(name: str, box: Rectangle) -> str:
    """Return as much of a name as fits a rectangle, or ""."""
    room = int((box.width - 8) / _LETTER)
    if room < 7 or box.height < _LINE + 3:  # noqa: PLR2004  # letters that say something
        return ""
    shown = shown_name(name)
    return shown if len(shown) <= room else f"{shown[: room - 1]}…"
