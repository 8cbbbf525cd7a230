from __future__ import annotations

import pytest

from sous.plan.pointers import pointers_in


@pytest.mark.parametrize(
    "text",
    [
        "Print errors as described in the specification.",
        "Per the spec, sort them.",
        "Sort them as the specification says.",
        "Read `spec.md` first.",
        "Use the colours given in section 3.2.",
        "Parse arguments like in step 2.",
        "Do the same as you did in prompt 4.",
        "Keep the layout from the previous prompt.",
        "Sort them as discussed.",
        "Use the limits listed earlier.",
        "Format it as described above.",
        "Match the attached screenshot.",
        "Implement R7.",
    ],
)
def test_what_an_agent_cannot_see_is_found(text: str) -> None:
    assert pointers_in(f"Write `a.py`. {text} Test it.", ["R7"])


@pytest.mark.parametrize(
    "text",
    [
        "Use `Store` from step 1 (`src/store.py`).",
        "Leave the tests as step 2 left them.",
        "Follow RFC 9110, section 15.4.",
        "Parse it according to the specification of CommonMark.",
        "Write a parser for the OpenAPI spec, in `spec.py`.",
        "- a\n- b\n\nSort them as above.",
        "The answer names the requirement (R7).",
        "List the expenses of the previous month, newest first.",
        "The chat page shows the conversation.",
        "```\nas described in the specification\n```",
    ],
)
def test_what_it_can_see_is_none(text: str) -> None:
    assert pointers_in(f"Write `a.py`.\n\n{text}", ["R7"]) == []
