"""The page of a fleet: all rows, and nothing that came from a repository is markup."""

from __future__ import annotations

import datetime as dt
import html.parser
import re
from typing import Any

from sous.fleet.index import FleetIndex
from sous.fleet.page import page_of_fleet

NOW = dt.datetime(2026, 11, 29, tzinfo=dt.timezone.utc)
EVIL = '"><script>alert(1)</script><img src=x onerror=alert(1)>\x1b[31m'


def row(name: str, **more: Any) -> dict[str, Any]:
    finding = {"title": f"{name} is bad", "severity": "high", "path": "a.py", "line": 3}
    task = {"status": "done", "findings": [finding], "files": ["repos/x/code-review-k/code-review.md"], "model": "m"}
    return {
        "name": name, "tags": ["web"], "state": "done", "reason": "", "commit": "c" * 40, "tasks": {"code-review": task},
        "severities": {"high": 1}, "new": 0, "gone": 0, "unproven": 0, "dollars": "0", "made": "", "log": "", **more,
    }  # fmt: skip


def page_of(*rows: dict[str, Any], shared: tuple[dict[str, Any], ...] = (), title: str = "fleet") -> str:
    return "".join(page_of_fleet(FleetIndex(rows, shared), title=title, now=NOW))


class Tags(html.parser.HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]


def test_what_repositories_say_is_text() -> None:
    evil = row(EVIL, tags=[EVIL], reason=EVIL, log=EVIL)
    evil["tasks"][EVIL] = {"status": "failed", "reason": EVIL, "unproven": [{"file": EVIL, "line": EVIL, "text": EVIL}]}
    shared = {"title": EVIL, "severity": EVIL, "count": 2, "repositories": [EVIL]}
    page = page_of(evil, shared=(shared,), title=EVIL)
    tags = Tags(page).seen
    assert tags.count("script") == 1
    assert "img" not in tags
    assert "\x1b" not in page


def test_a_column_in_which_nothing_is_said_is_left_out() -> None:
    def columns(*rows: dict[str, Any]) -> list[str]:
        page = page_of(*rows)
        return re.findall(r"<th[^>]*><button[^>]*>(\w+)<", page)

    assert columns(row("a")) == ["repository", "high", "age", "state"]
    assert columns(row("a"), row("b", severities={"low": 2}, new=1, dollars="0.02")) == [
        "repository", "high", "low", "new", "age", "cost", "state",
    ]  # fmt: skip


def test_a_second_opinion_and_what_is_new_are_shown() -> None:
    judged = row("a")
    judged["tasks"]["code-review"]["findings"][0] |= {"opinion": "not real", "is_new": True}
    page = page_of(judged)
    assert "second opinion: not real" in page
    assert '<span class="tag">new</span>' in page


def test_a_fleet_of_thousands_is_a_page_of_bounded_size() -> None:
    page = page_of(*(row(f"o/n{n}") for n in range(2000)))
    assert page.count('<tr data-state="') == 2000
    assert len(page) < 4_000_000
