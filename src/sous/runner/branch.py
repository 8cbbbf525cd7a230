"""Where a run works: on a branch of its own, here or in a worktree, on main only if asked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.files import read_file, shown_path, write_file
from sous.git import filtered_files, read_git, write_git
from sous.names import SPEC
from sous.proc import ProgramFailed, quoted
from sous.runner import journal
from sous.runner.elsewhere import commit_files, contains, is_there, remote_branch
from sous.runner.refs import branch_of, head_of
from sous.runner.workplace import Workplace
from sous.terminal import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sous.runner.elsewhere import PlanChange


def find_place(root: Path, plan: Path, *, ticked_in_itself: bool = False) -> Workplace:
    """Return the repository that a project lies in.

    Raises SousError where it has none, no commit, or no committer.
    """
    try:
        top = (
            read_git(root, "rev-parse", "--show-toplevel")
            .decode("utf-8", "surrogateescape")
            .strip("\n")
        )
    except SousError as exc:
        if "not a git repository" not in str(exc):
            raise
        raise SousError(
            f"{root} is in no git repository; `git init && git add -A && git commit -m start` "
            "first, so that there "
            "is a way back"
        ) from exc
    place = Workplace(
        Path(top).resolve(),
        root.resolve(),
        plan.resolve(),
        plan.resolve() if ticked_in_itself else None,
    )
    if not place.plan.is_relative_to(place.root):
        raise SousError(
            f"{shown_path(plan)} lies outside {shown_path(root)}; a plan is carried out where it "
            "lies: move it"
        )
    head_of(place)
    _check_filters(place)
    try:
        write_git(place.top, "var", "GIT_COMMITTER_IDENT")
    except SousError as exc:
        raise SousError(
            "git does not know who you are, so nothing can be committed: `git config --global "
            "user.name NAME` and "
            "`git config --global user.email ADDRESS`"
        ) from exc
    return place


def _check_filters(place: Workplace) -> None:
    """Raise SousError if git would store a file through a program that the repository itself names.

    It is not run, as a clone may name anything there, and without it something else would be
    committed.
    """
    found = filtered_files(place.top)
    if found:
        path, name = found[0]
        raise SousError(
            f"{path} passes through the git filter {name} of this repository's own configuration, "
            "which sous does not "
            "run. If it is yours, set it for all repositories: `git config --global "
            f"filter.{name}.clean …`"
        )


def default_branch(plan: Path) -> str:
    """Return the name of the branch for a plan."""
    words = re.sub(r"[^\w-]+", "-", plan.stem).strip("-") or "plan"
    return f"sous/{words}"


def settle(place: Workplace, branch: str, *, worktree: bool) -> Workplace:
    """Go to the branch, made from where we are if it is new; return the place there.

    Raises SousError.
    """
    try:
        read_git(place.top, "check-ref-format", "--branch", branch)
    except SousError as exc:
        raise SousError(
            f"{branch!r} is not a name for a branch; give another with --branch"
        ) from exc
    known = _take_from_remote(place, branch) or is_there(place.top, f"refs/heads/{branch}")
    base = branch_of(place).removeprefix("refs/heads/") or head_of(place)[:12]
    if worktree:
        there = _worktree(place, branch, known=known)
        inside = (
            place.plan.relative_to(place.root)
            if place.plan.is_relative_to(place.root)
            else Path(place.plan.name)
        )
        root = there / place.root.relative_to(place.top)
        found = Workplace(there, root, root / inside, root / inside if place.ticks else None)
        _bring_plan(place, found)
        place = found
    elif base != branch:
        _switch(place, branch, known=known)
    if base != branch and not known:
        journal.note_base(place, branch, base)
    return place


def _take_from_remote(place: Workplace, branch: str) -> bool:
    """Begin the branch where a remote has it, or go on to where the remote is; tell whether it is.

    Nothing is fetched: what the last fetch brought is looked at. Raises SousError where both went
    on from one commit.
    """
    theirs, ours = remote_branch(place.top, branch), f"refs/heads/{branch}"
    if theirs is None:
        return False
    name = theirs.removeprefix("refs/remotes/")
    if not is_there(place.top, ours):
        write_git(place.top, "update-ref", ours, theirs, "")
        say(f"{branch} continues from {name}, where it is under way")
    elif contains(place.top, ours, theirs):
        return True
    elif not contains(place.top, theirs, ours):
        raise SousError(
            f"{branch} and {name} have diverged: merge them "
            f"({quoted(['git', 'merge', name])} on {branch}), or name another with --branch"
        )
    elif branch_of(place) == ours:
        write_git(place.top, "merge", "--quiet", "--ff-only", theirs)
        say(f"{branch} continues from {name}, which is ahead")
    else:
        before = read_git(place.top, "rev-parse", "--verify", ours).decode().strip()
        write_git(place.top, "update-ref", ours, theirs, before)
        say(f"{branch} continues from {name}, which is ahead")
    return True


def take_over_plan(place: Workplace, change: PlanChange) -> None:
    """Write a plan that was changed elsewhere into the branch, and commit it there."""
    write_file(place.plan, change.text.encode("utf-8", "replace"), root=place.root)
    commit_files(place, [place.plan], f"{place.plan.name}: as it was changed")


def _switch(place: Workplace, branch: str, *, known: bool) -> None:
    for path in place.own:  # those of the branch may take their place
        if known and path.is_file():
            journal.write_log(place, f"{path.name}.before", read_file(path, root=place.root))
    here = head_of(place)
    behind = known and contains(place.top, here, f"refs/heads/{branch}")
    try:
        write_git(place.top, "switch", "--quiet", *(() if known else ("-c",)), branch)
        if behind:  # it was merged, and more was done since
            write_git(place.top, "merge", "--quiet", "--ff-only", here)
    except ProgramFailed as exc:
        told = next(
            (line for line in exc.stderr.splitlines() if line.startswith(("error:", "fatal:"))),
            str(exc),
        )
        raise SousError(
            f"cannot continue on the branch {branch}: {told.rstrip(':')}; "
            f"go there yourself (`git switch {branch}`), or name another with --branch"
        ) from exc


def _worktree(place: Workplace, branch: str, *, known: bool) -> Path:
    for path, name in _worktrees(place):
        if name == f"refs/heads/{branch}":
            return path
    folder = place.top.with_name(f"{place.top.name}-{branch.replace('/', '-')}")
    if folder.exists():
        raise SousError(
            f"{folder} is there already and is not a worktree of {branch}; move it away, or name "
            "another branch"
        )
    write_git(place.top, "worktree", "prune")  # one that was deleted by hand is still known
    named = (str(folder), branch) if known else ("-b", branch, str(folder))
    write_git(place.top, "worktree", "add", "--quiet", *named)
    return folder.resolve()


def _worktrees(place: Workplace) -> Iterator[tuple[Path, str]]:
    raw = write_git(place.top, "worktree", "list", "--porcelain", "-z").decode(
        "utf-8", "surrogateescape"
    )
    for entry in raw.split("\0\0"):
        fields = dict(line.partition(" ")[::2] for line in entry.split("\0") if line)
        if "branch" in fields and Path(fields["worktree"]).is_dir():
            yield Path(fields["worktree"]).resolve(), fields["branch"]


def _bring_plan(place: Workplace, there: Workplace) -> None:
    """Copy plan, spec and list into a new worktree if missing: git may not have them."""
    for path, copy in zip(
        (*place.own, place.plan.with_name(SPEC)),
        (*there.own, there.plan.with_name(SPEC)),
        strict=False,
    ):
        if path.is_file() and not copy.exists():
            write_file(copy, read_file(path, root=place.root), root=there.root)


def how_to_end(place: Workplace, branch: str, *, worktree: bool) -> str:
    """Return in words how to take over what is on the branch, and how to drop it."""
    base = journal.base_of(place, branch)
    if base is None or base == branch:
        return f"it is on {branch}"
    at = () if is_there(place.top, f"refs/heads/{base}") else ("--detach",)
    words = (("merge", branch), ("branch", "-D", branch), ("switch", *at, base))
    merge, delete, switch = (quoted(["git", *one]) for one in words)
    if worktree:
        remove = quoted(["git", "worktree", "remove", str(place.top)])
        where, before_delete = f"it is on {branch}, in {place.top}", remove
        return f"{where}: `{merge}` merges it, `{before_delete} && {delete}` drops it"
    return f"you are on {branch}: `{switch} && {merge}` merges it, `{switch} && {delete}` drops it"
