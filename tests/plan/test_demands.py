from __future__ import annotations

import pytest

from sous.plan.covers import headings_of
from sous.plan.demands import demands_of, ids_in, unsaid

SPEC = """# X

## Uploads

Files of up to 20 MB are taken. Larger ones answer `413 too large` at once.

- A file that was uploaded twice is stored once.

| type | reaction |
|---|---|
| executable program | refused with a warning |

```
no sentence of this code block counts
```
"""
SIZES = "Take files up to 20 MB, else answer `413 too large`."
TWICE = "Store an upload once, even when uploaded twice."
PROGRAMS = "Refuse a program that is executable, with a warning."


def test_items_rows_and_sentences_are_what_is_asked_for() -> None:
    assert [one.text for one in demands_of(headings_of(SPEC))] == [
        "Files of up to 20 MB are taken.",
        "Larger ones answer `413 too large` at once.",
        "A file that was uploaded twice is stored once.",
        "type | reaction |",
        "executable program | refused with a warning |",
    ]


@pytest.mark.parametrize(
    ("prompt", "lost"),
    [
        (f"{SIZES} {TWICE} {PROGRAMS}", []),
        (f"{SIZES} {TWICE}", ["executable"]),
        (f"{TWICE} {PROGRAMS}", ["Files", "Larger"]),
    ],
)
def test_what_no_prompt_says_is_lost(prompt: str, lost: list[str]) -> None:
    found = unsaid(demands_of(headings_of(SPEC)), ["Set up the project.", prompt])
    assert [one.text.split()[0] for one in found] == lost


def test_ids_of_requirements_are_found_once() -> None:
    assert ids_in("R1: a. R2, see R1; REQ-003 and F12") == ["R1", "R2", "REQ-003", "F12"]
