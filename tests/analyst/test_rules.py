"""The rules, and the places in projects of others that were read for each."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from sous.analyst.rules import patterns, rules
from sous.project.data import parse_toml

NODS = Path(__file__).parents[1] / "bench" / "nods.toml"


def test_a_rule_says_how_many_of_its_findings_were_right() -> None:
    for rule in rules().values():
        right, read = rule.nods
        assert 0 <= right <= read
        assert rule.confidence.startswith(("high", "medium"))


def test_the_counts_are_those_of_the_places_that_were_read_and_good_enough() -> None:
    read: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for place in parse_toml(NODS.read_text("utf-8"))["place"]:
        assert place["verdict"] in ("nod", "meh", "false")
        assert place["quote"]
        assert place["why"]
        read[place["rule"]] += 1
        right[place["rule"]] += place["verdict"] == "nod"
    assert {code: rule.nods for code, rule in rules().items() if rule.nods[1]} == {
        code: (right[code], number) for code, number in read.items()
    }
    assert [code for code, number in read.items() if right[code] < 0.85 * number] == []


def test_patterns_are_those_of_their_language() -> None:
    assert {code.partition("-")[0] for code, _ in patterns("go")} == {"go"}
    assert {code.partition("-")[0] for code, _ in patterns("tsx")} == {"js"}
    assert patterns("cobol") == []
