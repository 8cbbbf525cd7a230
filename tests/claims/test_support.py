"""Lines that nothing in their finding is near to."""

from __future__ import annotations

from scene import packed
from sous.bundle.read import bundle_from
from sous.claims.check import check_report
from sous.claims.evidence import Evidence

CODE = "\n".join(
    [
        "def first_of(rows):",
        "    return rows[0]",
        *["pass"] * 30,
        "def second_of(rows):",
        "    return first_of(rows[1:])",
        *["pass"] * 30,
        "last_of = second_of",
        "",
    ]
)


def _verdicts(report: str) -> list[str]:
    evidence = Evidence(bundle_from(packed({"src/a.py": CODE}).encode(), None))
    found = check_report(report, evidence).judged
    return [one.verdict.value for one in found if one.reference.kind == "line"]


def test_lines_that_nothing_named_with_them_is_near_to_are_unproven() -> None:
    three = "Of `first_of`, `second_of` and `last_of` one is slow.\n"
    two = "Of `first_of` and `second_of` one is slow.\n"
    assert _verdicts(f"### Slow (`src/a.py:20`)\n\n{three}") == ["unproven"]
    assert _verdicts(f"### Slow (`src/a.py:20`)\n\n{two}") == ["located"]
    assert _verdicts(f"### Slow (`src/a.py:28`)\n\n{three}") == ["located"]


def test_one_of_several_places_of_a_finding_is_enough() -> None:
    three = "Of `first_of`, `second_of` and `last_of` one is slow.\n"
    assert _verdicts(f"### Slow (`src/a.py:20`, `src/a.py:34`)\n\n{three}") == ["located", "located"]
