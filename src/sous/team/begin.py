"""Begin a team or join one: ids for the steps, a branch on the remote, records of what is done."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.git_wire import ABSENT, RefUpdate, RemoteAway
from sous.names import TODO
from sous.plan.ids import ids_in, with_ids
from sous.plan.progress import State, read_progress
from sous.plan.shape import planned_steps
from sous.team.claims import CLAIMS
from sous.team.member import (
    DELETED,
    TOMBSTONE,
    author_of,
    commit_at,
    open_repository,
    person_of,
)
from sous.team.probe import IN_BRANCHES, MayNotPush, usable_namespace
from sous.team.records import FOLDER, StepRecord, written
from sous.team.shared import TIP, tip_spec
from sous.team.wording import read_lines

if TYPE_CHECKING:
    from pathlib import Path

    from sous.git_wire import OwnRepository
    from sous.team.member import Membership

_LONGEST = 4096  # bytes of what says where claims are
_BOM = b"\xef\xbb\xbf"
_ABOUT = """\
The state of a plan that several people carry out together with `sous` (docs/together.md).
`done/ID` says that the step with that id is done: delete it to open the step again.
`team` says where claims are on the remote; all have to use the same place.
"""


@dataclass(frozen=True)
class Begun:
    """How a team was begun: what the branch on the remote is now, and how many ids were given.

    `is_new`: we began it; else we joined, or gave ids to steps that had none.
    """

    tip: str
    given: int
    kept: int
    is_new: bool


@dataclass(frozen=True)
class Agreed:
    """How a project takes part, as all others of its team do; `may_push`: or only looks on."""

    membership: Membership
    may_push: bool


def agreed(root: Path, membership: Membership) -> Agreed:
    """Return where the claims of a team are: as its branch says, or what the remote takes.

    Raises SousError where the remote is away, or no team can begin on it.
    """
    repository = open_repository(root, membership.remote)
    repository.fetch(tip_spec(membership))
    tip = repository.references(TIP).get("", ABSENT)
    text = repository.file_at(tip, _place_of_claims(membership)) if tip else None
    if text is None:
        found = usable_namespace(repository)
        ends = DELETED if found.deletes else TOMBSTONE
        return Agreed(replace(membership, below=found.below, ends=ends), may_push=True)
    said = _said_by_branch(membership, text)
    try:
        usable_namespace(repository, [said.below])
    except MayNotPush:
        return Agreed(said, may_push=False)
    return Agreed(said, may_push=True)


def _said_by_branch(membership: Membership, text: bytes) -> Membership:
    """Return a membership with what the branch says; anybody may have written it."""
    lines, _ = read_lines(text[:_LONGEST].decode("utf-8", "replace"), ("claims", "ends"), ())
    below, ends = (lines.get(key, [""])[0] for key in ("claims", "ends"))
    if below not in (CLAIMS, IN_BRANCHES) or ends not in (DELETED, TOMBSTONE):
        raise SousError(
            f"{_place_of_claims(membership)} on {membership.branch} does not say where claims are: "
            f"it needs `claims: {CLAIMS}` and `ends: {DELETED}`"
        )
    return replace(membership, below=below, ends=ends)


def _place_of_claims(membership: Membership) -> str:
    """Return the file on the branch that says where claims are."""
    return f"{membership.folder}{FOLDER}/team"


def begin(root: Path, membership: Membership, plan: Path) -> Begun:
    """Put the plan with ids, and a record for each ticked step, on its branch of the remote.

    What is there already stays: then ids are given to the steps that have none. Raises SousError.
    """
    repository = open_repository(root, membership.remote)
    repository.fetch(tip_spec(membership))
    tip = repository.references(TIP).get("", ABSENT)
    is_new = not tip or repository.file_at(tip, _about_path(membership)) is None
    base = tip or commit_at(root)
    text = repository.file_at(base, membership.plan)
    if text is None:
        raise SousError(
            f"{membership.plan} is not committed: `git add {membership.plan} && git commit` first"
        )
    mark = _BOM if text.startswith(_BOM) else b""
    old = _decoded(membership.plan, text)
    new = with_ids(membership.plan, old)
    files: dict[str, bytes | None] = {}
    steps = planned_steps(new)
    given = sum(not one for one in ids_in(old, planned_steps(old)))
    if given:
        files[membership.plan] = mark + new.encode()
    records = _records(root, plan, new) if is_new else []
    if is_new:
        files |= {f"{membership.folder}{one.path}": written(one).encode() for one in records}
        files |= _state_files(repository, membership, base)
    if files:
        tip = _put(root, repository, membership, files, base=base, tip=tip, steps=len(steps))
    return Begun(tip, given, len(records), is_new)


def _decoded(name: str, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise SousError(f"{name} is not UTF-8 (byte {exc.start}): save it as UTF-8") from exc


def _about_path(membership: Membership) -> str:
    return f"{membership.folder}{FOLDER}/README.md"


def _state_files(
    repository: OwnRepository, membership: Membership, base: str
) -> dict[str, bytes | None]:
    """Return the files that say that there is a team; todo.md is made by each for themselves."""
    todo, ignored = f"{membership.folder}{TODO}", f"{membership.folder}.gitignore"
    where = f"claims: {membership.below}\nends: {membership.ends}\n"
    files: dict[str, bytes | None] = {
        _about_path(membership): _ABOUT.encode(),
        _place_of_claims(membership): where.encode(),
    }
    if repository.file_at(base, todo) is not None:
        files[todo] = None
    rules = repository.file_at(base, ignored) or b""
    if TODO.encode() not in [line.strip().lstrip(b"/") for line in rules.splitlines()]:
        gap = b"" if not rules or rules.endswith(b"\n") else b"\n"
        files[ignored] = rules + gap + f"/{TODO}\n".encode()
    return files


def _records(root: Path, plan: Path, text: str) -> list[StepRecord]:
    """Return a record for each step that is ticked here, by its number and title."""
    try:
        progress = read_progress(plan)
    except SousError:
        return []
    done = {
        (step.step.number, step.step.title)
        for step, state in zip(progress.plan.steps, progress.states, strict=True)
        if state is State.DONE
    }
    steps = planned_steps(text)
    by = person_of(root)
    return [
        StepRecord(own, step.step.number, step.step.title, by, "before the team")
        for own, step in zip(ids_in(text, steps), steps, strict=True)
        if (step.step.number, step.step.title) in done
    ]


def _put(
    root: Path,
    repository: OwnRepository,
    membership: Membership,
    files: dict[str, bytes | None],
    *,
    base: str,
    tip: str,
    steps: int,
) -> str:
    tree = repository.tree_with(base, files)
    message = f"Begin {membership.plan} together: {steps} steps\n"
    commit = repository.commit(message, parents=[base], tree=tree, author=author_of(root))
    branch = f"refs/heads/{membership.branch}"
    if repository.push([RefUpdate(branch, tip, commit)]):
        return commit
    with contextlib.suppress(RemoteAway):  # then the answer may have been lost, not the push
        repository.fetch(tip_spec(membership))
    if repository.references(TIP).get("") == commit:
        return commit
    raise SousError(
        f"the remote refused {membership.branch}, or somebody was faster: try again; if it "
        "is a protected branch, name another with --branch"
    )
