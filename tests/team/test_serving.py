"""The board on loopback: renewed when it is old, for nobody but who asks for it by its address."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import TYPE_CHECKING

import pytest

from sous.errors import SousError
from sous.git_wire import RemoteAway
from sous.team.board import Board
from sous.team.serving import Renewed, server_of

if TYPE_CHECKING:
    from collections.abc import Iterator

BOARD = Board("plan.md", "origin/sous/plan", "tip", [], [], [])


@contextmanager
def served(renewed: Renewed) -> Iterator[int]:
    with server_of(renewed, 0) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def got(port: int, path: str = "/", host: str = "") -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Host": host or f"127.0.0.1:{port}"})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def test_the_page_and_the_data_are_served_and_nothing_else() -> None:
    with served(Renewed(lambda: BOARD, 5)) as port:
        code, page = got(port)
        assert (code, "<title>plan.md</title>" in page, 'content="5"' in page) == (200, True, True)
        assert json.loads(got(port, "/board.json")[1])["plan"] == "plan.md"
        assert got(port, "/../etc/passwd")[0] == 404
        assert got(port, host="evil.example:80")[0] == 403
        assert got(port, host=f"localhost:{port}")[0] == 200


def test_what_is_known_is_asked_for_again_only_when_it_is_old() -> None:
    looks = []
    renewed = Renewed(lambda: looks.append(1) or BOARD, 1000)  # type: ignore[func-returns-value]
    assert renewed.now() == renewed.now() == (BOARD, "")
    assert len(looks) == 1


def test_a_remote_that_is_away_leaves_the_last_board() -> None:
    boards: list[Board] = [BOARD]

    def look() -> Board:
        if not boards:
            raise RemoteAway("the remote cannot be asked")
        return boards.pop()

    renewed = Renewed(look, 0)
    assert renewed.now() == (BOARD, "")
    assert renewed.now() == (BOARD, "not renewed: the remote cannot be asked")
    with pytest.raises(RemoteAway):
        Renewed(look, 0).now()
    with served(Renewed(look, 0)) as port:
        assert got(port) == (502, "the remote cannot be asked\n")
        with pytest.raises(SousError, match=f"cannot listen on port {port}"):
            server_of(renewed, port)
