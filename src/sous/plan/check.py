"""What a plan lacks: numbers, prompts, files, users of a step, what the spec asks for."""

from __future__ import annotations

import re
from collections import Counter
from itertools import zip_longest
from typing import TYPE_CHECKING

from sous.document.markdown import parse
from sous.plan.covers import headings_of, uncovered
from sous.plan.demands import demands_of, ids_in, unsaid
from sous.plan.pointers import pointers_in
from sous.plan.shape import planned_steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sous.plan.covers import SpecHeading
    from sous.plan.shape import Planned

_STEP = re.compile(r"step\s+\S", re.IGNORECASE)
_ITSELF = re.compile(r"\b(?:itself|this step|here|same step)\b", re.IGNORECASE)
_NOTHING = re.compile(
    r"\W*(?:nothing|none|no one|nobody|n/?a|tbd|later|not yet)?\W*(?:yet)?\W*", re.IGNORECASE
)
_RANGE = re.compile(r"(?<![\w.])(\d+)\s*(?:-|\u2013|\u2014|to|through)\s*(\d+)(?![\w.])")
_ALL_BEFORE = re.compile(
    r"\b(?:all|every)\b[^,;]*\b(?:previous|earlier|preceding|prior|before|above|steps?)\b|"
    r"\b(?:all|everything)\b\W*$|\beverything (?:before|above|so far)\b",
    re.IGNORECASE,
)
_SHOWN = 100  # characters of a sentence of the spec


def holes_in(plan: str, spec: str) -> list[str]:
    """Return what is missing in a plan of our shape, in sentences for a model to act on."""
    steps = planned_steps(plan)
    headings = headings_of(spec)
    ids = ids_in("\n".join(heading.body for heading in headings if heading.asks))
    return [
        *_unread(plan, steps),
        *_numbering(steps),
        *_orphans(steps),
        *(f"{one.name} does not say how to verify it" for one in steps if not one.verify),
        *(f"{one.name} names no files" for one in steps if not one.files),
        *_blind(steps, ids),
        *_uncovered(steps, headings),
        *_lost(steps, headings),
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
    """Yield steps that nothing uses, and those that build on what is not there before them.

    The last step needs no user: nothing comes after it.
    """
    numbers = [step.step.number for step in steps]
    builds_on = [built_on(step, numbers[:at]) for at, step in enumerate(steps)]
    for at, step in enumerate(steps):
        for number in builds_on[at]:
            if number not in numbers[:at]:
                yield f"{step.name} builds on step {number}, which comes later in the plan"
        named = set(
            re.findall(r"\bsteps?\W+(\d+(?:[.\-]\d+)*[a-z]?)", step.wired_in_by, re.IGNORECASE)
        )
        for number in sorted(named - set(numbers)):
            yield f"{step.name} says that step {number} uses it, but the plan has no such step"
        used = any(step.step.number in later for later in builds_on[at + 1 :])
        says = not named and not _NOTHING.fullmatch(step.wired_in_by)
        by_itself = _ITSELF.search(step.wired_in_by) or step.step.number in named or says
        is_last = at + 1 == len(steps)
        if not (used or by_itself or is_last or named & set(numbers[at + 1 :])):
            yield (
                f"{step.name} is an orphan: no later step builds on it, "
                "and it does not say what uses it"
            )


def built_on(step: Planned, before: Sequence[str]) -> list[str]:
    """Return the numbers of the steps that one builds on: ranges and "all before" too."""
    if _ALL_BEFORE.search(step.builds_on_text) and not step.builds_on:
        return list(before)
    found = []
    for number in step.builds_on:
        match = _RANGE.fullmatch(number)
        found += _between(match[1], match[2]) if match and number not in before else [number]
    for match in _RANGE.finditer(step.builds_on_text):
        found += _between(match[1], match[2]) if match[0] not in before else []
    return list(dict.fromkeys(found))


def _between(first: str, last: str) -> list[str]:
    return [str(one) for one in range(int(first), min(int(last), int(first) + 1000) + 1)]


def _blind(steps: Sequence[Planned], ids: Sequence[str]) -> Iterator[str]:
    """Yield the steps whose prompt points at what their agent cannot see."""
    for step in steps:
        found = pointers_in(step.step.prompt, ids)
        if found:
            yield (
                f'the prompt of {step.name} says "{found[0]}", which its agent cannot see: '
                "write it there"
            )


def _uncovered(steps: Sequence[Planned], headings: Sequence[SpecHeading]) -> Iterator[str]:
    """Yield the headings that no step names; where steps name ids, those that are left out."""
    known = _ids_of(steps)
    missing = list(uncovered(headings, (step.covers for step in steps)))
    for heading in headings:
        own = ids_in(f"{heading.text}\n{heading.body}") if heading.asks else []
        unnamed = [one for one in own if one not in known]
        if heading in missing and (not own or len(unnamed) == len(own)):
            yield f'no step covers "{heading.text}" of the spec'
        elif len(unnamed) < len(own):
            yield from (f'no step covers {one} of "{heading.text}"' for one in unnamed)


def _ids_of(steps: Sequence[Planned]) -> set[str]:
    """Return the ids of requirements that steps name, those between two of a range too."""
    text = "\n".join(f"{step.covers}\n{step.step.prompt}" for step in steps)
    found = set(ids_in(text))
    for match in re.finditer(r"\b([A-Z]+-?)(\d+)\s*(?:-|\u2013|to)\s*(?:[A-Z]+-?)?(\d+)\b", text):
        width = len(match[2])
        found |= {f"{match[1]}{one.zfill(width)}" for one in _between(match[2], match[3])}
    return found


def _lost(steps: Sequence[Planned], headings: Sequence[SpecHeading]) -> Iterator[str]:
    """Yield the requirements whose words are in no prompt."""
    told = ["\n".join((step.step.title, step.step.prompt, *step.verify)) for step in steps]
    for demand in unsaid(demands_of(headings), told):
        text = demand.text if len(demand.text) <= _SHOWN else f"{demand.text[:_SHOWN]}\u2026"
        yield f'no prompt says what the spec asks under "{demand.heading}": {text}'
