"""The page of `sous check --html` in a real browser."""

from __future__ import annotations

import datetime as dt
import sys
from typing import TYPE_CHECKING, Any

import pytest

from browser import Browser, chromium
from scene import packed
from sous.bundle.read import bundle_from
from sous.claims.check import check_report
from sous.claims.evidence import Evidence
from sous.fleet.index import FleetIndex
from sous.fleet.page import page_of_fleet
from sous.reports.page import page_of

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


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    with chromium(tmp_path / "profile") as found:
        yield found


def test_each_reference_opens_the_code_beside_it_and_nothing_runs(browser: Browser, tmp_path: Path) -> None:
    evidence = Evidence(bundle_from(packed(CODE).encode(), None))
    page = tmp_path / "page.html"
    page.write_text(page_of(check_report(REPORT, evidence), evidence, title="code-review.md"), "utf-8")
    browser.go(page.as_uri())
    assert browser.ask("document.title") == "code-review.md"
    assert browser.ask("document.querySelectorAll('script:not([type])').length") == 1
    assert browser.ask("document.querySelectorAll('img, iframe, object, embed').length") == 0
    assert browser.ask("[...document.querySelectorAll('main a')].some(a => a.protocol == 'javascript:')") is False
    shown = "[...document.querySelectorAll('aside section')].filter(s => s.offsetParent || s.offsetHeight).length"
    assert browser.ask(shown) == 0
    links = "[...document.querySelectorAll('.report a[id]')]"
    assert browser.ask(f"{links}.map(a => a.textContent)") == ["app.py:30", "app.py:7-9", "gone.py:3"]
    for number, (kind, hits) in enumerate((("moved", ["40"]), ("located", ["7", "8", "9"]), ("unproven", []))):
        browser.ask(f"{links}[{number}].click()")
        browser.ask("new Promise(done => setTimeout(done, 100))")
        assert browser.ask(shown) == 1
        assert browser.ask(f"{links}[{number}].className") == kind
        visible = "[...document.querySelectorAll('aside section:not([hidden]) .line.hit i')].map(i => i.textContent)"
        assert browser.ask(visible) == hits
    assert browser.ask("document.title") == "code-review.md"
    assert "<script>document.title" in browser.ask("document.querySelector('main').innerText")


def test_the_page_of_a_fleet_filters_sorts_and_opens(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    rows = [fleet_row("o/calm", "low", state="done"), fleet_row("o/bad", "critical", tags=["web"]),
            fleet_row("o/broken", "high", state="failed", reason="no <b>access</b>")]  # fmt: skip
    now = dt.datetime(2026, 11, 29, tzinfo=dt.timezone.utc)
    page.write_text("".join(page_of_fleet(FleetIndex(tuple(rows), ()), title="fleet", now=now)), "utf-8")
    browser.go(page.as_uri())
    shown = "[...document.querySelectorAll('.more')].filter(b => b.offsetHeight).map(b => b.textContent)"
    assert browser.ask("document.getElementById('count').textContent") == "3 of 3"

    def choose(name: str, value: str) -> Any:
        field = f"document.forms[0].querySelector('#{name}, [name={name}]')"
        browser.ask(f"{field}.value = {value!r}; {field}.dispatchEvent(new Event('input', {{bubbles: true}}))")
        return browser.ask(shown)

    assert choose("search", "o/bad thing") == ["o/bad"]
    assert choose("search", "nowhere") == []
    assert browser.ask("document.getElementById('count').textContent") == "0 of 3"
    assert choose("search", "") == ["o/calm", "o/bad", "o/broken"]
    assert choose("severity", "high") == ["o/bad", "o/broken"]
    assert choose("state", "failed") == ["o/broken"]
    choose("state", "")
    choose("severity", "")
    assert choose("tag", "web") == ["o/bad"]
    choose("tag", "")
    browser.ask("document.querySelector('thead button').click()")
    assert browser.ask(shown) == ["o/bad", "o/broken", "o/calm"]  # names from a to z at first
    browser.ask("document.querySelector('thead button').click()")
    assert browser.ask(shown) == ["o/calm", "o/broken", "o/bad"]
    for expected in (["o/broken"], ["o/calm", "o/broken", "o/bad"]):  # pressed, and pressed once more
        browser.ask("document.querySelector('.totals [data-to=failed]').click()")
        assert browser.ask(shown) == expected
    browser.ask("[...document.querySelectorAll('.more')].find(b => b.textContent == 'o/broken').click()")
    assert browser.ask("document.querySelector('.details:not([hidden])').innerText").startswith("no <b>access</b>")
    assert browser.ask("document.querySelectorAll('script').length") == 1
    assert browser.ask("document.querySelectorAll('td b b').length") == 0
    assert choose("search", "calm") == ["o/calm"]
    assert browser.ask("document.querySelectorAll('.details:not([hidden])').length") == 0


def test_of_thousands_of_repositories_the_first_are_shown_and_all_are_searched(
    browser: Browser, tmp_path: Path
) -> None:
    page = tmp_path / "index.html"
    now = dt.datetime(2026, 11, 29, tzinfo=dt.timezone.utc)
    rows = tuple(fleet_row(f"o/n{number:04}", "high") for number in range(1002))
    page.write_text("".join(page_of_fleet(FleetIndex(rows, ()), title="fleet", now=now)), "utf-8")
    browser.go(page.as_uri())
    shown = "[...document.querySelectorAll('.more')].filter(b => b.offsetHeight).map(b => b.textContent)"
    told = "document.getElementById('count').textContent"
    assert (browser.ask(f"{shown}.at(-1)"), browser.ask(told)) == ("o/n0999", "1002 of 1002, the first 1000 are shown")
    for _ in range(2):
        browser.ask("document.querySelector('thead button').click()")
    assert browser.ask(f"{shown}[0]") == "o/n1001"
    browser.ask("search.value = 'n1000'; search.dispatchEvent(new Event('input', {bubbles: true}))")
    assert (browser.ask(shown), browser.ask(told)) == (["o/n1000"], "1 of 1002")


def test_the_page_of_a_fleet_is_used_by_keys(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    now = dt.datetime(2026, 11, 29, tzinfo=dt.timezone.utc)
    rows = tuple(fleet_row(f"o/n{number}", "high") for number in range(3))
    page.write_text("".join(page_of_fleet(FleetIndex(rows, ()), title="fleet", now=now)), "utf-8")
    browser.go(page.as_uri())

    def press(key: str) -> Any:
        event = f"new KeyboardEvent('keydown', {{key: {key!r}, bubbles: true, cancelable: true}})"
        browser.ask(f"(document.activeElement || document.body).dispatchEvent({event})")
        return browser.ask("document.activeElement.cells?.[0].textContent || document.activeElement.id")

    assert press("/") == "search"
    press("Escape")
    assert [press("j") for _ in range(3)] == ["o/n0", "o/n1", "o/n2"]
    assert press("k") == "o/n1"
    press("Enter")
    assert browser.ask("document.querySelector('.details:not([hidden])').id") == "d2"
    browser.ask("document.getElementById('search').value = 'n2'; document.getElementById('search').focus()")
    press("Escape")
    assert browser.ask("document.getElementById('count').textContent") == "3 of 3"


def fleet_row(name: str, severity: str, **more: Any) -> dict[str, Any]:
    finding = {"title": "a bad thing", "severity": severity, "path": "a.py", "line": 3}
    return {
        "name": name, "tags": [], "state": "done", "reason": "", "commit": "c" * 40,
        "tasks": {"code-review": {"status": "done", "findings": [finding], "files": []}}, "severities": {severity: 1},
        "new": 0, "gone": 0, "unproven": 0, "dollars": "0", "made": "", "log": "", **more,
    }  # fmt: skip
