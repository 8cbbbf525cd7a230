"""Issue lists, reviews and lists of missing tests, written from their items."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.reading.findings import SHAPES
from bench.reading.page import Page
from bench.reading.surroundings import CHAT
from bench.reading.words import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.reading.words import Words

FIXED: dict[str, tuple[str, ...]] = {
    "shape": tuple(SHAPES),
    "level": ("h2", "h3", "h4"),
    "ident": ("word", "number", "code", "hash", "severity", "emoji", "bracket", "p0", "dots", "none"),
    "fields": ("bold", "bullets", "headings", "table", "text"),
    "group": ("none", "severity", "topic"),
    "wrap": ("no", "no", "no", "fence"),
}
DRESS: dict[str, tuple[str, ...]] = {
    "lang": LANGUAGES,
    "eol": ("lf", "lf", "crlf"),
    "intro": ("title", "chat", "summary", "front-matter"),
    "tail": ("none", "table", "milestones", "next-steps", "good", "order", "closing"),
    "dress": ("plain", "plain", "code", "bold"),
    "rule": ("no", "yes"),
    "length": ("short", "long"),
}


def possible(look: dict[str, str]) -> bool:
    """Say whether somebody would write features together, and the items are sure."""
    shape, level = look["shape"], look["level"]
    if shape in {"front-matter", "title-field", "one-issue"}:
        return look["group"] == "none" and look["ident"] == "word" and look["wrap"] == "no"
    if shape == "missing-tests":
        return look["ident"] in {"none", "number"} and look["group"] == "topic"
    if shape == "place-first":
        return look["ident"] == "none" and look["group"] != "none"
    if shape == "heading" and look["ident"] == "none" and look["group"] == "none":
        return False
    if look["fields"] == "headings" and level == "h4":
        return False
    return not (look["group"] != "none" and level == "h2")


def write_items(words: Words, look: dict[str, str]) -> Page:
    """Write a report: what comes before, the items in their groups, what comes after."""
    page = Page()
    _before(words, look, page)
    count = 1 if look["shape"] == "one-issue" else words.rng.randrange(3, 8)
    for index in range(count):
        if index % 3 == 0:
            _group(words, look, page, index // 3)
        SHAPES[look["shape"]](words, look, page, index)
    TAILS[look["tail"] if look["shape"] != "one-issue" else "none"](words, page)
    return page


def _before(words: Words, look: dict[str, str], page: Page) -> None:
    if look["shape"] in {"front-matter", "one-issue"}:
        return
    if look["intro"] == "front-matter":
        page.add("---", f"title: {words.word('list')}", "date: 2026-11-03", "---")
    if look["intro"] == "chat":
        page.block(words.rng.choice(CHAT))
    page.block(f"# {words.word('list')}")
    if look["intro"] == "summary":
        page.block("## Summary", "", words.fact(), "", f"- {words.fact()}", f"- {words.fact()}")
    listed = look["shape"] in {"bold-list", "bullets", "bold-line"}
    inside = look["intro"] == "summary" and look["level"] != "h2"  # else the items would be part of the summary
    if look["group"] == "none" and (listed or inside):
        page.block(f"## {words.table['faults'][0]}{'s' if words.lang == 'en' else ''}")


def _group(words: Words, look: dict[str, str], page: Page, index: int) -> None:
    if look["group"] == "severity":
        level = words.table["severity"][1 + index % 3]
        before = words.rng.choice(["", "🔴 ", "🚨 ", f"{words.word('severity')}: "])
        page.block(f"## {before}{level}")
    if look["group"] == "topic":
        topics = ["Security", "Performance", "Error handling"]
        if look["shape"] == "missing-tests":
            topics = ["Missing Tests", "Missing Unit Tests", "Missing Integration Tests"]
        page.block(f"## {topics[index % 3]}")


def _no_tail(words: Words, page: Page) -> None:
    """Write nothing."""


def _table(words: Words, page: Page) -> None:
    page.block("## Summary", "", "| Severity | Count |", "|---|---|", "| High | 2 |", "| Low | 1 |")


def _milestones(words: Words, page: Page) -> None:
    page.block("## Milestones")
    for number in (1, 2):
        page.block(f"### Milestone {number}: {words.thing()}", "", f"**Target:** Week {number}")


def _next_steps(words: Words, page: Page) -> None:
    page.block("## Next Steps", "", *(f"{number}. {words.order()}" for number in (1, 2, 3)))


def _good(words: Words, page: Page) -> None:
    page.block("## What Works Well", "", *(f"- **{words.thing()}**: {words.fact()}" for _ in range(2)))


def _order(words: Words, page: Page) -> None:
    titles = [entry.title for entry in page.entries]
    page.block("## Implementation Order", "", *(f"{number}. {title}" for number, title in enumerate(titles, 1)))


def _closing(words: Words, page: Page) -> None:
    page.block("---", "", "Let me know which of these you want me to look into first.")


TAILS: dict[str, Callable[[Words, Page], None]] = {
    "none": _no_tail,
    "table": _table,
    "milestones": _milestones,
    "next-steps": _next_steps,
    "good": _good,
    "order": _order,
    "closing": _closing,
}
