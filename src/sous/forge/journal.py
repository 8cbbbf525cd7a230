"""What was begun and what was posted in a repository, kept outside of it."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING

from sous.state import read_state, state_folder, write_state

if TYPE_CHECKING:
    from sous.forge.remote import Repository

_LATE = 120.0  # seconds in which a list may not show yet what was just posted


class Journal:
    """The notes on one repository, written before and after each post."""

    def __init__(self, repository: Repository) -> None:
        key = hashlib.sha256(f"{repository.host}/{repository.path.lower()}".encode()).hexdigest()[
            :32
        ]
        self._name = f"post/{key}.json"
        self.lock = state_folder() / "post" / f"{key}.lock"

    def begin(self, identity: str) -> None:
        """Note that a finding is about to be posted."""
        self._note(identity, {"at": time.time()})

    def end(self, identity: str, number: int) -> None:
        """Note the number that a finding has got."""
        self._note(identity, {"at": time.time(), "number": number})

    def forget(self, identity: str) -> None:
        """Note that a finding was not posted."""
        write_state(
            self._name,
            {key: entry for key, entry in read_state(self._name).items() if key != identity},
        )

    def number(self, identity: str) -> int | None:
        """Return the number that a finding got, where it was noted."""
        known = read_state(self._name).get(identity)
        number = known.get("number") if isinstance(known, dict) else None
        return number if isinstance(number, int) else None

    def is_fresh(self, identity: str) -> bool:
        """Tell whether a finding was posted, or about to be, so lately that a list may lack it."""
        known = read_state(self._name).get(identity)
        at = known.get("at") if isinstance(known, dict) else None
        return isinstance(at, (int, float)) and abs(time.time() - at) < _LATE

    def _note(self, identity: str, entry: dict[str, object]) -> None:
        write_state(self._name, {**read_state(self._name), identity: entry})
