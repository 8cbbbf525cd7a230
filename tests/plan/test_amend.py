"""What a model gave to mend a plan is merged, and every other line stays."""

from __future__ import annotations

import pytest

from sous.plan.amend import amended, renumbered
from sous.plan.shape import planned_steps

PLAN = """\
# Plan: x

## Blueprint

Store, server.

## Step 1: The store

- **Builds on:** nothing
- **Files:** `a.py`
- **Covers:** Data
- **Wired in by:** step 2

```text
Write the store.
## Step 9: not a step
```

**Verify:**

- it
  runs

## Step 2: The server

- **Builds on:** step 1
- **Files:** `b.py`
- **Covers:** Errors
- **Wired in by:** this step

````text
Write the server.
```py
x
```
````

A word of a person.

**Verify:**

- it answers
"""
NEW = "- **Builds on:** step 1\n- **Wired in by:** step 2\n\n```text\nWrite it.\n```\n\n**Verify:**\n\n- x\n"


@pytest.mark.parametrize(
    ("answer", "old", "new"),
    [
        ("## Step 2: The server\n\n- **Covers:** Errors; More\n", "Errors", "Errors; More"),
        ("## Step 2: A server\n", "## Step 2: The", "## Step 2: A"),
        (
            "Sure!\n\n## Step 1: The store\n\n```text\nOther.\n```\n",
            "Write the store.\n## Step 9: not a step",
            "Other.",
        ),
        ("## Step 1: The store\n\n**Verify:**\n\n- it stops\n", "it\n  runs", "it stops"),
        ("## Step 1: The store\n\n- **Tests:** none (docs)\n", "step 2\n", "step 2\n- **Tests:** none (docs)\n"),
        ("nothing of use", "", ""),
        ("## Step 7: What is this?\n\nNo prompt.\n", "", ""),
        (PLAN, "", ""),
    ],
)
def test_only_what_is_given_changes(answer: str, old: str, new: str) -> None:
    assert amended(PLAN, answer) == PLAN.replace(old, new, 1)


def test_a_new_step_comes_behind_its_number_and_all_are_numbered_anew() -> None:
    steps = planned_steps(
        amended(PLAN, f"## Step 1a: The log\n\n{NEW}\n## Step 2: The server\n\n- **Builds on:** step 1a\n")
    )
    assert [step.name for step in steps] == ["Step 1: The store", "Step 2: The log", "Step 3: The server"]
    assert [step.builds_on for step in steps] == [(), ("1",), ("2",)]
    assert [step.wired_in_by for step in steps] == ["step 3", "step 3", "this step"]
    assert [step.step.prompt.strip().splitlines()[0] for step in steps] == [
        "Write the store.",
        "Write it.",
        "Write the server.",
    ]


def test_a_step_of_a_later_number_comes_last() -> None:
    text = amended(PLAN, f"## Step 5: The end\n\n{NEW}")
    assert text.startswith(PLAN)
    assert [step.name for step in planned_steps(text)][-1] == "Step 3: The end"


@pytest.mark.parametrize(("old", "new"), [("Step 2", "Step 3"), ("Step 2", "Step 1"), ("Step 1", "Step 0")])
def test_gaps_and_doubles_are_numbered_anew(old: str, new: str) -> None:
    steps = planned_steps(renumbered(PLAN.replace(f"## {old}", f"## {new}")))
    assert [step.step.number for step in steps] == ["1", "2"]


@pytest.mark.parametrize("text", ["", "no plan", "# Plan\n\n## Notes\n\nx\n", PLAN])
def test_what_is_right_or_no_plan_stays(text: str) -> None:
    assert renumbered(text) == text
    assert amended(text, "") == text
