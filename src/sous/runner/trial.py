"""One run of the tests, in a clean place or in the project itself, and what each test did."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from sous.environment import as_given
from sous.proc import Ended
from sous.runner.clean import clean_place
from sous.runner.results import Results, read_results
from sous.runner.starts import start
from sous.state import checkout_state
from sous.terminal import one_line

if TYPE_CHECKING:
    from sous.runner.checkpoint import Checkpoint
    from sous.runner.clean import CleanPlace
    from sous.runner.guard import Guard

CANNOT_START = (126, 127)  # exit codes of a shell for a program that is not there (POSIX, 2.8.2)
_WHOLE = 1 << 20  # bytes of an output of which nothing is left out
# Starts a command line in a folder with more in its environment, and waits for it.
Job: TypeAlias = Callable[[str, Path, Mapping[str, str]], Ended]


@dataclass(frozen=True)
class Trial:
    """How a run of the tests ended.

    `results` None: no test told anything, only the exit code is known. `touched`: files of the
    project that changed while it ran.
    """

    ended: Ended
    results: Results | None = None
    touched: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_green(self) -> bool:
        """Whether the tests passed, as far as they say it."""
        return self.ended.code == 0 and not (self.results and self.results.failed)

    @property
    def is_known(self) -> bool:
        """Whether it is known what each test did."""
        return self.results is not None

    @property
    def outcomes(self) -> Mapping[str, str]:
        """What became of each test."""
        return self.results.outcomes if self.results else {}

    def says(self) -> str:
        """Return in one line what went wrong."""
        failed = sorted(self.results.failed) if self.results else []
        last = last_line(self.ended)
        if not failed:
            return last
        more = f" and {len(failed) - 3} more" if len(failed) > 3 else ""  # noqa: PLR2004
        return f"{one_line(', '.join(failed[:3]))}{more} failed; {last}"


def run_clean(
    checkpoint: Checkpoint,
    guard: Guard,
    command: str,
    job: Job,
    texts: Mapping[str, str],
) -> Trial:
    """Run the tests on a fresh checkout of a state, in which `texts` stand for some files."""
    place = checkpoint.place
    with clean_place(
        checkpoint, head=guard.head, refs=guard.refs, texts=texts, programs=_programs(guard)
    ) as clean:
        return run_in(clean, place.origin.root, command, job)


def run_in(clean: CleanPlace, original: Path, command: str, job: Job) -> Trial:
    """Run the tests in a clean place of the project at `original`."""
    given = dict(as_given())
    known = (clean.python_path, given.get("PYTHONPATH", ""))
    paths = os.pathsep.join(filter(None, known))
    given["PYTHONPATH"] = paths.replace(str(original), str(clean.root))
    more = {
        "CARGO_TARGET_DIR": str(checkout_state(original) / "target"),
        "SOUS_ORIGINAL": str(original),
        "UV_NO_SYNC": "1",  # else uv installs the clean place into the linked environment
    }
    line = command.replace(str(original), str(clean.root))
    ended, results = _run(line, clean.root, given, job, more)
    return Trial(ended, results, frozenset(clean.touched()))


def run_in_place(root: Path, command: str, job: Job) -> Trial:
    """Run the tests in the project itself, where leftovers and other programs are seen too."""
    ended, results = _run(command, root, as_given(), job, {})
    return Trial(ended, results)


def _run(
    command: str,
    root: Path,
    given: Mapping[str, str],
    job: Job,
    more: Mapping[str, str],
) -> tuple[Ended, Results | None]:
    with tempfile.TemporaryDirectory(prefix="sous-report-") as folder:
        reports = Path(folder)
        started = start(command, root, reports, given)
        ended = job(started.command, root, {**started.env, **more})
        if "is not allowed in NODE_OPTIONS" in ended.output:  # an older node
            plain = {key: value for key, value in started.env.items() if key != "NODE_OPTIONS"}
            ended = job(started.command, root, {**plain, **more})
        is_whole = ended.printed < _WHOLE
        programs = started.programs if is_whole else frozenset()
        return ended, read_results(reports, root if more else reports, ended.output, programs)


def _programs(guard: Guard) -> list[Path]:
    """Return the files that git ignores and the test command names."""
    watched = (guard.git_folder, guard.common)
    return [path for path in guard.files if not any(path.is_relative_to(one) for one in watched)]


def last_line(ended: Ended) -> str:
    """Return the last thing that a program printed."""
    lines = [line for line in ended.output.splitlines() if line.strip()]
    return one_line(lines[-1])[:200] if lines else "it printed nothing"
