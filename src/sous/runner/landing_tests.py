"""The tests of a step that lands, in a checkout of exactly what would be on the remote."""

from __future__ import annotations

import contextlib
import secrets
from typing import TYPE_CHECKING

from sous.environment import as_given
from sous.errors import SousError
from sous.files import remove_tree
from sous.proc import run_job
from sous.state import project_state, state_folder
from sous.terminal import Waiting, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sous.team.shared import Team

_GITS = "GIT_"


def tests_in_checkout(team: Team, command: str, *, timeout: float) -> Callable[[str], None]:
    """Return what runs the tests on a commit, and raises SousError where they fail.

    `timeout` is in seconds.
    """

    def is_green(commit: str) -> None:
        with _checked_out(team, commit) as folder, Waiting(f"`{command}` on what would land"):
            env = {name: value for name, value in as_given().items() if not name.startswith(_GITS)}
            ended = run_job(
                command,
                cwd=folder / team.membership.folder,
                env={**env, "PYTHONDONTWRITEBYTECODE": "1"},
                timeout=timeout,
            )
        if ended.code == 0:
            return
        how = "did not end in time" if ended.code is None else f"fails with exit code {ended.code}"
        lines = [one_line(line) for line in ended.output.splitlines() if line.strip()][-8:]
        raise SousError("\n  ".join([f"`{command}` {how} on what would land:", *lines]))

    return is_green


@contextlib.contextmanager
def _checked_out(team: Team, commit: str) -> Iterator[Path]:
    folder = state_folder() / project_state(team.root, "landing", secrets.token_hex(6))
    repository = team.repository
    repository.git("worktree", "add", "-q", "--detach", "--force", folder, commit, timeout=600)
    try:
        yield folder
    finally:
        remove_tree(folder)
        repository.git("worktree", "prune", "--expire=now")
