from __future__ import annotations

import pytest

from sous.asking.debris import without_code, without_marks

GOOD = "# A\n\nText.\n"


@pytest.mark.parametrize(
    "reply",
    [
        f"{GOOD}<|im_end|>",
        f"{GOOD}<|im_end|>\n<|im_end|>\n",
        f"<|im_start|>assistant\n{GOOD}<|im_end|>\n<|im_start|>user\nThanks! # B\n",
        f"{GOOD}</s>",
        f"<s> {GOOD}</s>",
        f"{GOOD}<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nAnd?\n",
        f"{GOOD}<end_of_turn>\n<start_of_turn>user\nAnd?",
        f"{GOOD}<\uff5cend\u2581of\u2581sentence\uff5c>",
        f"{GOOD}<|endoftext|>Human: and more\n\n# B\n",
        f"[/INST] {GOOD}",
    ],
)
def test_marks_of_turns_go_with_what_is_behind_them(reply: str) -> None:
    assert without_marks(reply).strip() == GOOD.strip()


@pytest.mark.parametrize(
    "reply",
    [
        GOOD,
        "# A\n\nIt stops at `<|im_end|>` only.\n",
        "# A\n\n```\n<|im_start|>user\nhi<|im_end|>\n```\n\nText.\n",
        "# A\n\n<s>old</s> new\n",
        "# A\n\n- [x] done [1]\n",
    ],
)
def test_marks_in_code_are_the_answer(reply: str) -> None:
    assert without_marks(reply) == reply


def test_code_is_blank_and_a_fence_without_an_end_is_none() -> None:
    text = "a `b` c\n~~~\nd\n~~~\n```\ne `f`\n"
    assert without_code(text) == "a     c\n   \n \n   \n```\ne    \n"
