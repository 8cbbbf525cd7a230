from __future__ import annotations

import pytest

from sous.plan.asides import is_aside
from sous.plan.candidates import candidates
from sous.plan.page import Page


@pytest.mark.parametrize(
    ("before", "aside"),
    [
        ("## Acceptance criteria", True),
        ("## Review Checklist", True),
        ("**Acceptance criteria**:", True),
        ("## Step 1: Parser", False),
        ("**Work:**", False),
        ("- [ ] another", False),
    ],
)
def test_boxes_that_say_when_the_work_is_good_stand_aside(before: str, aside: bool) -> None:
    page = Page(f"{before}\n\n- [ ] it works\n")
    *_, box = candidates(page)
    assert is_aside(page, box) is aside
