"""What is known of a plan elsewhere: on its branch, here or of a remote."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sous.errors import SousError
from sous.files import read_file, write_file
from sous.git import read_git, write_git
from sous.names import TODO
from sous.plan.progress import State, read_progress
from sous.plan.shape import planned_steps
from sous.proc import ProgramFailed
from sous.runner.checkpoint import Checkpoint
from sous.runner.step_commits import title_of
from sous.runner.workplace import Workplace

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sous.plan.progress import Progress
    from sous.plan.shape import Planned


class Ahead(NamedTuple):
    """A branch on which more steps are done than here: its name, how many, of how many."""

    branch: str
    done: int
    steps: int


class PlanChange(NamedTuple):
    """A plan that was changed here since its branch began.

    `by_both`: the branch changed it too; `done`: the steps done there whose prompt is another now.
    """

    text: str
    steps: Sequence[str]
    done: Sequence[str]
    by_both: bool


def place_of(root: Path, plan: Path) -> Workplace | None:
    """Return the repository that a plan lies in, None where it lies in none."""
    try:
        top = read_git(root, "rev-parse", "--show-toplevel").decode("utf-8", "surrogateescape")
    except SousError:
        return None
    return Workplace(Path(top.strip("\n")).resolve(), root.resolve(), plan.resolve())


def remote_branch(top: Path, branch: str) -> str | None:
    """Return the full name of a remote's branch of a name, `refs/remotes/origin/…` first."""
    names = (
        read_git(top, "for-each-ref", "--format=%(refname)", "refs/remotes").decode().split("\n")
    )
    found = [name for name in names if name.split("/", 3)[3:] == [branch]]
    return min(
        found, key=lambda name: (not name.startswith("refs/remotes/origin/"), name), default=None
    )


def contains(top: Path, tip: str, commit: str) -> bool:
    """Tell whether a commit is an ancestor of another, or the same."""
    try:
        read_git(top, "merge-base", "--is-ancestor", commit, tip)
    except ProgramFailed:
        return False
    return True


def text_at(place: Workplace, ref: str, path: Path) -> str | None:
    """Return the text of a file of the project at a commit, None where it is not there."""
    name = path.relative_to(place.top).as_posix()
    try:
        return read_git(place.top, "cat-file", "blob", f"{ref}:{name}").decode("utf-8", "replace")
    except ProgramFailed:
        return None


def progress_at(place: Workplace, ref: str) -> Progress | None:
    """Return how far the plan is at a commit; one that git does not have is the one here."""
    plan = text_at(place, ref, place.plan) or place.plan.read_text("utf-8", "replace")
    todo = text_at(place, ref, place.todo)
    with tempfile.TemporaryDirectory(prefix="sous-plan-") as folder:
        path = Path(folder).resolve() / place.plan.name
        write_file(path, plan.encode("utf-8", "replace"), root=path.parent, durable=False)
        if todo is not None:
            data = todo.encode("utf-8", "replace")
            write_file(path.with_name(TODO), data, root=path.parent, durable=False)
        try:
            return read_progress(path)
        except SousError:  # the marks of a conflict, say
            return None


def ahead_of(place: Workplace, progress: Progress, branch: str) -> Ahead | None:
    """Return the branch of the plan, here or of a remote, where more is done than here."""
    best: Ahead | None = None
    for ref in filter(None, (f"refs/heads/{branch}", remote_branch(place.top, branch))):
        if not is_there(place.top, ref):
            continue
        there = progress_at(place, ref)
        done = len(there.plan.steps) - len(there.open) if there else 0
        least = best.done if best else len(progress.plan.steps) - len(progress.open)
        if there and done > least:
            best = Ahead(ref.split("/", 2)[2], done, len(there.plan.steps))
    return best


def is_there(top: Path, ref: str) -> bool:
    """Tell whether a reference is there."""
    try:
        read_git(top, "rev-parse", "--verify", "--quiet", ref)
    except SousError:
        return False
    return True


def plan_change(place: Workplace, branch: str) -> PlanChange | None:
    """Return how the plan that is here differs from that of its branch; None where it does not.

    A plan that the branch alone changed is the newer one, and no difference.
    """
    own = f"refs/heads/{branch}"
    ref = own if is_there(place.top, own) else remote_branch(place.top, branch)
    there = text_at(place, ref, place.plan) if ref else None
    if ref is None or there is None or not place.plan.is_file():
        return None
    here = read_file(place.plan, root=place.root).decode("utf-8", "replace")
    before = _before(place, ref)
    if here in (there, before):
        return None
    progress = progress_at(place, ref)
    done = [
        one
        for one, state in zip(progress.plan.steps, progress.states, strict=True)
        if state is State.DONE
    ] if progress else []  # fmt: skip
    changed = _changed(planned_steps(there), planned_steps(here))
    prompts = {one.step.prompt for one in planned_steps(here)}
    again = [one.name for one in done if one.step.prompt not in prompts]
    return PlanChange(here, changed, again, by_both=there != before)


def _before(place: Workplace, ref: str) -> str | None:
    """Return the plan where the branch began."""
    try:
        base = read_git(place.top, "merge-base", "HEAD", ref).decode().strip()
    except ProgramFailed:  # they have nothing in common
        return None
    return text_at(place, base, place.plan)


def _changed(old: Iterable[Planned], new: Iterable[Planned]) -> list[str]:
    """Return the names of the steps that are new, have gone, or say something else."""
    before = {one.name: one.step.prompt for one in old}
    now = {one.name: one.step.prompt for one in new}
    return [name for name in {**now, **before} if before.get(name) != now.get(name)]


def commit_of(top: Path, step: Planned) -> str | None:
    """Return the short hash of the commit of a step that was carried out, None where none is."""
    try:
        raw = read_git(top, "log", "-n", "500", "--format=%h %s").decode("utf-8", "replace")
    except SousError:
        return None
    commits = (line.partition(" ") for line in raw.splitlines())
    return next((made for made, _, title in commits if title == title_of(step)), None)


def untracked_files(place: Workplace) -> list[str]:
    """Return the files, from the top, that git neither holds nor ignores, without sous's own."""
    with tempfile.TemporaryDirectory(prefix="sous-run-") as folder:
        return sorted(Checkpoint.at_head(place, Path(folder, "start")).untracked())


def commit_files(place: Workplace, paths: Sequence[Path], message: str) -> None:
    """Commit some files as they are, and nothing else; no hook of the repository is run."""
    names = b"".join(os.fsencode(path.relative_to(place.top).as_posix()) + b"\0" for path in paths)
    with tempfile.TemporaryDirectory(prefix="sous-run-") as folder:
        index = Path(folder, "index")
        write_git(place.top, "read-tree", "HEAD", index=index)
        write_git(place.top, "update-index", "--add", "-z", "--stdin", index=index, input=names)
        tree = write_git(place.top, "write-tree", index=index).decode().strip()
    head = read_git(place.top, "rev-parse", "--verify", "HEAD").decode().strip()
    made = write_git(place.top, "commit-tree", tree, "-p", head, "-m", message).decode().strip()
    write_git(place.top, "update-ref", "-m", "sous run", "HEAD", made, head)
    write_git(place.top, "reset", "--quiet", "--mixed")
