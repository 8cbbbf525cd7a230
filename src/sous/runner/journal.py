"""What a run leaves in `.sous/run`: which step is in work, so that one that died is undone and none is done twice."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sous.errors import SousError
from sous.files import locked, write_file
from sous.folder import own_folder
from sous.git import git
from sous.names import TODO
from sous.runner.checkpoint import Checkpoint, Place
from sous.runner.guard import branch_of, head_of
from sous.terminal import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sous.plan.shape import Planned
    from sous.runner.guard import Guard

_STATE, _BASES = "state.json", "bases.json"
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


def begin(place: Place, plan: Path, step: Planned, guard: Guard, start: Checkpoint) -> dict[str, Any]:
    """Note that a step is in work; return what was noted."""
    todo = plan.with_name(TODO)
    data = {
        "step": step.name, "head": guard.head, "branch": guard.branch, "tree": start.tree, "plan": str(plan),
        "todo": todo.read_bytes().decode("utf-8", "surrogateescape") if todo.is_file() else None,
    }  # fmt: skip
    _write(place, _STATE, data)
    return data


def note_process(place: Place, noted: dict[str, Any], pid: int) -> None:
    """Note which process works on the step; not from the file, which an agent could have written."""
    _write(place, _STATE, {**noted, "process": pid})


def end(place: Place) -> None:
    """Note that no step is in work."""
    (folder_of(place) / _STATE).unlink(missing_ok=True)


def forget_logs(place: Place, name: str) -> None:
    """Delete the prompts and logs of a step that is done, and the note of an earlier failure."""
    for path in folder_of(place).glob(f"{name}.*"):
        path.unlink(missing_ok=True)


def recover(place: Place) -> None:
    """Undo what a run that died left of a step; what there was is kept under `refs/sous/interrupted`.

    A step that was committed before it died is done. Raises SousError while its agent is still alive.
    """
    state = _read(place, _STATE)
    if not state:
        return
    if isinstance(pid := state.get("process"), int) and _is_alive(pid):
        raise SousError(f"the run before was killed, and its agent still works (process group {pid}); end it first")
    if head_of(place) == state.get("head") and branch_of(place) == state.get("branch"):
        _undo(place, state)
    end(place)


def _undo(place: Place, state: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory(prefix="sous-run-") as folder:
        start = Checkpoint.take(place, Path(folder, "start"), tree=str(state["tree"]))
        changes = start.changes()
        if changes:
            tree = start.now(Path(folder, "now")).tree
            kept = git(place.top, "commit-tree", tree, "-p", "HEAD", "-m", f"interrupted: {state['step']}")
            git(place.top, "update-ref", _KEPT, kept.decode().strip())
            start.restore()
            say(f"{state['step']} was interrupted: what there was of it is undone, and kept as {_KEPT}")
    todo = Path(str(state["plan"])).with_name(TODO)
    if isinstance(state.get("todo"), str):
        write_file(todo, state["todo"].encode("utf-8", "surrogateescape"))
    else:
        todo.unlink(missing_ok=True)
    for name in ("index.lock", "HEAD.lock"):
        with contextlib.suppress(SousError):
            Path(git(place.top, "rev-parse", "--absolute-git-dir").decode().strip(), name).unlink(missing_ok=True)
    git(place.top, "reset", "--quiet", "--mixed")


def base_of(place: Place, branch: str) -> str | None:
    """Return the branch that a branch of ours began at, as it was noted."""
    found = _read(place, _BASES).get(branch)
    return found if isinstance(found, str) else None


def note_base(place: Place, branch: str, base: str) -> None:
    """Note which branch a branch of ours begins at."""
    _write(place, _BASES, {**_read(place, _BASES), branch: base})


def _read(place: Place, name: str) -> dict[str, Any]:
    try:
        data = json.loads((folder_of(place) / name).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _write(place: Place, name: str, data: dict[str, Any]) -> None:
    write_file(folder_of(place) / name, json.dumps(data, indent=1).encode())


def _is_alive(group: int) -> bool:
    if os.name == "nt":
        return False
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    try:  # a process that has ended and that nobody asked for yet is still listed (proc(5): state Z)
        return Path(f"/proc/{group}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return not Path("/proc/self").exists()
