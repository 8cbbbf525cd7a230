"""Shapes that no reader was written for: titles, ticks and identity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sous.items.read import read_items
from sous.items.tick import set_states

if TYPE_CHECKING:
    from pathlib import Path

ONE, TWO = "Cache never expires", "Upload path is unchecked"
REPORT = "# Code Review\n\n## Security\n\n"
ISSUES = "# Notes\n\n## Issues\n\n"
TABLE = "| # | Gravité | Fichiers | Constat | Remède |\n|---|---|---|---|---|\n"
COLUMNS = "| # | Severity | Where | What |\n|---|---|---|---|\n"
FRONT = "---\ntitle: {}\nlabels: bug\n---\n\n## Description\n\nIt stays.\n\n"
SHAPES = {
    "code and dots": f"# R\n\n### BUG-001 · P1 · {ONE}\n\nx\n\n### BUG-002 · P2 · {TWO}\n\ny\n",
    "code and bracket": f"# R\n\n### BUG-001【High】{ONE}\n\nx\n\n### BUG-002【Low】{TWO}\n\ny\n",
    "code and blank": f"# R\n\n### F-01 {ONE}\n\nx\n\n### F-02 {TWO}\n\ny\n",
    "hash": f"# R\n\n### #1 {ONE}\n\nx\n\n### #2 {TWO}\n\ny\n",
    "tag": f"# R\n\n### [HIGH] {ONE}\n\nx\n\n### [LOW] {TWO}\n\ny\n",
    "emoji": f"# R\n\n### 🔴 {ONE}\n\nx\n\n### 🟠 {TWO}\n\ny\n",
    "headings under issues": f"{ISSUES}### {ONE}\n\nx\n\n### {TWO}\n\ny\n",
    "bold line": f"{REPORT}**L-1: {ONE}.** It stays.\n\n**L-2: {TWO}.** It stays.\n",
    "bold line, numbers": f"{REPORT}**1. {ONE}.** It stays.\n\n**2. {TWO}.** It stays.\n",
    "bold line, tags": f"{REPORT}**[HIGH]** **{ONE}** stays.\n\n**[LOW]** **{TWO}** stays.\n",
    "emoji, bold": f"{REPORT}- 🔴 **{ONE}** - it stays\n- 🟡 **{TWO}** - it stays\n",
    "cross, bold": f"{REPORT}1. ❌ **{ONE}**: it stays\n2. ❌ **{TWO}**: it stays\n",
    "bold tag": f"{REPORT}- **[HIGH]** {ONE}\n- **[LOW]** {TWO}\n",
    "plain tag": f"{REPORT}- [HIGH] {ONE}\n- [LOW] {TWO}\n",
    "place": f"{REPORT}- `a.py:1` - {ONE}\n- `b.py:2` - {TWO}\n",
    "bold place": f"{REPORT}- **`a.py:1`** - {ONE}\n- **`b.py:2`** - {TWO}\n",
    "bullets": f"{ISSUES}- {ONE}\n- {TWO}\n",
    "missing tests": f"# Tests\n\n## Missing Unit Tests\n\n1. {ONE}\n2. {TWO}\n",
    "bold, report": f"{REPORT}* **{ONE}**: it stays\n* **{TWO}**: it stays\n",
    "table": f"{REPORT}{TABLE}| 1 | Élevée | `a.py:1` | {ONE} | Drop it all. |\n| 2 | Faible | `b.py:2` | {TWO} | Check it. |\n",
    "front matter": FRONT.format(ONE) + FRONT.format(TWO),
    "title in a fence": f"# R\n\n#### Bug 1\n\n##### Title\n\n```\n{ONE}\n```\n\n#### Bug 2\n\n##### Title\n\n```\n{TWO}\n```\n",
    "in a fence": f"Here it is.\n\n```markdown\n{REPORT}- 🔴 **{ONE}** - it stays\n- 🟡 **{TWO}** - it stays\n```\n\nShall I?\n",
    "severity groups": f"# R\n\n## Alta\n\n1. **{ONE}**: x\n\n## Severidad: Media\n\n2. **{TWO}**: y\n",
}


@pytest.mark.parametrize("name", SHAPES)
def test_titles(name: str) -> None:
    assert [item.title.rstrip(".") for item in read_items(SHAPES[name]).items] == [ONE, TWO]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("name", SHAPES)
def test_a_tick_is_read_again_and_taken_back(name: str, end: str, tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    text = SHAPES[name].replace("\n", end)
    path.write_bytes(text.encode())
    before = read_items(text).items

    set_states(path, {2: "done"})
    ticked = read_items(path.read_bytes().decode()).items

    assert [item.state for item in ticked] == ["open", "done"]
    assert [item.title for item in ticked] == [item.title for item in before]
    assert [item.identity for item in ticked] == [item.identity for item in before]
    set_states(path, {2: "open"})
    assert path.read_bytes().decode() == text


def test_the_fields_of_a_single_issue_are_no_items() -> None:
    text = f"# R\n\n## Bugs\n\n### BUG-001: {ONE}\n- **Impact**: x\n- **Status**: **FIXED**\n- **Fix Details**: y\n"
    assert [item.title for item in read_items(text).items] == [ONE]


def test_a_table_beside_other_items_is_read() -> None:
    rows = f"| 1 | High | `a.py:1` | {ONE} |\n| 2 | Low | `b.py:2` | {TWO} |\n"
    text = f"# Review\n\n## Bugs\n\n### BUG-01: It leaks\n\nx\n\n### BUG-02: It hangs\n\ny\n\n## Details\n\n{COLUMNS}{rows}"

    assert [item.title for item in read_items(text).items] == ["It leaks", "It hangs", ONE, TWO]


def test_a_table_that_repeats_other_items_is_a_summary() -> None:
    rows = "| 1 | High | `a.py:1` | It leaks memory |\n| 2 | Low | `b.py:2` | It hangs for hours |\n"
    text = f"# Review\n\n### BUG-01: It leaks memory\n\nx\n\n### BUG-02: It hangs for hours\n\ny\n\n## Details\n\n{COLUMNS}{rows}"

    assert [item.title for item in read_items(text).items] == ["It leaks memory", "It hangs for hours"]


@pytest.mark.parametrize(
    "text",
    [
        "# Encodings\n\n- UTF-8 is the default\n- SHA-256 names files\n",
        "# Layout\n\n- `src/a.py` - reads it\n- `src/b.py` - writes it\n",
        "# Tool\n\n## Features\n\n- ✅ **Fast**: very\n- ✅ **Small**: too\n",
        "# API\n\n| Name | Type | What it is for |\n|---|---|---|\n| `a` | string | the name of a thing |\n",
        "# Guide\n\n**1. Install.** Do it.\n\n**2. Run.** Do it.\n",
        "---\ntitle: A page\ntags: x\n---\n\n# A page\n\nText.\n",
    ],
)
def test_other_documents_list_nothing(text: str) -> None:
    assert not read_items(text).items
