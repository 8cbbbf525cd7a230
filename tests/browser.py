"""A real browser for pages of ours, driven over pipes by the DevTools protocol."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

from scene import missing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Browser:
    """One page of Chromium."""

    def __init__(self, ours: int, theirs: int) -> None:
        self._write, self._read = os.fdopen(ours, "wb", buffering=0), os.fdopen(theirs, "rb", buffering=0)
        self._number, self._rest = 0, b""
        self._session: str | None = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def call(self, method: str, **params: Any) -> Any:
        """Call a method of the protocol and return its result."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        self._write.write(json.dumps(message).encode() + b"\0")
        while True:
            while b"\0" not in self._rest:
                piece = self._read.read(1 << 16)
                assert piece, "the browser has gone"
                self._rest += piece
            answer, _, self._rest = self._rest.partition(b"\0")
            data = json.loads(answer)
            if data.get("id") == self._number:
                assert "error" not in data, data
                return data["result"]

    def close(self) -> None:
        """Let go of the pipes."""
        self._write.close()
        self._read.close()

    def ask(self, expression: str) -> Any:
        """Return the value of an expression in the page."""
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)[
            "result"
        ].get("value")

    def go(self, address: str) -> None:
        """Load a page, and wait until it is there."""
        self.call("Page.enable")
        self.call("Page.navigate", url=address)
        self.ask("new Promise(done => document.readyState == 'complete' ? done() : addEventListener('load', done))")


@contextlib.contextmanager
def chromium(profile: Path) -> Iterator[Browser]:
    """Start Chromium with a profile of its own; a test ends where there is none."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        missing("chromium")
    their_read, our_write = os.pipe()
    our_read, their_write = os.pipe()
    keep = [their_read, their_write]
    command = [
        "bash", "-c", f'exec "$0" "$@" 3<&{their_read} 4>&{their_write}', program, "--headless=new", "--no-sandbox",
        "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe",
        f"--user-data-dir={profile}",
    ]  # fmt: skip
    with subprocess.Popen(command, pass_fds=keep, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as job:
        for descriptor in keep:
            os.close(descriptor)
        try:
            with contextlib.closing(Browser(our_write, our_read)) as browser:
                yield browser
        finally:
            job.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                job.wait(5)
            job.kill()
