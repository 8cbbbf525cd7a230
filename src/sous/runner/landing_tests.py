"""The tests of a step that lands, in a clean place with exactly what would be on the remote."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from sous.environment import as_given
from sous.errors import SousError
from sous.files import remove_file
from sous.git_place import find_checkout
from sous.proc import run_job
from sous.runner.clean import (
    CleanPlace,
    ignored_in,
    link_dependencies,
    make_repository,
    mended_path,
    root_in,
    stamps_of_files,
    temporary_folder,
)
from sous.runner.trial import run_in
from sous.terminal import one_line
from sous.waiting import Waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from sous.proc import Ended
    from sous.runner.trial import Trial
    from sous.team.shared import Team

_SHOWN = 8  # lines of what the tests printed


class Red(SousError):
    """The tests fail on what would land; `output`: what they printed."""

    def __init__(self, message: str, output: str) -> None:
        super().__init__(message)
        self.output = output

    @property
    def last_lines(self) -> list[str]:
        """The last lines that they printed, to be shown."""
        lines = [one_line(line) for line in self.output.splitlines() if line.strip()]
        return lines[-_SHOWN:]


def tests_in_checkout(team: Team, command: str, *, timeout: float) -> Callable[[str], None]:
    """Return what runs the tests on a commit, and raises SousError where they fail.

    `timeout` is in seconds.
    """

    def job(line: str, cwd: Path, more: Mapping[str, str]) -> Ended:
        env = {name: value for name, value in as_given().items() if not name.startswith("GIT_")}
        kept = {**env, "PYTHONDONTWRITEBYTECODE": "1", **more}
        return run_job(line, cwd=cwd, env=kept, timeout=timeout)

    def is_green(commit: str) -> None:
        with _clean_place(team, commit) as place, Waiting(f"`{command}` on what would land"):
            _refuse_red(command, run_in(place, team.root, command, job))

    return is_green


def _refuse_red(command: str, trial: Trial) -> None:
    code = trial.ended.code
    if trial.results and trial.results.foreign:
        raise SousError(
            f"the tests load {trial.results.foreign} from the project itself and not from what "
            "would land: an installed package points there"
        )
    if trial.is_green:
        return
    how = "did not end in time" if code is None else f"fails with exit code {code}"
    raise Red(f"`{command}` {how} on what would land", trial.ended.output)


@contextlib.contextmanager
def _clean_place(team: Team, commit: str) -> Iterator[CleanPlace]:
    """Check a commit out into a folder of its own, deleted afterwards."""
    project = team.root.resolve()
    original = find_checkout(project).top
    with temporary_folder(team.root) as top:
        index = top.with_name(f"{top.name}.index")
        try:
            team.repository.check_out(commit, top, index)
            root = root_in(top, project.relative_to(original).as_posix())
            make_repository(top, index, commit, {}, team.repository.folder)
        finally:
            remove_file(index)
        stamps = stamps_of_files(top)
        link_dependencies(original, top, ignored_in(original))
        yield CleanPlace(top, root, mended_path(project, original, top), stamps)
