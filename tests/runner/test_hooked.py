"""A hook may rewrite the work of a step, and has to come to rest without a change and without an error."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from scene import committed, git, write_tree
from sous.errors import SousError
from sous.runner.checkpoint import Checkpoint
from sous.runner.config import AttemptResult, RunConfig
from sous.runner.hooked import HookTrial
from sous.runner.launch import Launcher
from sous.runner.workplace import Workplace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

pytestmark = pytest.mark.skipif(os.name == "nt", reason="hooks are shell scripts here")
CONFIG = RunConfig(cast("Any", SimpleNamespace(name="agent", folders=())), "true", test_timeout=20, quiet=True)


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    top = committed(tmp_path / "project", {"a.py": "A = 1\n"}).resolve()
    return Workplace(top, top, top / "prompt_plan.md")


def hooked(place: Workplace, script: str, tampered: Sequence[str] = ()) -> AttemptResult:
    """Return the result of a hook of this text, on work that changed a.py; no text: there is no hook."""
    scratch = place.top.parent
    launcher = Launcher(place, CONFIG, scratch, _waiting, lambda _pid: None, lambda: None)
    start = Checkpoint.take(place, scratch / "start")
    write_tree(place.top, {"a.py": "A = 2  \n"})
    after = start.now(scratch / "after")
    if script:
        write_tree(place.top, {".git/hooks/pre-commit": f"#!/bin/sh\n{script}\n"})
        (place.top / ".git/hooks/pre-commit").chmod(0o755)
    return HookTrial(launcher, lambda name: Path(scratch, name), lambda: tampered).result(start, after)


@contextlib.contextmanager
def _waiting(_label: Callable[[], str]) -> Any:
    yield


def test_what_the_hook_rewrites_is_part_of_the_work(place: Workplace) -> None:
    found = hooked(place, "sed 's/ *$//' a.py > b && cat b > a.py && rm b")
    assert found.problems == ()
    assert found.notes == ("passed the hook, which rewrote a.py",)
    assert found.proved
    assert git(place.top, "show", f"{found.proved.tree}:a.py") == "A = 2\n"


def test_the_work_is_staged_for_the_hook_in_an_index_of_its_own(place: Workplace) -> None:
    found = hooked(place, f"git diff --cached --name-only > '{place.top.parent}/staged'")
    assert found.notes == ("passed the hook",)
    assert (place.top.parent / "staged").read_text() == "a.py\n"
    assert git(place.top, "diff", "--cached", "--name-only") == ""
    assert list(place.top.parent.glob("hook-*")) == []


REFUSED = {
    "it fails": ("echo 'a.py: say ok'; exit 3", "the pre-commit hook fails with exit code 3: a.py: say ok"),
    "it never rests": ("echo '#' >> a.py", "the pre-commit hook changes a.py each time it runs"),
}


@pytest.mark.parametrize(("script", "said"), REFUSED.values(), ids=REFUSED)
def test_a_hook_that_does_not_pass_is_a_problem(place: Workplace, script: str, said: str) -> None:
    assert hooked(place, script).problems == (said,)


def test_a_hook_that_changes_what_is_not_its_own_is_a_problem(place: Workplace) -> None:
    found = hooked(place, "true", ["it changed git's own config"])
    assert found.problems == ("while the pre-commit hook ran, it changed git's own config",)


def test_a_hook_that_is_gone_is_an_error(place: Workplace) -> None:
    with pytest.raises(SousError, match="the pre-commit hook is missing"):
        hooked(place, "")
