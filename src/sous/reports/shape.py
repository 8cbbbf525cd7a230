"""The shape of an answer: unwrapped from a fence around the whole of it, and its findings counted."""

from __future__ import annotations

import re

_FIELD = re.compile(r"^[-*]\s+\*\*(?:Location|Target):?\*\*", re.MULTILINE)
_FENCED_WHOLE = re.compile(r"\A\s*(?P<fence>`{3,}|~{3,})(?:markdown|md)\s*\n(?P<body>.*)\n(?P=fence)\s*\Z", re.DOTALL)


def unwrap(text: str) -> str:
    """Return the answer without a ```` ```markdown ```` fence around the whole of it.

    A fence that opens and closes again inside, so that the last one belongs to another block, is left alone.
    """
    match = _FENCED_WHOLE.match(text)
    if match is None:
        return text
    from markdown_it import MarkdownIt

    # CommonMark decides: the closing fence that the parser finds for the first one must be the last line.
    first = MarkdownIt().parse(text.strip("\n"))[0]
    lines = text.strip("\n").rstrip().count("\n") + 1
    if first.type == "fence" and first.map and first.map[1] >= lines:
        return first.content
    # Blocks inside with fences as long as the outer one close it early for a parser, though the model meant one whole.
    return match["body"] + "\n" if _balanced(match["body"], match["fence"]) else text


def is_visible(text: str) -> bool:
    """Tell whether an answer holds anything to read, besides comments, fences and characters without width."""
    return bool(
        re.sub(r"<!--.*?-->|[`~\s\u200b-\u200f\u2060\ufeff]", "", text, flags=re.DOTALL).removeprefix("markdown")
    )


def count_findings(text: str) -> int:
    """Return how many `## …` sections have the field that says where."""
    from markdown_it import MarkdownIt

    lines = text.split("\n")
    headings = [
        token.map[0]
        for token in MarkdownIt().parse(text)
        if token.type == "heading_open" and token.tag == "h2" and token.map
    ]
    ends = [*headings[1:], len(lines)]
    return sum(bool(_FIELD.search("\n".join(lines[start:end]))) for start, end in zip(headings, ends, strict=False))


def _balanced(body: str, fence: str) -> bool:
    """Tell whether the fences inside come in pairs, an opening one with a language and a bare closing one."""
    inside = False
    for line in body.splitlines():
        stripped = line.strip()
        if stripped.startswith(fence):
            if inside and stripped.strip(fence[0]):
                return False
            inside = not inside
    return not inside
