"""What is sent: the whole bundle, or parts of it beside a task, in windows of any size."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from scene import packed
from sous.bundle.read import bundle_from
from sous.errors import OverBudget
from sous.models.window import Window
from sous.prompts.render import Template
from sous.reports.fit import Fitted, fit
from sous.tokens import count_tokens

if TYPE_CHECKING:
    from sous.settings import Settings

LINES = "".join(f"def function_{number}(value): return value + {number}\n" for number in range(60))
BUNDLE = bundle_from(packed({f"src/m{number}.py": LINES for number in range(4)}).encode(), None)


def fitted(window: int, task: str = "What is wrong here?", *, split: bool = True) -> Fitted:
    """Fit some 4,000 tokens into a window of a model whose tokenizer is OpenAI's."""
    choice: Any = SimpleNamespace(
        model=SimpleNamespace(model_id="gpt-4o", model_name="gpt-4o"), name="gpt-4o", options={}, is_static=False
    )
    template = Template("t", prompt=f"$input\n\n{task}")
    given = Window(window, "given")
    return fit(BUNDLE, template, choice, cast("Settings", None), task="code-review", split=split, window=given)


def test_what_fits_goes_whole() -> None:
    found = fitted(20_000)
    assert (len(found.prompts), found.parts) == (1, ())


@pytest.mark.parametrize("window", [1_200, 2_048, 2_100, 3_000, 4_096])
def test_a_small_window_is_filled(window: int) -> None:
    found = fitted(window)
    assert found.room
    sizes = [count_tokens(prompt.text) for prompt in found.prompts]
    assert max(sizes) <= found.room.tokens
    total = count_tokens(BUNDLE.text)
    assert len(sizes) <= 2 * total // found.room.tokens + 2
    assert all(any(f"m{number}.py" in prompt.text for prompt in found.prompts) for number in range(4))


def test_two_tasks_of_other_lengths_have_the_same_parts() -> None:
    one, two = (fitted(4_096, "Why? " * times).parts for times in (150, 450))
    assert len(one) > 1
    assert [part.text for part in one] == [part.text for part in two]


def test_a_task_that_leaves_no_room_is_said_with_its_own_length() -> None:
    with pytest.raises(OverBudget, match=r"of the 1,505 tokens that gpt-4o can take the prompt alone needs 1,\d\d\d"):
        fitted(2_048, "Why? " * 600)


def test_nothing_is_split_where_it_may_not_be() -> None:
    with pytest.raises(OverBudget, match="leave out --no-split"):
        fitted(2_048, split=False)
