"""What a fleet may cost and has cost: set aside before a call, settled after it, on disk each time.

A line is an object: `begin`, `reserve` and `settle` (a number, a name, US dollars), `end`. What a
run spent that did not come to its end counts in the next, and what it had set aside counts as spent
until it is known better: a driver that was killed cannot have the limit passed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from sous.errors import SousError
from sous.files import read_file
from sous.folders import hold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_LARGEST = 1_000_000_000  # bytes
_NOTHING = Decimal(0)


@dataclass
class _SetAside:
    """What is set aside for a repository and not settled."""

    name: str
    dollars: Decimal


class Ledger:
    """The ledger of a folder, and the most US dollars that may be spent (None: any)."""

    def __init__(self, path: Path, most: Decimal | None = None) -> None:
        self._path = path
        self.most = most
        self.spent = _NOTHING
        self._open: dict[int, _SetAside] = {}
        self._next = 1
        for entry in self._entries():
            self._count(entry)
        self._left_open = dict(self._open)

    def begin(self) -> None:
        """Note that a run begins. Raises SousError where that cannot be written."""
        self._write({"begin": True})

    def end(self) -> None:
        """Note that a run did all that it was asked to: the next begins with nothing spent."""
        self._write({"end": True})

    @property
    def set_aside(self) -> Decimal:
        """What is set aside and not settled."""
        return sum((one.dollars for one in self._open.values()), _NOTHING)

    def has_room_for(self, dollars: Decimal) -> bool:
        """Tell whether so much more may be set aside."""
        return self.most is None or self.spent + self.set_aside + dollars <= self.most

    def reserve(self, name: str, dollars: Decimal) -> int:
        """Set an amount aside, and return its number. Raises SousError."""
        number = self._next
        self._write({"reserve": number, "name": name, "dollars": str(dollars)})
        self._open[number] = _SetAside(name, dollars)
        self._next += 1
        return number

    def settle(self, number: int, dollars: Decimal) -> None:
        """Put what it cost in place of what was set aside. Raises SousError."""
        self._write({"settle": number, "dollars": str(dollars)})
        self._open.pop(number, None)
        self.spent += dollars

    def pay(self, name: str, dollars: Decimal) -> None:
        """Note what was spent where nothing had been set aside. Raises SousError."""
        if dollars:
            self.settle(self.reserve(name, dollars), dollars)

    def settle_earlier(self, name: str) -> None:
        """Count what a run that was killed had set aside for a repository as spent."""
        for number, one in list(self._left_open.items()):
            if one.name == name:
                del self._left_open[number]
                self.settle(number, one.dollars)

    def _count(self, entry: Mapping[str, Any]) -> None:
        if "end" in entry:
            self.spent, self._open = _NOTHING, {}
        elif isinstance(number := entry.get("reserve"), int):
            self._open[number] = _SetAside(str(entry.get("name")), _amount(entry))
            self._next = max(self._next, number + 1)
        elif isinstance(number := entry.get("settle"), int):
            self._open.pop(number, None)
            self.spent += _amount(entry)

    def _entries(self) -> Iterator[Mapping[str, Any]]:
        try:
            data = read_file(self._path, root=self._path.parent, most=_LARGEST)
        except FileNotFoundError:
            return
        except OSError as exc:
            raise SousError(f"cannot read {self._path}: {exc.strerror}") from exc
        for line in data.splitlines():
            try:
                entry = json.loads(line)
            except ValueError:  # half of one, which a crash left
                continue
            if isinstance(entry, dict):
                yield entry

    def _write(self, entry: Mapping[str, Any]) -> None:
        try:
            with hold(self._path.parent, create=True) as folder:
                folder.append(self._path.name, json.dumps(entry))
        except OSError as exc:
            raise SousError(
                f"cannot write {self._path}: {exc.strerror}; without it nobody knows what was "
                "spent, so nothing more is asked"
            ) from exc


def _amount(entry: Mapping[str, Any]) -> Decimal:
    """Return the dollars of a line; nothing where it does not say any."""
    try:
        dollars = Decimal(str(entry.get("dollars")))
    except InvalidOperation:
        return _NOTHING
    return dollars if dollars.is_finite() and dollars >= 0 else _NOTHING
