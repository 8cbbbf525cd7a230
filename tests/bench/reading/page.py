"""A document that is written line by line, and what is true of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field


@dataclass
class Entry:
    """A step, item, box or claim that stands in a document.

    `line` is all that a title may be read as: label, number and status beside the title's own words.
    """

    title: str
    line: str
    body: list[str] | None = None  # the prompt, where there is one sure answer
    begins: list[str] = field(default_factory=list)  # other first lines that are as right
    done: bool | None = None
    depth: int | None = None
    first: int = 0  # lines of the document, for claims
    last: int = 0
    kind: str = ""
    verdict: str = ""


@dataclass
class Page:
    """The lines of a document and its entries."""

    lines: list[str] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    def add(self, *lines: str) -> None:
        """Append lines."""
        for text in lines:
            self.lines.extend(text.split("\n"))

    def block(self, *lines: str) -> None:
        """Append lines with an empty line before them."""
        if self.lines and self.lines[-1]:
            self.lines.append("")
        self.add(*lines)


def heading(level: str, text: str) -> list[str]:
    """Return the lines of a heading: h1 to h6, setext, bold, or an item of a numbered list."""
    if level == "setext":
        return [text, "-" * max(3, len(text))]
    if level == "bold":
        return [f"**{text}**"]
    return ["#" * int(level[1]) + " " + text]


def fence(lines: list[str], tag: str = "", mark: str = "```") -> list[str]:
    """Return lines in a fence."""
    return [mark + tag, *lines, mark]


def plain(text: str) -> str:
    """Return the words of a markdown line, without marks, links and emoji."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"<[^>]+>", " ", text)
    text = re.sub(r"[*`~_]", "", text)
    return " ".join(re.findall(r"\w+", text.lower()))


def same_title(got: str, entry: Entry) -> bool:
    """Say whether a title has the words of an entry, and none that are not on its line."""
    read, title, line = (f" {plain(text)} " for text in (got, entry.title, entry.line))
    return title in read and read in line
