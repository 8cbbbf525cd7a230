"""Whether an answer is one to another of our prompts: a server may mix its requests up."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.asking.expected import Expectation
    from sous.document.markdown import Document

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
# sections that our prompt for a specification asks for
_REQUIREMENTS = "requirements"
_OF_SPECIFICATION = {
    "overview", "architecture", "data handling", "error handling", "testing plan", "assumptions",
}  # fmt: skip
_VERDICT = re.compile(r"^\W{0,4}\d{1,4}\W{1,4}(?:(?:not )?real|unsure)\b", re.IGNORECASE)


class _Section(NamedTuple):
    """A heading, and the prose below it to the next heading."""

    level: int
    title: str
    prose: str

    @property
    def labels(self) -> set[str]:
        return {label.strip().casefold() for label in _LABEL.findall(self.prose)}

    @property
    def is_finding(self) -> bool:
        return self.labels.issuperset(_OF_FINDING) and bool(_GRADED.search(self.prose))

    @property
    def is_step(self) -> bool:
        return bool(_STEP.match(self.title)) or len(self.labels & {*_OF_STEP}) >= _FEWEST_OF_STEP


def is_other(text: str) -> str:
    """Return what an answer is, where its shape is that of another prompt of ours; else "".

    A text that shows a finding or a step among sections of its own is none.
    """
    from sous.document.markdown import parse

    document = parse(text)
    prose = "\n".join(block.text for block in document.blocks if block.kind != "code")
    sections = _sections_of(document)
    if _is_made_of([(one, one.is_finding) for one in sections]):
        return FOUND
    is_of_steps = _is_made_of([(one, one.is_step) for one in sections])
    if is_of_steps and _may_be_plan(document, sections, prose) and _has_steps(text):
        return PLAN
    lines = [line for line in prose.splitlines() if line.strip()]
    if lines and not document.headings and all(_VERDICT.match(line) for line in lines):
        return VERDICTS
    return ""


def _may_be_plan(document: Document, sections: Sequence[_Section], prose: str) -> bool:
    """Tell whether a text has the fields of steps, or a prompt for each: milestones hardly do."""
    labels = {label.strip().casefold() for label in _LABEL.findall(prose)}
    named = sum(bool(_STEP.match(one.title)) for one in sections)
    prompts = sum(block.kind == "code" for block in document.blocks)
    return len(labels & {*_OF_STEP}) >= _FEWEST_OF_STEP or prompts >= named > 1


def _sections_of(document: Document) -> list[_Section]:
    sections: list[_Section] = []
    prose: list[str] = []
    for block in reversed(document.blocks):
        if block.kind == "heading" and block.is_outside:
            title = block.text.strip("*# \t")
            sections.append(_Section(block.level, title, "\n".join(reversed(prose))))
            prose = []
        elif block.kind != "code":
            prose.append(block.text)
    return sections[::-1]


def _is_made_of(sections: Sequence[tuple[_Section, bool]]) -> bool:
    """Tell whether sections of a kind are no less than half as many as others that say something.

    Those of a specification are never what it is made of.
    """
    from sous.items.words import is_about_else

    titles = {section.title.casefold() for section, _ in sections}
    if _REQUIREMENTS in titles and titles & _OF_SPECIFICATION:
        return False

    own = others = 0
    inside: int | None = None  # the level of the last one of the kind
    for section, is_own in sections:
        if is_own:
            own, inside = own + 1, section.level
        elif inside is None or section.level <= inside:
            inside = None
            others += bool(section.prose.strip()) and not is_about_else(section.title)
    return own > 0 and 2 * own >= others


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
