"""What tests of a fleet's workers share."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sous.fleet.place import FleetFolder
from sous.fleet.repositories import FleetRepository
from sous.fleet.work import Assignment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def assignment(tmp_path: Path, address: str, name: str = "o/n") -> Assignment:
    """Return the order to pack a repository."""
    folder = FleetFolder(tmp_path / "fleet")
    folder.begin()
    return Assignment(FleetRepository(name, address, address), ("bundle",), folder.top)


@contextmanager
def hanging() -> Iterator[str]:
    """Yield an address of which nothing ever comes."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/o/n"
