"""The board in a real browser: as a file, and on loopback, where it is renewed."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from browser import Browser, chromium
from clones import joined
from scene import SOUS, git

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scene import Run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes by number")

HOSTILE = "<script>document.title='pwned'</script><img src=x onerror=document.title='pwned'>"
TITLES = "[...document.querySelectorAll('#{} article h3')].map(e => e.textContent)"


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    with chromium(tmp_path / "profile") as found:
        yield found


def test_the_board_is_shown_and_renewed_and_nothing_runs(
    browser: Browser, tmp_path: Path, home: Path, run: Run
) -> None:
    one, two = joined(tmp_path, home, run, "one", "two")
    git(two, "config", "--global", "user.name", HOSTILE)
    run("sous", "claim", "1", cwd=two)
    assert run("sous", "board", "--html", "board.html", cwd=one).code == 0
    browser.go((one / "board.html").as_uri())
    assert browser.ask("document.title") == "prompt_plan.md"
    assert browser.ask(TITLES.format("running")) == ["Step 1: Add"]
    assert browser.ask(TITLES.format("blocked")) == ["Step 2: Use it"]
    shown = browser.ask("document.querySelector('#running article').textContent")
    assert "img src=x onerror=document.title='pwned" in shown  # git takes angle brackets out of a name
    assert browser.ask("document.querySelectorAll('img, iframe, a').length") == 0
    assert browser.ask("document.querySelectorAll('script').length") == 1
    with subprocess.Popen(
        [*SOUS, "board", "--serve", "--every", "1"], cwd=one, stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stderr
            address = next(line.split()[0] for line in server.stderr if line.startswith("http"))
            browser.go(address)
            assert browser.ask(TITLES.format("needs-a-person")) == []
            run("sous", "handoff", "1", "--say", HOSTILE, cwd=two)
            found = ""
            while "Step 1" not in found:  # the page loads itself again
                found = str(browser.ask(TITLES.format("needs-a-person")))
            assert browser.ask("document.title") == "prompt_plan.md"
            assert browser.ask("document.querySelectorAll('img, iframe, a').length") == 0
            assert browser.ask("document.querySelectorAll('script').length") == 1
        finally:
            server.terminate()
