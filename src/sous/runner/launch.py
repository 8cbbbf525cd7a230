"""Starts the programs of a run, agent, tests and hook, and ends what they leave running."""

from __future__ import annotations

import contextlib
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sous.environment import as_given
from sous.proc import run_job
from sous.processes import end_marked
from sous.runner.said import words_of
from sous.runner.sandbox import confined
from sous.runner.traced import trace_environment, trace_in
from sous.terminal import one_line

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from sous.proc import Ended
    from sous.runner.config import RunConfig
    from sous.runner.workplace import Workplace

_MARK = "_SOUS_RUN"  # a variable that tells what an agent left running
_WRITTEN = ("SOUS_REPORT", "CARGO_TARGET_DIR")  # folders that tests write to, by their variables
_POINTING = frozenset(
    {
        "GIT_DIR",
        "GIT_INDEX_FILE",
        "GIT_WORK_TREE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_COMMON_DIR",
        "GIT_NAMESPACE",
    }
)


@dataclass
class Launcher:
    """Starts programs in one place, each marked as a child of this run.

    `logs`: the folder of the run's state, where git's trace is. `waiting` shows that something
    runs; `begins` gets the process of each program, and `ended` is called behind it.
    """

    place: Workplace
    config: RunConfig
    logs: Path
    waiting: Callable[[Callable[[], str]], AbstractContextManager[object]]
    begins: Callable[[int], None]
    ended: Callable[[], None]
    stop: threading.Event | None = None  # set: what runs is ended
    mark: str = field(default_factory=lambda: uuid.uuid4().hex)
    _agents_line: Callable[[], str] = lambda: ""

    def agents_line(self) -> str:
        """Return the last line of the agent at work, in words; empty while no agent works."""
        return one_line(words_of(self._agents_line()))

    def run(
        self,
        command: list[str] | str,
        what: str,
        *,
        folder: Path | None = None,
        more: Mapping[str, str] | None = None,
        prompt: str | None = None,
        hears: Callable[[bytes], None] | None = None,
    ) -> Ended:
        """Run a program in a folder, the root if none is named; `what` is shown meanwhile.

        `more`: variables that it gets. What has a prompt is the agent; `hears` gets what it prints.
        """
        folder, more, is_agent = folder or self.place.root, more or {}, prompt is not None
        config = self.config
        printed: list[Callable[[], str]] = [lambda: ""]

        def started(pid: int, last_line: Callable[[], str]) -> None:
            printed[0] = last_line
            self._agents_line = last_line if is_agent else lambda: ""
            self.begins(pid)

        def label() -> str:
            said = one_line(words_of(printed[0]()))
            return f"{what}: {said}" if said else what

        env = self._environment(more)
        if config.sandbox:
            command = self._confined(command, folder, more, is_agent=is_agent)
        with self.waiting(label), self._ending_leftovers():
            ended = run_job(
                command,
                cwd=folder,
                env=env,
                input=(prompt or "").encode("utf-8", "replace"),
                timeout=config.agent_timeout if is_agent else config.test_timeout,
                started=started,
                hears=hears,
                stop=self.stop,
            )
        self.ended()
        return ended

    def _confined(
        self, command: list[str] | str, folder: Path, more: Mapping[str, str], *, is_agent: bool
    ) -> list[str]:
        """Return a command that writes to the project alone, and where its variables say."""
        return confined(
            command, self.place, self.config.agent.folders if is_agent else (), logs=self.logs,
            cwd=folder, writable=[Path(more[name]) for name in _WRITTEN if name in more],
        )  # fmt: skip

    def _environment(self, more: Mapping[str, str]) -> dict[str, str]:
        """Return the environment of the start, without what points git at another repository."""
        kept = {name: value for name, value in as_given().items() if name not in _POINTING}
        trace = trace_environment(trace_in(self.logs))
        return {**kept, "PYTHONDONTWRITEBYTECODE": "1", **trace, **more, _MARK: self.mark}

    @contextlib.contextmanager
    def _ending_leftovers(self) -> Iterator[None]:
        """End what a program leaves running, before it can touch anything later."""
        try:
            yield
        finally:
            end_marked(_MARK, self.mark)
