"""What a file is as a whole, which says how sure its items are."""

from __future__ import annotations

import pytest

from sous.items.read import read_items
from sous.items.whole import is_document, is_version

FOUND = "- **Crash on save**: `app.py:12` writes twice.\n- **Leak**: `app.py:40` never closes.\n"
LISTED = "- No undo in the editor\n- Export takes minutes\n"


@pytest.mark.parametrize(
    "title",
    [
        "PRD: search",
        "Product Requirements Document: issue board",
        "Search - Technical Design",
        "REST API",
        "Release notes v3.0",
        "Roadmap 2026",
        "Lastenheft: Planer",
        "プロダクトビジョン",
        "Contributing to x",
    ],
)
def test_document(title: str) -> None:
    assert is_document(title)


@pytest.mark.parametrize(
    "title", ["Architecture review", "API issues", "Design review: findings", "Known bugs", "x", "Spec bugs"]
)
def test_no_document(title: str) -> None:
    assert not is_document(title)


@pytest.mark.parametrize("heading", ["[2.4.0] - 2025-11-03", "v1.2", "1.8 (Mai 2025)", "Unreleased", "2.3.1"])
def test_version(heading: str) -> None:
    assert is_version(heading)


@pytest.mark.parametrize("heading", ["1.2 Export", "3.", "2025", "Version control", "1.2", "[High] 1.2"])
def test_no_version(heading: str) -> None:
    assert not is_version(heading)


def test_a_list_of_requirements_is_none() -> None:
    table = "| Format | Contents | Priority |\n|---|---|---|\n| CSV | all fields | P0 |\n| PDF | totals | P1 |\n"
    assert not read_items(f"# PRD: Ledger\n\n## Export\n\n{table}").items


def test_changes_are_none() -> None:
    fixed = "## [1.2.0] - 2025-01-02\n\n### Bug fixes\n\n- fix: crash on save\n- chore: bump\n\n"
    assert not read_items(f"# Changelog\n\n{fixed}## [1.1.0] - 2024-12-01\n\n- fix: leak\n- fix: race\n").items


def test_a_document_keeps_only_what_it_names_as_known_issues() -> None:
    pains = "## Problem statement\n\n- Search is slow\n- Typos return nothing\n\n"
    read = read_items(f"# Design: search\n\n{pains}## Known issues\n\n{LISTED}")
    assert [item.title for item in read.items] == ["No undo in the editor", "Export takes minutes"]
    assert read.confidence < 0.6


def test_a_readme_is_known_by_its_parts() -> None:
    features = "## Features\n\n- **Critical path**: fast\n- **High load**: ok\n\n"
    text = f"# app\n\n{features}## Usage\n\n## License\n\n## Improvements\n\n{LISTED}"
    assert not read_items(text).items


def test_found_places_in_a_design_document_are_unsure() -> None:
    read = read_items(f"# Design: editor\n\n## Issues\n\n{FOUND}")
    assert len(read.items) == 2
    assert read.confidence == 0.5


def test_a_review_is_as_sure_as_before() -> None:
    assert read_items(f"# Code review\n\n## Findings\n\n{FOUND}").confidence == 0.8


def test_a_report_of_nothing_but_numbered_sections_is_unsure() -> None:
    text = "# Data layer audit\n\n## 1. Storage\n\nText.\n\n## 2. Indexes\n\nText.\n\n## 3. Driver\n\nText.\n"
    assert read_items(text).confidence < 0.6


def test_a_legend_of_severities_is_unsure() -> None:
    text = "# Review\n\n- **Critical**: must be fixed\n- **High**: should be\n- **Low**: can be\n"
    assert not [item for item in read_items(text).items if item.confidence >= 0.6]


def test_priorities_of_a_document_are_no_severities() -> None:
    rows = "| Photo | hoch |\n| Export | mittel |\n"
    text = f"# Anforderungsdokument\n\n## Probleme\n\n| Problem | Priorität |\n|---|---|\n{rows}"
    assert not read_items(text).items


def test_a_page_with_sections_is_unsure() -> None:
    fields = "**Severity**: High\n**Labels**: maps\n\n"
    text = f"# Offline maps\n\n{fields}## Why\n\nText.\n\n## What\n\nText.\n"
    assert read_items(text).confidence < 0.6


def test_numbered_parts_of_a_page_with_another_name_are_unsure() -> None:
    part = "**Priority**: P1\n**Description**: text\n\n"
    text = f"# Ledger\n\n## 1. Capture\n\n{part}## 2. Search\n\n{part}"
    read = read_items(text)
    assert (len(read.items), read.confidence) == (2, 0.5)


@pytest.mark.parametrize(
    ("titles", "is_sure"),
    [
        (["`Pool.run` deadlocks when a worker dies", "`close()` is never called by the host"], True),
        (["缓存键在并发时会冲突", "连接在异常时没有归还"], True),
        (["Storage adapters", "Connection setup"], False),
    ],
)
def test_counted_headings_of_a_report_are_sure_where_they_are_sentences(titles: list[str], is_sure: bool) -> None:
    text = "# Code review\n\n" + "".join(
        f"## {number}. {title}\n\nIt is so, and should not be.\n\n" for number, title in enumerate(titles, 1)
    )

    found = read_items(text)
    assert [one.title for one in found.items] == titles
    assert (found.confidence >= 0.6) is is_sure
