"""What speaks for a title being that of an item."""

from __future__ import annotations

import pytest

from sous.document.gather import read_outline
from sous.document.markdown import parse
from sous.items.evidence import about, led, prefixes_of, sited, tagged


@pytest.mark.parametrize(
    ("title", "traits"),
    [
        ("BUG-001: it leaks", {"coded", "sure"}),
        ("RFC-001: a cache", {"coded", "required"}),
        ("[high] it leaks", {"flagged", "sure"}),
        ("High: it leaks", {"flagged"}),
        ("\U0001f534 it leaks", {"flagged", "sure"}),
        ("\U0001f534 Critical issues", set()),
        ("src/a.py:3: it leaks", {"placed"}),
        ("src/a.py:3:5: error: it leaks", {"placed", "sure"}),
        ("It leaks", set()),
    ],
)
def test_how_a_title_begins(title: str, traits: set[str]) -> None:
    (heading,) = read_outline(parse(f"## {title}\n")).headings
    assert set(led(heading, prefixes_of([heading]))) == traits


@pytest.mark.parametrize(
    ("above", "traits"),
    [("Bugs", {"about", "nearest"}), ("Changelog", {"else"}), ("Thoughts", set())],
)
def test_what_stands_above_a_title(above: str, traits: set[str]) -> None:
    outline = read_outline(parse(f"# {above}\n\n## It leaks\n"))
    assert traits <= set(about(outline, outline.headings[1]))
    assert traits or "about" not in set(about(outline, outline.headings[1]))


@pytest.mark.parametrize(
    ("below", "traits"),
    [("`src/a.py:3`\n", {"sited"}), ("**Prio:** high\n", {"rated"}), ("Nothing.\n", set())],
)
def test_what_stands_below_a_title(below: str, traits: set[str]) -> None:
    outline = read_outline(parse(f"## It leaks\n\n{below}"))
    assert set(sited(outline, outline.headings[0], outline.lines)) == traits


def test_tags_count_where_one_of_them_is_a_severity() -> None:
    rated = read_outline(parse("## [High] a\n\n## [Cart] b\n")).headings
    assert tagged(rated) == set(rated)
    assert tagged(read_outline(parse("## [Shop] a\n\n## [Cart] b\n")).headings) == set()
