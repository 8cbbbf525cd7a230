"""Which projects the user trusts to choose commands, models and templates: by folder and by what they say."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from sous.state import change_state, read_state

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_FILE = "trust.json"


def is_known(root: Path) -> bool:
    """Tell whether the user ever trusted this folder; cheap, so asked before anything of the project is read."""
    return str(root.resolve()) in read_state(_FILE)


def is_trusted(root: Path, facts: Mapping[str, Any]) -> bool:
    """Tell whether the user said `sous trust` for this folder, and what it was about (`facts`) is still the same."""
    return bool(read_state(_FILE).get(str(root.resolve())) == _fingerprint(facts))


def trust(root: Path, facts: Mapping[str, Any]) -> None:
    """Remember that the user trusts a project as it is now. Raises SousError."""
    with change_state(_FILE) as known:
        known[str(root.resolve())] = _fingerprint(facts)


def distrust(root: Path) -> None:
    """Forget a project. Raises SousError."""
    with change_state(_FILE) as known:
        known.pop(str(root.resolve()), None)


def _fingerprint(facts: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()
