"""One item of a report, in the shapes that people and models give it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.reading.page import Entry, Page, fence
from bench.reading.words import COLONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.reading.words import Words


def _lead(words: Words, ident: str, index: int) -> str:
    """Return what stands before a title: a word with a number, a code, a severity, an emoji."""
    number, colon = index + 1, COLONS.get(words.lang, ": ")
    level = words.table["severity"][1 + index % 3]
    code = ["BUG", "SEC", "F", "L"][sum(map(ord, words.lang)) % 4]
    forms = {
        "word": f"{words.word('faults')} {number}{colon}",
        "number": f"{number}. ",
        "code": f"{code}-{number:03}{colon}",
        "hash": f"#{number} ",
        "severity": f"[{level}] ",
        "emoji": f"{'🔴🟠🟡'[index % 3]} ",
        "bracket": f"{code}-{number:02}【{level}】",
        "p0": f"P{index % 3}-{number}{colon}",
        "dots": f"{code}-{number:02} · P{index % 3} · ",
        "none": "",
    }
    return forms[ident]


def _title(words: Words, look: dict[str, str]) -> tuple[str, str]:
    """Return a title's own words, and how they are written."""
    title = words.fault()
    if look["dress"] == "code":
        return title, f"{title} `{words.name()}`"
    if look["dress"] == "bold" and look["shape"] in {"heading", "heading-fence"}:
        return title, f"**{title}**"
    return title, title


def _pairs(words: Words) -> list[tuple[str, str]]:
    level = words.rng.choice(words.table["severity"][1:])
    return [
        (words.word("severity"), level),
        (words.word("files"), f"`{words.place()}`"),
        (words.word("description"), words.symptom()),
        (words.word("fix"), words.order()),
    ]


def body(words: Words, look: dict[str, str]) -> list[str]:
    """Return what stands under the title of an item: its fields."""
    pairs = _pairs(words)
    code = ["", *fence([f"return {words.name()}[0]"], "python")] if look["length"] == "long" else []
    form = look["fields"]
    if form == "bold":
        return [line for name, value in pairs for line in (f"**{name}:** {value}", "")][:-1] + code
    if form == "bullets":
        return [f"- **{name}:** {value}" for name, value in pairs] + code
    if form == "headings":
        level = "#" * (int(look["level"][1]) + 1)
        return [line for name, value in pairs for line in (f"{level} {name}", "", value, "")][:-1] + code
    if form == "table":
        return ["| | |", "|---|---|", *(f"| **{name}** | {value} |" for name, value in pairs), *code]
    return [words.symptom(), words.symptom(), *code]


def _heading(words: Words, look: dict[str, str], page: Page, index: int) -> None:
    title, shown = _title(words, look)
    line = _lead(words, look["ident"], index) + shown
    page.block(f"{'#' * int(look['level'][1])} {line}", "", *body(words, look))
    if look["rule"] == "yes":
        page.block("---")
    page.entries.append(Entry(title, line))


def _heading_fence(words: Words, look: dict[str, str], page: Page, index: int) -> None:
    """A heading, and the issue's text in a fence to be copied."""
    title, shown = _title(words, look)
    line = _lead(words, look["ident"], index) + shown
    inner = ["## Summary", "", words.symptom(), "", "## Acceptance Criteria", "", f"- [ ] {words.word('done')}"]
    page.block(f"{'#' * int(look['level'][1])} {line}", "", *fence(inner, "markdown"))
    page.entries.append(Entry(title, line))


def _title_field(words: Words, look: dict[str, str], page: Page, index: int) -> None:
    """`## Issue 1` with the title in a field or a fence of its own."""
    title = words.fault()
    page.block(f"{'#' * int(look['level'][1])} {words.word('faults')} {index + 1}")
    if look["length"] == "long":
        page.block(f"{'#' * (int(look['level'][1]) + 1)} Title", "", *fence([title]))
        page.block(f"{'#' * (int(look['level'][1]) + 1)} Body", "", *fence([words.symptom()], "markdown"))
    else:
        page.block(f"**Title:** {title}", "", "**Labels:** bug, backend", "", words.symptom())
    page.entries.append(Entry(title, title))


def _bold_list(words: Words, look: dict[str, str], page: Page, index: int) -> None:
    """`1. **title**: text`, the fields as a nested list or as text."""
    title, shown = _title(words, look)
    status = _lead(words, look["ident"], index) if look["ident"] in {"emoji", "severity"} else ""
    code = _lead(words, look["ident"], index) if look["ident"] in {"code", "p0", "dots", "bracket"} else ""
    shown, line = f"{code}{shown}", f"{index + 1}. {status}{code}{shown}"
    if look["fields"] in {"bullets", "bold"}:
        page.block(f"{index + 1}. {status}**{shown}**")
        page.add(*(f"   - **{name}:** {value}" for name, value in _pairs(words)))
    else:
        page.block(f"{index + 1}. {status}**{shown}**: {words.symptom()}")
    page.entries.append(Entry(title, line))


def _bullets(words: Words, look: dict[str, str], page: Page, index: int) -> None:
    """`- 🔴 **title** - text`."""
    title, shown = _title(words, look)
    lead = _lead(words, look["ident"], index) if look["ident"] not in {"word", "number", "none"} else ""
    inside = words.rng.random() < 0.5 and look["ident"] in {"code", "p0", "severity"}
    bold = f"**{lead}{shown}**" if inside else f"{lead}**{shown}**"
    if page.lines and not page.lines[-1].startswith("- "):
        page.block()
        page.add("") if page.lines[-1] else None
    page.add(f"- {bold} - {words.symptom()}")
    page.entries.append(Entry(title, f"{lead}{shown}"))


def _bold_line(words: Words, look: dict[str, str], page: Page, index: int) -> None:
    """`**L-1: title.** text` as a paragraph."""
    title, shown = _title(words, look)
    line = _lead(words, look["ident"] if look["ident"] != "none" else "number", index) + shown
    page.block(f"**{line}{words.stop()}** {words.symptom()}")
    if look["fields"] in {"bold", "bullets"}:
        page.add(f"**{words.word('fix')}:** {words.order()}")
    page.entries.append(Entry(title, line))


def _place_first(words: Words, look: dict[str, str], page: Page, _index: int) -> None:
    """``- **`f:12`** - title``."""
    title, place = words.fault(), words.place()
    bold = "**" if look["dress"] == "bold" else ""
    if page.lines and not page.lines[-1].startswith("- "):
        page.add("") if page.lines[-1] else None
    page.add(f"- {bold}`{place}`{bold} - {title}")
    page.entries.append(Entry(title, f"{place} {title}"))


def _row(words: Words, look: dict[str, str], page: Page, index: int) -> None:
    """One row of a table."""
    title, shown = _title(words, look)
    if not page.lines or not page.lines[-1].startswith("|"):
        names = ["#", words.word("severity"), words.word("files"), words.table["faults"][0], words.word("fix")]
        page.block("", f"| {' | '.join(names)} |", "|---|---|---|---|---|")
    ident = _lead(words, "code", index).rstrip("\uff1a: ") if look["ident"] == "code" else str(index + 1)
    level = words.table["severity"][1 + index % 3]
    page.add(f"| {ident} | {level} | `{words.place()}` | {shown} | {words.order()} |")
    page.entries.append(Entry(title, f"{ident} {shown}"))


def _front_matter(words: Words, look: dict[str, str], page: Page, _index: int) -> None:
    """An issue with its title in front matter, several one after the other."""
    title = words.fault()
    quote = '"' if look["dress"] == "bold" else ""
    page.block("---", f"title: {quote}{title}{quote}", "labels: bug, backend", "assignees: ''", "---")
    page.block("## Description", "", words.symptom(), "", "## Expected behavior", "", words.symptom())
    page.entries.append(Entry(title, title))


def _one_issue(words: Words, look: dict[str, str], page: Page, _index: int) -> None:
    """A file that is one issue: its sections and their lists are no items."""
    title = words.fault()
    page.block(f"# {words.word('faults')}: {title}")
    page.block(
        "## Background", "", words.fact(), "", "## Tasks", "", f"- [ ] {words.order()}", f"- [ ] {words.order()}"
    )
    page.block("## Risks", "", f"1. **{words.thing()}**: {words.fact()}", f"2. **{words.thing()}**: {words.fact()}")
    page.block("## Acceptance Criteria", "", f"- [ ] {words.word('done')}")
    page.entries.append(Entry(title, f"{words.word('faults')} {title}"))


def _missing(words: Words, look: dict[str, str], page: Page, index: int) -> None:
    """A plain bullet or number under a heading that says what is missing."""
    title = f"No test: {words.fault()}"
    marker = f"{index + 1}." if look["ident"] == "number" else "-"
    if page.lines and page.lines[-1].startswith("#"):
        page.add("")
    page.add(f"{marker} {title}")
    page.entries.append(Entry(title, f"{marker} {title}"))


SHAPES: dict[str, Callable[[Words, dict[str, str], Page, int], None]] = {
    "heading": _heading,
    "heading-fence": _heading_fence,
    "title-field": _title_field,
    "bold-list": _bold_list,
    "bullets": _bullets,
    "bold-line": _bold_line,
    "place-first": _place_first,
    "table": _row,
    "front-matter": _front_matter,
    "one-issue": _one_issue,
    "missing-tests": _missing,
}
