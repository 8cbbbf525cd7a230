"""The line numbers that packers put before lines: found, taken off and kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# sous and repomix `12: x`, code2prompt and yek `12 | x`, files-to-prompt `12  x`; a blank line may
# have lost blanks.
_FORMS = tuple(
    re.compile(rf"^[ ]*(\d+){mark}", re.MULTILINE) for mark in (": ?", r" \|(?: |$)", "(?:  |$)")
)


def form_of(texts: Sequence[str], *, said: bool) -> re.Pattern[str] | None:
    """Return how the lines of these texts begin when they begin with their numbers, else None.

    `said`: the bundle itself says so; then most of the texts are enough, else it has to be all of
    them.
    """
    for form in _FORMS:
        if not any(re.search(r"^ *\d+(?:: | \| |  )", text, re.MULTILINE) for text in texts):
            continue
        numbered = sum(_is_numbered(text, form) for text in texts)
        if numbered == len(texts) or (said and numbered * 2 > len(texts)):
            return form
    return None


def without_numbers(text: str, form: re.Pattern[str]) -> tuple[str, Sequence[int]]:
    """Take the numbers off; return the text and the number of each of its lines.

    Lines of another form (what a packer put there itself) go with the number of the line before.
    """
    lines = len(text.removesuffix("\n").split("\n"))
    found = form.findall(text)
    bare = form.sub("", text)
    if bare.endswith("\n") and not text.endswith("\n"):  # the last line is blank
        bare += "\n"
    if len(found) == lines and int(found[0]) == 1 and int(found[-1]) == lines:
        return bare, range(1, lines + 1)
    numbers, last = [], 0
    for line in text.removesuffix("\n").split("\n"):
        match = form.match(line)
        last = int(match[1]) if match else last
        numbers.append(last)
    return bare, numbers


def _is_numbered(text: str, form: re.Pattern[str]) -> bool:
    last = 0
    lines = text.rstrip("\n").split("\n")
    for line in lines[:200]:
        if line.startswith("⋮"):  # where signatures leave something out
            continue
        match = form.match(line)
        if match is None or int(match[1]) <= last:
            return False
        last = int(match[1])
    return True
