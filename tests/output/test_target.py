from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import git
from sous.errors import SousError
from sous.output.provenance import sign
from sous.output.target import check_target

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("state", ["missing", "empty", "ours", "ours and ticked", "tracked"])
def test_what_may_be_replaced(state: str, repo: Path) -> None:
    path = repo / "code-review.md"
    texts = {
        "empty": "",
        "ours": sign("- [ ] x\n", {}),
        "ours and ticked": sign("- [ ] x\n", {}).replace("[ ]", "[x]"),
        "tracked": "mine\n",
    }
    if state in texts:
        path.write_text(texts[state])
    if state == "tracked":
        git(repo, "add", ".")
        git(repo, "commit", "-qm", "x")
    assert check_target(path, root=repo, force=False, named=False).in_git == (state == "tracked")


@pytest.mark.parametrize("state", ["untracked", "ours but edited", "tracked but edited", "named with -o"])
def test_what_is_somebodys_work_needs_force(state: str, repo: Path) -> None:
    path = repo / "code-review.md"
    path.write_text(sign("x\n", {}).replace("x\n", "edited\n") if state == "ours but edited" else "mine\n")
    if state == "tracked but edited":
        git(repo, "add", ".")
        git(repo, "commit", "-qm", "x")
        path.write_text("mine, and more\n")
    with pytest.raises(SousError, match="nothing was sent. Use --force to replace it, or -o FILE"):
        check_target(path, root=repo, force=False, named=state == "named with -o")
    assert check_target(path, root=repo, force=True, named=False).path == path
