"""Documents that are no plan and hold no items, in the same clothes as those that are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.reading.page import Page, fence
from bench.reading.words import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.reading.words import Words

FIXED: dict[str, tuple[str, ...]] = {
    "numbered": ("yes", "no"),
    "level": ("h2", "h3"),
}
DRESS: dict[str, tuple[str, ...]] = {
    "lang": LANGUAGES,
    "code": ("fence", "no"),
    "eol": ("lf", "crlf"),
    "shape": ("design", "api", "migration", "changelog", "minutes", "readme", "tutorial", "report", "decision"),
    "wrap": ("no",),
}


def possible(_look: dict[str, str]) -> bool:
    """Say whether somebody would write features together: always."""
    return True


def write_nothing(words: Words, look: dict[str, str]) -> Page:
    """Write a document of a kind that has no steps and no items."""
    page = Page()
    KINDS[look["shape"]](words, look, page)
    return page


def _head(look: dict[str, str], number: int, text: str) -> str:
    mark = "#" * int(look["level"][1])
    return f"{mark} {number}. {text}" if look["numbered"] == "yes" else f"{mark} {text}"


def _code(words: Words, look: dict[str, str]) -> list[str]:
    if look["code"] == "no":
        return []
    name = words.name()
    return ["", *fence([f"interface {name.title()} {{", f"  get(key: string): {name.title()};", "}"], "ts")]


def _design(words: Words, look: dict[str, str], page: Page) -> None:
    page.block(f"# {words.thing()}: design", "", words.fact(), "", "## Components")
    for number in range(1, words.rng.randrange(4, 7)):
        page.block(_head(look, number, words.thing()), "", words.fact(), words.fact(), *_code(words, look))
    page.block("## Trade-offs", "", f"- **{words.thing()}**: {words.fact()}", f"- **{words.thing()}**: {words.fact()}")


def _api(words: Words, look: dict[str, str], page: Page) -> None:
    page.block("# API", "", words.fact(), "", "## Endpoints")
    for number in range(1, words.rng.randrange(4, 7)):
        verb, name = words.rng.choice(["GET", "POST", "DELETE"]), words.name()
        page.block(_head(look, number, f"{verb} /{name}"), "", words.fact(), "")
        page.add("| Name | Type |", "|---|---|", f"| `{words.name()}` | string |")
        if look["code"] == "fence":
            page.block(*fence(["{", f'  "{words.name()}": 4', "}"], "json"))


def _migration(words: Words, look: dict[str, str], page: Page) -> None:
    page.block("# Migration guide: 2.x to 3.0", "", words.fact(), "", "## Breaking changes")
    for number in range(1, words.rng.randrange(4, 7)):
        page.block(_head(look, number, f"`{words.name()}`: {words.thing()}"), "", words.fact())
        if look["code"] == "fence":
            page.block("**Before:**", "", *fence([f"old.{words.name()}()"], "js"))
            page.block("**After:**", "", *fence([f"new.{words.name()}()"], "js"))


def _changelog(words: Words, look: dict[str, str], page: Page) -> None:
    page.block("# Changelog")
    for number in range(4, 0, -1):
        page.block(f"{'#' * int(look['level'][1])} [1.{number}.0] - 2026-0{number}-11")
        for group in ("Added", "Fixed"):
            page.block(f"{'#' * (int(look['level'][1]) + 1)} {group}", "")
            page.add(*(f"- {words.fact()}" for _ in range(words.rng.randrange(1, 4))))


def _minutes(words: Words, look: dict[str, str], page: Page) -> None:
    page.block("# Weekly sync, 2026-10-14", "", "**Attendees:** Ana, Piotr, Wen", "**Scribe:** Wen")
    for number in range(1, words.rng.randrange(4, 6)):
        page.block(_head(look, number, words.thing()), "", f"- {words.fact()}", f"- Piotr: {words.fact()}")
    page.block("Next meeting: 2026-10-21")


def _readme(words: Words, look: dict[str, str], page: Page) -> None:
    page.block(f"# {words.name()}", "", words.fact())
    for number, title in enumerate(("Installation", "Usage", "Configuration", "License"), 1):
        page.block(_head(look, number, title), "", words.fact())
        if look["code"] == "fence" and title != "License":
            page.block(*fence([f"pip install {words.name()}"], words.rng.choice(["bash", "sh", ""])))
    page.block("## Features", "", *(f"- **{words.thing()}**: {words.fact()}" for _ in range(3)))


def _tutorial(words: Words, look: dict[str, str], page: Page) -> None:
    page.block(f"# Tutorial: {words.thing()}", "", "In this tutorial you learn how the pieces fit together.")
    for number in range(1, words.rng.randrange(4, 6)):
        page.block(_head(look, number, words.thing()), "", words.fact(), "", "You should now see something like this:")
        page.block(*fence([f"$ {words.name()} --help", words.name()], "console"))
    page.block("## Where to go from here", "", f"- [{words.thing()}](https://example.com)")


def _report(words: Words, look: dict[str, str], page: Page) -> None:
    page.block("# Progress report", "", words.fact(), "", "## Achievements", "")
    for number in range(1, 4):
        page.add(f"{number}. **{words.thing()}**", f"   - {words.fact()}", f"   - {words.fact()}", "")
    for number in range(1, 3):
        page.block(_head(look, number, words.thing()), "", words.fact(), "", "Coverage rose from 61 % to 74 %.")


def _decision(words: Words, look: dict[str, str], page: Page) -> None:
    page.block(f"# ADR 7: {words.thing()}", "", "Status: accepted")
    for number, title in enumerate(("Context", "Decision", "Consequences"), 1):
        page.block(_head(look, number, title), "", words.fact(), words.fact())
    page.block("## Options considered")
    for number in range(1, 4):
        page.block(f"### Option {number}: {words.thing()}", "", f"- Pro: {words.fact()}", f"- Con: {words.fact()}")


KINDS: dict[str, Callable[[Words, dict[str, str], Page], None]] = {
    "design": _design,
    "api": _api,
    "migration": _migration,
    "changelog": _changelog,
    "minutes": _minutes,
    "readme": _readme,
    "tutorial": _tutorial,
    "report": _report,
    "decision": _decision,
}
