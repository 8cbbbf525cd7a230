from __future__ import annotations

import pytest

from scene import packed
from sous.bundle.read import bundle_from
from sous.claims.check import check_report
from sous.claims.evidence import Evidence

FILES = {
    "app/store.py": "class Store:\n    def get_value(self, key):\n        return self.items[key]\n\n\n"
    + "# more\n" * 40,
    "app/query.py": "def total(rows):\n    return sum(rows)\n",
}


def verdicts(report: str) -> dict[str, str]:
    evidence = Evidence(bundle_from(packed(FILES).encode(), None), without=())
    return {one.reference.text: one.verdict.value for one in check_report(report, evidence).judged}


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("Store.get_value", "verified"),
        ("get_value", "verified"),
        ("Store.put_value", "unproven"),
        ("put_value", "unproven"),
        ("os.path.join", None),
        ("SUM", None),
    ],
)
def test_a_name_is_in_the_code_or_not(name: str, verdict: str | None) -> None:
    assert verdicts(f"It calls `{name}()` first.\n").get(name) == verdict


def test_a_name_is_looked_for_at_the_lines_that_its_sentence_names() -> None:
    assert verdicts("`get_value()` in `app/store.py:2` is slow.\n")["get_value"] == "verified"
    assert verdicts("`total()` in `app/store.py:20` is slow.\n")["total"] == "located"
