"""The branch of a plan where steps land that are carried out at once, one after the other."""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.folders import is_link
from sous.git import read_git
from sous.git_config import never_users
from sous.runner import journal, refused
from sous.runner.checkpoint import Checkpoint
from sous.runner.committing import commit, dirt
from sous.runner.config import slug_of
from sous.runner.guard import Guard
from sous.runner.jobplace import identity
from sous.runner.judge import ignored_programs, paths_in
from sous.runner.refs import head_of, read_refs
from sous.runner.traced import GitCalls, forget_trace, trace_in
from sous.terminal import one_line, say

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sous.plan.shape import Planned
    from sous.runner.config import RunConfig
    from sous.runner.trial import Trial
    from sous.runner.work import Work
    from sous.runner.workplace import Workplace


class PlanBranch:
    """The branch that is checked out in the project; whoever calls it holds its `lock`."""

    def __init__(self, home: Workplace, config: RunConfig, work: Work) -> None:
        never_users(home.top)  # for the folders of steps it lies elsewhere
        self.home = home
        self.lock = threading.RLock()
        self.trials: dict[str, Trial] = {}  # how the tests are, by commit
        self.manifests: list[str] = []  # that steps at work have changed
        self._config = config
        self._work = work
        self._trace = trace_in(journal.folder_of(home))
        forget_trace(self._trace)
        self._moved_to: tuple[str, str] | None = None  # HEAD and branch, by somebody else
        self._landed: list[tuple[str, str]] = []  # the commit before a step, and its name
        self.programs = ignored_programs(home, config.test)
        self.guard = Guard.watch(home, self.programs)
        self.identity = identity(home)
        with tempfile.TemporaryDirectory(prefix="sous-run-") as folder:
            self.ignored = Checkpoint.take(home, Path(folder, "start")).ignored

    @property
    def tip(self) -> str:
        """The commit that the last step made."""
        return self.guard.head

    def landed_since(self, commit_before: str) -> list[str]:
        """Return the names of the steps that landed after a commit."""
        befores = [before for before, _ in self._landed]
        if commit_before not in befores:
            return []
        return [name for _, name in self._landed[befores.index(commit_before) :]]

    def put_back(self) -> None:
        """Undo what agents did to the project itself, where none of them has any business.

        A person may commit there meanwhile: that stays, and nothing lands any more.
        """
        calls = GitCalls.read(self._trace, self.guard.common)
        blamed, undone = self.guard.put_back(calls, is_shared=True)
        for what in (*blamed, *undone):
            say(f"while agents were at work in other folders, {what}; that is undone")
        now = read_refs(self.home)
        if (now.head, now.branch) != (self.guard.head, self.guard.branch):
            self._moved_to = (now.head or head_of(self.home), now.branch)

    def check(self) -> None:
        """Undo what agents did. Raises SousError where somebody else moved the branch or HEAD."""
        self.put_back()
        if self._moved_to:
            commit_there, branch = self._moved_to
            subject = read_git(self.home.top, "log", "-1", "--format=%s", commit_there)
            where = one_line(f"{commit_there[:12]} ({subject.decode('utf-8', 'replace').strip()})")
            name = branch.removeprefix("refs/heads/") or "no branch"
            raise SousError(
                f"{self.home.top} went to {where} on {name} "
                "while agents worked in folders of their own, and not by them: it stays as it is; "
                "`sous run --continue` continues from there"
            )

    def forget_trace(self) -> None:
        """Forget what agents asked git."""
        forget_trace(self._trace)

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Write notes of ours into the project, which are not taken for an agent's then."""
        with self.lock:
            self.put_back()
            try:
                yield
            finally:
                self._watch()

    def land(
        self,
        step: Planned,
        tree: str,
        passed: Collection[str],
        trial: Trial | None,
        *,
        landed_with: str = "",
        cost: float | None = None,
    ) -> str:
        """Put a tree into the project, tick the step and commit both; return the commit.

        `landed_with`: the steps that landed the same change, where only the tick is left; `cost`:
        what its agent says that it spent, in US dollars.
        Raises SousError where somebody's work is in the way.
        """
        home = self.home
        self.check()
        if found := dirt(home):
            raise SousError(
                f"{found[0]} was changed in {home.top} while the agents worked in folders of their "
                "own: commit or stash it, then `sous run --continue`"
            )
        with tempfile.TemporaryDirectory(prefix="sous-run-") as folder:
            start = Checkpoint.take(home, Path(folder, "start"))
            after = Checkpoint.again(home, Path(folder, "after"), {**start.note(), "tree": tree})
            self._refuse_loose(start, after)
            journal.proved(home, step, self.guard, start)
            after.restore()
            self._work.tick(home.plan, step, passed)
            made = commit(
                home, step, after, self._config, self.guard.head,
                landed_with=landed_with, cost=cost,
            )  # fmt: skip
            journal.end(home)
        slug = slug_of(step.noun, step.step.number)
        journal.forget_note(home, slug)
        refused.drop(home, slug)
        self._landed.append((self.guard.head, step.name))
        self._watch()
        if trial:
            self.trials[made.commit] = trial
        return self.guard.head

    def _watch(self) -> None:
        """Note how the project is now; what agents asked git before is undone by then.

        What we write there changes none of git's own files: these stay as they were noted first, or
        a hook that an agent puts there just now would be ours.
        """
        self.guard = Guard.watch(self.home, self.programs).with_files_of(self.guard, self.programs)
        forget_trace(self._trace)

    def _refuse_loose(self, start: Checkpoint, after: Checkpoint) -> None:
        """Raise SousError where a step makes a file that git has not and somebody has there.

        What git ignores is somebody's too.
        """
        known = set(paths_in(start))
        for path in sorted({*paths_in(after)} - known):
            if found := _in_the_way(self.home.top, path, known):
                what = "which" if found == path else f"but {found}"
                raise SousError(
                    f"the step makes {path}, {what} is there already and is not in git: "
                    "commit it first, or move it away; then `sous run --continue`"
                )


def _in_the_way(top: Path, path: str, known: Collection[str]) -> str | None:
    """Return what would be lost where a new path is written, but for what git has (`known`)."""
    parts = path.split("/")
    above = ("/".join(parts[:end]) for end in range(1, len(parts)))
    no_folder = next((name for name in above if _is_no_folder(top / name)), None)
    if no_folder:
        is_lost = os.path.lexists(top / no_folder) and no_folder not in known
        return no_folder if is_lost else None
    here = top / path
    if _is_no_folder(here):
        is_lost = os.path.lexists(here) and not _is_another_case(here, known)
        return path if is_lost else None
    below = (one for one in sorted(here.rglob("*")) if _is_no_folder(one))
    names = (one.relative_to(top).as_posix() for one in below)
    return next((name for name in names if name not in known), None)


def _is_no_folder(path: Path) -> bool:
    return is_link(path) or not path.is_dir()


def _is_another_case(here: Path, known: Collection[str]) -> bool:
    """Tell whether a file is one that git has, and is only spelled otherwise."""
    lowered = str(here).lower()
    ends = (one for one in known if lowered.endswith(f"{os.sep}{one.lower()}"))
    with contextlib.suppress(OSError, IndexError):
        return any(here.samefile(here.parents[one.count("/")] / one) for one in ends)
    return False
