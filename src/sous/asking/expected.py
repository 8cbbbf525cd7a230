"""What an answer is expected to be; what looks at it is loaded while the model works."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sous.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

_SHOWN = 100  # characters of an answer that is none


class Form(enum.Enum):
    """How an answer is asked for: what may stand around it follows from that."""

    ANY = "any"  # whoever asked takes what there is
    FINDINGS = "findings"  # sections with headings
    DOCUMENT = "document"  # headings, with prose that is the author's
    FILES = "files"  # headings that name files, and what these hold
    LINES = "lines"  # no headings: verdicts, boxes, a question


@dataclass(frozen=True)
class Expectation:
    """What was asked for: its form, and what is missing in a text, in words that follow the model.

    None: nothing is missing.
    """

    missing: Callable[[str], str | None]
    form: Form = Form.ANY


def anything(_text: str) -> str | None:
    """Expect nothing: whoever asked reads what there is."""
    return None


def readable(text: str) -> str | None:
    """Expect something to read."""
    from sous.asking.shapes import is_visible

    if is_visible(text):
        return None
    return "sent an answer without any text; try again, or take another model"


def findings(text: str) -> str | None:
    """Expect sections that are findings, or that nothing was found."""
    return sections(text, asks=True)


def sections(text: str, *, asks: bool = False) -> str | None:
    """Expect headings with text below them, as of a report, a README, a specification.

    `asks`: an answer that only asks for something is none.
    """
    from sous.asking.shapes import has_contents, is_excuse, is_excuse_below_title

    missing = readable(text)
    if missing:
        return missing
    if is_excuse(text) or is_excuse_below_title(text, asks=asks):
        return f"did not do the task: {one_line(text)[:_SHOWN]!r}; try again, or take another model"
    if text.lstrip()[:20].lower().startswith(("<!doctype html", "<html")):
        return "sent a web page instead of an answer; a proxy or a gateway may be in between"
    if not has_contents(text):
        return "sent headings or code without any text; try again, or take another model"
    return None


ANYTHING = Expectation(anything)
FINDINGS = Expectation(findings, Form.FINDINGS)
DOCUMENT = Expectation(sections, Form.DOCUMENT)
