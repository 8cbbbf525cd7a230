"""The board as a page: what others wrote is text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sous.pages.kit import page_from
from sous.team.board import COLUMNS

if TYPE_CHECKING:
    from sous.team.board import Board, DayCost

MADE_BY = "sous board"


def page_of(board: Board, *, every: int | None = None, notice: str = "") -> str:
    """Return the page; with `every` a browser loads it again after so many seconds.

    `notice`: what is to be said above all, as that the remote is away.
    """
    return page_from(
        "board",
        title=board.plan,
        made_by=MADE_BY,
        place=board.place,
        every=str(every) if every else "",
        notice=notice,
        columns=[
            {"name": name, "key": name.replace(" ", "-"), "cards": board.column(name)}
            for name in COLUMNS
        ],
        interviews=[one.told for one in board.interviews],
        overlaps=board.overlaps,
        costs=[_row(one) for one in board.costs],
    )


def _row(cost: DayCost) -> dict[str, Any]:
    cells = [
        {"shown": cost.day or "under way"},
        {"shown": cost.person or "nobody"},
        {"value": cost.usd, "shown": f"${cost.usd:.2f}"},
    ]
    return {"id": "", "cells": cells}
