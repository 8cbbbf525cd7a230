"""The windows that errors told, kept for each model and address: the next run begins with them."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import TYPE_CHECKING, Any

from sous.errors import SousError
from sous.models.address import address_of, server_name
from sous.models.causes import without_secrets
from sous.state import change_state, read_state

if TYPE_CHECKING:
    import llm

_FILE = "windows.json"
_MOST = 200  # models
_DAYS = 60  # after which it is tried again: servers are started anew, plans change
_LARGEST = 10**9  # tokens


def remember(model: llm.Model, facts: dict[str, Any]) -> None:
    """Keep what was learned of a model's window; a state that cannot be written loses it."""
    with contextlib.suppress(SousError, OSError), change_state(_FILE) as kept:
        key = _key(model)
        kept.pop(key, None)
        for other in sorted(kept, key=lambda name: _date_of(kept[name]))[: len(kept) - _MOST + 1]:
            del kept[other]
        kept[key] = {**facts, "date": _today().isoformat()}


def recalled(model: llm.Model) -> dict[str, Any] | None:
    """Return what was learned of a model's window not too long ago, None where nothing was."""
    try:
        found = read_state(_FILE).get(_key(model))
    except SousError:
        return None
    if not isinstance(found, dict) or not _is_number(found.get("tokens"), 1, _LARGEST):
        return None
    if _date_of(found) < (_today() - dt.timedelta(days=_DAYS)).isoformat():
        return None
    more, answer = found.get("more"), found.get("answer")
    return {
        "tokens": int(found["tokens"]),
        "more": more if _is_number(more, 0.1, 10) else None,
        "answer": answer if _is_number(answer, 0, _LARGEST) else None,
    }


def _key(model: llm.Model) -> str:
    return f"{without_secrets(address_of(model))} {server_name(model)}"


def _date_of(entry: Any) -> str:
    return str(entry.get("date", "")) if isinstance(entry, dict) else ""


def _today() -> dt.date:
    return dt.datetime.now(dt.timezone.utc).date()


def _is_number(value: Any, least: float, most: float) -> bool:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return bool(is_number and least <= value <= most)
