"""What stands before and after the steps, boxes or items of a document, and belongs to none of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.reading.page import Page
    from bench.reading.words import Words

PLAN_CHAT = [
    "Sure! Here is the plan, broken down so that each piece builds on the one before.",
    "Of course. I went through the whole specification; this is what I would do.",
    "I'll start with the foundations and end with the wiring.",
]
CHAT = [
    "Sure! I went through all of it, file by file.",
    "Of course. Here is what you asked for, in the order in which I would take it up.",
    "I've read everything twice, and this is the result.",
]
CLOSING = [
    "Let me know if you want me to go deeper into any of these.",
    "Would you like me to start with the first one?",
]


def _name(words: Words) -> str:
    return words.name().replace("_", " ").title()


def _title(words: Words, page: Page, _titles: list[str]) -> None:
    page.block(f"# {_name(words)}: {words.word('plan')}")


def _chat(words: Words, page: Page, titles: list[str]) -> None:
    page.block(words.rng.choice(PLAN_CHAT))
    page.block("---")
    _title(words, page, titles)


def _overview(words: Words, page: Page, titles: list[str]) -> None:
    _title(words, page, titles)
    page.block("## Overview", "", words.fact(), words.fact(), "")
    page.add(*(f"- {words.fact()}" for _ in range(3)))


def _contents(words: Words, page: Page, titles: list[str]) -> None:
    _title(words, page, titles)
    page.block("## Table of Contents", "")
    for number, title in enumerate(titles, 1):
        link = re.sub(r"\W+", "-", title.lower())
        page.add(f"{number}. [{title}](#{link})")


def _blueprint(words: Words, page: Page, titles: list[str]) -> None:
    _title(words, page, titles)
    page.block("## Blueprint", "")
    for number, title in enumerate(titles, 1):
        page.add(f"{number}. **{title}**", f"   - {words.fact()}")


def _agent(words: Words, page: Page, titles: list[str]) -> None:
    page.block(f"# {_name(words)} {words.word('plan')}")
    page.block("> **For agentic workers:** use the executing-plans skill to carry this out task by task.")
    page.block(f"**Goal:** {words.fact()}", "", f"**Architecture:** {words.fact()}", "", "**Tech Stack:** Python")
    page.block("---")


def _front(words: Words, page: Page, titles: list[str]) -> None:
    page.add("---", f"title: {_name(words)}", "status: draft", "tags: [plan, backend]", "---")
    _title(words, page, titles)


def _comment(words: Words, page: Page, titles: list[str]) -> None:
    _title(words, page, titles)
    page.block("<!--", f"### Step 9: {words.task_again()}", "", words.order(), "-->")


def _no_tail(words: Words, page: Page, titles: list[str]) -> None:
    """Write nothing."""


def _criteria(words: Words, page: Page, _titles: list[str]) -> None:
    page.block("## Success Criteria", "", *(f"- {words.fact()}" for _ in range(3)))


def _appendix(words: Words, page: Page, _titles: list[str]) -> None:
    page.block("## Appendix A: Glossary", "", words.fact())
    page.block("## Appendix B: References", "", f"- [{words.name()}](https://example.com/{words.name()})")


def _table(words: Words, page: Page, titles: list[str]) -> None:
    page.block("## Summary", "", "| # | What | Effort |", "|---|---|---|")
    page.add(*(f"| {number} | {title} | {words.rng.choice('SML')} |" for number, title in enumerate(titles, 1)))


def _order(words: Words, page: Page, titles: list[str]) -> None:
    page.block("## Execution Order", "", *(f"{number}. {title}" for number, title in enumerate(titles, 1)))
    page.block(words.fact())


def _checklist(words: Words, page: Page, titles: list[str]) -> None:
    page.block("## Checklist", "", *(f"- [ ] {title}" for title in titles))


def _notes(words: Words, page: Page, _titles: list[str]) -> None:
    page.block(f"## {words.word('notes')}", "", words.fact())


def _goodbye(words: Words, page: Page, _titles: list[str]) -> None:
    page.block("## Next Steps", "", words.fact(), "", words.rng.choice(CLOSING))


INTROS: dict[str, Callable[[Words, Page, list[str]], None]] = {
    "title": _title,
    "chat": _chat,
    "overview": _overview,
    "contents": _contents,
    "blueprint": _blueprint,
    "agent": _agent,
    "front-matter": _front,
    "comment": _comment,
}
TAILS: dict[str, Callable[[Words, Page, list[str]], None]] = {
    "none": _no_tail,
    "criteria": _criteria,
    "appendix": _appendix,
    "table": _table,
    "order": _order,
    "checklist": _checklist,
    "notes": _notes,
    "next-steps": _goodbye,
}
