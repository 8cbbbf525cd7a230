from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import llm
import pytest

from sous.models.wire import hang_up, on_the_wire, split_block

if TYPE_CHECKING:
    from collections.abc import Iterator


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
    hang_up(changed)
    assert client.is_closed()
    hang_up(model)  # one that was never asked


class BedrockModel(llm.Model):
    """As llm-bedrock 0.4 does: what ends an answer is in a list that nobody else sees."""

    model_id = "bedrock"
    can_stream = True
    ends: ClassVar[list[dict[str, Any]]] = []

    def execute(self, prompt: Any, stream: Any, response: Any, conversation: Any) -> Iterator[str]:  # noqa: ARG002
        chunks: list[dict[str, Any]] = []
        for event in ({"contentBlockDelta": "a"}, {"contentBlockDelta": "b"}, *self.ends):
            chunks.append(event)
            if "contentBlockDelta" in event:
                yield event["contentBlockDelta"]
        self.seen = len(chunks)


BedrockModel.__module__ = "llm_bedrock"


@pytest.mark.parametrize(
    ("ends", "reason"), [([{"messageStop": {"stopReason": "max_tokens"}}, {"metadata": {}}], "max_tokens"), ([], None)]
)
def test_the_reason_that_bedrock_gave_is_kept(
    ends: list[dict[str, Any]], reason: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BedrockModel, "ends", ends)
    response = on_the_wire(BedrockModel(), bundle="").prompt("x")
    assert list(response) == ["a", "b"]
    assert response.json() == {"stop_reason": reason}


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
