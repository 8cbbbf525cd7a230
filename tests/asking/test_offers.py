from __future__ import annotations

import pytest

from sous.asking.offers import begins_with, offers, refuses


@pytest.mark.parametrize(
    "text", ["Sure! Here it is:", "> **Here's** the review", "\U0001f600 Gerne, hier:", "\u597d\u7684"]
)
def test_a_greeting_is_known_behind_marks(text: str) -> None:
    assert begins_with(text, offers().begins)


@pytest.mark.parametrize(
    ("text", "says", "asks"),
    [
        ("I\u2019m sorry, I cannot.", True, True),
        ("Leider fehlt der Code.", True, True),
        ("The pleasedb driver is slow.", False, False),
        ("Send the files, please.", False, True),
        ("Es fehlt etwas. Bitte sende es.", False, True),
        ("\u8bf7\u63d0\u4f9b\u4ee3\u7801\u3002", False, True),
        ("Two files are never closed.", False, False),
    ],
)
def test_a_refusal_begins_as_one_or_asks_for_something(text: str, says: bool, asks: bool) -> None:
    assert (refuses(text, asks=False), refuses(text, asks=True)) == (says, asks)
