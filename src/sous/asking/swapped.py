"""Whether an answer is one to another of our prompts: a server may mix its requests up."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sous.asking.expected import Expectation

FOUND, PLAN, VERDICTS = "a list of findings", "a plan", "verdicts on findings"
_LABEL = re.compile(r"^[ \t>*+-]*\*\*([^*:\n]{2,20}?):?\*\*:?", re.MULTILINE)
_OF_FINDING = ("severity", "location", "quote")  # as our prompts ask for, all of them
# the severity of one finding, not a word on what severities there are
_GRADED = re.compile(
    r"^[ \t>*+-]*\*\*severity:?\*\*:?[ \t]*(?:critical|high|medium|low)[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_OF_STEP = ("builds on", "covers", "wired in by", "files", "tests")
_FEWEST_OF_STEP = 3
_STEP = re.compile(r"^(?:step|phase|milestone)\s+\d+", re.IGNORECASE)
_VERDICT = re.compile(r"^\W{0,4}\d{1,4}\W{1,4}(?:(?:not )?real|unsure)\b", re.IGNORECASE)


def is_other(text: str) -> str:
    """Return what an answer is, where its shape is that of another prompt of ours; else ""."""
    from sous.document.markdown import parse

    document = parse(text)
    prose = "\n".join(block.text for block in document.blocks if block.kind != "code")
    labels = {label.strip().casefold() for label in _LABEL.findall(prose)}
    if all(label in labels for label in _OF_FINDING) and _GRADED.search(prose):
        return FOUND
    named = sum(bool(_STEP.match(one.text.strip("*# \t"))) for one in document.headings)
    has_fields = len(labels & {*_OF_STEP}) >= _FEWEST_OF_STEP
    # a specification has milestones, but hardly a prompt in each
    prompts = sum(block.kind == "code" for block in document.blocks)
    if (has_fields or prompts >= named > 1) and _has_steps(text):
        return PLAN
    lines = [line for line in prose.splitlines() if line.strip()]
    if lines and not document.headings and all(_VERDICT.match(line) for line in lines):
        return VERDICTS
    return ""


def _has_steps(text: str) -> bool:
    from sous.plan.shape import planned_steps  # takes a while to load, and reports need it not

    return len(planned_steps(text)) > 1


def not_swapped(expectation: Expectation, wanted: str, *, own: str = "") -> Expectation:
    """Expect, too, that an answer is not one to another prompt; `own`: what it may look like."""

    def missing(text: str) -> str | None:
        if told := expectation.missing(text):
            return told
        other = is_other(text)
        if not other or other == own:
            return None
        return (
            f"sent {other} instead of {wanted}: it may be the answer to another request; try again"
        )

    return dataclasses.replace(expectation, missing=missing)
