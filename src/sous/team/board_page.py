"""The board as a page: one file, nothing in it runs, and what others wrote is text."""

from __future__ import annotations

import html
from pathlib import Path
from typing import TYPE_CHECKING

from sous.team.board import COLUMNS
from sous.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sous.team.board import Board, Card

GENERATOR = '<meta name="generator" content="sous board">'
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page_of(board: Board, *, every: int | None = None, notice: str = "") -> str:
    """Return the page; with `every` a browser loads it again after so many seconds.

    `notice`: what is to be said above all, as that the remote is away.
    """
    style = Path(__file__).with_name("board.css").read_text("utf-8")
    renewed = f'<meta http-equiv="refresh" content="{every}">\n' if every else ""
    warned = f'<p class="notice">{_text(notice)}</p>\n' if notice else ""
    columns = "".join(_column(board, name) for name in COLUMNS)
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f"{GENERATOR}\n{renewed}"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(board.plan)}</title>\n<style>\n{style}</style>\n"
        f"<h1>{_text(board.plan)} <small>{_text(board.place)}</small></h1>\n{warned}"
        f"<main>\n{columns}</main>\n{''.join(_below(board))}</html>\n"
    )


def _text(text: str) -> str:
    return html.escape(one_line(text))


def _column(board: Board, name: str) -> str:
    cards = board.column(name)
    listed = "".join(map(_card, cards))
    key = name.replace(" ", "-")
    return f'<section id="{key}">\n<h2>{_text(name)} <b>{len(cards)}</b></h2>\n{listed}</section>\n'


def _card(card: Card) -> str:
    details = "".join(f"<li>{_text(one)}</li>" for one in card.details)
    ours = ' class="ours"' if card.is_ours else ""
    return (
        f'<article id="s-{_text(card.id)}"{ours}><h3>{_text(card.name)}</h3>'
        f"<code>{_text(card.id)}</code><ul>{details}</ul></article>\n"
    )


def _below(board: Board) -> Iterator[str]:
    if board.interviews:
        rows = "".join(f"<li>{_text(one.told)}</li>\n" for one in board.interviews)
        yield f'<aside id="interviews">\n<h2>interviews</h2>\n<ul>\n{rows}</ul>\n</aside>\n'
    if board.overlaps:
        rows = "".join(
            f"<li{' class=conflict' if one.is_conflict else ''}>{_text(one.told)}</li>\n"
            for one in board.overlaps
        )
        yield f'<aside id="overlaps">\n<h2>where work meets</h2>\n<ul>\n{rows}</ul>\n</aside>\n'
    if board.costs:
        rows = "".join(
            _row((cost.day or "under way", cost.person or "nobody", f"${cost.usd:.2f}"))
            for cost in board.costs
        )
        yield f'<aside id="costs">\n<h2>cost</h2>\n<table>\n{rows}</table>\n</aside>\n'


def _row(cells: Iterable[str]) -> str:
    return f"<tr>{''.join(f'<td>{_text(cell)}</td>' for cell in cells)}</tr>\n"
