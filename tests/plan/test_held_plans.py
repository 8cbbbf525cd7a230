"""The unseen plans of the bench: what was mended for them stays mended."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.reading.unseen_plans import FOLDERS, files, score

FILES = {f"{path.parent.name}/{path.name}": path for path in files(FOLDERS)}
GROUPS_OF_BULLETS = "unseen4/p31-gemini-plan.md"  # numbered headings over bold bullets: either could be the steps


@pytest.mark.parametrize("name", sorted(FILES.keys() - {GROUPS_OF_BULLETS}))
def test_titles_prompts_and_ticks(name: str) -> None:
    assert score(Path(FILES[name])).wrong == []
