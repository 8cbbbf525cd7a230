"""What goes back to an agent whose work did not land: both sides, on the newest tip."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sous.document.fences import fence_for
from sous.errors import SousError
from sous.git import read_git, write_git
from sous.proc import ProgramFailed
from sous.runner import refused
from sous.runner.checkpoint import Change
from sous.runner.config import AttemptResult
from sous.runner.landing_tests import Red
from sous.runner.refs import head_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sous.runner.workplace import Workplace
    from sous.team.landing import Conflict
    from sous.team.shared import Shared, Team, TeamStep

_SHOWN = 12_000  # characters of one patch or file
_MARKS = re.compile(rb"^(?:<{7}|>{7}|\|{7}) ", re.MULTILINE)
_STEP = re.compile(r"^Step: ([a-z0-9]{4,12})$", re.MULTILINE)
_DIFF = ("--no-ext-diff", "--no-textconv", "--src-prefix=a/", "--dst-prefix=b/")


@dataclass(frozen=True)
class GivenBack:
    """Work merged onto the newest tip, as a patch of it, with marks where both changed a line.

    `last`: what was wrong, as the result of a try; `word`: the other side, in markdown;
    `conflicted`: the files with marks.
    """

    patch: bytes
    last: AttemptResult
    word: str
    conflicted: Sequence[str] = ()


def given_back(
    team: Team,
    place: Workplace,
    shared: Shared,
    step: TeamStep,
    *,
    base: str,
    why: Conflict | Red,
) -> GivenBack:
    """Return what goes back to the agent of a step whose work is checked out.

    `base`: the commit that its work began on. Raises SousError where nothing is left of the work.
    """
    tip, head = shared.tip, head_of(place)
    tree, conflicted = _merged(team, tip, head)
    patch = team.repository.git("diff", "--binary", "--full-index", *_DIFF, tip, tree)
    if not patch:
        raise SousError(f"{step.planned.name} has no changes left: others have landed the same")
    raw = team.repository.git("diff", "--name-status", "--no-renames", "-z", *_DIFF, tip, tree)
    words = raw.decode("utf-8", "surrogateescape").split("\0")[:-1]
    pairs = zip(words[1::2], words[::2], strict=True)
    changes = tuple(Change(path, kind if kind in "AD" else "M") for path, kind in pairs)
    problems = (_problem(team, conflicted, why),)
    output = why.output if isinstance(why, Red) else ""
    word = "\n\n".join(_other_side(team, shared, base, conflicted))
    return GivenBack(patch, AttemptResult(problems, output, changes), word, conflicted)


def _merged(team: Team, tip: str, head: str) -> tuple[str, list[str]]:
    """Return the tree of both together, and the files where both changed the same lines."""
    words = ("merge-tree", "--write-tree", "--name-only", "-z", tip, head)
    try:
        return team.repository.git(*words).split(b"\0")[0].decode().strip(), []
    except ProgramFailed as exc:
        if exc.code != 1:
            raise
        parts = exc.stdout.decode("utf-8", "surrogateescape").split("\0\0")[0].split("\0")
        return parts[0], parts[1:]


def _problem(team: Team, conflicted: Sequence[str], why: Conflict | Red) -> str:
    if conflicted:
        names = ", ".join(conflicted)
        return (
            f"others landed changes of the same lines of {names} meanwhile; the files hold both "
            f"sides between the marks of a conflict, the first side is the one that landed. Keep "
            f"what both are for, and take every mark out"
        )
    return (
        f"your work was put onto the newest {team.membership.branch}, where others have landed "
        f"steps meanwhile, and there the tests fail: {str(why).splitlines()[0]}"
    )


def _other_side(team: Team, shared: Shared, base: str, conflicted: Sequence[str]) -> Iterator[str]:
    """Yield what others did since the work began: the prompts of their steps, and their patch."""
    only = ("--", *conflicted) if conflicted else ()
    since = f"{base}..{shared.tip}" if base else shared.tip
    log = team.repository.git("log", "-n", "50", "--format=%B", since, *only)
    ids = dict.fromkeys(_STEP.findall(log.decode("utf-8", "replace")))
    for one in shared.steps:
        if one.id in ids:
            what = f"{one.planned.name}, which has landed meanwhile, was:"
            yield f"{what}\n\n{_fenced(one.planned.step.prompt, 'text')}"
    if base:
        raw = team.repository.git("diff", *_DIFF, base, shared.tip, *only)
        text = raw.decode("utf-8", "replace")[:_SHOWN]
        yield f"What landed since your work began:\n\n{_fenced(text, 'diff')}"


def _fenced(text: str, kind: str) -> str:
    fence = fence_for(text)
    return f"{fence}{kind}\n{text}\n{fence}"


def left_marks(place: Workplace, paths: Sequence[str]) -> list[str]:
    """Return the files that are checked out and still hold the marks of a conflict."""
    found = []
    for path in paths:
        try:
            data = read_git(place.top, "cat-file", "blob", f"HEAD:{path}")
        except ProgramFailed:
            continue
        if _MARKS.search(data):
            found.append(path)
    return found


def tree_of(place: Workplace, slug: str, step: str, *, is_committed: bool) -> tuple[str, str]:
    """Return the commit that work on a step began on, and the tree of all that was done.

    That is what is checked out, if it was committed, else what was refused of it.
    """
    head = head_of(place)
    patch = None if is_committed else refused.patch_of(place, slug, step)
    if patch is None and not is_committed:
        return head, read_git(place.top, "rev-parse", f"{head}^{{tree}}").decode().strip()
    if patch is None:
        parent = read_git(place.top, "rev-parse", "--verify", f"{head}^").decode().strip()
        return parent, read_git(place.top, "rev-parse", f"{head}^{{tree}}").decode().strip()
    with tempfile.TemporaryDirectory(prefix="sous-run-") as folder:
        index = Path(folder, "index")
        write_git(place.top, "read-tree", head, index=index)
        options = ("--cached", "--whitespace=nowarn", "-")
        write_git(place.top, "apply", *options, index=index, input=patch)
        return head, write_git(place.top, "write-tree", index=index).decode().strip()
