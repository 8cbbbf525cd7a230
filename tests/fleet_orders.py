"""What tests of a fleet's workers share."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from sous.fleet.assignment import Assignment
from sous.fleet.place import FleetFolder
from sous.fleet.repositories import FleetRepository

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


@contextmanager
def closed_door() -> Iterator[str]:
    """Yield an address that lets nobody in without a name and a password."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Closed) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/o/n.git"
        server.shutdown()


class _Closed(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="private"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass
