from __future__ import annotations

from typing import Any

import llm
import pytest

from sous.models.wire import on_the_wire, split_block


def test_a_model_of_another_plugin_is_left_alone() -> None:
    class Own(llm.Model):
        model_id = "own"

        def execute(self, *_args: Any, **_kwargs: Any) -> Any: ...

    model = Own()
    assert on_the_wire(model, bundle="x") is model


def test_a_model_of_openai_is_a_copy_with_the_same_name_and_class() -> None:
    model: Any = llm.get_model("gpt-4o-mini")
    changed: Any = on_the_wire(model, bundle="x", timeout=5)
    assert changed is not model
    assert isinstance(changed, type(model))
    assert (str(changed), changed.model_id) == (str(model), model.model_id)
    client = changed.get_client("k")
    assert (client.max_retries, client.timeout) == (0, 5)


@pytest.mark.parametrize(
    ("content", "marked"),
    [
        ("BUNDLEtask", True),
        ([{"type": "text", "text": "BUNDLEtask"}], True),
        ("other", False),
        ("BUNDLE", False),
        ([{"type": "image"}, {"type": "text", "text": "BUNDLEtask"}], False),
        (None, False),
        ([{"type": "image", "source": {}}], False),
    ],
)
def test_only_a_text_that_begins_with_the_bundle_is_split(content: Any, marked: bool) -> None:
    found = split_block(content, "BUNDLE", "text", {"mark": 1})
    wanted = [{"type": "text", "text": "BUNDLE", "mark": 1}, {"type": "text", "text": "task"}]
    assert found == (wanted if marked else content)
