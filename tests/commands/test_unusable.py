"""Every command that asks, with every kind of answer that is none: its file is complete, or not there."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from asked import CASES, place

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fake_model import FakeModel
    from scene import Run

THOUGHT = "Let me see.\n\n## Maybe\n\n- [ ] 1: real: `app.py:1`\n\nNo.\n"
BAD: dict[str, Callable[[str], str]] = {
    "empty": lambda _: "",
    "blank": lambda _: " \n\n\u200b\n",
    "thought": lambda _: f"<think>\n{THOUGHT}</think>\n",
    "thought without an end": lambda _: f"<think>\n{THOUGHT}",
    "channel": lambda _: f"<|channel|>analysis<|message|>{THOUGHT}",
    "refusal": lambda _: "I'm sorry, but I can't help with that.\n",
    "refusal in Chinese": lambda _: "\u62b1\u6b49\uff0c\u6211\u65e0\u6cd5\u5b8c\u6210\u3002\n",
    "refusal below a title": lambda _: "# Answer\n\nI'm sorry, but I can't help with that.\n",
    "no code": lambda _: "I do not see any code. Could you share the files?\n",
    "a title": lambda _: "# Answer\n",
    "titles": lambda _: "# Answer\n\n## One\n\n## Two\n",
    "code": lambda _: "```python\nx = 1\n```\n",
    "fences": lambda _: "```\n```\n" * 200,
    "loop": lambda _: "# Answer\n\n" + "The code should be tested well.\n\n" * 60,
    "loop that counts": lambda _: "# Answer\n\n" + "".join(f"{n}. Add more tests for it.\n" for n in range(1, 90)),
    "echo": lambda prompt: prompt[-6_000:],
    "a call": lambda _: '<tool_call>\n{"name": "read", "arguments": {"path": "app.py"}}\n</tool_call>\n',
    "controls": lambda _: "\x00\x1b[2J\x07" * 50,
    "marks": lambda _: "<|im_start|>assistant\n<|im_end|>\n<|endoftext|>",
}
SAME = {"second opinion", "plan, repaired"}  # what is bad is beside the file, which is there without it
PAIRS = [
    pytest.param(
        name,
        kind,
        marks=() if at % len(BAD) == other and name != "agent llm" else pytest.mark.exhaustive,
        id=f"{name}: {kind}",
    )
    for at, name in enumerate(CASES)
    for other, kind in enumerate(BAD)
]


def script(name: str, kind: str) -> Callable[[str], str]:
    """Return what a model answers: what is asked for first is good where that comes before."""
    case, bad = CASES[name], BAD[kind]

    def answer(prompt: str) -> str:
        is_first = {
            "second opinion": "# Finding 1\n" not in prompt,
            "hone": "Write the specification that" not in prompt,
            "plan, repaired": "# What it lacks" not in prompt,
        }.get(name, False)
        return case.script(prompt) if is_first else bad(prompt)

    return answer


@pytest.mark.parametrize(("name", "kind"), PAIRS)
def test_a_file_is_complete_or_not_there(name: str, kind: str, repo: Path, run: Run, model: FakeModel) -> None:
    case = CASES[name]
    place(repo, case)
    before = {path.name for path in repo.iterdir()}
    model.script = script(name, kind)
    if case.module == "sous":
        done = run("sous", *case.argv, "-m", "scripted", cwd=repo)
    else:
        done = run(sys.executable, "-m", case.module, *case.argv, cwd=repo)
    assert "Traceback" not in done.err
    if name in SAME:
        assert done.code == 0, done.err
        text = (repo / case.target).read_text()
        assert "Second opinion" not in text
        assert case.script("").strip() in text
        return
    assert done.code == 3, done.err
    assert done.err.count("Error: ") == 1
    new = {path.name for path in repo.iterdir()} - before
    assert {one for one in new if ".partial" not in one} <= {".sous", "output.txt"}
