from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import git
from sous.bundle.earlier import EarlierResults, is_earlier_result
from sous.bundle.formats.document import HEADER
from sous.bundle.remembered import remember
from sous.bundle.select import File
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
    assert "left out 1 result of earlier runs (mine.md)" in done.err
    assert '<file path="mine.md">' in run("sous", "bundle", "mine.md", "-o", "-", cwd=repo).out


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("app.html", PAGE.replace("</main>", "<p>evil</p></main>")),
        ("CLAUDE.md", REPORT),
        ("pom.xml", '<project/>\n<!-- sous {"task": "x"} -->'),
        ("rules.txt", "This file is a merged representation of the entire codebase, by Repomix.\n"),
    ],
)
def test_what_git_tracks_is_packed_whatever_it_says_of_itself(name: str, text: str, repo: Path) -> None:
    (repo / name).write_text(text)
    results, file = EarlierResults(), File(name, str(repo), name)
    assert results.has(file)
    git(repo, "add", name)
    assert results.has(file), "the list of git is asked once"
    assert not EarlierResults().has(file)


def test_a_committed_bundle_that_was_packed_here_is_a_result(repo: Path) -> None:
    (repo / "pack.txt").write_text(HEADER)
    git(repo, "add", "pack.txt")
    file = File("pack.txt", str(repo), "pack.txt")
    assert not EarlierResults().has(file)
    remember(repo / "pack.txt", None)
    assert EarlierResults().has(file)
