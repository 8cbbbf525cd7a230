"""What the pre-commit hook makes of a step: it may rewrite the work, and passes in the end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.files import remove_file
from sous.runner.checkpoint import MOST, copy_index
from sous.runner.config import AttemptResult
from sous.runner.differences import differences
from sous.runner.hooks import find_hook
from sous.runner.proof import shown
from sous.runner.trial import last_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from sous.proc import Ended
    from sous.runner.checkpoint import Checkpoint
    from sous.runner.launch import Launcher

_MOST_RUNS = 3  # of a hook that rewrites files


@dataclass(frozen=True)
class HookTrial:
    """Runs the pre-commit hook of the launcher's place.

    `index` names a file for an index. `put_back` restores what the hook has no business with, and
    returns in words what it tampered with.
    """

    launcher: Launcher
    index: Callable[[str], Path]
    put_back: Callable[[], Sequence[str]]

    def result(self, start: Checkpoint, after: Checkpoint) -> AttemptResult:
        """Run the hook on what was changed since the start; what it rewrites is part of the work.

        It runs again then, as with a second `git commit`, and has to pass without a change.
        """
        rewritten: set[str] = set()
        for _ in range(_MOST_RUNS):
            ended = self._run(after)
            tampered = self.put_back()
            now = start.now(self.index("hooked"), most=MOST)
            if tampered:
                return AttemptResult((f"while the pre-commit hook ran, {tampered[0]}",), proved=now)
            changed = [one.path for one in differences(after, now)]
            if not changed:
                return self._at_rest(ended, now, rewritten)
            rewritten.update(changed)
            after = replace(now, index=self.index("hooked before"))
            copy_index(now, after.index)
        why = f"the pre-commit hook changes {_named(rewritten)} each time it runs"
        return AttemptResult((why,), output=ended.output, proved=now)

    def _at_rest(self, ended: Ended, now: Checkpoint, rewritten: Iterable[str]) -> AttemptResult:
        """Return the result of a run of the hook that changed nothing."""
        if ended.code:
            why = f"the pre-commit hook fails with exit code {ended.code}: {last_line(ended)}"
            return AttemptResult((why,), output=ended.output, proved=now)
        if ended.code is None:
            timeout = self.launcher.config.test_timeout
            why = f"the pre-commit hook did not end within {timeout:g} s"
            return AttemptResult((why,), output=ended.output, proved=now)
        files = f", which rewrote {_named(rewritten)}" if rewritten else ""
        return AttemptResult(proved=now, notes=(f"passed the hook{files}",))

    def _run(self, after: Checkpoint) -> Ended:
        """Run the hook with an index of its own, in which the work is staged."""
        launcher = self.launcher
        hook = find_hook(launcher.place)
        if hook is None:
            raise SousError("the pre-commit hook is missing")
        index = launcher.logs / f"hook-{launcher.mark}.index"
        copy_index(after, index)
        try:
            return launcher.run(
                hook,
                "the pre-commit hook",
                folder=launcher.place.top,
                more={"GIT_INDEX_FILE": str(index)},
            )
        finally:
            remove_file(index)


def _named(paths: Iterable[str]) -> str:
    return shown(sorted(paths))
