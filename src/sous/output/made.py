"""Which reports were made here: only of those it is believed that they answer what is asked again.

The comment at the end of a report can be written by anybody, and comes with a clone; what is kept
here does not.
"""

from __future__ import annotations

import hashlib
import json
import time
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.output.provenance import is_unchanged, read_signature
from sous.state import change_state, project_state, read_state
from sous.terminal import say

if TYPE_CHECKING:
    from pathlib import Path

_FILE = "made.json"
_MOST = 1000  # reports that are remembered for a project


def remember_made(root: Path, text: str) -> None:
    """Note that a signed text was made here.

    Where that cannot be kept, the same is only asked again.
    """
    key = _key(text)
    if key is None:
        return
    try:
        with change_state(project_state(root, _FILE)) as known:
            known[key] = time.time()
            by_age = sorted(known, key=lambda one: _seconds(known[one]), reverse=True)
            for old in by_age[_MOST:]:
                del known[old]
    except SousError as exc:
        say(f"{exc}; the same will be asked again")


def was_made_here(root: Path, text: str) -> bool:
    """Tell whether a signed text was made here and nobody changed it since.

    Ticking a box is no change.
    """
    key = _key(text)
    try:
        return (
            key is not None and is_unchanged(text) and key in read_state(project_state(root, _FILE))
        )
    except SousError:
        return False


def _key(text: str) -> str | None:
    facts = read_signature(text)[1]
    if facts is None:
        return None
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _seconds(value: object) -> float:
    return value if isinstance(value, float) else 0.0
