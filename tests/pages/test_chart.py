"""Bars over time."""

from __future__ import annotations

from sous.pages.chart import bars_of


def test_bars_are_as_high_as_their_values_and_none_is_lost() -> None:
    bars = bars_of({"mon": 2.0, "tue": 1.0, "wed": 0.0}, {"mon": "m", "tue": "t", "wed": "w"})
    assert [(bar["day"], bar["height"], bar["y"], bar["told"]) for bar in bars] == [
        ("mon", 160, 0, "m"),
        ("tue", 80, 80, "t"),
        ("wed", 1, 159, "w"),
    ]


def test_without_values_there_are_no_bars() -> None:
    assert bars_of({}, {}) == bars_of({"mon": 0.0}, {"mon": ""}) == []
