"""The page of tokens: every file is in the map and in the table."""

from __future__ import annotations

import re

from sous.bundle.token_page import page_of_tokens


def test_each_file_is_in_the_map_and_in_the_table() -> None:
    page = page_of_tokens(
        {"src/a.py": 900, "src/<b>.py": 90, "empty.txt": 0}, title="Tokens of x", budget=None, reduced=()
    )
    assert page.count("<rect") == 2  # nothing for the empty one
    assert page.count("<td") == 9
    assert "<title>src/a.py: 900 tokens, 90.9%</title>" in page
    assert "src/&lt;b&gt;.py" in page
    assert "What the budget did" not in page


def test_a_large_repository_fits_in_300_kb_and_every_link_has_its_row() -> None:
    by_path = {f"packages/part{n % 37}/source/module_{n}.py": n % 991 + 1 for n in range(20_000)}
    page = page_of_tokens(by_path, title="Tokens", budget=9000, reduced=["left out 3 files"])
    assert len(page.encode()) < 300_000
    assert "packages/19,600 smaller files" in page
    links = re.findall(r'<a href="#(f\d+)"', page)
    assert len(links) == 401
    assert set(links) == set(re.findall(r'<tr id="(f\d+)"', page))
    assert "<li>left out 3 files</li>" in page


def test_an_empty_bundle_has_a_page_without_a_map() -> None:
    assert "<svg" not in page_of_tokens({}, title="Tokens", budget=None, reduced=())
