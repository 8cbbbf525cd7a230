"""What is inside a text, at offsets of the file."""

from __future__ import annotations

import pytest

from sous.document.inline import InlineReader
from sous.document.markdown import parse


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a *b* **c** `d`", "a b **c** `d`"),
        ("a\\*b &amp; <b>c</b>", "a*b & c"),
        ("``x ` y``", "`x ` y`"),
        ("[a](b.py) ![i](j)", "a "),
    ],
)
def test_marks_are_off_but_for_bold_and_code(text: str, said: str) -> None:
    document = parse(text)
    found = InlineReader(text, document.starts, document.references).read(text, 0, len(text))
    assert found.text == said


def test_pieces_know_their_place() -> None:
    text = "> see `a.py` and *this*\n> or [it](b.py#L2)\n"
    document = parse(text)
    (block,) = document.blocks
    found = InlineReader(text, document.starts, document.references).read(block.text, 0, len(text))
    for at, place in found.places:
        assert found.text[at] == text[place]
    (link,) = found.links
    assert link.to is not None
    assert (text[link.to[0] : link.to[1]], text[link.start : link.end]) == ("b.py#L2", "[it](b.py#L2)")


def test_a_reference_leads_to_what_is_defined() -> None:
    text = "[it][x]\n\n[x]: src/a.py\n"
    document = parse(text)
    block = document.blocks[0]
    found = InlineReader(text, document.starts, document.references).read(block.text, 0, 8)
    assert [link.href for link in found.links] == ["src/a.py"]
