"""The board on loopback: a page that is made again when it is asked for, and read by a browser."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from sous.errors import SousError
from sous.team.board_page import page_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from sous.team.board import Board

_HOST = "127.0.0.1"
_POLICY = "frame-ancestors 'none'"  # the rest is in the page itself


class Renewed:
    """A board that is looked at again when what is known of it is older than `every` seconds.

    While none can be made, as the remote is away, the last one is shown, and said to be old.
    """

    def __init__(self, look: Callable[[], Board], every: float) -> None:
        self.every = every
        self._look = look
        self._lock = threading.Lock()
        self._known: tuple[Board, str] | None = None
        self._at = 0.0

    def now(self) -> tuple[Board, str]:
        """Return the board, and what is to be said of it. Raises SousError for none at all."""
        with self._lock:
            if self._known is None or time.monotonic() - self._at >= self.every:
                self._known = self._again(self._known)
                self._at = time.monotonic()
            return self._known

    def _again(self, known: tuple[Board, str] | None) -> tuple[Board, str]:
        try:
            return self._look(), ""
        except SousError as exc:  # it is away, or somebody pushed a broken plan
            if known is None:
                raise
            return known[0], f"not renewed: {exc}"


def server_of(renewed: Renewed, port: int) -> ThreadingHTTPServer:
    """Return a server of the board on loopback; port 0: one that is free. Raises SousError."""

    class Handler(BaseHTTPRequestHandler):
        """Answers for `/` and `/board.json`, and nobody else's pages."""

        def do_GET(self) -> None:
            host = (self.headers.get("Host") or "").rpartition(":")[0]
            if host not in (_HOST, "localhost"):  # another name that leads here is another site
                self._answer(403, "text/plain", b"ask for it by 127.0.0.1\n")
            elif self.path not in ("/", "/board.json"):
                self._answer(404, "text/plain", b"there are / and /board.json\n")
            else:
                self._board()

        def _board(self) -> None:
            try:
                board, notice = renewed.now()
            except SousError as exc:
                self._answer(502, "text/plain", f"{exc}\n".encode("utf-8", "replace"))
                return
            if self.path == "/":
                page = page_of(board, every=max(1, round(renewed.every)), notice=notice)
                self._answer(200, "text/html", page.encode("utf-8", "replace"))
            else:
                self._answer(200, "application/json", json.dumps(board.as_json()).encode())

        def _answer(self, code: int, kind: str, body: bytes) -> None:
            self.send_response(code)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", _POLICY)
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Print nothing for each request."""

    try:
        return ThreadingHTTPServer((_HOST, port), Handler)
    except OSError as exc:
        raise SousError(f"cannot listen on port {port}: {exc.strerror}; name another") from exc
