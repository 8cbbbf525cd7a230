"""The pages of the kit in a real browser: keyboard, search, order, phone, dark, print."""

from __future__ import annotations

import datetime as dt
import sys
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from browser import Browser, chromium
from scene import CHECKOUT, missing, packed
from sous.bundle.read import bundle_from
from sous.bundle.token_page import page_of_tokens
from sous.claims.check import check_report
from sous.claims.evidence import Evidence
from sous.fleet.index import FleetIndex
from sous.fleet.page import page_of_fleet
from sous.models.spent import Spent
from sous.models.spent_page import page_of_spent
from sous.reports.page import page_of
from sous.runner.status_page import StepStatus, page_of_status
from sous.team.board import Board, Card, DayCost, OpenInterview
from sous.team.board_page import page_of as page_of_board
from sous.team.overlap import Overlap, WorkedOn

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
STEPS = [
    StepStatus("1", "One", "done", "Do\n  it.", "claude", "pytest -q", "abc1234", "2026-11-28", 0.25),
    StepStatus("2", HOSTILE, "next", HOSTILE),
]
NOW = dt.datetime(2026, 11, 29, tzinfo=dt.timezone.utc)
SHARED = {"title": HOSTILE, "severity": "high", "count": 2, "repositories": [HOSTILE]}
FINDING = {"title": f"`f` {HOSTILE}", "severity": "high", "path": "a.py", "line": 3}
TASK = {"status": "done", "findings": [FINDING], "files": ["a/b.md"], "model": "m"}
ROW = {
    "name": HOSTILE, "tags": ["web"], "state": "done", "reason": "no access", "commit": "c" * 40,
    "tasks": {"code-review": TASK}, "severities": {"high": 1}, "new": 1, "gone": 0, "unproven": 0, "dollars": "1",
    "made": "", "log": "a/log.txt",
}  # fmt: skip
MEET = Overlap(WorkedOn("k1", "One", HOSTILE), WorkedOn("k2", "Two", "Bob"), (HOSTILE,), is_conflict=True)
CARDS = [
    Card("k1", "1", "One", HOSTILE, "running", HOSTILE, "host", "claude", cost=1.5, is_ours=True),
    Card("k2", "2", "Two", "Two", "needs a person", "Bob", note=HOSTILE),
]
BOARD = Board(
    HOSTILE, "origin/sous/x", "tip", CARDS, [MEET], [DayCost("Bob", "2026-11-28", 2)], [OpenInterview(HOSTILE, 1)]
)
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
        "status.html": page_of_status(HOSTILE, STEPS),
        "board.html": page_of_board(BOARD, notice=HOSTILE),
        "fleet.html": "".join(page_of_fleet(FleetIndex((ROW,), (SHARED,)), title=HOSTILE, now=NOW)),
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
        forms = "[...document.querySelectorAll('form')].map(f => getComputedStyle(f).display)"
        assert set(browser.ask(forms)) <= {"none"}
        cut = "[...document.querySelectorAll('aside pre')].filter(p => p.scrollWidth > p.clientWidth).length"
        assert browser.ask(cut) == 0
        browser.call("Emulation.setEmulatedMedia", media="", features=[])
        browser.call("Emulation.clearDeviceMetricsOverride")


def test_parts_of_a_page_are_below_each_other_within_the_window_and_told_apart(
    browser: Browser, pages: list[Path]
) -> None:
    boxes = """[document.querySelector('header'), ...document.querySelector('main').children, document.querySelector('aside')]
        .filter(e => e?.offsetHeight).map(e => [e.tagName, e.getBoundingClientRect()])
        .map(([name, b]) => [name, b.left, b.top + scrollY, b.right, b.bottom + scrollY])"""
    told = (
        "[...document.querySelectorAll('b[class]')].map(b => [b.className, getComputedStyle(b).color, b.textContent])"
    )
    for page in pages:
        for width in (1300, 700, 400):
            browser.call(
                "Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False
            )
            browser.go("about:blank")
            browser.go(page.as_uri())
            found = browser.ask(boxes)
            for before, after in pairwise(found):
                is_beside = after[0] == "ASIDE" and width > 960
                assert before[3] <= after[1] if is_beside else before[4] <= after[2], (page.name, width, before, after)
            assert all(box[1] >= 0 and box[3] <= width for box in found), (page.name, width)
        colors = {name: color for name, color, _ in browser.ask(told)}
        assert len(set(colors.values())) == len(colors)  # one each
        assert all(text.strip() for _, _, text in browser.ask(told))  # and never a color alone
    browser.call("Emulation.clearDeviceMetricsOverride")


def test_every_link_and_button_does_something(browser: Browser, pages: list[Path]) -> None:
    """Each is pressed, and nothing is thrown; links within the page lead somewhere."""
    browser.call("Runtime.enable")
    script = """(async () => {
        const wrong = [];
        addEventListener('error', (event) => wrong.push(event.message));
        for (let at = 0; at < 200; at++) {
            const every = [...document.querySelectorAll('a[href^="#"], button, summary')], one = every[at];
            if (!one) return wrong;
            const before = document.body.innerHTML;
            one.dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true, view: window}));
            await new Promise(done => setTimeout(done, 0));
            const to = one.getAttribute('href')?.baseVal ?? one.getAttribute('href');
            if (to ? !document.getElementById(to.slice(1)) : before === document.body.innerHTML && one.matches('button'))
                wrong.push(one.outerHTML.slice(0, 200));
        }
        return wrong;
    })()"""
    for page in pages:
        browser.go("about:blank")
        browser.go(page.as_uri())
        assert browser.ask(script) == [], page.name


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
