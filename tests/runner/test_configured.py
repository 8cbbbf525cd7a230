from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from sous.runner.configured import is_anybodys, starts_nothing

if TYPE_CHECKING:
    from pathlib import Path

BEFORE = b"[user]\n\tname = A\n"


def calls(*, sets: bool = False, fetches: bool = False) -> Any:
    return cast("Any", SimpleNamespace(set_entries=lambda: sets, fetched=lambda: fetches))


@pytest.mark.parametrize(
    ("added", "sets", "is_theirs"),
    [
        ('[remote "origin"]\n\turl = /elsewhere\n', False, True),
        ("[core]\n\tfsmonitor = evil\n", False, False),
        ('[submodule "lib"]\n\tactive = true\n', False, True),
        ('[branch "main"]\n\tremote = origin\n', True, True),
        ('[remote "origin"]\n\turl = /elsewhere\n', True, False),
        ("[core\n", False, False),
    ],
    ids=["a remote", "a program", "a submodule", "a push -u of ours", "a remote of ours", "broken"],
)
def test_a_person_may_change_what_starts_no_program(tmp_path: Path, added: str, *, sets: bool, is_theirs: bool) -> None:
    path = tmp_path / "config"
    path.write_bytes(BEFORE + added.encode())
    assert is_anybodys(path, BEFORE, calls(sets=sets)) is is_theirs


def test_a_fetch_of_ours_makes_a_repository_shallow_and_nobody_elses_hook(tmp_path: Path) -> None:
    assert is_anybodys(tmp_path / "shallow", b"", calls())
    assert not is_anybodys(tmp_path / "shallow", b"", calls(fetches=True))
    (tmp_path / "pre-commit").write_text("true\n")
    assert not is_anybodys(tmp_path / "pre-commit", b"", calls())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[core]\n\tbare = false\n", True),
        ("[core]\n\tworktree = ../../project/lib\n", True),
        ("[core]\n\tworktree = ../../elsewhere\n", False),
        ("[core]\n\tsshCommand = evil\n", False),
        ("[core\n", False),
    ],
)
def test_a_submodule_has_its_files_in_the_project_and_starts_nothing(
    tmp_path: Path, text: str, *, expected: bool
) -> None:
    (tmp_path / "project/lib").mkdir(parents=True)
    (tmp_path / "git/lib").mkdir(parents=True)
    (tmp_path / "git/lib/config").write_text(text)
    assert starts_nothing(tmp_path / "git/lib/config", tmp_path / "project") is expected
