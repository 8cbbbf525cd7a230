from __future__ import annotations

import pytest

from sous.plan.asides import closing, is_aside, name_parts
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


@pytest.mark.parametrize("name", ["User Stories", "3. Options", "Known issues", "2.1 Use cases", "Open decisions"])
def test_a_heading_under_one_that_describes_stands_aside(name: str) -> None:
    page = Page(f"# A\n\n## {name}\n\n### 1. Parser\n\n### 2. Printer\n")
    assert [is_aside(page, one) for one in candidates(page)] == [False, False, True, True]


def test_a_counted_part_with_boxes_stands_not_aside() -> None:
    page = Page("## 3. Validation\n\n- [ ] 3.1 Test the parser\n")
    *_, box = candidates(page)
    assert not is_aside(page, box)


@pytest.mark.parametrize(
    ("names", "parts"),
    [
        (("Objective", "Parse", "Print", "Risks & Mitigations"), True),
        (("Parse", "Print", "Exit criteria check"), False),
        (("Parse", "Print", "Test", "Read", "Write", "Load", "Save", "Show", "Notes", "Goals"), False),
    ],
)
def test_titles_of_parts_of_a_document_are_known_where_they_are_many(names: tuple[str, ...], parts: bool) -> None:
    assert name_parts(names) is parts


@pytest.mark.parametrize(
    ("titles", "last"),
    [
        (["Write it", "Test it", "Benefits", "Timeline Estimate"], 2),
        (["Write it", "Risks and what to do", "Test it"], 0),
        (["Write it", "Benefits", "Timeline"], 0),
        ([], 0),
    ],
)
def test_the_last_sections_close_a_document(titles: list[str], last: int) -> None:
    assert closing(titles) == last
