"""Lines that can be the title of a step."""

from __future__ import annotations

import pytest

from sous.plan.page import Page
from sous.plan.steps import read_steps
from sous.plan.titles import clean_title, counted_titles, is_done, without_done


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("## Prompt 1: A", ("heading", "prompt", "1", "A")),
        ("### 🎯 CURRENT: Prompt A2 - B", ("heading", "prompt", "A2", "B")),
        ("### Task 3: C", ("heading", "step", "3", "C")),
        ("## 4. D", ("heading", "number", "4", "D")),
        ("**Prompt 1.2:** E", ("bold", "prompt", "1.2", "E")),
        ("Prompt 6: F", ("line", "prompt", "6", "F")),
        ("## Aufgabe 7: G", ("heading", "step", "7", "G")),
        ("## Etappe 8: H", ("heading", "word etappe", "8", "H")),
        ("### Prompt B \u2013 I", ("heading", "prompt", "B", "I")),
        ("## **Prompt for Step 1.2**", ("heading", "prompt", "1.2", "")),
        ("## Prompt 2/8: K", ("heading", "prompt", "2", "K")),
        ("## Prompt A/8: K", ("heading", "prompt", "A", "K")),
        ("**Task C: J**", ("bold", "step", "C", "J")),
    ],
)
def test_a_title_is_known_by_word_and_number(line: str, found: tuple[str, str, str, str]) -> None:
    title = next(counted_titles(Page(f"{line}\n")))
    assert (title.title.kind, title.word, title.number, title.text) == found


@pytest.mark.parametrize(
    "line",
    [
        "# Notes",
        "## Prompts 1-10: done",
        "    ## Prompt 1: A",
        "## Issue 1: A",
        "## Prompt a: b",
        "## Prompt A",
        "text",
    ],
)
def test_what_counts_nothing_is_no_title(line: str) -> None:
    assert [title for title in counted_titles(Page(f"{line}\n")) if title.word != "number"] == []


@pytest.mark.parametrize(
    ("title", "clean"),
    [("_A b_ ✅", "A b ✅"), ("**A**: b", "A: b"), ("*A*", "A"), ("`__init__` stays", "`__init__` stays")],
)
def test_emphasis_is_taken_off_a_title(title: str, clean: str) -> None:
    assert clean_title(title) == clean


@pytest.mark.parametrize(
    ("line", "done"), [("✅ A", True), ("A (done)", True), ("A — completed", True), ("A when done", False)]
)
def test_a_mark_of_being_done_is_known(line: str, *, done: bool) -> None:
    assert is_done(f"## 1. {line}", line) is done


@pytest.mark.parametrize(
    ("above", "title"),
    [("Build the core", "Build the core"), ("## Core:", "Core"), ("It is slow.", ""), ("- Core", ""), ("x" * 101, "")],
)
def test_the_line_above_a_block_is_the_title_that_its_first_line_lacks(above: str, title: str) -> None:
    blocks = (f"{above}\n```\nProject Prompt {number}:\nWrite the code, please.\n```\n" for number in (1, 2))
    read = {step.title for step in read_steps("\n".join(blocks))}
    assert read == {title or "Write the code, please"}


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        ("Scaffold ✅ COMPLETED", "Scaffold"),
        ("Scaffold (COMPLETED)", "Scaffold"),
        ("Scaffold - Done", "Scaffold"),
        ("Scaffold** ✅ COMPLETADO", "Scaffold"),
        ("Show what is done", "Show what is done"),
        ("✅", "✅"),
    ],
)
def test_a_title_loses_the_mark_that_it_is_done(title: str, bare: str) -> None:
    assert without_done(title) == bare


@pytest.mark.parametrize("title", ["## Step {}: {}", "### Task {} - {}", "## Prompt {}. {}", "**Step {}: {}**"])
def test_roman_numbers_are_not_read_as_letters(title: str) -> None:
    names = dict(zip(["I", "II", "III", "IV", "V"], ["Read", "Sort", "Print", "Test", "Pack"], strict=True))
    text = "# Plan\n\n" + "".join(f"{title.format(*one)}\n\nDo all of it at once.\n\n" for one in names.items())
    assert len(read_steps(text)) == len(names)


def test_the_letter_i_among_others_is_a_letter() -> None:
    text = "# Plan\n\n" + "".join(f"## Step {letter}: Name it\n\nDo {letter} at once.\n\n" for letter in "ABCDEFGHIJ")
    assert [step.number for step in read_steps(text)] == [*"ABCDEFGHIJ"]
