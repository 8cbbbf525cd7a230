from __future__ import annotations

import json
import os
import re
import sys
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

import pytest

from loopback import Loopback, Served
from sous.notify import is_safe_url, notify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(
    sys.platform == "darwin" or os.name == "nt", reason="notify-send is what Linux and its kin have"
)


@pytest.fixture
def told(fake_bin: Callable[[str, str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A desktop with a program that notifies: what it was told is in this file."""
    monkeypatch.setenv("DISPLAY", ":99")
    path = tmp_path / "told"
    fake_bin("notify-send", f"open({str(path)!r}, 'a').write(repr(sys.argv[1:]))")
    return path


def test_the_desktop_is_told_and_the_text_is_no_option(told: Path) -> None:
    notify("--urgency=critical\n\x1b[2J done", when="always", seconds=0)
    assert told.read_text() == r"['--app-name=sous', '--', 'sous', '--urgency=critical \\x1b[2J done']"


def test_the_desktop_is_told_no_markup(told: Path) -> None:
    notify('<a href="https://e.example">x</a> & y', when="always", seconds=0)
    assert '&lt;a href="https://e.example"&gt;x&lt;/a&gt; &amp; y' in told.read_text()


@pytest.mark.parametrize(("when", "seconds"), [("never", 100), ("auto", 5), ("auto", 100)])
def test_nobody_is_told_unless_wanted_and_watched(told: Path, when: str, seconds: float) -> None:
    notify("done", when=when, seconds=seconds)  # stderr of a test is no terminal
    assert not told.exists()


def test_a_program_that_fails_is_no_error(fake_bin: Callable[[str, str], Path], told: Path) -> None:
    fake_bin("notify-send", "sys.exit(1)")
    notify("done", when="always", seconds=0)
    assert not told.exists()


@pytest.fixture
def hook() -> Iterator[Hook]:
    """A webhook on loopback: what it was sent, and what it answers."""
    with Hook() as served:
        yield served


class Hook(Served):
    """Notes the bodies that are posted to it."""

    def __init__(self) -> None:
        bodies: list[tuple[str, dict[str, Any]]] = []
        self.bodies, self.status = bodies, 204

        class Handler(BaseHTTPRequestHandler):
            def do_POST(handler) -> None:  # noqa: N805
                length = int(handler.headers["content-length"])
                bodies.append((handler.path, json.loads(handler.rfile.read(length))))
                handler.send_response(self.status)
                handler.send_header("Location", "http://127.0.0.1/elsewhere")
                handler.end_headers()

            def log_message(handler, *_: object) -> None:  # noqa: N805
                pass

        self.server = Loopback(Handler)
        self.url = f"http://{self.server.host}/hooks?key=1"


def test_a_command_of_the_users_gets_the_message_as_its_last_argument(
    fake_bin: Callable[[str, str], Path], tmp_path: Path
) -> None:
    fake_bin("tell", f"open({str(tmp_path / 'told')!r}, 'w').write(repr(sys.argv[1:]))")
    notify("$(touch x); `y`\n\x1b[2J done", when="auto", seconds=30, command=("tell", "-a", "b c"))
    assert (tmp_path / "told").read_text() == r"['-a', 'b c', '$(touch x); `y` \\x1b[2J done']"


def test_a_webhook_of_the_users_gets_json(hook: Hook) -> None:
    notify('code-review "done"\n', when="always", seconds=31.26, url=hook.url)
    assert hook.bodies == [("/hooks?key=1", {"text": 'code-review "done"', "seconds": 31.3})]


@pytest.mark.parametrize("evil", ["<!channel>", "<https://e.example|log in>", "@all", "<@U123>"])
def test_a_webhook_mentions_nobody_and_links_nowhere(evil: str, hook: Hook) -> None:
    notify(f"sous run stopped: {evil}", when="always", seconds=0, url=hook.url)
    text = hook.bodies[0][1]["text"]
    assert not re.search(r"[<>]|@\w", text)


@pytest.mark.parametrize(("when", "seconds"), [("never", 100), ("auto", 5)])
def test_neither_is_used_unless_wanted(hook: Hook, when: str, seconds: float) -> None:
    notify("done", when=when, seconds=seconds, url=hook.url, command=("no-such-program",))
    assert hook.bodies == []


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_webhook_that_refuses_is_one_line_and_never_followed(
    hook: Hook, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    hook.status = status
    notify("done", when="always", seconds=0, url=hook.url)
    assert capsys.readouterr().err == f"cannot notify 127.0.0.1 (`notify_url`): HTTP {status}\n"
    assert len(hook.bodies) == 1


def test_what_cannot_be_reached_or_started_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with Hook() as gone:
        url = gone.url
    notify("done", when="always", seconds=0, url=url, command=("no-such-program",))
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("cannot notify by `notify_command`: no-such-program ")
    assert second.startswith("cannot notify 127.0.0.1 (`notify_url`): ")


@pytest.mark.parametrize(
    ("url", "is_safe"),
    [
        ("https://hooks.example.com/a?b=c", True),
        ("http://127.0.0.1:8000/", True),
        ("http://localhost/x", True),
        ("http://[::1]:9/x", True),
        ("http://example.com/", False),
        ("http://127.0.0.1.example.com/", False),
        ("http://localhost@example.com/", False),
        ("file:///etc/passwd", False),
        ("https://", False),
        ("https://a:port/", False),
        ("https://a/\r\nX: y", False),
        ("", False),
    ],
)
def test_only_https_or_this_machine_is_told(url: str, is_safe: bool) -> None:
    assert is_safe_url(url) == is_safe
