"""What a plan lacks: numbers, prompts, steps that nothing uses, headings of the spec that no step covers."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from sous.plan.naming import words_of
from sous.plan.shape import planned_steps
from sous.reports.provenance import read_signature

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sous.plan.shape import Planned

_STEP = re.compile(r"^## +Step +(?P<number>\S+?):? ", re.IGNORECASE)
_HEADING = re.compile(r"^(?P<level>#{1,6})\s+(?P<text>.*?)\s*#*\s*$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_ITSELF = re.compile(r"\b(?:itself|this step|here|same step)\b", re.IGNORECASE)
# Headings of a spec that ask for nothing to be built.
_TALK = re.compile(
    r"^(?:\d+(?: \d+)* )?(?:overview|summary|introduction|background|purpose|goals?|non goals?|out of scope|scope|"
    r"assumptions?|open questions?|glossary|table of contents|contents|references|appendix\b.*|decisions?|history|"
    r"future\b.*|specification|spec)$"
)


def holes_in(plan: str, spec: str) -> list[str]:
    """Return in words what is missing in a plan of our shape, each a sentence that a model can act on."""
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
    lines = plan.replace("\r\n", "\n").split("\n")
    found = [(at, match) for at, line in _outside_fences(lines) if (match := _STEP.match(f"{line} "))]
    for index, (at, match) in enumerate(found):
        end = found[index + 1][0] if index + 1 < len(found) else len(lines)
        fenced = any(_FENCE.match(line) for line in lines[at + 1 : end])
        if at + 1 not in read or not fenced:
            yield f"step {match['number'].rstrip(':')} has no prompt in a ```text fence"


def _outside_fences(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    fence = ""
    for at, line in enumerate(lines):
        match = _FENCE.match(line)
        if match and (not fence or (match[1].startswith(fence) and line.strip() == match[1])):
            fence = "" if fence else match[1]
        elif not fence:
            yield at, line


def _numbering(steps: Sequence[Planned]) -> Iterator[str]:
    numbers = [step.step.number for step in steps]
    for number, count in Counter(numbers).items():
        if count > 1:
            yield f"{count} steps have the number {number or '(none)'}"
    wanted = [str(number) for number in range(1, len(steps) + 1)]
    if numbers != wanted and len(set(numbers)) == len(numbers):
        yield f"the steps are numbered {', '.join(number or '(none)' for number in numbers)}, not 1 to {len(steps)}"


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
            yield f"{step.name} is an orphan: no later step builds on it, and it does not say that it wires itself in"


def _uncovered(steps: Sequence[Planned], spec: str) -> Iterator[str]:
    covered = {words_of(one) for step in steps for one in step.covers}
    for heading in spec_headings(spec):
        words = words_of(heading)
        bare = re.sub(r"^(?:\d+ )+", "", words)
        if not any(one and (one in (words, bare) or bare == re.sub(r"^(?:\d+ )+", "", one)) for one in covered):
            yield f'no step covers "{heading}" of the spec'


def spec_headings(spec: str) -> list[str]:
    """Return the headings of a spec under which something is asked for: those with text of their own, no mere talk."""
    lines = read_signature(spec)[0].replace("\r\n", "\n").split("\n")
    outside = list(_outside_fences(lines))
    found = []
    for index, (at, line) in enumerate(outside):
        match = _HEADING.match(line)
        if not match or len(match["level"]) == 1 or _TALK.match(words_of(match["text"])):
            continue
        following = next((other for _, other in outside[index + 1 :] if other.strip()), "")
        below = _HEADING.match(following)
        fenced = at + 1 < len(lines) and any(_FENCE.match(one) for one in lines[at + 1 : at + 3])
        if fenced or (following and not below):
            found.append(re.sub(r"[*_`]", "", match["text"]))
    return found
