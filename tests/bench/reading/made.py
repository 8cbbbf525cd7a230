"""Documents made from a combination of features and a seed: the same ones each time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

import tomllib

from bench.reading import items, nothing, plans, reviews, todos
from bench.reading.page import Page, fence
from bench.reading.repository import Repository, make_repository
from bench.reading.surroundings import CHAT, CLOSING, PLAN_CHAT
from bench.reading.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable

# What documents of a kind are written by.
KINDS = {
    "plans": "plans",
    "no-plans": "nothing",
    "todos": "todos",
    "items": "items",
    "no-items": "nothing",
    "check": "reviews",
}


class Maker(NamedTuple):
    """A writer, the features that a combination fixes, and those that are drawn for each file."""

    fixed: dict[str, tuple[str, ...]]
    dress: dict[str, tuple[str, ...]]
    possible: Callable[[dict[str, str]], bool]


MAKERS = {
    "plans": Maker(plans.FIXED, plans.DRESS, plans.possible),
    "nothing": Maker(nothing.FIXED, nothing.DRESS, nothing.possible),
    "todos": Maker(todos.FIXED, todos.DRESS, todos.possible),
    "items": Maker(items.FIXED, items.DRESS, items.possible),
    "reviews": Maker(reviews.FIXED, reviews.DRESS, reviews.possible),
}
WRITERS: dict[str, Callable[[Words, dict[str, str]], Page]] = {
    "plans": plans.write_plan,
    "nothing": nothing.write_nothing,
    "todos": todos.write_todo,
    "items": items.write_items,
}


@dataclass
class Combination:
    """A combination of features that fifty documents of a kind have."""

    name: str
    kind: str
    look: dict[str, str]


@dataclass
class Made:
    """A document: its text, its truth, the features that it has."""

    name: str
    kind: str
    look: dict[str, str]
    page: Page
    text: str


def fixed_combinations() -> list[Combination]:
    """Return the combinations of the file."""
    table = tomllib.loads(Path(__file__).with_name("combinations.toml").read_text("utf-8"))
    rows = [dict(row) for row in table["combination"]]
    return [Combination(row.pop("name"), row.pop("kind"), row) for row in rows]


def repository_of(seed: str) -> Repository:
    """Return the repository that the reviews of a seed are about."""
    return make_repository(Words(Random(f"{seed}/repository"), "en"))  # noqa: S311 - no secret


def make(combination: Combination, number: int, seed: str, repository: Repository) -> Made:
    """Write one document of a combination."""
    rng = Random(f"{seed}/{combination.name}/{number}")  # noqa: S311 - no secret
    written_by = KINDS[combination.kind]
    dress = {name: rng.choice(values) for name, values in MAKERS[written_by].dress.items()}
    look = {**dress, "set": "first", **combination.look}
    words = Words(rng, look["lang"])
    page = (
        reviews.write_review(words, look, repository) if written_by == "reviews" else WRITERS[written_by](words, look)
    )
    if look.get("wrap") == "fence":
        _wrap(rng, page, PLAN_CHAT if written_by == "plans" else CHAT)
    end = "\r\n" if look["eol"] == "crlf" else "\n"
    text = end.join([*page.lines, ""])
    return Made(f"{combination.name}/{number:03}", combination.kind, look, page, text)


def _wrap(rng: Random, page: Page, chat: list[str]) -> None:
    """Put a whole document into one fence, longer than those within, with words around it."""
    runs = re.findall(r"^[ >]*(`{3,})", "\n".join(page.lines), re.MULTILINE)
    longest = max((len(run) for run in runs), default=2)
    inner = page.lines
    page.lines = []
    page.block(rng.choice(chat), "", *fence(inner, "markdown", "`" * (longest + 1)), "", rng.choice(CLOSING))
    for entry in page.entries:
        entry.first += 3
        entry.last += 3
