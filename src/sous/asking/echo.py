"""Whether an answer is what was sent, sent back."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sous.prompts.render import Prompt

_LONG = 40  # characters of a line that nobody writes twice by chance
_FEWEST = 2  # such lines
_SHARE_OF_TASK = 0.4
_SHARE_OF_ANSWER = 0.5
_HEAD = 300  # characters at the begin of what was sent


def is_echo(text: str, prompt: Prompt) -> bool:
    """Tell whether a good part of an answer is the task, or it begins as the whole prompt does."""
    head = prompt.bundle.strip()[:_HEAD]
    if len(head) == _HEAD and text.lstrip().startswith(head):
        return True
    task = prompt.task if prompt.bundle else prompt.task[-20_000:]
    instructions = {line.strip() for line in f"{task}\n{prompt.system or ''}".split("\n")}
    instructions = {line for line in instructions if len(line) >= _LONG}
    lines = [line.strip(" \t>") for line in text.split("\n")]
    same = {line for line in lines if line in instructions}
    if len(same) < _FEWEST:
        return False
    echoed = sum(len(line) for line in lines if line in same)
    return (
        sum(map(len, same)) >= sum(map(len, instructions)) * _SHARE_OF_TASK
        or echoed >= sum(map(len, lines)) * _SHARE_OF_ANSWER
    )
