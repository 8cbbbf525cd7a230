"""The page of the board holds what others wrote as text alone."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from sous.team.board import COLUMNS, Board, Card, DayCost, OpenInterview
from sous.team.board_page import page_of
from sous.team.overlap import Overlap, WorkedOn

HOSTILE = "<script>alert(1)</script>\x1b[2J\"'>&amp;<img src=x onerror=alert(1)>\u202e"


class Tags(HTMLParser):
    """The elements of a page, and what stands between them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.found.append(tag)
        assert not [name for name, _ in attrs if name.startswith("on") or name in ("src", "href", "style")]

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.text.append(data)


def hostile_board(column: str) -> Board:
    card = Card(
        "k7f3", HOSTILE, HOSTILE, HOSTILE, column, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, 700, (HOSTILE,), 1.5,
        HOSTILE, HOSTILE, HOSTILE, HOSTILE,
    )  # fmt: skip
    one = WorkedOn("k7f3", HOSTILE, HOSTILE)
    overlap = Overlap(one, one, (HOSTILE,), is_conflict=True)
    talk = OpenInterview(HOSTILE, 1, (HOSTILE,))
    return Board(HOSTILE, HOSTILE, "tip", [card], [overlap], [DayCost(HOSTILE, HOSTILE, 2)], [talk])


@pytest.mark.parametrize("column", COLUMNS)
def test_what_others_wrote_is_text(column: str) -> None:
    page = page_of(hostile_board(column), every=5, notice=HOSTILE)
    tags = Tags()
    tags.feed(page)
    assert tags.found.count("script") == 1  # that of the kit
    assert not {"img", "iframe", "a", "base", "form"} & set(tags.found)
    assert "<script>alert(1)</script>" in "".join(tags.text)
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert '<meta http-equiv="refresh" content="5">' in page


def test_a_page_in_a_file_is_not_loaded_again() -> None:
    assert "refresh" not in page_of(hostile_board("ready"))
