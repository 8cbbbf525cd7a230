"""What a run notes outside the repository: the step in work, so that a killed run can be undone.

What lies in the repository is never acted on: it may have come with a clone.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sous.errors import SousError
from sous.files import read_file, remove_file, remove_tree, shown_path, write_file
from sous.folder import own_folder, own_names
from sous.folders import OddFileError
from sous.git import read_git, write_git
from sous.locks import locked
from sous.names import FOLDER
from sous.processes import is_alive, started_at
from sous.runner.checkpoint import Checkpoint
from sous.runner.guard import Guard
from sous.runner.logs import bound
from sous.runner.refs import branch_of, head_of
from sous.state import change_state, checkout_state, project_state
from sous.terminal import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sous.plan.shape import Planned
    from sous.runner.workplace import Workplace

_STATE, _PROCESS, _BASES = "state.json", "process.json", "bases.json"
_JOB, _JOB_PROCESS = ".job.json", ".process.json"
_KEPT = "refs/worktree/sous/interrupted"  # each worktree has its own
_NOTES = "run"  # in our folder of the project


def folder_of(place: Workplace) -> Path:
    """Return the folder of prompts and logs of runs, which an agent may write to."""
    folder = checkout_state(place.root) / "work"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextlib.contextmanager
def alone(place: Workplace) -> Iterator[None]:
    """Be the only run in a project. Raises SousError where another is at work."""
    with locked(checkout_state(place.root) / "run.lock", timeout=0.2) as got:
        if not got:
            raise SousError(
                f"another `sous run` is at work in {place.root}; wait for it, or use --worktree"
            )
        yield


def begin(place: Workplace, step: Planned, guard: Guard, start: Checkpoint) -> None:
    """Note that a step is in work, and how all was before."""
    _forget(place.root, _PROCESS)
    _write(
        place.root, _STATE, {"step": step.name, "checkpoint": start.note(), "guard": guard.note()}
    )


def note_process(place: Workplace, pid: int) -> None:
    """Note which process works on the step."""
    _write(place.root, _PROCESS, {"process": pid, "started": started_at(pid)})


def proved(place: Workplace, step: Planned, guard: Guard, start: Checkpoint) -> None:
    """Note that the step in work has passed, and is about to be committed by us."""
    note = {"step": step.name, "checkpoint": start.note(), "guard": guard.note(), "proved": True}
    _write(place.root, _STATE, note)


def keep_own(root: Path, path: Path) -> None:
    """Note that a file of ours was changed on purpose after a run was killed: it stays."""
    state = _read(root, _STATE)
    if not state:
        return
    with contextlib.suppress(KeyError, TypeError, OSError):
        state["guard"]["ours"][str(path)] = base64.b64encode(read_file(path, root=None)).decode()
        _write(root, _STATE, state)


def end(place: Workplace) -> None:
    """Note that no step is in work."""
    _forget(place.root, _STATE)
    _forget(place.root, _PROCESS)


def begin_job(place: Workplace, slug: str, step: Planned, start: Checkpoint) -> None:
    """Note that a step is in work in a place of its own."""
    note = {"step": step.name, "top": str(place.top), "checkpoint": start.note()}
    _write(place.origin.root, f"{slug}{_JOB}", note)


def note_job_process(place: Workplace, slug: str, pid: int) -> None:
    """Note which process works on a step in a place of its own."""
    note = {"process": pid, "started": started_at(pid)}
    _write(place.origin.root, f"{slug}{_JOB_PROCESS}", note)


def end_job(root: Path, slug: str) -> None:
    """Note that a step is in work no more."""
    _forget(root, f"{slug}{_JOB}")
    _forget(root, f"{slug}{_JOB_PROCESS}")


def jobs_left(root: Path) -> dict[str, dict[str, Any]]:
    """Return what a run that died noted of its steps in places of their own, by slug.

    Raises SousError while an agent of one is still alive.
    """
    names = sorted(path.name for path in _path(root, _STATE).parent.glob(f"*{_JOB}"))
    slugs = [name.removesuffix(_JOB) for name in names]
    for slug in slugs:
        _refuse_alive(_read(root, f"{slug}{_JOB_PROCESS}"))
    return {slug: _read(root, f"{slug}{_JOB}") for slug in slugs}


def forget_note(place: Workplace, name: str) -> None:
    """Delete the note of an earlier failure of a step that is done; its logs stay for a while."""
    bound(folder_of(place))
    notes = [one for one in own_names(place.root, _NOTES) if one in (f"{name}.md", f"{name}.patch")]
    if notes:
        with own_folder(place.root, _NOTES) as folder:
            for note in notes:
                folder.remove(note)


def is_at_work(root: Path) -> bool:
    """Tell whether a run is at work in a checkout."""
    with locked(checkout_state(root) / "run.lock", timeout=0) as got:
        return not got


def write_note(place: Workplace, name: str, data: bytes) -> Path:
    """Write a note for people in `.sous/run` and return where it is. Raises SousError."""
    with own_folder(place.root, _NOTES) as folder:
        if folder.status(name) is not None and not folder.is_plain(name):
            folder.remove(name)  # an agent laid something there
        folder.write(name, data)
        return folder.path / name


def warn_of_old_state(place: Workplace) -> None:
    """Say once that a run's state in `.sous/run`, by an older sous or a clone, is ignored."""
    try:
        old = [name for name in own_names(place.root, _NOTES) if name in (_STATE, _PROCESS, _BASES)]
    except OddFileError:
        old = [_NOTES]
    if not old:
        return
    with change_state(project_state(place.root, "said.json")) as known:
        if known.get("old run") == old:
            return
        known["old run"] = old
    where = shown_path(place.root / FOLDER / _NOTES)
    say(
        f"{where} has the state of a run by an older sous, or of somebody else: it is not used. "
        "If a run of yours "
        "was interrupted, look at `git status` and `git log` yourself; then delete "
        f"{', '.join(old)} there"
    )


def recover(place: Workplace) -> None:
    """Undo what a run that died left of a step.

    What there was is kept under `refs/worktree/sous/interrupted` and in our folder.

    A step that we committed before it died is done. Raises SousError while its agent is still
    alive.
    """
    warn_of_old_state(place)
    state = _read(place.root, _STATE)
    if not state:
        return
    _refuse_alive(_read(place.root, _PROCESS))
    try:
        guard = Guard.again(place, state["guard"])
        committed = state.get("proved") and head_of(place) != guard.head
        if not committed:
            _undo(place, state, guard)
        elif _parent_of_head(place) == guard.head:  # killed before the index was as the commit is
            _unlock(guard)
            write_git(place.top, "reset", "--quiet", "--mixed")
    except (LookupError, TypeError, ValueError, AttributeError) as exc:
        where = _path(place.root, _STATE)
        raise SousError(
            f"{where} cannot be read, so the work of a killed run was not restored; look at the "
            "file, then delete it"
        ) from exc
    end(place)


def _refuse_alive(noted: Mapping[str, Any]) -> None:
    """Raise SousError if the process that was noted is still there."""
    process = noted.get("process")
    if (
        isinstance(process, int)
        and is_alive(process)
        and started_at(process) == noted.get("started")
    ):
        raise SousError(
            f"the previous run was killed, but its agent is still running (process {process}); "
            "end it first"
        )


def _undo(place: Workplace, state: Mapping[str, Any], guard: Guard) -> None:
    """Leave the branch of the run as it was before the step.

    All else since then may be the user's, and stays.
    """
    kept = [shown_path(path) for path in guard.keep_changed(folder_of(place))]
    _unlock(guard)
    tip = _tip(place, guard)
    if branch_of(place) == guard.branch:
        with tempfile.TemporaryDirectory(prefix="sous-run-") as folder:
            start = Checkpoint.again(place, Path(folder, "start"), state["checkpoint"])
            if start.changes() or tip != guard.head:
                tree = start.now(Path(folder, "now")).tree
                saved = write_git(
                    place.top, "commit-tree", tree, "-p", tip, "-m", f"interrupted: {state['step']}"
                )
                write_git(place.top, "update-ref", _KEPT, saved.decode().strip())
                kept.append(_KEPT)
            guard.put_back_files()
            write_git(place.top, "update-ref", "HEAD", guard.head, tip)
            start.restore()
            write_git(place.top, "reset", "--quiet", "--mixed")
    elif guard.branch and tip != guard.head:
        write_git(place.top, "update-ref", _KEPT, tip)
        write_git(place.top, "update-ref", guard.branch, guard.head, tip)
        kept.append(_KEPT)
    if kept:
        say(
            f"{state['step']} was interrupted: what there was of it is undone, and kept as "
            f"{', '.join(kept)}"
        )


def _unlock(guard: Guard) -> None:
    for name in ("index.lock", "HEAD.lock"):
        lock = guard.git_folder / name
        if os.path.lexists(lock):
            remove_tree(lock)


def _parent_of_head(place: Workplace) -> str:
    try:
        return read_git(place.top, "rev-parse", "--verify", "-q", "HEAD^1").decode().strip()
    except SousError:  # it is a first commit
        return ""


def _tip(place: Workplace, guard: Guard) -> str:
    """Return the commit that the branch of the run is at."""
    try:
        return read_git(place.top, "rev-parse", "--verify", guard.branch or "HEAD").decode().strip()
    except SousError:  # the branch was deleted since
        return guard.head


def base_of(place: Workplace, branch: str) -> str | None:
    """Return the branch that a branch of ours began at, as it was noted."""
    found = _read(place.root, _BASES).get(branch)
    return found if isinstance(found, str) else None


def note_base(place: Workplace, branch: str, base: str) -> None:
    """Note which branch a branch of ours begins at."""
    _write(place.root, _BASES, {**_read(place.root, _BASES), branch: base})


def _path(root: Path, name: str) -> Path:
    return checkout_state(root) / "run" / name


def _read(root: Path, name: str) -> dict[str, Any]:
    try:
        data = json.loads(read_file(_path(root, name), root=None))
    except (OSError, ValueError, RecursionError, SousError):
        return {}
    return data if isinstance(data, dict) else {}


def _write(root: Path, name: str, data: dict[str, Any]) -> None:
    write_file(_path(root, name), json.dumps(data, indent=1).encode(), root=None, durable=False)


def _forget(root: Path, name: str) -> None:
    path = _path(root, name)
    if path.exists():
        remove_file(path)


def write_log(place: Workplace, name: str, data: bytes) -> Path:
    """Write a prompt or a log and return where it is."""
    folder = folder_of(place)
    path = folder / name
    if path.is_symlink() or (os.path.lexists(path) and not path.is_file()):
        remove_tree(path)  # an agent laid something there
    write_file(path, data, root=folder, durable=False)
    return path
