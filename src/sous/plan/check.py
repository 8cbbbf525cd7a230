"""What a plan lacks: numbers, prompts, users of a step, steps for headings of the spec."""

from __future__ import annotations

import re
from collections import Counter
from itertools import zip_longest
from typing import TYPE_CHECKING

from sous.document.markdown import parse
from sous.output.provenance import read_signature
from sous.plan.naming import words_of
from sous.plan.shape import planned_steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sous.plan.shape import Planned

_STEP = re.compile(r"step\s+\S", re.IGNORECASE)
_ITSELF = re.compile(r"\b(?:itself|this step|here|same step)\b", re.IGNORECASE)
# Headings of a spec that ask for nothing to be built.
_TALK = re.compile(
    r"^(?:\d+(?: \d+)* )?(?:overview|summary|introduction|background|purpose|goals?|"
    r"non goals?|out of scope|scope|assumptions?|open questions?|glossary|table of contents|"
    r"contents|references|appendix\b.*|decisions?|history|future\b.*|specification|spec)$"
)


def holes_in(plan: str, spec: str) -> list[str]:
    """Return what is missing in a plan of our shape, in sentences for a model to act on."""
    steps = planned_steps(plan)
    return [
        *_unread(plan, steps),
        *_numbering(steps),
        *_orphans(steps),
        *(f"{one.name} does not say how to verify it" for one in steps if not one.verify),
        *_uncovered(steps, spec),
    ]


def _unread(plan: str, steps: Sequence[Planned]) -> Iterator[str]:
    """Yield the steps whose prompt is missing or not fenced."""
    read = {step.step.line for step in steps}
    document = parse(plan)
    titles = [block for block in document.titles if block.level == 2 and _STEP.match(block.text)]  # noqa: PLR2004
    for block, following in zip_longest(titles, titles[1:]):
        end = following.line if following else len(document.lines)
        if block.line + 1 not in read or not any(document.fenced[block.end : end]):
            number = block.text.split()[1].rstrip(":")
            yield f"step {number} has no prompt in a ```text fence"


def _numbering(steps: Sequence[Planned]) -> Iterator[str]:
    numbers = [step.step.number for step in steps]
    for number, count in Counter(numbers).items():
        if count > 1:
            yield f"{count} steps have the number {number or '(none)'}"
    wanted = [str(number) for number in range(1, len(steps) + 1)]
    if numbers != wanted and len(set(numbers)) == len(numbers):
        listed = ", ".join(number or "(none)" for number in numbers)
        yield f"the steps are numbered {listed}, not 1 to {len(steps)}"


def _orphans(steps: Sequence[Planned]) -> Iterator[str]:
    """Yield steps that nothing uses, and those that build on what is not there before them."""
    numbers = [step.step.number for step in steps]
    for at, step in enumerate(steps):
        before, after = numbers[:at], numbers[at + 1 :]
        for number in step.builds_on:
            if number not in before:
                yield f"{step.name} builds on step {number}, which does not come before it"
        named = set(re.findall(r"\d+(?:[.\-]\d+)*[a-z]?", step.wired_in_by))
        used = any(step.step.number in later.builds_on for later in steps[at + 1 :])
        by_itself = _ITSELF.search(step.wired_in_by) or step.step.number in named
        if not (used or by_itself or named & set(after)):
            yield (
                f"{step.name} is an orphan: no later step builds on it, "
                "and it does not say that it wires itself in"
            )


def _uncovered(steps: Sequence[Planned], spec: str) -> Iterator[str]:
    covered = {words_of(one) for step in steps for one in step.covers}
    for heading in spec_headings(spec):
        words = words_of(heading)
        bare = re.sub(r"^(?:\d+ )+", "", words)
        if not any(
            one and (one in (words, bare) or bare == re.sub(r"^(?:\d+ )+", "", one))
            for one in covered
        ):
            yield f'no step covers "{heading}" of the spec'


def spec_headings(spec: str) -> list[str]:
    """Return the headings of a spec that ask for something: with text of their own, no talk."""
    document = parse(read_signature(spec)[0])
    found = []
    for block, following in zip_longest(document.titles, document.titles[1:]):
        if block.level == 1 or _TALK.match(words_of(block.text)):
            continue
        end = following.line if following else len(document.lines)
        if any(line.strip() for line in document.lines[block.end : end]):
            found.append(re.sub(r"[*_`]", "", block.text))
    return found
