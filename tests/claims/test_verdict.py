from __future__ import annotations

import pytest

from scene import packed
from sous.bundle.read import bundle_from
from sous.claims.check import check_report
from sous.claims.evidence import Evidence
from sous.claims.verdict import MOST_NAMED, Judged, Verdict

TWICE = "def twice(x):\n    return x + x + x\n"


def judged(report: str, files: dict[str, str]) -> Judged:
    evidence = Evidence(bundle_from(packed(files).encode(), None), without=())
    return check_report(report, evidence).judged[0]


@pytest.mark.parametrize("count", [2, MOST_NAMED, MOST_NAMED + 3])
def test_of_many_places_the_first_are_named(count: int) -> None:
    files = {f"m{number}/util.py": TWICE for number in range(count)}
    quoted = judged(f"`m.py:1`:\n\n```python\n{TWICE}```\n", files)
    assert quoted.verdict is Verdict.UNPROVEN
    assert quoted.why.count("/util.py:1") == min(count, MOST_NAMED)
    named = judged("`util.py:1` is wrong.\n", files)
    assert named.verdict is Verdict.AMBIGUOUS
    assert named.why.count("/util.py") == min(count, MOST_NAMED)


def test_a_quote_that_is_nowhere_has_the_path_that_is_meant() -> None:
    found = judged("```python\n# a.py:1\ndef thrice(y):\n    return y * y * y\n```\n", {"a.py": TWICE})
    assert (found.verdict, found.path) == (Verdict.UNPROVEN, "a.py")
    assert found.why
