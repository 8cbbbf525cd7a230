"""Code in pieces: nothing is lost or added, and what takes too long stays plain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from sous.pages import highlight
from sous.pages.highlight import Colored, highlighted

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest


def test_a_string_over_many_lines_is_one_in_each() -> None:
    rows = highlighted("a/thing.py", ['x = """one', "two", '"""', "def run(self): pass  # why"])
    assert rows[1] == [Colored("s", "two")]
    assert Colored("f", "run", is_name=True) in rows[3]
    assert Colored("c", "# why") in rows[3]
    assert [piece.kind for piece in rows[3] if piece.text == "def"] == ["k"]


@given(
    st.sampled_from(["a.py", "a.go", "a.html", "a.toml", "Makefile", "no_such.kind"]),
    st.lists(st.text(st.characters(exclude_characters="\n"), max_size=30), min_size=1, max_size=9),
)
def test_the_text_stays(path: str, lines: list[str]) -> None:
    rows = highlighted(path, lines)
    assert ["".join(piece.text for piece in row) for row in rows] == lines


def test_what_is_long_or_slow_stays_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(_lexer: object, _lines: Sequence[str]) -> list[list[Colored]]:
        while True:
            pass

    assert highlighted("a.py", ["x = 1" * 30_000]) == [[Colored("", "x = 1" * 30_000)]]
    monkeypatch.setattr(highlight, "_read", slow)
    monkeypatch.setattr(highlight, "_SECONDS", 0.05)
    assert highlighted("a.py", ["x = 1"]) == [[Colored("", "x = 1")]]
