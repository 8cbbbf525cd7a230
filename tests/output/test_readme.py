from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from scene import git
from sous.errors import SousError
from sous.names import REPORTS
from sous.output.place import destination_of
from sous.output.provenance import sign
from sous.output.readme import BEGIN, END, between_markers, difference, marked_text, plan_readme
from sous.output.target import Placing

if TYPE_CHECKING:
    from pathlib import Path

MARKED = f"# Mine\n\n{BEGIN}\nold\n{END}\n\nmine too\n"


def way(repo: Path, **answers: Any) -> Placing:
    defaults = {"force": False, "named": False, "yes": False, "interactive": False}
    return plan_readme(repo / "README.md", root=repo, **{**defaults, **answers}).placing


def test_tracked_without_changes_is_replaced(repo: Path) -> None:
    assert way(repo) is Placing.WHOLE


def test_missing_is_written(repo: Path) -> None:
    (repo / "README.md").unlink()
    assert way(repo) is Placing.WHOLE


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, Placing.ASIDE),
        ({"interactive": True}, Placing.ASK),
        ({"yes": True}, Placing.WHOLE),
        ({"force": True}, Placing.WHOLE),
    ],
)
def test_somebodys_changes_are_not_lost(answers: dict[str, bool], expected: Placing, repo: Path) -> None:
    (repo / "README.md").write_text("# Demo, changed\n")
    assert way(repo, **answers) is expected


@pytest.mark.parametrize(
    ("readme", "name"),
    [
        ("# Mine\n", "README.generated.md"),
        (sign("# Ours\n", {"model": "m"}), "README.md"),
        ("", "README.md"),
        ("a\n<!-- sous:begin -->\n<!-- sous:end -->\n", "README.md"),
    ],
    ids=["theirs", "ours", "none", "with markers"],
)
def test_sous_all_replaces_no_readme_of_somebody_else(readme: str, name: str, repo: Path) -> None:
    path = repo / "README.md"
    path.write_text(readme) if readme else path.unlink()
    if readme:
        git(repo, "commit", "-qam", "readme")
    destination = destination_of(REPORTS["readme"], path, root=repo, named=False, force=False, only_over="")
    assert destination.path.name == name


def test_a_named_file_follows_the_common_rule(repo: Path) -> None:
    (repo / "README.md").write_text("# Demo, changed\n")
    with pytest.raises(SousError, match="--force"):
        way(repo, named=True)


def test_markers_limit_the_change(repo: Path) -> None:
    (repo / "README.md").write_text(MARKED)
    assert way(repo) is Placing.MARKED
    assert between_markers(MARKED, "new\n") == f"# Mine\n\n{BEGIN}\nnew\n{END}\n\nmine too\n"
    assert marked_text(MARKED) == "old\n"


@pytest.mark.parametrize("marker", [BEGIN, END])
def test_one_marker_without_the_other_is_told(marker: str, repo: Path) -> None:
    (repo / "README.md").write_text(f"# Mine\n{marker}\n")
    with pytest.raises(SousError, match="only one of the lines"):
        way(repo)


def test_line_ends_between_markers_are_those_of_the_file() -> None:
    assert between_markers(
        MARKED.replace("\n", "\r\n"), "a\nb\n"
    ) == f"# Mine\n\n{BEGIN}\na\nb\n{END}\n\nmine too\n".replace("\n", "\r\n")


@pytest.mark.parametrize("text", [f"{END}\n{BEGIN}\n", f"in a line {BEGIN} x {END}\n", f"{BEGIN}\n", ""])
def test_what_is_no_pair_of_markers(text: str) -> None:
    assert marked_text(text) == ""
    with pytest.raises(SousError, match="markers vanished"):
        between_markers(text, "new")


def test_a_new_text_that_holds_markers_does_not_nest() -> None:
    twice = between_markers(between_markers(MARKED, "one"), "two")
    assert twice.count(BEGIN) == 1


def test_the_difference_is_a_diff() -> None:
    assert list(difference("a\nb\n", "a\nc\n", "README.md"))[-2:] == ["-b", "+c"]


@pytest.mark.parametrize("answer", [f"{END}\none\n", f"\n\n{END}\none\n", f"one\n{END}\nmore\n{BEGIN}\n"])
def test_a_marker_in_the_answer_ends_nothing(answer: str) -> None:
    assert between_markers(between_markers(MARKED, answer), "two") == between_markers(MARKED, "two")
