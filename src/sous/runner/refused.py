"""The whole work of a step that was refused: kept outside the repository, to go on from."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.files import read_file, remove_file, write_file
from sous.git import write_git
from sous.proc import ProgramFailed
from sous.runner.checkpoint import Change
from sous.runner.config import AttemptResult
from sous.state import checkout_state

if TYPE_CHECKING:
    from pathlib import Path

    from sous.runner.workplace import Workplace

_OUTPUT = 12_000  # characters of what was printed


def keep(place: Workplace, slug: str, step: str, patch: bytes, last: AttemptResult) -> None:
    """Keep what was tried last and why it was refused; without a patch there is nothing to keep."""
    path = _path(place, slug)
    if not patch:
        drop(place, slug)
        return
    data = {
        "step": step,
        "problems": last.problems,
        "output": last.output[-_OUTPUT:],
        "changes": [[one.path, one.kind] for one in last.changes],
        "patch": base64.b64encode(patch).decode(),
    }
    write_file(path, json.dumps(data).encode(), root=None, durable=False)


def drop(place: Workplace, slug: str) -> None:
    """Forget what was kept of a step: it is done."""
    path = _path(place, slug)
    if path.exists():
        remove_file(path)


def is_kept(place: Workplace, slug: str) -> bool:
    """Tell whether the work of a step is kept."""
    return _path(place, slug).is_file()


def put_in_place(place: Workplace, slug: str, step: str) -> AttemptResult:
    """Bring what was kept of a step back into the project, and return why it was refused.

    Raises SousError where nothing is kept, or it does not fit any more.
    """
    try:
        data = json.loads(read_file(_path(place, slug), root=None))
        patch = base64.b64decode(data["patch"])
        changes = tuple(Change(str(path), str(kind)) for path, kind in data["changes"])
        last = AttemptResult(tuple(map(str, data["problems"])), str(data["output"]), changes)
        kept = str(data["step"])
    except FileNotFoundError as exc:
        raise SousError(
            f"there is nothing to continue: no work of {step} was refused here; "
            "leave --continue out"
        ) from exc
    except (OSError, ValueError, LookupError, TypeError) as exc:
        raise SousError(
            f"{_path(place, slug)} cannot be read; delete it, and run without --continue"
        ) from exc
    if kept != step:
        raise SousError(f"the saved work is of {kept}, not of {step}; run without --continue")
    try:
        write_git(place.top, "apply", "--whitespace=nowarn", "-", input=patch)
    except ProgramFailed as exc:
        why = exc.stderr.strip().splitlines()[-1:] or [str(exc)]
        raise SousError(
            f"what was tried for {step} does not fit the project as it is now ({why[0]}); "
            "leave --continue out"
        ) from exc
    return last


def patch_of(place: Workplace, slug: str, step: str) -> bytes | None:
    """Return the patch that is kept of a step, None where none is, or it is of another plan's."""
    try:
        data = json.loads(read_file(_path(place, slug), root=None))
        return base64.b64decode({str(data["step"]): data["patch"]}[step])
    except (OSError, ValueError, LookupError, TypeError, SousError):
        return None


def _path(place: Workplace, slug: str) -> Path:
    return checkout_state(place.origin.root) / "run" / f"{slug}.refused.json"
