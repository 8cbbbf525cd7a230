"""Todo lists written from their boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.reading.page import Entry, Page
from bench.reading.surroundings import CHAT, CLOSING
from bench.reading.words import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.reading.words import Words

FIXED: dict[str, tuple[str, ...]] = {
    "shape": ("list", "list", "spec-kit", "kiro", "table", "agent-task"),
    "marker": ("-", "-", "*", "+", "1.", "-   "),
    "depth": ("0", "1", "3"),
    "indent": ("2", "4", "tab"),
    "states": ("plain", "plain", "upper", "tick", "progress"),
    "dress": ("plain", "bold", "code", "link", "number", "strike"),
    "group": ("none", "h2", "h3", "bold"),
}
DRESS: dict[str, tuple[str, ...]] = {
    "lang": LANGUAGES,
    "eol": ("lf", "lf", "crlf"),
    "intro": ("title", "chat", "legend", "front-matter", "none"),
    "tail": ("none", "notes", "closing"),
    "inside": ("none", "comment", "fence", "continued", "bullets", "quote"),
    "wrap": ("no",),
}
# What a box in brackets means; a dropped one is neither done nor open, so its state is not judged.
STATES: dict[str, list[tuple[str, bool | None]]] = {
    "plain": [(" ", False), ("x", True)],
    "upper": [(" ", False), ("X", True), ("x", True)],
    "tick": [(" ", False), ("✓", True), ("x", True)],
    "progress": [(" ", False), ("x", True), ("~", False), ("/", False), ("-", None)],
}


def possible(look: dict[str, str]) -> bool:
    """Say whether somebody would write features together."""
    if look["shape"] in {"spec-kit", "agent-task", "table"}:
        return look["depth"] == "0" and look["marker"] == "-" and look["group"] in {"h2", "h3"}
    if look["shape"] == "kiro":
        return look["depth"] == "1" and look["marker"] == "-" and look["group"] == "none"
    if look["marker"] in {"1.", "-   "} and look["depth"] != "0":
        return look["indent"] == "4"
    return True


def write_todo(words: Words, look: dict[str, str]) -> Page:
    """Write a todo list."""
    page = Page()
    _before(words, look["intro"], page)
    SHAPES[look["shape"]](words, look, page)
    if look["tail"] == "notes":
        page.block(f"## {words.word('notes')}", "", words.fact(), "", f"- {words.fact()}")
    if look["tail"] == "closing":
        page.block(words.rng.choice(CLOSING))
    return page


def _before(words: Words, form: str, page: Page) -> None:
    if form == "front-matter":
        page.add("---", "title: todo", "owner: [ ] nobody", "---")
    if form == "chat":
        page.block(words.rng.choice(CHAT))
    if form != "none":
        page.block("# TODO")
    if form == "legend":
        page.block("Legend: `[ ]` open, `[x]` done", "", words.fact())


def _text(words: Words, dress: str, number: int) -> tuple[str, str]:
    """Return a box's text as it is written and the words that it says."""
    task = words.task()
    forms: dict[str, str] = {
        "plain": task,
        "bold": f"**{task}**",
        "code": f"{task} `{words.name()}`",
        "link": f"{task} ([#{number}](https://example.com/{number}))",
        "number": f"{number}. {task}",
        "strike": f"~~{task}~~",
    }
    return forms[dress], task


def _box(words: Words, look: dict[str, str], page: Page, depth: int, text: tuple[str, str]) -> None:
    state, done = words.rng.choice(STATES[look["states"]])
    marker = look["marker"]
    step = "\t" if look["indent"] == "tab" else " " * int(look["indent"])
    page.add(f"{step * depth}{marker.strip()}{' ' * (3 if marker == '-   ' else 1)}[{state}] {text[0]}")
    page.entries.append(Entry(text[1], text[0], done=done, depth=depth))


def _group(words: Words, look: dict[str, str], page: Page) -> None:
    title = words.thing()
    forms = {"h2": f"## {title}", "h3": f"### {title}", "bold": f"**{title}**"}
    if look["group"] in forms:
        page.block(forms[look["group"]])


def _list(words: Words, look: dict[str, str], page: Page) -> None:
    number = 0
    for _ in range(words.rng.randrange(2, 4)):
        _group(words, look, page)
        page.block()
        page.add("") if page.lines and page.lines[-1] else None
        depth = 0
        for _ in range(words.rng.randrange(3, 6)):
            number += 1
            _box(words, look, page, depth, _text(words, look["dress"], number))
            _inside(words, look, page, depth)
            depth = words.rng.randrange(0, min(depth + 1, int(look["depth"])) + 1)


def _inside(words: Words, look: dict[str, str], page: Page, depth: int) -> None:
    """Write what may stand under a box: none of it is a box, whatever it looks like."""
    if words.rng.random() > 0.4:
        return
    step = "\t" if look["indent"] == "tab" else " " * int(look["indent"])
    room = step * depth + ("    " if look["marker"] in {"1.", "-   "} else step)
    forms: dict[str, list[str]] = {
        "none": [],
        "comment": ["<!--", f"- [ ] {words.task_again()}", "-->"],
        "fence": ["", "```markdown", f"- [ ] {words.task_again()}", "```", ""],
        "continued": [words.fact()],
        "bullets": [f"- {words.order()}", f"- {words.order()}"],
        "quote": ["", f"> {words.fact()}", ""],
    }
    page.add(*(room + line if line else "" for line in forms[look["inside"]]))


def _spec_kit(words: Words, look: dict[str, str], page: Page) -> None:
    """`- [ ] T001 [P] [US1] …` under phases, as spec-kit writes tasks.md."""
    number = 0
    for phase in range(1, 4):
        page.block(f"{'#' * int(look['group'][1])} Phase {phase}: {words.thing()}", "")
        page.add(f"**Purpose**: {words.fact()}", "")
        for _ in range(words.rng.randrange(2, 5)):
            number += 1
            task = words.task()
            story = words.rng.choice(["", "[P] ", "[P] [US1] ", "[US2] "])
            line = f"T{number:03} {story}{task} in {words.path()}"
            _box(words, look, page, 0, (line, task))
        page.block(f"**Checkpoint**: {words.fact()}")


def _kiro(words: Words, look: dict[str, str], page: Page) -> None:
    """`- [ ] 1. …` with `- [ ] 1.1 …` inside, as Kiro writes tasks.md."""
    page.block("")
    for number in range(1, words.rng.randrange(3, 6)):
        task = words.task()
        _box(words, look, page, 0, (f"{number}. {task}", task))
        step = "\t" if look["indent"] == "tab" else " " * int(look["indent"])
        for within in range(1, words.rng.randrange(2, 4)):
            task = words.task()
            _box(words, look, page, 1, (f"{number}.{within} {task}", task))
            page.add(f"{step * 2}- {words.order()}", f"{step * 2}- _Requirements: {number}.{within}_")
        page.add("")


def _table(words: Words, look: dict[str, str], page: Page) -> None:
    """One row for each box."""
    _group(words, look, page)
    page.block("| ID | Done | What |", "|---|---|---|")
    for number in range(1, words.rng.randrange(4, 8)):
        state, done = words.rng.choice(STATES[look["states"]])
        text, task = _text(words, look["dress"], number)
        page.add(f"| S{number} | [{state}] | {text} |")
        page.entries.append(Entry(task, f"S{number} {text}", done=done, depth=0))


def _agent_task(words: Words, look: dict[str, str], page: Page) -> None:
    """Boxes with code between them, as superpowers' plans have them."""
    for task in range(1, 4):
        page.block(f"{'#' * int(look['group'][1])} Task {task}: {words.task()}")
        for number in range(1, 4):
            text = words.task()
            page.block("")
            _box(words, look, page, 0, (f"**Step {number}: {text}**", text))
            page.block(words.order(), "", "```bash", f"pytest -q  # {words.name()}", "```")


SHAPES: dict[str, Callable[[Words, dict[str, str], Page], None]] = {
    "list": _list,
    "spec-kit": _spec_kit,
    "kiro": _kiro,
    "table": _table,
    "agent-task": _agent_task,
}
