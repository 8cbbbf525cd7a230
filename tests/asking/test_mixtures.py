"""Any mixture of thinking, chatter, wrapper, marks and cut around a good answer gives that answer, or exit 3.

`python tests/asking/test_mixtures.py N [SEED]` makes N of them and shows those that are neither.
"""

from __future__ import annotations

import random
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest

from sous.asking.answer import accepted
from sous.asking.expected import DOCUMENT, FINDINGS, Expectation
from sous.asking.planning import STEPS
from sous.errors import UnusableAnswer

if TYPE_CHECKING:
    from collections.abc import Callable

_PLACES = ["src/app.py:3-4", "lib/store.rs:10", "cmd/main.go:7-9", "web/index.ts:1-2"]
_CODE = [
    "```python\n# read it\nvalue = load(path)\nreturn value\n```",
    "```rust\nlet x = map.get(&key).unwrap();\n```",
    "~~~go\nfor i := 0; i < n; i++ {\n\ttotal += i\n}\n~~~",
    "````markdown\n# Title\n\n```sh\nrun\n```\n````",
    "```html\n<think>\n</think>\n```",
]
_TITLES = [
    "The cache is never emptied",
    "Ein Schlüssel fehlt",
    "读取时丢失数据",
    "`load` hides the error",
    "Timeout is ignored",
]
_LABELS = [
    ("Severity", "Location", "Quote", "What is wrong", "How to fix"),
    ("Schwere", "Ort", "Zitat", "Problem", "Abhilfe"),
]


def _finding(rng: random.Random, level: str, labels: tuple[str, ...], number: int) -> str:
    severity, place, quote, wrong, fix = labels
    return (
        f"{level} {rng.choice(_TITLES)} ({number})\n\n- **{severity}:** high\n- **{place}:** `{rng.choice(_PLACES)}`\n\n"
        f"**{quote}:**\n\n{rng.choice(_CODE)}\n\n**{wrong}:** Case {number} of it is wrong.\n\n**{fix}:** Do it, see `x`.\n"
    )


def report(rng: random.Random) -> str:
    """Return a good report."""
    level, labels = rng.choice(["##", "###"]), rng.choice(_LABELS)
    head = rng.choice(["", "# Code review\n\nTwo things stand out.\n\n"])
    return head + "\n".join(_finding(rng, level, labels, number) for number in range(1, rng.randint(2, 5)))


def readme(rng: random.Random) -> str:
    """Return a good README."""
    head = rng.choice(["# tool\n\nIt copies files.\n", "# tool\n\n[![ci](x.svg)](y)\n\nIt copies files.\n"])
    parts = [
        f"## {title}\n\n{rng.choice(['Like this:', 'In short.'])}\n\n{rng.choice(_CODE)}\n"
        for title in ("Install", "Usage")
    ]
    return "\n".join([head, *parts, rng.choice(["## License\n\nMIT.\n", "## Help\n\nContributions are welcome!\n"])])


def plan(rng: random.Random) -> str:
    """Return a good plan."""
    steps = [
        f"## Step {number}: Store it\n\n- **Files:** `a{number}.py`\n\n```text\nWrite a test first, then part {number}.\n```\n\n"
        f"**Verify:**\n\n- case {number} works\n"
        for number in range(1, rng.randint(2, 5))
    ]
    return "\n".join(["# Plan: links\n\n## Blueprint\n\nStore, then serve.\n", *steps])


_GOOD: list[tuple[Callable[[random.Random], str], Expectation]] = [
    (report, FINDINGS),
    (readme, DOCUMENT),
    (plan, STEPS),
]
_THOUGHTS = [
    "Okay, let me look.\n\n## First idea\n\n- **Location:** `a.py:1`\n\nNo, that is fine.",
    "Hmm.\n\n```python\nx = 1  # left open",
    "I should answer in a ```markdown fence? No.",
    "## Step 1: Maybe\n\n```text\nUse a database.\n```\n\nNo.",
    "",
    "Schritt für Schritt: erst lesen, dann schreiben.\n\n1. lesen\n2. schreiben",
    "# tool\n\nA draft of it.\n\nThat is too short.",
]
_TAGS = [("<think>", "</think>"), ("<thinking>", "</thinking>"), ("<reasoning>", "</reasoning>"), ("[THINK]", "[/THINK]"),
         ("\u25c1think\u25b7", "\u25c1/think\u25b7"), ("", "</think>"), ("<THOUGHT>", "</THOUGHT>")]  # fmt: skip
_BEFORE = ["Sure! Here it is:", "Here's what I found:", "Gerne, hier ist es:", "以下是结果\uff1a", "Voici le résultat :",
           "Of course. I read all of the files.\n\nHere is the result:"]  # fmt: skip
_BEHIND = ["Let me know if you want more!", "Would you like me to go on?", "Soll ich weitermachen?", "I hope this helps!",
           "Feel free to ask for changes.", "如果需要更多\uff0c请告诉我\uff01"]  # fmt: skip
_ENDS = ["<|im_end|>", "</s>", "<|eot_id|>", "<|endoftext|>", "<end_of_turn>\n<start_of_turn>user\nThanks.\n",
         "<|im_end|>\n<|im_start|>user\nAnd now?\n"]  # fmt: skip


class Mixture(NamedTuple):
    """A reply, the good answer in it, what was asked for, and whether it was cut."""

    reply: str
    good: str
    expectation: Expectation
    is_cut: bool


def _thought(rng: random.Random) -> str:
    thought = rng.choice(_THOUGHTS)
    if rng.random() < 0.15:
        final = "<|end|><|start|>assistant<|channel|>final<|message|>"
        return f"<|channel|>analysis<|message|>{thought}{final}"
    begin, end = rng.choice(_TAGS)
    join = rng.choice(["\n", "\n\n"])
    return f"{begin}{join}{thought}{join}{end}{rng.choice(['', join])}"


def _wrapped(rng: random.Random, good: str) -> str:
    if rng.random() < 0.4:
        marks = rng.choice(["```", "````", "`````", "~~~~"])
        if "````markdown" in good and marks == "````":
            marks = "`````"
        return f"{marks}{rng.choice(['markdown', 'md', '', 'Markdown'])}\n{good}{marks}\n"
    return f"<answer>\n{good}</answer>\n" if rng.random() < 0.2 else good


def _with_chat(rng: random.Random, reply: str) -> str:
    rule = "---\n\n"
    if rng.random() < 0.4:
        reply = f"{rng.choice(_BEFORE)}\n\n{rng.choice(['', rule])}{reply}"
    if rng.random() < 0.3:
        reply = f"{reply}\n{rng.choice(['', rule])}{rng.choice(_BEHIND)}\n"
    return reply


def _with_oddities(rng: random.Random, reply: str) -> str:
    for odd in ("\ufeff", "\x00", "\x1b[0m"):
        if rng.random() < 0.1:
            reply = f"{odd}{reply}"
    return reply.replace("\n", "\r\n") if rng.random() < 0.1 else reply


def mixture(seed: int) -> Mixture:
    """Return the mixture of a number."""
    rng = random.Random(seed)  # noqa: S311  # the same each time
    make, expectation = rng.choice(_GOOD)
    good = make(rng)
    reply = _with_chat(rng, _wrapped(rng, good))
    for _ in range(rng.choice([0, 0, 1, 1, 2])):
        reply = _thought(rng) + reply
    if rng.random() < 0.3:
        reply += rng.choice(_ENDS)
    is_cut = rng.random() < 0.15
    if is_cut:
        reply = reply[: rng.randrange(len(reply))]
    return Mixture(_with_oddities(rng, reply), good, expectation, is_cut)


def outcome(seed: int) -> str:
    """Return what a mixture gives: `good`, `refused`, `cut unseen`, or else what it gave."""
    made = mixture(seed)
    unfinished = "it ended oddly" if made.is_cut else ""
    try:
        text = accepted(made.reply, model="m", expectation=made.expectation, unfinished=unfinished).text
    except UnusableAnswer:
        return "refused"
    if text.strip() == made.good.strip():
        return "good"
    if made.is_cut and made.good.strip().startswith(text.strip()):
        return "cut unseen"  # where a sentence or a section ends: nothing tells it from a shorter answer
    return text


@pytest.mark.parametrize("seed", range(150))
def test_a_mixture_is_the_good_answer_or_none(seed: int) -> None:
    assert outcome(seed) in ("good", "refused", "cut unseen")


def main() -> None:
    """Make as many mixtures as the command line says."""
    count, first = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    found: dict[str, list[int]] = {"good": [], "refused": [], "cut unseen": []}
    for seed in range(first, first + count):
        said = outcome(seed)
        found.setdefault(said if said in found else "else", []).append(seed)
        if said == "refused" and not mixture(seed).is_cut:
            found.setdefault("refused, not cut", []).append(seed)
    for name, seeds in found.items():
        print(f"{name}: {len(seeds)}", seeds[:12] if name not in ("good", "refused") else "")


if __name__ == "__main__":
    main()
