"""Fences of blocks of code: a line that is one, and one that is long enough for a text."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LINE = re.compile(r"^(?P<indent>[ \t]*)(?:>[ \t]?)*(?P<marks>`{3,}|~{3,})(?P<info>[^`\n]*)$")
_SHALLOW = 3  # columns before a fence that is not in a list
MARKDOWN = ("markdown", "md")  # languages whose blocks hold text, not code
_OPENS_MARKDOWN = re.compile(
    rf"^(?:`{{3,}}|~{{3,}})[ ]*(?:{'|'.join(MARKDOWN)})?\s*$", re.MULTILINE | re.IGNORECASE
)


class FenceLine(NamedTuple):
    """A line that opens or closes a block of code: its indent, marks and info string."""

    indent: str
    marks: str
    info: str

    @property
    def language(self) -> str:
        """The first word of the info string, in lower case; empty for a bare fence."""
        return self.info.partition(" ")[0].lower()

    @property
    def is_shallow(self) -> bool:
        """Whether it may stand outside of a list."""
        return len(self.indent) <= _SHALLOW and "\t" not in self.indent

    def closes(self, marks: str) -> bool:
        """Tell whether it ends a block that was opened with `marks`."""
        return not self.info and self.marks.startswith(marks)


def fence_line(line: str) -> FenceLine | None:
    """Return what a line says as a fence, None where it is none.

    Its indentation may be that of a list.
    """
    match = _LINE.match(line) if "```" in line or "~~~" in line else None
    return FenceLine(match["indent"], match["marks"], match["info"].strip()) if match else None


class OpenFences:
    """What is open as one goes over the lines of an answer: code, or a fence around markdown.

    A fence around markdown is seen through: blocks of code in it may have the same marks.
    """

    def __init__(self) -> None:
        """Begin outside of all fences."""
        self.code: FenceLine | None = None
        self._around: list[FenceLine] = []

    def take(self, line: str, following: str) -> bool:
        """Take a line, and the next one that is not blank; tell whether the line is code."""
        fence = fence_line(line)
        if fence is None:
            return self.code is not None
        if self.code:
            if fence.closes(self.code.marks):
                self.code = None
            return True
        if self._around and fence.closes(self._around[-1].marks):
            self._around.pop()
            return False
        is_around = fence.language in MARKDOWN or (not fence.info and following[:1] == "#")
        if is_around and not self._around and "#" in following[:1]:
            self._around.append(fence)
            return False
        self.code = fence
        return True


def next_lines(lines: Sequence[str]) -> list[str]:
    """Return for each line the next one that is not blank, empty for none."""
    found, following = [""] * len(lines), ""
    for at in range(len(lines) - 1, -1, -1):
        found[at] = following
        following = lines[at] if lines[at].strip() else following
    return found


def shallow_fence(line: str) -> FenceLine | None:
    """Return what a line says as a fence that is in no list or quote."""
    found = fence_line(line) if ">" not in line[: _SHALLOW + 1] else None
    return found if found and found.is_shallow else None


def fence_for(*texts: str, others: Iterable[str] = ()) -> str:
    """Return a fence that is longer than any run of backticks in the texts."""
    longest = max(map(_longest_run, itertools.chain(texts, others)), default=0)
    return "`" * max(3, longest + 1)


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`{3,}", text)), default=0) if "```" in text else 0


def may_wrap(text: str) -> bool:
    """Tell whether a line of a text may open a fence around markdown."""
    return bool(_OPENS_MARKDOWN.search(text))
