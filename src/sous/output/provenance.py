"""The comment at a report's end: what it was made from, and whether it is still as made."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from sous.document.boxes import without_ticks

_COMMENT = re.compile(r"\n<!-- sous (\{.*\}) -->\s*")


def sign(body: str, facts: dict[str, Any]) -> str:
    """Return `body` with the comment behind it: `facts`, and the hash of the text."""
    body = body.strip("\n") + "\n"
    data = json.dumps({**facts, "text": text_hash(body)}, ensure_ascii=True)
    # "--" may not stand in an HTML comment; as an escape it is the same JSON.
    return f"{body}\n<!-- sous {data.replace('--', '-' + chr(92) + 'u002d')} -->\n"


def read_signature(text: str) -> tuple[str, dict[str, Any] | None]:
    """Split a report into its text and the facts of its comment, None where there is none."""
    start = text.rfind("\n<!-- sous {")
    match = _COMMENT.fullmatch(text, start) if start >= 0 else None
    if match is None:
        return text, None
    try:
        facts = json.loads(match[1])
    except (ValueError, RecursionError):
        return text, None
    return text[:start].strip("\n") + "\n", facts if isinstance(facts, dict) else None


def is_unchanged(text: str) -> bool:
    """Tell whether `sous` made this text and nobody changed it since, but for its boxes."""
    body, facts = read_signature(text)
    return facts is not None and facts.get("text") == text_hash(body)


def text_hash(body: str) -> str:
    """Return the SHA-256 of a text, whatever its line ends and the state of its tick boxes."""
    folded = without_ticks(body.replace("\r\n", "\n").strip("\n"))
    return hashlib.sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()
