"""The unseen files of the bench: what was mended for them stays mended."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.reading.unseen_items import FOLDERS, files, score
from sous.items.read import read_items

FILES = {f"{path.parent.name}/{path.name}": path for path in files(FOLDERS)}


@pytest.mark.parametrize("name", FILES)
def test_titles_and_severities(name: str) -> None:
    assert score(FILES[name]).wrong == []


def test_places_are_read_where_a_title_has_none() -> None:
    path = Path(FILES["unseen2/i08-bugbot.md"])
    items = read_items(path.read_text("utf-8")).items

    first = items[0].finding
    assert (first.path, first.first, first.last) == ("src/hooks/useFilter.ts", 18, 25)
