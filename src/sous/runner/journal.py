"""What a run leaves in `.sous/run`: which step is in work, so that one that died is undone and none is done twice."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sous.errors import SousError
from sous.files import locked, shown_path, write_file
from sous.folder import own_folder
from sous.git import git
from sous.names import FOLDER
from sous.proc import is_alive, started_at
from sous.runner.checkpoint import Checkpoint, Place
from sous.runner.guard import Guard, branch_of, head_of
from sous.terminal import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sous.plan.shape import Planned

_STATE, _PROCESS, _BASES = "state.json", "process.json", "bases.json"
_KEPT = "refs/sous/interrupted"


def folder_of(place: Place) -> Path:
    """Return the folder of notes and prompts of runs."""
    folder = own_folder(place.root) / "run"
    if folder.is_symlink():
        raise SousError(f"{folder} is a link; remove it, that is where sous keeps its own files")
    folder.mkdir(exist_ok=True)
    return folder


@contextlib.contextmanager
def alone(place: Place) -> Iterator[None]:
    """Be the only run in a project. Raises SousError where another is at work."""
    with locked(folder_of(place) / "lock", timeout=0.2) as got:
        if not got:
            raise SousError(f"another `sous run` is at work in {place.root}; wait for it, or use --worktree")
        yield


def begin(place: Place, step: Planned, guard: Guard, start: Checkpoint) -> None:
    """Note that a step is in work, and how all was before."""
    (folder_of(place) / _PROCESS).unlink(missing_ok=True)
    _write(place, _STATE, {"step": step.name, "checkpoint": start.note(), "guard": guard.note()})


def note_process(place: Place, pid: int) -> None:
    """Note which process works on the step."""
    _write(place, _PROCESS, {"process": pid, "started": started_at(pid)})


def proved(place: Place, step: Planned, guard: Guard, start: Checkpoint) -> None:
    """Note that the step in work has passed, and is about to be committed by us."""
    note = {"step": step.name, "checkpoint": start.note(), "guard": guard.note(), "proved": True}
    _write(place, _STATE, note)


def keep_own(root: Path, path: Path) -> None:
    """Note that a file of ours was changed on purpose, since a run was killed: it is not put back."""
    place = Place(root, root, path)
    if not (root / FOLDER / "run" / _STATE).is_file():
        return
    state = _read(place, _STATE)
    with contextlib.suppress(KeyError, TypeError):
        state["guard"]["ours"][str(path)] = base64.b64encode(path.read_bytes()).decode()
        _write(place, _STATE, state)


def end(place: Place) -> None:
    """Note that no step is in work."""
    for name in (_STATE, _PROCESS):
        (folder_of(place) / name).unlink(missing_ok=True)


def forget_logs(place: Place, name: str) -> None:
    """Delete the prompts and logs of a step that is done, and the note of an earlier failure."""
    for path in folder_of(place).glob(f"{name}.*"):
        path.unlink(missing_ok=True)


def recover(place: Place) -> None:
    """Undo what a run that died left of a step; what there was is kept under `refs/sous/interrupted` and in our folder.

    A step that we committed before it died is done. Raises SousError while its agent is still alive.
    """
    state = _read(place, _STATE)
    if not state:
        return
    noted = _read(place, _PROCESS)
    process = noted.get("process")
    if isinstance(process, int) and is_alive(process) and started_at(process) == noted.get("started"):
        raise SousError(f"the run before was killed, and its agent still works (process {process}); end it first")
    try:
        guard = Guard.again(place, state["guard"])
        committed = state.get("proved") and head_of(place) != guard.head
        if not committed:
            _undo(place, state, guard)
    except (LookupError, TypeError, ValueError, AttributeError) as exc:
        where = shown_path(folder_of(place) / _STATE)
        raise SousError(f"{where} cannot be read, so what a killed run left stays; look at it, then delete it") from exc
    end(place)


def _undo(place: Place, state: Mapping[str, Any], guard: Guard) -> None:
    """Leave the branch of the run as it was before the step. All else since then may be the user's, and stays."""
    kept = [shown_path(path) for path in guard.keep_changed(folder_of(place))]
    for name in ("index.lock", "HEAD.lock"):
        (guard.git_folder / name).unlink(missing_ok=True)
    tip = _tip(place, guard)
    if branch_of(place) == guard.branch:
        with tempfile.TemporaryDirectory(prefix="sous-run-") as folder:
            start = Checkpoint.again(place, Path(folder, "start"), state["checkpoint"])
            if start.changes() or tip != guard.head:
                tree = start.now(Path(folder, "now")).tree
                saved = git(place.top, "commit-tree", tree, "-p", tip, "-m", f"interrupted: {state['step']}")
                git(place.top, "update-ref", _KEPT, saved.decode().strip())
                kept.append(_KEPT)
            guard.put_back_files()
            git(place.top, "update-ref", "HEAD", guard.head)
            start.restore()
            git(place.top, "reset", "--quiet", "--mixed")
    elif guard.branch and tip != guard.head:
        git(place.top, "update-ref", _KEPT, tip)
        git(place.top, "update-ref", guard.branch, guard.head)
        kept.append(_KEPT)
    if kept:
        say(f"{state['step']} was interrupted: what there was of it is undone, and kept as {', '.join(kept)}")


def _tip(place: Place, guard: Guard) -> str:
    """Return the commit that the branch of the run is at."""
    try:
        return git(place.top, "rev-parse", "--verify", guard.branch or "HEAD").decode().strip()
    except SousError:  # the branch was deleted since
        return guard.head


def base_of(place: Place, branch: str) -> str | None:
    """Return the branch that a branch of ours began at, as it was noted."""
    found = _read(place, _BASES).get(branch)
    return found if isinstance(found, str) else None


def note_base(place: Place, branch: str, base: str) -> None:
    """Note which branch a branch of ours begins at."""
    _write(place, _BASES, {**_read(place, _BASES), branch: base})


def _read(place: Place, name: str) -> dict[str, Any]:
    path = folder_of(place) / name
    try:
        data = json.loads(path.read_text("utf-8")) if path.is_file() and not path.is_symlink() else {}
    except (OSError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _write(place: Place, name: str, data: dict[str, Any]) -> None:
    write_own(place, name, json.dumps(data, indent=1).encode())


def write_own(place: Place, name: str, data: bytes) -> Path:
    """Write a file in our folder and return where it is; never through a link that was laid there."""
    path = folder_of(place) / name
    if path.is_symlink() or (os.path.lexists(path) and not path.is_file()):
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    write_file(path, data, durable=False)
    return path
