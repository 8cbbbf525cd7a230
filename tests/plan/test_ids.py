"""Ids of steps: read, given once, kept whatever happens to titles; doubles are told with the mend."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sous.errors import SousError
from sous.plan.ids import check_ids, ids_in, with_ids
from sous.plan.shape import planned_steps

if TYPE_CHECKING:
    from collections.abc import Callable

OURS = """# Plan

## Step 1: Add

- **Builds on:** nothing
- **Files:** `a.py`,
  `b.py`

```text
Write add.
- **Id:** text
```

## Step 2: Use it

```text
Use add.
```
"""


def counter() -> Callable[[], str]:
    numbers = itertools.count()
    return lambda: f"id{next(numbers):02}"


def test_each_step_gets_an_id_and_every_other_byte_stays() -> None:
    changed = with_ids("plan.md", OURS, make=counter())
    assert changed.replace("- **Id:** id01\n", "").replace("\n- **Id:** id00\n", "") == OURS
    assert "  `b.py`\n- **Id:** id01\n" in changed
    assert ids_in(changed, planned_steps(changed)) == ["id01", "id00"]
    assert [one.files for one in planned_steps(changed)] == [one.files for one in planned_steps(OURS)]
    assert with_ids("plan.md", changed) == changed


def test_line_ends_stay() -> None:
    changed = with_ids("plan.md", OURS.replace("\n", "\r\n"), make=counter())
    assert "\n" not in changed.replace("\r\n", "")


@pytest.mark.parametrize(
    "plan",
    [
        "# Work plan\n\n### Task 1: Parser\n\n**Files:** `a.py`\n\n- [ ] Write it\n\n### Task 2: Tests\n- [ ] Do it\n",
        "# Plan\n\n**Step 1: Parser**\n\n```text\nWrite.\n```\n\n**Step 2: Tests**\n```text\nWrite.\n```",
    ],
)
def test_plans_of_others_get_ids_too(plan: str) -> None:
    before = planned_steps(plan)
    assert len(before) == 2
    changed = with_ids("plan.md", plan, make=counter())
    assert ids_in(changed, planned_steps(changed)) == ["id01", "id00"]


def test_an_id_stays_with_its_step() -> None:
    changed = with_ids("plan.md", OURS, make=counter())
    first, second = changed.index("## Step 1"), changed.index("## Step 2")
    moved = changed[:first] + changed[second:].replace("Step 2: Use it", "Step 1: Apply") + "\n" + changed[first:second]
    assert ids_in(moved, planned_steps(moved)) == ["id00", "id01"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("- **Id:** K7F3", "plan.md:.*'K7F3' is not an id"),
        ("- **Id:** ab", "is not an id"),
        ("- **Id:** ../../x", "is not an id"),
        ("- **Id:** landing", "is not an id"),
        ("- **Id:** aaaa\n- **Id:** bbbb", "has an id already"),
        ("- **Id:** dddd", "has the id of the step in line 5; delete the line of the copy"),
    ],
)
def test_what_cannot_hold_is_told_with_the_mend(line: str, message: str) -> None:
    text = OURS.replace("- **Builds on:** nothing\n", "- **Id:** dddd\n").replace("Use it\n", f"Use it\n\n{line}\n")
    with pytest.raises(SousError, match=message):
        check_ids("plan.md", text, planned_steps(text))


def test_a_plan_in_a_table_is_told_apart() -> None:
    plan = "# Plan\n\n| # | Step | Done |\n|---|---|---|\n| 1 | Write `a.py` | [ ] |\n| 2 | Write `b.py` | [ ] |\n"
    steps = planned_steps(plan)
    if steps:
        with pytest.raises(SousError, match="write each step as a heading"):
            with_ids("plan.md", plan)


@given(
    st.lists(st.sampled_from(["", "text", "- a", "- **Files:** `a.py`", "```text\nDo.\n```", "- [ ] b"]), max_size=6)
)
def test_ids_never_change_what_a_plan_says(body: list[str]) -> None:
    text = "# Plan\n\n## Step 1: One\n\n```text\nDo.\n```\n\n## Step 2: Two\n" + "\n".join(body) + "\n"
    before = planned_steps(text)
    try:
        changed = with_ids("plan.md", text, make=counter())
    except SousError:
        return
    after = planned_steps(changed)
    assert [one.step.title for one in after] == [one.step.title for one in before]
    kept = [line for line in changed.splitlines() if line.strip() and "**Id:**" not in line]
    assert kept == [line for line in text.splitlines() if line.strip()]


def test_odd_line_ends_and_ids_in_prose_are_text() -> None:
    text = OURS.replace("Write add.", "Write\u2028add\x0c.").replace(
        "Use add.\n```\n", "Use add.\n```\n\nA row has\n\n- **Id:** a number\n"
    )
    changed = with_ids("plan.md", text, make=counter())
    assert ids_in(changed, planned_steps(changed)) == ["id01", "id00"]
