"""Pages of the kit: what is data in them stays text."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from decimal import Decimal

from sous.models.spent import Spent
from sous.models.spent_page import page_of_spent

HOSTILE = '<script>alert(1)</script></style>\u202egnp.exe\x1b[31m" onload=x javascript:alert(1)'


def test_what_is_data_is_text_and_no_script_but_ours_is_allowed() -> None:
    spent = Spent(HOSTILE, HOSTILE, 1, 10, 0, 5, Decimal("0.5"))
    page = page_of_spent([spent], {"2026-11-30": [spent]}, since=None)
    assert page.count("<script>") == page.count("</style>") == 1
    assert "\u202e" not in page
    assert "\x1b" not in page
    assert "&lt;script&gt;" in page
    policy = html.unescape(re.findall(r'Policy" content="([^"]*)"', page)[0])
    assert policy.startswith("default-src 'none'; ")
    for kind, tag in (("style-src", "style"), ("script-src", "script")):
        body = page.partition(f"<{tag}>")[2].partition(f"</{tag}>")[0]
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in policy


def test_a_page_of_many_rows_stays_small() -> None:
    found = [Spent(f"task {number}", "a-model-of-ordinary-name", 3, 1000, 10, 200, Decimal(1)) for number in range(300)]
    days = {f"2026-{month:02}-{day:02}": found[:1] for month in range(1, 11) for day in range(1, 29)}
    assert len(page_of_spent(found, days, since="2026-01-01")) < 300_000
