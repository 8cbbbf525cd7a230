"""What is known of markdown is known in `document`: the rooms that were moved onto it hold no pattern of their own."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

from house import SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterator

# reads the tree of files in a bundle
NO_MARKDOWN = {SOURCE / "claims" / "outline.py"}
ROOMS = ("plan", "items", "reports", "output", "asking", "claims", "forge", "runner")
MODULES = sorted(
    path.relative_to(SOURCE).as_posix() for room in ROOMS for path in {*(SOURCE / room).rglob("*.py")} - NO_MARKDOWN
)
PATTERNS = {
    "a fence": re.compile(r"(?:`|~)\{3,|```|~~~"),
    "a box": re.compile(r"\\\[.{0,6}\[[^\]]*[xX]|\\\[\[ ?xX"),
    "a heading": re.compile(r"#(?:\{1|\+)|(?<!\[)\^#(?!\\\[)"),
    "a field": re.compile(r"\\\*\\\*.{0,4}\(\?P<name>"),
}


def patterns_in(tree: ast.AST) -> Iterator[str]:
    """Yield the strings that are given to `re`, and to what makes patterns of them."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        if isinstance(call.func.value, ast.Name) and call.func.value.id == "re":
            yield from (
                part.value
                for argument in call.args[:1]
                for part in ast.walk(argument)
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            )


@pytest.mark.parametrize("name", MODULES)
def test_no_pattern_of_markdown_stands_outside_of_document(name: str) -> None:
    tree = ast.parse((SOURCE / name).read_text("utf-8"))
    found = [(kind, text) for text in patterns_in(tree) for kind, form in PATTERNS.items() if form.search(text)]
    assert found == []


@pytest.mark.parametrize(
    ("kind", "pattern"),
    [("a fence", r"^ {0,3}(`{3,}|~{3,})"), ("a box", r"\[[ xX-]?\]"), ("a heading", r"^#{1,6}\s"),
     ("a field", r"\*\*(?P<name>\w+)")],
)  # fmt: skip
def test_the_rule_knows_such_patterns(kind: str, pattern: str) -> None:
    tree = ast.parse(f"re.compile({pattern!r})")
    assert any(PATTERNS[kind].search(text) for text in patterns_in(tree))
