"""What is known of markdown is known in `document`: the rooms that were moved onto it hold no pattern of their own."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

from house import SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterator

MOVED = (
    "plan/boxes.py", "plan/todo.py", "plan/shape.py", "plan/check.py", "plan/steps.py",
    "plan/titles.py", "plan/prompts.py", "plan/loose.py", "plan/page.py",
    "plan/leftover.py", "plan/progress.py",
    "items/shapes.py", "items/traits.py", "items/tick.py", "items/read.py",
    "reports/shape.py", "reports/merge.py", "reports/finding.py", "reports/findings.py", "reports/provenance.py",
    "claims/mark.py", "claims/blocks.py", "runner/feedback.py", "forge/body.py",
)  # fmt: skip
PATTERNS = {
    "a fence": re.compile(r"(?:`|~)\{3,|```|~~~"),
    "a box": re.compile(r"\\\[.{0,6}\[[^\]]*[xX]|\\\[\[ ?xX"),
    "a heading": re.compile(r"#(?:\{1|\+)|(?<!\[)\^#"),
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


@pytest.mark.parametrize("name", MOVED)
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
