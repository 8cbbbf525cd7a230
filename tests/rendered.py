"""What a forge makes of markdown: rendered by GitHub's fork of cmark, its text nodes searched as forges search them.

The search is stricter than any of them: a name behind an `@` is a mention wherever it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote

import cmarkgfm
from cmarkgfm.cmark import Options

_KEPT = re.compile(
    r"h[1-6]|br|b|i|strong|em|a|pre|code|img|div|ins|del|sup|sub|p|ol|ul|table|thead|tbody|tfoot|blockquote|dl|dt|dd|"
    r"kbd|q|samp|var|hr|li|tr|td|th|s|strike|summary|details|section|input|mark|small"
)
_BLOCKS = re.compile(r"h[1-6]|p|div|li|td|th|blockquote|dd|dt|summary|details|section|pre")
_ALLOWED = re.compile(rf"(?:{_KEPT.pattern})\Z|https?:")
_NOT_SEARCHED = frozenset(("a", "pre", "code", "script", "style"))
_VOID = frozenset(("br", "img", "hr", "input", "wbr"))

MENTION = re.compile(r"@\w")
REFERENCE = re.compile(r"[#!$^&]\d|\bGH-\d", re.IGNORECASE)
ADDRESS = re.compile(
    r"(?:issues|pulls?|discussions|merge_requests|work_items|epics|snippets)/\d|commits?/[\da-f]{7}", re.IGNORECASE
)
CLOSING = re.compile(
    r"\b(?:clos(?:e[sd]?|ing)|fix(?:e[sd]|ing)?|resolv(?:e[sd]?|ing)|implement(?:s|ed|ing)?)\b:?\s+"
    r"(?:[\w./-]*[#!]\d|GH-\d|https?://\S*(?:issues|merge_requests)/\d)",
    re.IGNORECASE,
)
COMMAND = re.compile(r"^[^\S\n]*(/[a-z]+)", re.IGNORECASE | re.MULTILINE)


@dataclass
class Page:
    """A rendered text: the nodes that are searched, those of code, its source, blocks as lines, links, tags."""

    nodes: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    source: str = ""
    blocks: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All of its text."""
        return "\n".join(self.blocks)

    def effects(self) -> list[str]:
        """Return what a forge would do because of it."""
        found = [f"mention {one!r}" for one in self.nodes if MENTION.search(one)]
        found += [f"reference {one!r}" for one in self.nodes if REFERENCE.search(one)]
        found += [f"closing {one!r}" for one in self.nodes if CLOSING.search(one)]
        found += [f"address {one!r}" for one in [*self.nodes, *self.links] if ADDRESS.search(one)]
        found += [f"link {one!r}" for one in self.links if re.match(r"@\w|[#!$^&]\d", one)]
        found += [f"comment {one!r}" for one in self.comments]
        found += [f"tag {one}" for one in self.tags if one == "img" or not _ALLOWED.match(one)]
        code = "\n".join(self.code)
        return found + [f"command {one!r}" for one in COMMAND.findall(self.source) if one not in code]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._open: list[str] = []
        self._node: list[str] = []
        self._block: list[str] = []
        self._code: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.tags.append(tag)
        self._end_of_node(tag)
        if tag == "a":
            self.page.links.append(unquote(dict(attrs).get("href") or ""))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self._end_of_node(tag)
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        if tag == "code" and "code" not in self._open:
            self.page.code.append("".join(self._code))
            self._code = []

    def handle_data(self, data: str) -> None:
        if "code" in self._open or "pre" in self._open:
            self._code.append(data)
        if not _NOT_SEARCHED & set(self._open):
            self._node.append(data)
        self._block.append("\0" if "code" in self._open else data)

    def parse_marked_section(self, i: int, report: int = 1) -> int:  # noqa: ARG002  # as it is called
        """Take what begins like `<![CDATA[` for text; Python before 3.13.6 raises for some of it."""
        self.page.comments.append(self.rawdata[i : i + 20])
        self.handle_data(self.rawdata[i : i + 3])
        return i + 3

    def handle_comment(self, data: str) -> None:
        self.page.comments.append(data)

    def _end_of_node(self, tag: str) -> None:
        if _KEPT.fullmatch(tag) and self._node:  # others are taken out, and what stands around them becomes one
            self.page.nodes.append("".join(self._node))
            self._node = []
        if _BLOCKS.fullmatch(tag) and self._block:
            self.page.blocks.append("".join(self._block))
            self._block = []

    def close(self) -> None:
        super().close()
        self._end_of_node("p")


def rendered(text: str) -> Page:
    """Return what GitHub's renderer makes of a text."""
    options = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES
    reader = _Reader()
    reader.feed(cmarkgfm.github_flavored_markdown_to_html(text, options=options))
    reader.close()
    reader.page.source = text
    return reader.page
