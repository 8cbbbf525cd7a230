from __future__ import annotations

import time

import pytest

from sous.asking.thinking import without_thinking

GOOD = "# A\n\nText.\n"


@pytest.mark.parametrize(
    "reply",
    [
        f"<think>\nIt is.\n\n## Idea\n</think>\n\n{GOOD}",
        f"<think>It is.</think>{GOOD}",
        f"It is.\n\n## Idea\n</think>\n{GOOD}",
        f"It is.</think>{GOOD}",
        f"<think></think>\n{GOOD}",
        f"<think/>\n{GOOD}",
        f"<thinking>\nIt is.\n</thinking>\n{GOOD}",
        f'<Reasoning effort="high">\nIt is.\n</Reasoning>\n{GOOD}',
        f"<think>\nIt is.\n</thinking>\n{GOOD}",
        f"<think>\na\n<think>\nb\n</think>\n{GOOD}",
        f"<think>\na\n<think>\nb\n</think>\nc\n</think>\n{GOOD}",
        f"<think>\na\n</think>\n\n<think>\nb\n</think>\n{GOOD}",
        f"<think>\n```python\nleft = open\n</think>\n{GOOD}",
        f"Left open:\n\n```python\nx\n</think>\n\n{GOOD}",
        f"<think>\nI will close with </think> later.\n\n## Idea\n</think>\n{GOOD}",
        f"Okay. <think>It is.\nOr not.</think>\n{GOOD}",
        f"[THINK]It is.[/THINK]{GOOD}",
        f"\u25c1think\u25b7It is.\u25c1/think\u25b7{GOOD}",
        f"<|begin_of_thought|>\nIt is.\n<|end_of_thought|>\n{GOOD}",
        f"<seed:think>\nIt is.\n</seed:think>\n{GOOD}",
        f"<think>\nIt is.\n</think>\n\n<answer>\n{GOOD}</answer>",
        f"Thinking...\nIt is.\n...done thinking.\n\n{GOOD}",
        f"Here is my thought process:\n\n## Idea\n\nHere is my response:\n\n{GOOD}",
        f'<details type="reasoning" done="true">\n<summary>Thought</summary>\n> ## Idea\n</details>\n{GOOD}',
        f"<|channel|>analysis<|message|>## Idea\n```\n<|end|><|start|>assistant<|channel|>final<|message|>{GOOD}",
        f"analysisWe need it. ## Ideaassistantfinal{GOOD}",
        f"{GOOD}\n<think>\nWas that all?\n</think>",
        f"{GOOD}\n<think>\nWas that all?",
    ],
)
def test_only_the_answer_is_left(reply: str) -> None:
    assert without_thinking(reply).strip() == GOOD.strip()


@pytest.mark.parametrize(
    "reply",
    [
        f"<think>\n{GOOD}",
        f"{GOOD}</think>",
        f"<think>{GOOD}</think>",
        f"<|channel|>analysis<|message|>{GOOD}",
        f"analysisWe need it.assistantcommentary{GOOD}",
        f"[THINK]{GOOD}",
    ],
)
def test_thinking_alone_is_nothing(reply: str) -> None:
    assert not without_thinking(reply).strip()


@pytest.mark.parametrize(
    "reply",
    [
        GOOD,
        "# A\n\n```html\n<think>\nx\n</think>\n```\n\nIt strips `<think>` and `</think>`.\n",
        "# A\n\nIt reads <think> and </think> as tags.\n",
        "# A\n\n```python\ntext.split('</think>')\n```\n\nText.\n",
        "# Analysis\n\nanalysis of the code\n",
        "analysis of it all: fine\n",
        "# A\n\n- **Channel:** `<|channel|>final<|message|>` is cut.\n",
        "# A\n\n<output>\nx\n</output>\n\n" + "Text.\n" * 9,
    ],
)
def test_an_answer_about_thinking_is_left_alone(reply: str) -> None:
    assert without_thinking(reply) == reply


@pytest.mark.parametrize(
    "line", ["</think>\n", "<think>\n", "<output>\n", "```\n</think>\n\n", "<|channel|>x<|message|>"]
)
def test_many_tags_take_no_long_time(line: str) -> None:
    began = time.process_time()
    without_thinking("```\n" + line * 30_000)
    without_thinking(line * 30_000)
    assert time.process_time() - began < 5
