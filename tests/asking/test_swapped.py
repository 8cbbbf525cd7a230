from __future__ import annotations

import pytest

from sous.asking.expected import FINDINGS, Expectation
from sous.asking.interviewer import QUESTION, SPECIFICATION
from sous.asking.planning import CHANGES, STEPS
from sous.asking.swapped import FOUND, PLAN, VERDICTS, is_other, not_swapped

REVIEW = """\
## Links never expire

- **Severity:** high
- **Location:** `links.py:3-4`

**Quote:**

```python
    return links[key]
```

**How to fix:** compare the date.
"""
STEP = """\
## Step {0}: Part {0}

- **Builds on:** nothing
- **Files:** `part{0}.py`, `tests/test_part{0}.py`
- **Covers:** Make a link

```text
Write part{0} with its test.
```
"""
PLANNED = "# Plan\n\n" + STEP.format(1) + "\n" + STEP.format(2)
BARE = "# Plan\n\n## Step 1: Store\n\n```text\nA dict.\n```\n\n## Step 2: Serve\n\n```text\nPOST /links.\n```\n"
SPEC = "# Shortener\n\n## Requirements\n\n- **Severity:** of log lines\n\n### Make a link\n\nPOST /links answers 201.\n"
QUOTED = (
    f"# Review tool\n\n## Output\n\nEach finding is written so:\n\n````markdown\n{REVIEW}````\n\n## Steps\n\nNone.\n"
)
TRACKER = """\
# Tracker

## A bug has

- **Severity:** one of critical, high, medium, low
- **Location:** a file and a line
- **Quote:** the code, at most ten lines
"""
MILESTONES = """\
# Shortener

### Milestone 1: Links

- **Files:** the store alone
- **Tests:** with the store in memory

Links can be made and kept.

### Milestone 2: Redirects

- **Files:** the server

A known code redirects:

```text
GET /abc -> 302
```
"""
SECTIONS = [
    f"## {name}\n\nWhat is said of it.\n" for name in ("Overview", "Requirements", "Architecture", "Testing plan")
]
BETWEEN = "# Review tool\n\n{}\n{{}}\n{}\n{}\n{}".format(*SECTIONS)
LOWER = REVIEW.replace("## ", "### ")
AROUND = "# Code review\n\n## Summary\n\nTwo files were read.\n\n{}\n## Conclusion\n\nOne is to be changed.\n"
ASKED = "How long do links live?\n\n1. A day\n2. For ever"
JUDGED = "1: real: the date is never read\n2: not real: it is checked above\n"

SHAPES = {
    "a review": (REVIEW, FOUND),
    "a plan": (PLANNED, PLAN),
    "a plan without fields": (BARE, PLAN),
    "verdicts": (JUDGED, VERDICTS),
    "a specification": (SPEC, ""),
    "a specification that shows a finding": (QUOTED, ""),
    "a specification of a tracker": (TRACKER, ""),
    "a specification with milestones": (MILESTONES, ""),
    "a specification with the bug that it is about": (BETWEEN.format(REVIEW), ""),
    "a specification with a bug below a requirement": (BETWEEN.format(f"## Output\n\n{LOWER}"), ""),
    "a specification with two bugs as examples": (BETWEEN.format(f"## Output\n\nTwo of them:\n\n{LOWER}\n{LOWER}"), ""),
    "a specification with a bug at its end": ("# Tool\n\n" + "\n".join([*SECTIONS, REVIEW]), ""),
    "a specification with a bug and its parts": (BETWEEN.format(f"{REVIEW}\n### Cause\n\nA date is not read.\n"), ""),
    "a specification that shows two steps": (BETWEEN.format(STEP.format(1) + "\n" + STEP.format(2)), ""),
    "a specification that shows steps with prompts": (BETWEEN.format(BARE.removeprefix("# Plan\n\n")), ""),
    "a specification of three bugs": (BETWEEN.format("## Bugs\n\n" + "\n".join([LOWER] * 4)), ""),
    "a specification in other words": (
        "# Werkzeug\n\n" + "".join(f"## {name}\n\nText.\n\n" for name in ("Ziel", "Umfang", "Aufbau")) + REVIEW,
        "",
    ),
    "a review with its method": (f"# Review\n\n## Scope\n\nAll.\n\n## Method\n\nBy reading.\n\n{REVIEW}", FOUND),
    "a plan between goal and risks": (
        f"# Plan\n\nA word.\n\n## Goal\n\nLinks.\n\n{STEP.format(1)}\n{STEP.format(2)}\n## Risks\n\nNone.\n",
        PLAN,
    ),
    "a review with words around it": (AROUND.format(REVIEW), FOUND),
    "a review below groups": (f"# Review\n\n## High\n\n{LOWER}\n## Low\n\n{LOWER}", FOUND),
    "a review with three findings": (f"I looked at it.\n\n{REVIEW}\n{REVIEW}\n{REVIEW}", FOUND),
    "a review and strengths": (
        f"{REVIEW}\n{REVIEW}\n## Strengths\n\nShort functions.\n\n## Next steps\n\nDates.\n",
        FOUND,
    ),
    "a review whose findings have parts": (f"{REVIEW}\n### Why\n\nIt is old.\n\n### Fix\n\nCompare.\n", FOUND),
    "a plan with a word before it": (
        f"# Plan\n\n## Overview\n\nIn two steps.\n\n{STEP.format(1)}\n{STEP.format(2)}",
        PLAN,
    ),
    "a plan with parts in its steps": (
        "# Plan\n\n" + "\n".join(f"{STEP.format(at)}\n### Notes\n\nSmall.\n" for at in (1, 2)),
        PLAN,
    ),
    "a question": (ASKED, ""),
    "the end": ("DONE", ""),
}


@pytest.mark.parametrize(("text", "what"), SHAPES.values(), ids=SHAPES)
def test_it_is_seen_which_prompt_an_answer_is_to(text: str, what: str) -> None:
    assert is_other(text) == what


REPORT = not_swapped(FINDINGS, "findings", own=FOUND)
WRONG = {
    "a plan for a review": (REPORT, PLANNED),
    "a review for a plan": (STEPS, REVIEW + "\n**Prompt:**\n\n```text\nCompare the date.\n```\n"),
    "a review for changes of a plan": (CHANGES, REVIEW),
    "a plan for a specification": (SPECIFICATION, PLANNED),
    "a review for a specification": (SPECIFICATION, REVIEW),
    "a plan for a question": (QUESTION, BARE),
    "a review for a question": (QUESTION, REVIEW),
    "verdicts for a question": (QUESTION, JUDGED),
}


@pytest.mark.parametrize(("expected", "text"), WRONG.values(), ids=WRONG)
def test_an_answer_to_another_prompt_is_refused(expected: Expectation, text: str) -> None:
    said = expected.missing(text) or ""
    assert "it may be the answer to another request" in said or "sent no plan" in said


RIGHT = {
    "a review": (REPORT, REVIEW),
    "nothing found": (REPORT, "No findings.\n"),
    "a plan": (STEPS, PLANNED),
    "changes of a plan": (CHANGES, STEP.format(2)),
    "a specification": (SPECIFICATION, SPEC),
    "a specification that shows a finding": (SPECIFICATION, QUOTED),
    "a question": (QUESTION, ASKED),
    "no more questions": (QUESTION, "DONE"),
    "a specification instead of a question": (QUESTION, SPEC * 5),
}


@pytest.mark.parametrize(("expected", "text"), RIGHT.values(), ids=RIGHT)
def test_what_was_asked_for_is_taken(expected: Expectation, text: str) -> None:
    assert expected.missing(text) is None
