from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sous.bundle.sniff import bundle_kind

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scene import Run


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Notes of mine\n",
        "Title\n---\nText\n",
        "# Table of Contents\n- one\n- two\n",
        "Directory structure:\n└── my sketch\n",
        "# Directory Structure\n```\na\n```\nsome notes\n",
        '{"name": "x"}',
        "<files>\n</files>\n",
        "I pasted: This file is a merged representation of the entire codebase\n",
        "\0\1\2",
    ],
)
def test_what_people_write_is_no_bundle(text: str, tmp_path: Path) -> None:
    (tmp_path / "output.txt").write_text(text)
    assert bundle_kind(tmp_path / "output.txt") is None


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (
            "Directory structure:\n└── demo/\n    └── a.py\n\n" + "=" * 48 + "\nFILE: a.py\n" + "=" * 48 + "\nx\n",
            "gitingest",
        ),
        ("# Table of Contents\n- a.py\n\n## File: a.py\n\n- Extension: .py\n- Language: python\n", "code2prompt"),
        (">>>> src/a.py\nx = 1\n", "yek"),
        ("=" * 64 + "\nRepopack Output File\n" + "=" * 64 + "\n\nFile: a\n", "repomix"),
    ],
)
def test_heads_of_other_packers_are_known(head: str, kind: str, tmp_path: Path) -> None:
    (tmp_path / "output.txt").write_text(head)
    assert bundle_kind(tmp_path / "output.txt") == kind


def test_a_missing_file_is_no_bundle(tmp_path: Path) -> None:
    assert bundle_kind(tmp_path / "x") is None


def test_our_own_bundle_is_known(repo: Path, run: Run) -> None:
    run("sous", "bundle", cwd=repo)
    assert bundle_kind(repo / "output.txt") == "sous"


@pytest.mark.real
@pytest.mark.parametrize("style", ["xml", "markdown", "plain", "json", "parsable"])
@pytest.mark.parametrize("summary", [True, False])
def test_repomix_is_known_in_every_style(
    style: str, summary: bool, repo: Path, run: Run, needs: Callable[[str], str]
) -> None:
    how = ["--parsable-style"] if style == "parsable" else ["--style", style]
    how += [] if summary else ["--no-file-summary"]
    assert run(needs("repomix"), "--quiet", "-o", "output.txt", *how, cwd=repo).code == 0
    assert bundle_kind(repo / "output.txt") == "repomix"


@pytest.mark.real
def test_files_to_prompt_is_known_by_its_xml(repo: Path, run: Run, needs: Callable[[str], str]) -> None:
    (repo / "output.txt").write_text(run(needs("files-to-prompt"), ".", "-c", cwd=repo).out)
    assert bundle_kind(repo / "output.txt") == "files-to-prompt"
