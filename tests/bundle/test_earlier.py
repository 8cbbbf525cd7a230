from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sous.bundle.earlier import is_earlier_result
from sous.models.spent_page import page_of_spent
from sous.output.provenance import sign

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run

PAGE = page_of_spent([], {}, since=None)
REPORT = sign("# Review\n", {"task": "code-review"})


@pytest.mark.parametrize(
    ("name", "text", "earlier"),
    [
        ("mine.md", REPORT, True),
        ("README.md", REPORT, False),
        ("mine.py", REPORT, False),
        ("mine.md", REPORT + "and my own words\n", False),
        ("mine.md", "# Notes\n", False),
        ("pack.xml", "This file is a merged representation of the entire codebase, by Repomix.\n", True),
        ("cost.html", PAGE, True),
        ("COST.HTM", PAGE, True),
        ("cost.php", PAGE, False),
        ("quoted.html", f"<pre>{PAGE}</pre>", False),
        ("index.html", "<!doctype html>\n<title>Mine</title>\n", False),
    ],
)
def test_results_are_known_by_their_content(name: str, text: str, earlier: bool, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    assert is_earlier_result(tmp_path / name) == earlier


def test_they_stay_out_of_the_bundle_which_is_said_unless_asked_for(repo: Path, run: Run) -> None:
    (repo / "mine.md").write_text(REPORT)
    done = run("sous", "bundle", "-o", "-", cwd=repo)
    assert "mine.md" not in done.out
    assert "left out 1 result of earlier runs" in done.err
    assert '<file path="mine.md">' in run("sous", "bundle", "mine.md", "-o", "-", cwd=repo).out
