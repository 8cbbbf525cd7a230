"""Which step a line of a list is about: by the title of the step, else by its number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.plan.titles import bare_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.plan.shape import Planned

SKIPPED = " (skipped)"
_NAMED = re.compile(
    r"^(?:(?:step|prompt|chunk|task|iteration|milestone)\b)?\s*#?(?P<number>[A-Z]?\d+(?:[.\-]\d+)*[a-z]?)?"
    r"(?:\s*[:.)\u2013\u2014-]+\s*|\s+|$)(?P<title>.*)$",
    re.IGNORECASE,
)


class Namer:
    """The steps of a plan by their titles and numbers."""

    def __init__(self, steps: Sequence[Planned]) -> None:
        self._titles: dict[str, list[int]] = {}
        self._numbers: dict[str, list[int]] = {}
        self._words = [words_of(step.step.title) for step in steps]
        for at, step in enumerate(steps):
            self._titles.setdefault(self._words[at], []).append(at)
            self._numbers.setdefault(step.step.number.casefold(), []).append(at)
        self._titles.pop("", None)
        self._numbers.pop("", None)

    def step(self, text: str) -> int | None:
        """Return the place of the step that a line is about, counted from 0.

        None for none, or several.
        """
        text = text.replace("~~", "").replace("**", "").removesuffix(SKIPPED.strip()).strip()
        whole = self._titles.get(words_of(text), [])
        if len(whole) == 1:
            return whole[0]
        match = _NAMED.match(text)
        if match is None:
            return None
        title = words_of(match["title"])
        numbered = self._numbers.get((match["number"] or "").casefold(), [])
        titled = self._titles.get(title, [])
        both = [at for at in titled if at in numbered]
        if len(both) == 1 or len(titled) == 1:
            return (both or titled)[0]
        if len(numbered) != 1:
            return None
        own = self._words[numbered[0]]
        return numbered[0] if not title or (own and title.startswith(f"{own} ")) else None


def words_of(text: str) -> str:
    """Return the words of a title, whatever marks and case they have."""
    return bare_words(text.replace(SKIPPED, " "))
