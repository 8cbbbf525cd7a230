"""What an agent prints: its words in lines of text or JSON, what it says that it used."""

from __future__ import annotations

import json
import math
import re
from decimal import Decimal
from functools import reduce
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST = 4_000  # characters of one line that are shown
# aider 0.86: "Tokens: 4.9k sent, 212 received. Cost: $0.02 message, $0.05 session."
_AIDER = re.compile(r"Tokens: ([\d.,]+[kM]?) sent,(?:.*?,)? ?([\d.,]+[kM]?) received")
_AIDER_COST = re.compile(r"Cost: \$([\d.]+) message")
# codex exec 0.169: "tokens used" and the number in the next line, or behind it
_CODEX = re.compile(r"^tokens used:?\s+([\d.,]+[kM]?)\s*$", re.MULTILINE | re.IGNORECASE)
_SCALE = {"k": 1_000, "M": 1_000_000}


class Usage(NamedTuple):
    """Tokens that an agent says it used, and what that cost in dollars (None: not said)."""

    tokens: int = 0
    cost: float | None = None

    def plus(self, other: Usage) -> Usage:
        """Return both together."""
        known = [one.cost for one in (self, other) if one.cost is not None]
        return Usage(self.tokens + other.tokens, sum(known) if known else None)

    @property
    def told(self) -> str:
        """What it was, in words; empty where the agent says nothing."""
        from sous.models.price import Cost

        tokens = f"{self.tokens:,} tokens by its agent's count" if self.tokens else ""
        cost = str(Cost(Decimal(str(self.cost)))) if self.cost is not None else ""
        return ", ".join(filter(None, (tokens, cost)))


def usage_in(output: str, agent: str) -> Usage:
    """Return what an agent says that it used, in its own form alone: all else is only printed.

    A command line of the user's may start any agent, so every form counts.
    """
    readers = [_FORMS[agent]] if agent in _FORMS else [_in_messages, _in_result, _in_total]
    return reduce(Usage.plus, (read(output) for read in readers))


def _in_result(output: str) -> Usage:
    """Read the last result of Claude Code's JSON, or of our own llm: it is the sum."""
    results = [data for data in _objects(output) if data.get("type") == "result"]
    return _of_claude(results[-1]) if results else Usage()


def _in_messages(output: str) -> Usage:
    """Read what aider prints under each message."""
    tokens = sum(_number(sent) + _number(received) for sent, received in _AIDER.findall(output))
    costs = (Usage(0, _amount(cost.rstrip("."))) for cost in _AIDER_COST.findall(output))
    return reduce(Usage.plus, costs, Usage(tokens))


def _in_total(output: str) -> Usage:
    """Read what codex prints at the end."""
    return Usage(sum(_number(tokens) for tokens in _CODEX.findall(output)))


def _in_nothing(_output: str) -> Usage:
    """Read nothing, as of Gemini CLI, which reports nothing."""
    return Usage()


_FORMS = {
    "aider": _in_messages,
    "claude": _in_result,
    "codex": _in_total,
    "gemini": _in_nothing,
    "llm": _in_result,
}


def words_of(line: str) -> str:
    """Return what a line says: text as it is, of JSON the words and tools; the rest is empty."""
    line = line.rstrip()[:_MOST]
    if not line.startswith('{"'):
        return line
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return line
    if not isinstance(data, dict) or "type" not in data:
        return line
    if data["type"] == "result":
        return str(data.get("result") or data.get("subtype") or "")
    return "\n".join(_content(data))


def _content(data: dict[str, Any]) -> Iterator[str]:
    message = data.get("message")
    content = message.get("content") if isinstance(message, dict) else None
    for part in content if isinstance(content, list) else ():
        if not isinstance(part, dict) or data["type"] != "assistant":
            continue
        if part.get("type") == "text":
            yield str(part.get("text", "")).strip()
        elif part.get("type") == "tool_use":
            given = part.get("input")
            values = [str(one) for one in given.values()][:1] if isinstance(given, dict) else []
            yield f"{part.get('name', 'tool')}: {''.join(values)[:200]}"


def _objects(output: str) -> Iterator[dict[str, Any]]:
    for line in output.splitlines():
        if line.startswith('{"'):
            try:
                data = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(data, dict):
                yield data


def _of_claude(data: dict[str, Any]) -> Usage:
    cost, usage = data.get("total_cost_usd"), data.get("usage")
    counts = usage.items() if isinstance(usage, dict) else ()
    tokens = sum(value for key, value in counts if key.endswith("_tokens") and type(value) is int)
    return Usage(tokens, _amount(cost) if isinstance(cost, int | float) else None)


def _amount(said: str | float) -> float | None:
    """Return an amount that an agent says; None for what is none."""
    try:
        found = float(said)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) and found >= 0 else None


def _number(text: str) -> int:
    scale = _SCALE.get(text[-1:], 1)
    digits = text.rstrip("kM").replace(",", "")
    found = _amount(digits) if re.fullmatch(r"\d{1,12}(?:\.\d{1,12})?", digits) else None
    return round((found or 0) * scale)
