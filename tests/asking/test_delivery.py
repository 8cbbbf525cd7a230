from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sous.asking.delivery import Delivery, covers
from sous.output.provenance import sign
from sous.output.readme import OURS
from sous.output.target import Destination, OutputFile

if TYPE_CHECKING:
    from pathlib import Path

FACTS = {"task": "plan", "spec": "1", "model": "m"}


@pytest.mark.parametrize(
    ("known", "facts", "expected"),
    [
        (FACTS, FACTS, True),
        ({**FACTS, "usd": 1}, FACTS, True),
        ({**FACTS, "model": "n"}, FACTS, False),
        ({"task": "plan"}, FACTS, False),
        ({**FACTS, "readme": "old"}, {**FACTS, "readme": "new"}, False),
        ({**FACTS, "readme": "old"}, {**FACTS, "readme": OURS}, True),
        ({**FACTS, "readme": "old"}, {**FACTS, "readme": None}, False),
    ],
    ids=["same", "more known", "another model", "less known", "another readme", "our readme", "no readme"],
)
def test_a_text_covers_what_it_was_made_from(known: dict[str, Any], facts: dict[str, Any], *, expected: bool) -> None:
    assert covers(known, facts) is expected


def test_what_was_delivered_is_up_to_date_until_the_facts_change(repo: Path) -> None:
    path = repo / "prompt_plan.md"
    delivery = Delivery(path, Destination(OutputFile(path)), repo)
    assert not delivery.is_up_to_date(FACTS)
    delivery.deliver(sign("# Plan\n", FACTS))
    assert delivery.is_up_to_date(FACTS)
    assert not delivery.is_up_to_date({**FACTS, "spec": "2"})


def test_stdout_is_never_up_to_date(repo: Path) -> None:
    path = repo / "prompt_plan.md"
    path.write_text(sign("# Plan\n", FACTS))
    assert not Delivery(path, None, repo).is_up_to_date(FACTS)
