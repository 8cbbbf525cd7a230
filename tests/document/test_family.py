"""Families of siblings: what is wanted is data, the surest is taken."""

from __future__ import annotations

import pytest

from sous.document.blocks import Span
from sous.document.family import (
    Family,
    Member,
    Profile,
    families_of,
    headings_of,
    left_out,
    measured,
    members_of,
    share_of,
    surest,
    without_closing,
)
from sous.document.gather import read_outline
from sous.document.markdown import parse
from sous.document.outline import Title


def members(*traits: str, kind: str = "heading") -> list[Member]:
    """Return members of a kind, each with traits (parted by blanks) and its number."""
    return [
        Member(Title(kind, 2, at, at + 1, f"t{at}"), at + 1, str(at + 1), frozenset(words.split()))
        for at, words in enumerate(traits)
    ]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Profile("heading", 1, {"a"}), 2),
        (Profile("heading", 1, {"a", "b"}), 3),
        (Profile("heading", 1, {"a"}, without={"b"}), 1),
        (Profile("heading", 1, {"a"}, least=3), 0),
        (Profile("heading", 1, {"a"}, needs={"c"}), 0),
        (Profile("heading", 1, {"a"}, needs={"b"}), 2),
        (Profile("heading", 1, {"a"}, shares=(("b", 0.6), ("c", 0.1))), 0),
        (Profile("heading", 1, {"a"}, shares=(("b", 0.5), ("c", 0.1))), 2),
        (Profile("bold", 1, {"a"}), 0),
    ],
)
def test_what_is_wanted_is_found(wanted: Profile, found: int) -> None:
    siblings = {"heading": [members("a", "a b", "b")]}
    assert sum(len(family.members) for family in families_of([wanted], siblings)) == found


def test_titles_of_one_word_are_a_family() -> None:
    wanted = Profile("heading", 1, {"worded"}, alike="word ", least=2)
    words = ["x", "y", "x"]
    siblings = [
        member._replace(traits=frozenset({"worded", f"word {word}"}))
        for member, word in zip(members("a", "a", "a"), words, strict=True)
    ]
    (family,) = families_of([wanted], {"heading": [siblings]})
    assert [member.title.text for member in family.members] == ["t0", "t2"]


def test_numbers_that_begin_again_are_less_sure() -> None:
    wanted = Profile("heading", 0.8, {"a"}, runs=0.5)
    on = Family(wanted, tuple(members("a", "a")))
    again = Family(wanted, tuple(member._replace(number="1") for member in on.members))
    gap = Family(wanted, (on.members[0], on.members[1]._replace(number="9")))
    assert on.confidence == pytest.approx(0.8)
    assert again.confidence == pytest.approx(0.6)
    assert gap.confidence < again.confidence < on.confidence


def test_what_is_wanted_more_is_taken_before_what_is_surer() -> None:
    few = Family(Profile("heading", 0.5, {"a"}, rank=1), tuple(members("a")))
    many = Family(Profile("heading", 1, {"a"}), tuple(members("a", "a", "a")))
    assert surest([many, few]) is few
    assert surest([]) is None


def test_traits_are_added_and_counted() -> None:
    found = measured(members("a", "b"), lambda member: {"first"} if member.number == "1" else set())
    assert share_of(found, "first") == 0.5
    assert share_of([], "first") == 0


def test_a_section_ends_where_the_next_begins_that_is_no_deeper() -> None:
    outline = read_outline(parse("# A\n## B\n### C\n## D\n# E\n"))
    assert [member.end for member in headings_of(outline, 2, wrapped=False)] == [3, 4]


@pytest.mark.parametrize(
    ("kind", "text", "ends"),
    [
        ("bold", "**a**\n\n**b**\n\ntext\n\n# C\n", [2, 6]),
        ("list", "- **a**\n  x\n- **b**\n  y\n\ntext\n", [2, 5]),
        ("list", "- **a**\n\n**Fix:** x\n\n- **b**\n  y\n\ntext\n", [4, 7]),
    ],
    ids=["up to the next", "its own lines", "with fields that are not indented"],
)
def test_a_member_ends_as_its_kind_does(kind: str, text: str, ends: list[int]) -> None:
    outline = read_outline(parse(text))
    titles = outline.of_kind(kind, wrapped=False)
    family = Family(Profile(kind, 1, {"x"}), tuple(Member(title, 0) for title in titles[:2]))
    assert [member.end for member in members_of(outline, family)] == ends


def test_what_closes_the_whole_is_no_part_of_the_last() -> None:
    outline = read_outline(parse("## A\n\nx\n\n---\n\n## B\n\ny\n\n---\n\nBye!\n"))
    found = without_closing(outline, headings_of(outline, 2, wrapped=False))
    assert found[-1].end == 10


def test_lines_with_text_in_no_member_are_left_out() -> None:
    assert left_out(["a", "", "b", "c", "d"], [Span(2, 3)]) == [0, 3, 4]
    assert left_out(["a", "b"], []) == [0, 1]
