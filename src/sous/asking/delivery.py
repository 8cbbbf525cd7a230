"""Where a text of a run goes, a file or stdout; whether what is there is up to date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sous.errors import SousError
from sous.files import shown_path
from sous.output.partial import keep_somewhere, partial_path
from sous.output.place import facts_in_place, put_in_place
from sous.output.readme import OURS
from sous.terminal import say, write_stdout

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sous.output.target import Destination


@dataclass(frozen=True)
class Delivery:
    """A path, how it may be written (None: stdout instead), and whether the user named it."""

    path: Path
    destination: Destination | None
    root: Path
    named: bool = False

    @property
    def partial(self) -> Path:
        """Where what came of an answer is kept that failed."""
        return partial_path(self.destination.path if self.destination else self.path)

    @property
    def name(self) -> str:
        """The file, for people."""
        return shown_path(self.destination.path if self.destination else self.path)

    def is_up_to_date(self, facts: Mapping[str, Any]) -> bool:
        """Tell whether what is there was made here, from these facts, and not changed since."""
        if self.destination is None:
            return False
        known = facts_in_place(self.destination, self.root)
        return known is not None and covers(known, facts)

    def deliver(self, text: str) -> str:
        """Write a text and return where, for people.

        Raises SousError, OSError; the text is then kept beside its place.
        """
        if self.destination is None:
            return self._print(text)
        from sous.asking.ticks import with_old_ticks

        text = with_old_ticks(text, self.destination)
        return put_in_place(self.destination, text, root=self.root, named=self.named)

    def _print(self, text: str) -> str:
        try:
            write_stdout(text.encode("utf-8", "replace"))
        except (OSError, SousError):
            say(keep_somewhere(self.partial, text, what="The answer"))  # it is paid for
            raise
        return "stdout"


def covers(known: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    """Tell whether a text was made from the same facts.

    A README of our own making is no news, whatever it was before.
    """
    same = dict(facts)
    if same.get("readme") == OURS:
        del same["readme"]
    return all(known.get(key) == value for key, value in same.items())
