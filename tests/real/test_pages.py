"""The pages of the kit in a real browser: keyboard, search, order, phone, dark, print."""

from __future__ import annotations

import sys
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from browser import Browser, chromium
from scene import CHECKOUT, missing, packed
from sous.bundle.read import bundle_from
from sous.bundle.token_page import page_of_tokens
from sous.claims.check import check_report
from sous.claims.evidence import Evidence
from sous.models.spent import Spent
from sous.models.spent_page import page_of_spent
from sous.reports.page import page_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes by number")

HOSTILE = "<script>document.title = 'pwned'</script></style><img src=x onerror=\"document.title = 'pwned'\">"
FILES = {f"part{n % 4}/a_name_that_is_rather_long_{n}.py": 10 + n * n for n in range(60)} | {HOSTILE: 70}
AXE = CHECKOUT / ".tools/axe/node_modules/axe-core/axe.min.js"
CODE = {"app.go": 'package main\n\nfunc twice(a int) int {\n\treturn 2 * a // "two"\n}\n\nvar b = twice("x")\n'}
CODE["app.go"] += f"// {'long ' * 70}\n"
REPORT = f"""\
# Review

## A low one

- **Severity**: low
- **Location**: `app.go:3-7`

| a | b |
|---|---|
| {HOSTILE} | `gone.go:3` |

## A bad one

- **Severity**: high
- **Location**: `app.go:300`
"""
SHOWN = "[...document.querySelectorAll('.wide tbody tr')].filter(r => !r.hidden)"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("pages")
    spent = [Spent(HOSTILE, f"model-{n}", n, n * 100, 0, n, Decimal(n) / 7) for n in range(1, 9)]
    days = {f"2026-11-{n:02}": [one] for n, one in enumerate(spent, 1)}
    evidence = Evidence(bundle_from(packed(CODE).encode(), None))
    made = {
        "tokens.html": page_of_tokens(FILES, title=HOSTILE, budget=9, reduced=[HOSTILE]),
        "cost.html": page_of_spent(spent, days, since=None),
        "review.html": page_of(check_report(REPORT, evidence), evidence, title=HOSTILE),
    }
    for name, page in made.items():
        (folder / name).write_text(page, "utf-8")
    return [folder / name for name in made]


def press(browser: Browser, *keys: str) -> None:
    for key in keys:
        text = {"text": key} if len(key) == 1 else {}
        browser.call("Input.dispatchKeyEvent", type="keyDown", key=key, **text)
        browser.call("Input.dispatchKeyEvent", type="keyUp", key=key)


def test_the_keyboard_searches_goes_through_rows_and_leaves(browser: Browser, pages: list[Path]) -> None:
    browser.go(pages[0].as_uri())
    assert browser.ask("document.title").startswith("<script>")
    assert browser.ask("document.querySelectorAll('img').length") == 0
    everything = browser.ask(f"{SHOWN}.length")
    press(browser, "/", *"long_59")
    assert browser.ask(f"{SHOWN}.map(r => r.cells[1].textContent)") == ["3,491"]
    assert browser.ask("document.getElementById('count').textContent") == f"1 of {everything}"
    press(browser, "Escape", "j", "j", "k")
    assert browser.ask("document.activeElement == document.querySelector('tbody tr')") is True
    assert browser.ask(f"{SHOWN}.length") == everything == 61
    browser.ask("document.querySelectorAll('th button')[1].click()")
    browser.ask("document.querySelectorAll('th button')[1].click()")
    assert browser.ask(f"{SHOWN}[0].cells[1].textContent") == "10"
    assert browser.ask("document.querySelectorAll('th')[1].getAttribute('aria-sort')") == "ascending"


def test_a_rectangle_goes_to_its_row(browser: Browser, pages: list[Path]) -> None:
    browser.go(pages[0].as_uri())
    browser.ask("document.querySelector('.map a').focus()")
    press(browser, "Enter")
    browser.ask("document.querySelector('.map a').dispatchEvent(new MouseEvent('click', {bubbles: true}))")
    browser.ask("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    told = browser.ask("document.querySelector('.map a title').textContent")
    assert told.startswith(browser.ask("document.querySelector('tr:target').cells[0].textContent"))


def test_pages_fit_a_phone_follow_the_dark_and_print(browser: Browser, pages: list[Path]) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    for page in pages:
        browser.call("Emulation.setDeviceMetricsOverride", width=400, height=800, deviceScaleFactor=1, mobile=True)
        browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "light"}])
        browser.go(f"{page.as_uri()}#c0")
        assert browser.ask("document.documentElement.scrollWidth <= 400") is True
        light = browser.ask(ground)
        browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
        assert browser.ask(ground) != light
        browser.call("Emulation.setEmulatedMedia", media="print", features=[])
        assert browser.ask("getComputedStyle(document.querySelector('form')).display") == "none"
        cut = "[...document.querySelectorAll('aside pre')].filter(p => p.scrollWidth > p.clientWidth).length"
        assert browser.ask(cut) == 0
        browser.call("Emulation.setEmulatedMedia", media="", features=[])
        browser.call("Emulation.clearDeviceMetricsOverride")


def test_a_review_is_filtered_walked_and_opened_by_keys(browser: Browser, pages: list[Path]) -> None:
    browser.go(pages[2].as_uri())
    assert browser.ask("document.querySelectorAll('img').length") == 0
    severity = "document.querySelector('[name=severity]')"
    browser.ask(f"{severity}.value = 'low'; {severity}.dispatchEvent(new Event('input', {{bubbles: true}}))")
    assert browser.ask(f"{SHOWN}.map(r => r.querySelector('a').textContent)") == [
        "A low one",
        "gone.go:3",
        "app.go:3-7",
    ]
    press(browser, "j", "j", "j", "Enter")
    browser.ask("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert browser.ask(
        "[...document.querySelectorAll('aside section:not([hidden]) .hit i')].map(i => i.textContent)"
    ) == [*"34567"]
    assert browser.ask("document.querySelector('aside section:not([hidden]) a[href^=\"#d\"]').textContent") == "twice"
    left = "document.querySelectorAll('aside section:not([hidden]) .line > span')[{}].getBoundingClientRect().left"
    assert browser.ask(f"{left.format(3)} == {left.format(2)}") is True  # of a line that begins with a tab
    browser.ask("document.querySelector('aside section:not([hidden]) a[href^=\"#d\"]').click()")
    browser.ask("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert browser.ask("document.querySelector('aside section:not([hidden]) h2').textContent") == "Definition of twice"


def test_axe_finds_nothing_wrong(browser: Browser, pages: list[Path]) -> None:
    if not AXE.exists():
        missing("axe-core")
    script = AXE.read_text("utf-8")
    for page in pages:
        for scheme in ("light", "dark"):
            browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
            browser.go("about:blank")
            browser.go(f"{page.as_uri()}#c0")
            browser.call("Runtime.evaluate", expression=script)
            found = browser.ask(
                "axe.run().then(r => [r.passes.length, r.violations.map(v => [v.id, v.nodes[0].html])])"
            )
            assert found[0] > 10
            assert found[1] == [], f"{page.name}, {scheme}"
