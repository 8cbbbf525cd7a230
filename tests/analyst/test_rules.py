"""The rules, and the places in projects of others that were read for each."""

from __future__ import annotations

from sous.analyst.rules import patterns, rules


def test_a_rule_says_how_many_of_its_findings_were_right() -> None:
    for rule in rules().values():
        right, read = rule.nods
        assert 0 <= right <= read
        assert rule.confidence.startswith(("high", "medium"))


def test_patterns_are_those_of_their_language() -> None:
    assert {code.partition("-")[0] for code, _ in patterns("go")} == {"go"}
    assert {code.partition("-")[0] for code, _ in patterns("tsx")} == {"js"}
    assert patterns("cobol") == []
