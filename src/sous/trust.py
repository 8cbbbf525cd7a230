"""Which projects the user trusts with commands, models and templates: by identity and content."""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

from sous.identity import identity_of
from sous.state import change_state, read_state

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_FILE = "trusted.json"  # before: trust.json, by path, which is not believed any more


def is_known(root: Path) -> bool:
    """Tell whether the user ever trusted this project.

    Cheap, so asked before anything of the project is read.
    """
    return identity_of(root).project in read_state(_FILE)


def is_trusted(root: Path, facts: Mapping[str, Any]) -> bool:
    """Tell whether the user trusts this project and what that covered (`facts`) is the same."""
    return bool(read_state(_FILE).get(identity_of(root).project) == _fingerprint(root, facts))


def trust(root: Path, facts: Mapping[str, Any]) -> None:
    """Remember that the user trusts a project as it is now. Raises SousError."""
    with change_state(_FILE) as known:
        known[identity_of(root).project] = _fingerprint(root, facts)


def distrust(root: Path) -> None:
    """Forget a project. Raises SousError."""
    with change_state(_FILE) as known:
        known.pop(identity_of(root).project, None)


def _fingerprint(root: Path, facts: Mapping[str, Any]) -> str:
    """Return a hash of the facts; file names are relative to the root, which may move."""
    folders = (f"{root.absolute()}{os.sep}", f"{root.resolve()}{os.sep}")
    for folder in folders:
        facts = {name.replace(folder, ""): value for name, value in facts.items()}
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()
