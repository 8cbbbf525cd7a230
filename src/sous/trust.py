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
_TESTS = "tests.json"  # the commands of plans that a user said yes to, as hashes, by project
_KEPT = 200  # of them a project


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
    for name in (_FILE, _TESTS):
        with change_state(name) as known:
            known.pop(identity_of(root).project, None)


def is_agreed_test(root: Path, command: str) -> bool:
    """Tell whether the user saw this command of a plan, and said that it may be run."""
    agreed = read_state(_TESTS).get(identity_of(root).project)
    return isinstance(agreed, list) and _hash(command) in agreed


def agree_to_test(root: Path, command: str) -> None:
    """Remember that the user said yes to a command of a plan. Raises SousError."""
    project = identity_of(root).project
    with change_state(_TESTS) as known:
        before = known.get(project)
        kept = before if isinstance(before, list) else []
        known[project] = [*(one for one in kept if one != _hash(command)), _hash(command)][-_KEPT:]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _fingerprint(root: Path, facts: Mapping[str, Any]) -> str:
    """Return a hash of the facts; file names are relative to the root, which may move."""
    folders = (f"{root.absolute()}{os.sep}", f"{root.resolve()}{os.sep}")
    for folder in folders:
        facts = {name.replace(folder, ""): value for name, value in facts.items()}
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()
