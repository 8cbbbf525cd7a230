"""Files of a pull request that no review has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scene import git
from sous.forge.unreviewed import note_of, unreviewed

if TYPE_CHECKING:
    from pathlib import Path


def test_changed_files_that_are_not_packed_are_named(repo: Path) -> None:
    before = git(repo, "rev-parse", "HEAD").strip()
    for name in ("evil.py", "a`b\n.py", "new.png", "packed.py"):
        (repo / name).write_text("x = 1\n")
    (repo / "README.md").unlink()
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "more")
    (repo / "untracked.py").write_text("x = 1\n")
    names = unreviewed(repo, before, {"packed.py"})
    assert sorted(names) == ["a`b\n.py", "evil.py"]
    assert "leave them out: `a?b\\x0a.py`, `evil.py`.\n" in note_of(sorted(names))


def test_many_are_counted_and_none_is_no_note() -> None:
    assert note_of([]) == ""
    assert "`9` and 2 more." in note_of([str(number) for number in range(12)])
