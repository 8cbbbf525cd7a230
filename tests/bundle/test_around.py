from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sous.bundle.around import around_files
from sous.bundle.parts import split_bundle
from sous.bundle.read import bundle_from

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run


@pytest.mark.parametrize("style", ["xml", "markdown", "plain", "json", "parsable"])
def test_what_a_bundle_says_besides_its_files_is_found(style: str, repo: Path, run: Run) -> None:
    (repo / "how.md").write_text("Look at locking.\n")
    (repo / "src" / "app.py").write_text("changed = 1\n")
    more = ("--header-text", "Words of mine.", "--instruction-file-path", "how.md", "--diff")
    form = ("--parsable-style",) if style == "parsable" else ("--style", style)
    done = run("sous", "bundle", *more, *form, cwd=repo)
    assert done.code == 0, done.err
    found = around_files(bundle_from((repo / "output.txt").read_bytes(), None))
    assert found.words == "Words of mine.\n\nLook at locking."
    assert "-def add(a, b):" in found.rest
    assert "Look at locking" not in found.rest


@pytest.mark.parametrize("style", ["xml", "markdown", "plain", "json"])
def test_an_ordinary_bundle_says_nothing_else(style: str, repo: Path, run: Run) -> None:
    run("sous", "bundle", "--style", style, cwd=repo)
    found = around_files(bundle_from((repo / "output.txt").read_bytes(), None))
    assert (found.words, found.rest) == ("", "")


def test_words_stand_in_each_part_and_the_rest_in_one_of_its_own() -> None:
    files = "".join(f'<file path="{name}">\n' + f"{name} = 1\n" * 400 + "</file>\n\n" for name in "abcd")
    text = f"ONLY LOCKING\n\n<files>\n\n{files}</files>\n\n<git_diffs>\n-gone and {'x' * 30}\n</git_diffs>\n"
    parts = split_bundle(bundle_from(text.encode(), None), 4000)
    *first, last = parts
    assert len(first) > 1
    assert all("ONLY LOCKING" in part.text for part in first)
    assert "-gone and" in last.text
    assert last.label == "`what is not in files`"


def test_files_of_one_path_are_both_sent() -> None:
    text = "".join(f'<file path="a">\n{word} = 1\n</file>\n\n' for word in ("one", "two"))
    (part,) = split_bundle(bundle_from(f"<files>\n\n{text}</files>\n".encode(), None), 4000)
    assert "one = 1" in part.text
    assert "two = 1" in part.text
