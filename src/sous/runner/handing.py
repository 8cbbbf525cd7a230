"""What a checkout has of a step under way: its files as a tree, and what became of tries."""

from __future__ import annotations

import contextlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.files import read_file
from sous.folder import read_own
from sous.git import read_git, write_git
from sous.runner import refused
from sous.runner.checkpoint import Checkpoint
from sous.runner.committing import dirt
from sous.runner.config import slug_of
from sous.runner.elsewhere import is_there
from sous.runner.journal import folder_of
from sous.runner.logs import AGENT_LOG, PROMPT, log_of
from sous.runner.said import words_of

if TYPE_CHECKING:
    from sous.plan.shape import Planned
    from sous.runner.workplace import Workplace

_MOST = 1_000_000  # bytes of a note, and of a log


@dataclass(frozen=True)
class Notes:
    """What `sous run` noted of a step: why it was refused, the log, the prompt; "" for none."""

    problems: str = ""
    log: str = ""
    prompt: str = ""


@dataclass(frozen=True)
class UnderWay:
    """The work on a step: the commit it began at, all files as a tree, the paths that differ.

    `left_out`: files that are too big; `attempt`: how many tries of `sous run` there were, "" for
    none.
    """

    base: str
    tree: str
    paths: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    attempt: str = ""
    notes: Notes = Notes()


def work_under_way(place: Workplace, step: Planned) -> UnderWay:
    """Return the work on a step: what is not committed here, else what was refused of it.

    Nothing of the project is changed. Raises SousError.
    """
    slug = slug_of(step.noun, step.step.number)
    with tempfile.TemporaryDirectory(prefix="sous-run-") as folder:
        index = Path(folder, "index")
        now = Checkpoint.again(place, index, {"tree": "HEAD"}).now(index)
        tree = now.tree
        base = read_git(place.top, "rev-parse", "--verify", "HEAD^{commit}").decode().strip()
        kept = refused.patch_of(place, slug, step.name)
        if kept and not changed_between(place, base, tree):
            tree = _patched(place, index, kept)
    return UnderWay(
        base,
        tree,
        tuple(changed_between(place, base, tree)),
        tuple(sorted(now.big)),
        attempt=last_try(place, step),
        notes=notes_of(place, step),
    )


def last_try(place: Workplace, step: Planned) -> str:
    """Return the number of the last try of an agent at a step, "" where there was none."""
    slug = slug_of(step.noun, step.step.number)
    with contextlib.suppress(SousError):
        name = log_of(folder_of(place.origin), slug).name
        return name.removeprefix(f"{slug}.").removesuffix(AGENT_LOG)
    return ""


def notes_of(place: Workplace, step: Planned) -> Notes:
    """Return what `sous run` noted of a step that came to nothing."""
    slug = slug_of(step.noun, step.step.number)
    logs = folder_of(place.origin)
    problems = read_own(place.origin.root, "run", f"{slug}.md", most=_MOST) or b""
    return Notes(
        problems.decode("utf-8", "replace"),
        words_of(_text(logs, slug, AGENT_LOG)),
        _text(logs, slug, PROMPT),
    )


def _patched(place: Workplace, index: Path, patch: bytes) -> str:
    try:
        write_git(
            place.top, "apply", "--cached", "--whitespace=nowarn", "-", index=index, input=patch
        )
    except SousError as exc:
        raise SousError(
            "what `sous run` tried does not fit the project as it is now, and nothing else was "
            f"changed: {exc}"
        ) from exc
    return write_git(place.top, "write-tree", index=index).decode().strip()


def changed_between(place: Workplace, base: str, tree: str) -> list[str]:
    """Return the paths in which two trees differ."""
    raw = read_git(place.top, "diff", "--name-only", "--no-renames", "-z", base, tree)
    return raw.decode("utf-8", "surrogateescape").split("\0")[:-1]


def _text(logs: Path, slug: str, ending: str) -> str:
    try:
        return read_file(log_of(logs, slug, ending), root=None)[-_MOST:].decode("utf-8", "replace")
    except (OSError, SousError):
        return ""


def patch_between(place: Workplace, base: str, tree: str) -> str:
    """Return the difference between two trees, as text."""
    raw = read_git(place.top, "diff", base, tree)
    return raw.decode("utf-8", "replace")


def refuse_unsaved(place: Workplace, base: str, tree: str) -> None:
    """Raise SousError where the project has changes, or what is to be written would replace files.

    Ignored ones too: git takes them for nobody's. Written is what differs between what is checked
    out and `base`, and between that and `tree`.
    """
    if changed := dirt(place):
        raise SousError(
            f"{changed[0]} is changed and not committed: commit it, or take the step in another "
            "clone"
        )
    paths = {*changed_between(place, "HEAD", base), *changed_between(place, base, tree)}
    raw = read_git(place.top, "ls-files", "-z")
    known = set(raw.decode("utf-8", "surrogateescape").split("\0"))
    for path in sorted(paths):
        if there := _in_the_way(place, path, known):
            raise SousError(f"{there} is in the way and is not in git: move it away first")


def _in_the_way(place: Workplace, path: str, known: set[str]) -> str:
    """Return what git does not know and a file at a path would replace, "" where nothing is."""
    parts = path.split("/")
    for count in range(1, len(parts) + 1):
        name = "/".join(parts[:count])
        at = place.top / name
        if at.is_symlink() or not at.is_dir():
            return name if os.path.lexists(at) and name not in known else ""
    raw = read_git(place.top, "ls-files", "--others", "-z", "--", f":(literal){path}")
    return raw.decode("utf-8", "surrogateescape").split("\0")[0]


def free_branch(place: Workplace, name: str) -> str:
    """Return a name for a new branch: the wished one, else with a number."""
    names = [name, *(f"{name}-{number}" for number in range(2, 100))]
    return next((one for one in names if not is_there(place.top, f"refs/heads/{one}")), name)


def put_in_place(place: Workplace, branch: str, base: str, tree: str) -> None:
    """Begin a branch at a commit, and change the files as in a tree; nothing is committed.

    Raises SousError where there is such a branch, a file is in the way, or the tree holds what no
    project may, as `.git/hooks`.
    """
    with tempfile.TemporaryDirectory(prefix="sous-run-") as folder:
        try:
            write_git(place.top, "read-tree", tree, index=Path(folder, "index"))
        except SousError as exc:
            raise SousError(f"what was published cannot be unpacked: {exc}") from exc
    try:
        options = ("--quiet", "--no-track", "--no-overwrite-ignore", "-c")
        write_git(place.top, "switch", *options, branch, base)
    except SousError as exc:
        raise SousError(f"cannot begin the branch {branch}: {exc}; name another, --branch") from exc
    write_git(place.top, "read-tree", "-m", "-u", base, tree)
    write_git(place.top, "reset", "--quiet", "--mixed")
