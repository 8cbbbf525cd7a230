"""The prompt of a step: its whole section, or the one block that is said to be it."""

from __future__ import annotations

import pytest

from sous.plan.page import Page
from sous.plan.prompts import first_words, is_text, prompt_in, prompt_of_torn, unquoted

FENCE = "```text\nDo it.\n```\n"


KNOWN = {"block", "prose"}


@pytest.mark.parametrize(
    ("section", "prompt", "traits"),
    [
        (FENCE, "Do it.", {"block", "prose"}),
        (f"- **Files:** `a`\n\n{FENCE}\n**Verify:**\n\n```\nmake\n```\n", "Do it.", {"block", "prose"}),
        (f"> {FENCE}".replace("\nDo", "\n> Do").replace("\n```", "\n> ```"), "Do it.", {"block", "prose"}),
        ("```\nnpm test\n```\n", "npm test", {"block"}),
        ("```py\nx = 1\n```\n", "```py\nx = 1\n```", set()),
        ("> Do it.\n> Now.\n", "Do it.\nNow.", set()),
        ("**Prompt:**\n\nDo it.\n\n---\n", "Do it.", set()),
        ("**Files:**\n- a\n\nDo it.\n", "**Files:**\n- a\n\nDo it.", {"work"}),
        ("- [ ] a\n\n```\nmake\n```\n", "- [ ] a\n\n```\nmake\n```", {"work"}),
        ("- [ ] a\n- [ ] b\n", "- [ ] a\n- [ ] b", set()),
        ("<details>\nDo it.\n</details>\n", "Do it.", set()),
    ],
)
def test_a_prompt_is_read(section: str, prompt: str, traits: set[str]) -> None:
    page = Page(section)
    found = prompt_in(page, 0, len(page.lines), is_last=False)
    assert found is not None
    assert (found.text, set(found.traits) & KNOWN) == (prompt, traits - {"work"})
    assert ("work" in found.traits) == ("work" in traits or "**Files" in section)


@pytest.mark.parametrize("section", ["", "TODO\n", "---\n", "```text\n```\n"])
def test_what_says_nothing_is_no_prompt(section: str) -> None:
    page = Page(f"{section}\n")
    found = prompt_in(page, 0, len(page.lines), is_last=True)
    assert found is None or section.startswith("```")


@pytest.mark.parametrize(
    ("block", "said", "text"),
    [
        ("Write it.", False, True), ("npm test", False, False), ("do it", True, True), ("+---+\n| A |\n+---+", True, False),
        ('{"a": 1}', False, False), ("", True, False), ("Напиши тест.", False, True), ("写一个解析器。", False, True),
    ],
)  # fmt: skip
def test_text_is_told_from_code(block: str, *, said: bool, text: bool) -> None:
    assert is_text(block, is_said=said) is text


def test_only_a_quote_as_a_whole_is_taken_out_of_its_marks() -> None:
    assert unquoted(["> a", "", "> > b"]) == ["a", "", "b"]
    assert unquoted(["> a", "b"]) == ["> a", "b"]


@pytest.mark.parametrize("before", ["```python", "**Files:**\n- a.py\n\n```", "- [ ] Write it\n\n```md"])
def test_where_fences_are_broken_code_of_a_section_is_not_its_prompt(before: str) -> None:
    lines = f"{before}\nx = 1\n```".split("\n")
    assert prompt_of_torn(lines, is_last=False) == "\n".join(lines)


@pytest.mark.parametrize(
    ("prompt", "title"),
    [
        ("Objective: Add a parser. It reads\nall.", "Add a parser"),
        ("**Goal:** Add a parser", "Add a parser"),
        ("Add the tables: users and scores", "Add the tables"),
        ("Write tests for `a.b`: first", "Write tests for `a.b`"),
        ("word " * 40, "word " * 15 + "\u2026"),
    ],
)
def test_the_first_words_of_a_prompt_name_a_step_without_a_title(prompt: str, title: str) -> None:
    assert first_words(prompt) == title


@pytest.mark.parametrize(
    ("section", "is_prompt"),
    [
        ("Goal: a store.\n\n```\nWrite the store.\n```\n", True),
        ("**Fix:** two rows:\n\n```\nRow 1: name\n```\n\n### Tests\n\nOne for each row.\n", False),
        ("**Fix:** two rows:\n\n```\nRow 1: name\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n", False),
        ("| Goal | a |\n|---|---|\n| Risk | low |\n\n```\nWrite the store.\n```\n", True),
        ("**Prompt:**\n\n```\nsrc/ ├── a.py └── b.py\n```\n", True),
        ("Put it there:\n\n```\nsrc/\n├── a.py\n└── b.py\n```\n", False),
        ("```text\nWrite the store.\n```\n\n### Notes\n\nNone.\n", True),
    ],
)
def test_a_block_without_a_language_beside_parts_of_a_section_only_shows(section: str, is_prompt: bool) -> None:
    page = Page(f"# Plan\n\n## Step 1: Rows\n\n{section}")
    found = prompt_in(page, 4, page.end, is_last=False)
    assert found is not None
    assert ("block" in found.traits) is is_prompt
