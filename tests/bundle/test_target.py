from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from scene import git, packed
from sous.bundle.target import why_kept

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scene import Run

FILES = {"src/app.py": "def add(a, b):\n    return a - b\n", "b.txt": "b\n"}
STYLES = ("xml", "markdown", "plain", "json", "parsable")


def style(name: str) -> list[str]:
    return ["--parsable-style"] if name == "parsable" else ["--style", name]


def forget(home: Path) -> None:
    """Forget what was packed, as on another machine."""
    for path in (home / ".local" / "state").rglob("*.json"):
        path.unlink()


MORE: list[tuple[str, ...]] = [
    (),
    ("--no-line-numbers",),
    ("--no-file-summary",),
    ("--no-directory-structure",),
    ("--no-files",),
    ("--diff", "--include-logs"),
    ("--header-text", "Words\nof mine"),
    ("--compress", "--remove-comments"),
]


@pytest.mark.parametrize("name", STYLES)
@pytest.mark.parametrize("more", MORE, ids=" ".join)
@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
def test_a_bundle_of_ours_is_replaced(
    name: str, more: tuple[str, ...], known: bool, repo: Path, run: Run, home: Path
) -> None:
    (repo / "README.md").write_text("# Changed\n\n```\n# Files\n```\n")
    done = run("sous", "bundle", *style(name), *more, cwd=repo)
    assert done.code == 0, done.err
    if not known:
        forget(home)
    assert why_kept(repo / "output.txt") == ""


@pytest.mark.parametrize("name", STYLES)
@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
@pytest.mark.parametrize("where", ["begin", "end", "between", "cut"])
def test_a_bundle_with_words_of_the_user_is_kept(
    name: str, known: bool, where: str, repo: Path, run: Run, home: Path
) -> None:
    run("sous", "bundle", *style(name), cwd=repo)
    path = repo / "output.txt"
    text = path.read_text()
    middle = text.index("\n", text.index("def add"))
    path.write_text(
        {
            "begin": text[: text.index("\n")] + "\nMy own words.\n" + text[text.index("\n") :],
            "end": text + "\nMy own words.\n",
            "between": text[:middle] + "\nMy own words.\n" + text[middle:],
            "cut": text[:middle],
        }[where]
    )
    if not known:
        forget(home)
        if (name, where) == ("parsable", "begin"):
            # Words inside of the summary, which only the hash can tell: without a record it is a whole bundle.
            assert run("sous", "bundle", cwd=repo).code == 0
            return
    before = path.read_text()
    done = run("sous", "bundle", cwd=repo)
    assert (done.code, path.read_text()) == (1, before)
    assert "--force" in done.err
    run("sous", "clean", cwd=repo)
    run("sous", "copy-buffer", cwd=repo)
    assert path.read_text() == before


def test_an_edit_with_size_and_time_put_back_is_seen(repo: Path, run: Run) -> None:
    run("sous", "bundle", "--no-line-numbers", cwd=repo)
    path = repo / "output.txt"
    status = path.stat()
    path.write_text(path.read_text().replace("return a - b", "return a + b"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert "changed since" in why_kept(path)


def test_what_git_has_as_it_is_is_replaced(repo: Path) -> None:
    path = repo / "output.txt"
    path.write_text(packed(FILES) + "words\n")
    assert why_kept(path)
    git(repo, "add", "-f", ".")
    git(repo, "commit", "-qm", "bundle")
    assert why_kept(path) == ""
    path.write_text(packed(FILES) + "words\nmore\n")
    assert why_kept(path)


def test_what_went_to_stdout_is_known_wherever_it_is(repo: Path, run: Run) -> None:
    run("sous", "bundle", cwd=repo)
    (repo / "README.md").write_text("# Other\n")
    (repo / "output.txt").write_text(run("sous", "bundle", "--stdout", cwd=repo).out)
    assert run("sous", "bundle", cwd=repo).code == 0


@pytest.mark.parametrize("where", ["moved", "touched", "copied"])
def test_a_bundle_that_is_moved_touched_or_copied_is_replaced(where: str, repo: Path, run: Run) -> None:
    run("sous", "bundle", "--no-line-numbers", cwd=repo)
    path = repo / "output.txt"
    if where == "touched":
        os.utime(path, (1, 1))
    else:
        path = path.rename(repo / "other.txt") if where == "moved" else repo / "copy.txt"
        path.write_bytes((repo / "output.txt").read_bytes() if where == "copied" else path.read_bytes())
    assert why_kept(path) == ""


@pytest.mark.real
@pytest.mark.parametrize("more", [(), ("--no-file-summary",), ("--include-diffs", "--include-logs"), ("--compress",)])
@pytest.mark.parametrize("name", STYLES)
def test_a_bundle_of_repomix_is_replaced_whole_and_kept_with_more(
    name: str, more: tuple[str, ...], repo: Path, run: Run, needs: Callable[[str], str]
) -> None:
    (repo / "README.md").write_text("# Changed\n")
    path = repo / "output.txt"
    done = run(needs("repomix"), "--quiet", "-o", "output.txt", *style(name), *more, cwd=repo)
    assert done.code == 0, done.err
    assert why_kept(path) == ""
    path.write_text(path.read_text() + "\nWords of mine.\n")
    assert why_kept(path)


@pytest.mark.real
@pytest.mark.parametrize(
    "argv",
    [
        ("repopack", "--style", "xml", "-o", "output.txt"),
        ("repopack", "--style", "plain", "-o", "output.txt"),
        ("gitingest", ".", "-o", "output.txt"),
        ("code2prompt", "-p", ".", "-o", "output.txt"),
        ("files-to-prompt", ".", "-c", "-o", "output.txt"),
    ],
    ids=" ".join,
)
def test_bundles_of_other_packers_are_replaced(
    argv: tuple[str, ...], repo: Path, run: Run, needs: Callable[[str], str]
) -> None:
    assert run(needs(argv[0]), *argv[1:], cwd=repo).code == 0
    assert why_kept(repo / "output.txt") == ""
    (repo / "output.txt").write_text((repo / "output.txt").read_text() + "\nWords of mine.\n")
    assert why_kept(repo / "output.txt")
