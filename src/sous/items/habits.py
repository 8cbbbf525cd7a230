"""How the titles of one file are written: what several have before and behind their words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sous.document.counted import issue_word, worded
from sous.document.leads import lead_in
from sous.items.words import (
    end_of,
    is_severity,
    prefix_of,
    said_in,
    severity_in,
    tag_in,
    without_ends,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.document.outline import Title
    from sous.items.words import Said


@dataclass(frozen=True)
class Habits:
    """What titles have in common.

    `words`: that several have before their numbers, or a colon; `has_tags`: most begin with a
    word in brackets, `has_ends`: most end with one, which is a severity for some.
    """

    words: frozenset[str] = frozenset()
    has_tags: bool = False
    has_ends: bool = False

    def said_in(self, title: Title, behind: str) -> Said:
        """Return what a title says, with what stands behind it in its line."""
        text = without_ends(title.text, tag=self.has_tags, end=self.has_ends)
        named = issue_word(text)
        if named and named.word in self.words:
            text = named.title
        said = said_in(f"{title.box} {text}{behind}", self.words)
        if said.severity or text == title.text:
            return said
        found = (word for word in (tag_in(title.text), end_of(title.text)) if is_severity(word))
        return said._replace(severity=severity_in(next(found, "")))


def habits_of(titles: Sequence[Title]) -> Habits:
    """Return how some titles are written."""
    words = Counter(said.word for title in titles if (said := worded(title.text)))
    words.update(map(prefix_of, {lead_in(title.text).code for title in titles}))
    words.update(named.word for title in titles if (named := issue_word(title.text)))
    tags = [tag for title in titles if (tag := tag_in(title.text))]
    ends = [end for title in titles if (end := end_of(title.text))]
    return Habits(
        frozenset(word for word, count in words.items() if word and count > 1),
        _are_common(tags, titles),
        _are_common(ends, titles) and sum(map(is_severity, ends)) * 2 >= len(ends),
    )


def _are_common(found: Sequence[str], titles: Sequence[Title]) -> bool:
    return len(found) > 1 and len(found) * 2 >= len(titles)
