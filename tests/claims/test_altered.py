"""Code that a report has nearly right."""

from __future__ import annotations

import pytest

from sous.bundle.readers import PackedFile
from sous.claims.altered import line_instead, part_instead
from sous.claims.source import Source

CODE = """\
def add(first, second):
    result = first + second
    if not result or result >= LIMIT:
        raise ValueError("too much", mode=True)
    return result
"""
LINES = list(enumerate(CODE.splitlines()))


def source(text: str = CODE) -> Source:
    return Source(PackedFile("a.py", text), None)


@pytest.mark.parametrize(
    ("quote", "there"),
    [
        ("result = first - second", "+"),
        ("result >= MAXIMUM", "LIMIT"),
        ("if not result and result", "or"),
        ("or result > LIMIT", ">="),
        ("if result or result >= LIMIT", "if not"),
        ('raise ValueError("too many", mode=True)', '"too much"'),
        ("mode=False)", "True"),
        ("def add(second, first)", "first … second"),
        ("result = first + second", None),  # nothing differs
        ("if _result or result", None),  # two things do
        ("result = (first) + second", None),  # punctuation is told as one likes
        ("if not Result or result", None),  # a word in other letters
        ("mode = 1", None),  # a number for a constant is one value for another
        ("x = 1", None),  # too little
    ],
)
def test_what_a_line_has_instead(quote: str, there: str | None) -> None:
    found = part_instead(quote, LINES)
    assert (found.there if found else None) == there


def test_in_a_whole_file_short_code_is_told_by_its_number_alone() -> None:
    lines = [(0, "LIMIT_OF_ALL = 40"), (1, "client = HTTPBearer(auto_error=True)")]
    assert part_instead("LIMIT_OF_ALL = 41", lines, is_long=True)
    assert part_instead("LIMIT_OF_ALL = None", lines, is_long=True) is None
    assert part_instead("HTTPBearer(auto_error=False)", lines, is_long=True)
    assert part_instead("HTTPBearer(other_error=True)", lines, is_long=True) is None


@pytest.mark.parametrize(
    ("quote", "line"),
    [
        ("def add(first, second):\n    result = first + third\n    return result", 1),
        ("def add(first, second):\n\n    # adds\n    result = first + third\n    return result", 1),
        ("def add(first, second):\n    result = first - second\n    return result", 1),
        ("    result = first + third\n    return result", 1),
        ("def add(first, second):\n    result = first + second\n    return result", None),
        ("def add(first, third):\n    result = first + third\n    return result", None),
        ("    return result\n    result = 1", None),
        ("result = first - second", None),
    ],
)
def test_the_line_that_a_quote_has_with_another_word(quote: str, line: int | None) -> None:
    found = line_instead(quote, source())
    assert (found.line if found else None) == line


def test_a_line_far_from_the_others_is_not_the_altered_one() -> None:
    far = CODE.replace("    result", "    pass\n" * 40 + "    result", 1)
    assert line_instead("def add(first, second):\n    result = first - second", source(far)) is None
