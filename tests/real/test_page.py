"""The page of `sous check --html` in a real browser, driven over pipes by the DevTools protocol."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from scene import missing, packed
from sous.bundle.read import bundle_from
from sous.claims.check import check_report
from sous.claims.evidence import Evidence
from sous.claims.page import page_of
from sous.fleet.index import FleetIndex
from sous.fleet.page import page_of_fleet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes by number")

CODE = {"app.py": "".join(f"line_{number} = {number}\n" for number in range(1, 60))}
REPORT = """\
# Review of <b>things</b>

- `app.py:30`: `line_40 = 40` moved, see app.py:7-9 and `gone.py:3`.

<script>document.title = 'pwned'</script>
<img src=x onerror="document.title = 'pwned'">

[a link](javascript:document.title='pwned') and ![a picture](https://example.com/x.png)

```html
<script>document.title = 'pwned'</script>
```
"""


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


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        missing("chromium")
    their_read, our_write = os.pipe()
    our_read, their_write = os.pipe()
    keep = [their_read, their_write]
    command = [
        "bash", "-c", f'exec "$0" "$@" 3<&{their_read} 4>&{their_write}', program, "--headless=new", "--no-sandbox",
        "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe",
        f"--user-data-dir={tmp_path / 'profile'}",
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


def test_each_reference_opens_the_code_beside_it_and_nothing_runs(browser: Browser, tmp_path: Path) -> None:
    evidence = Evidence(bundle_from(packed(CODE).encode(), None))
    page = tmp_path / "page.html"
    page.write_text(page_of(check_report(REPORT, evidence), evidence, title="code-review.md"), "utf-8")
    browser.call("Page.enable")
    browser.call("Page.navigate", url=page.as_uri())
    browser.ask("new Promise(done => document.readyState == 'complete' ? done() : addEventListener('load', done))")
    assert browser.ask("document.title") == "code-review.md"
    assert browser.ask("document.querySelectorAll('script, img, iframe, object, embed').length") == 0
    assert browser.ask("[...document.querySelectorAll('main a')].some(a => a.protocol == 'javascript:')") is False
    shown = "[...document.querySelectorAll('aside section')].filter(s => s.offsetParent || s.offsetHeight).length"
    assert browser.ask(shown) == 0
    links = "[...document.querySelectorAll('main a.ref')]"
    assert browser.ask(f"{links}.map(a => a.textContent)") == ["app.py:30", "app.py:7-9", "gone.py:3"]
    for number, (kind, hits) in enumerate(((" moved", ["40"]), (" located", ["7", "8", "9"]), (" unproven", []))):
        browser.ask(f"{links}[{number}].click()")
        browser.ask("new Promise(done => setTimeout(done, 100))")
        assert browser.ask(shown) == 1
        assert browser.ask(f"{links}[{number}].className").endswith(kind)
        visible = "[...document.querySelectorAll('aside section:target .line.hit i')].map(i => i.textContent)"
        assert browser.ask(visible) == hits
    assert browser.ask("document.title") == "code-review.md"
    assert "<script>document.title" in browser.ask("document.querySelector('main').innerText")


def test_the_page_of_a_fleet_filters_sorts_and_opens(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    rows = [fleet_row("o/calm", "low", state="done"), fleet_row("o/bad", "critical", tags=["web"]),
            fleet_row("o/broken", "high", state="failed", reason="no <b>access</b>")]  # fmt: skip
    now = dt.datetime(2026, 11, 29, tzinfo=dt.timezone.utc)
    page.write_text(page_of_fleet(FleetIndex(tuple(rows), ()), title="fleet", now=now), "utf-8")
    browser.call("Page.enable")
    browser.call("Page.navigate", url=page.as_uri())
    browser.ask("new Promise(done => document.readyState == 'complete' ? done() : addEventListener('load', done))")
    shown = "[...document.querySelectorAll('tr.row')].filter(r => r.offsetHeight).map(r => r.querySelector('.more').textContent)"
    assert browser.ask("document.getElementById('count').textContent") == "3 of 3"

    def choose(name: str, value: str) -> Any:
        field = f"document.getElementById({name!r})"
        browser.ask(f"{field}.value = {value!r}; {field}.dispatchEvent(new Event('input', {{bubbles: true}}))")
        return browser.ask(shown)

    assert choose("search", "o/bad thing") == ["o/bad"]
    assert choose("search", "nowhere") == []
    assert browser.ask("!!document.getElementById('none').offsetHeight") is True
    assert choose("search", "") == ["o/calm", "o/bad", "o/broken"]
    assert choose("severity", "high") == ["o/bad", "o/broken"]
    assert choose("state", "failed") == ["o/broken"]
    choose("state", "")
    choose("severity", "")
    assert choose("tag", "web") == ["o/bad"]
    choose("tag", "")
    browser.ask("document.querySelector('thead button').click()")
    assert browser.ask(shown) == ["o/calm", "o/broken", "o/bad"]
    browser.ask("document.querySelector('thead button').click()")
    assert browser.ask(shown) == ["o/bad", "o/broken", "o/calm"]
    browser.ask("[...document.querySelectorAll('.more')].find(b => b.textContent == 'o/broken').click()")
    assert browser.ask("document.querySelector('.details:not([hidden])').innerText").startswith("no <b>access</b>")
    assert browser.ask("document.querySelectorAll('script').length") == 1
    assert browser.ask("document.querySelectorAll('td b b').length") == 0
    assert choose("search", "calm") == ["o/calm"]
    assert browser.ask("document.querySelectorAll('.details:not([hidden])').length") == 0


def fleet_row(name: str, severity: str, **more: Any) -> dict[str, Any]:
    finding = {"title": "a bad thing", "severity": severity, "path": "a.py", "line": 3}
    return {
        "name": name, "tags": [], "state": "done", "reason": "", "commit": "c" * 40,
        "tasks": {"code-review": {"status": "done", "findings": [finding], "files": []}}, "severities": {severity: 1},
        "new": 0, "gone": 0, "unproven": 0, "dollars": "0", "made": "", "log": "", **more,
    }  # fmt: skip
