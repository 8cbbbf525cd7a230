"""Where the work of two people meets: in files, or in lines that git cannot merge.

Nothing is locked. What is published, or lies here, is compared as it is; of other steps the plan
says the files.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import combinations
from typing import TYPE_CHECKING

from sous.proc import ProgramFailed
from sous.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sous.git_wire import OwnRepository
    from sous.team.shared import Shared, Team, TeamStep

_MOST = 200  # pairs that git is asked about
_FEW = 5  # files that are named


@dataclass(frozen=True)
class WorkedOn:
    """Somebody's step: the files that it changes, and a commit with them where there is one."""

    id: str
    name: str
    person: str
    files: frozenset[str] = frozenset()
    commit: str = ""
    is_ours: bool = field(default=False, compare=False)

    @property
    def called(self) -> str:
        """Whose it is, in words."""
        return f"your {self.name}" if self.is_ours else f"{self.name} of {self.person}"


@dataclass(frozen=True)
class Overlap:
    """Two works that meet in `files`; `is_conflict`: git cannot merge them there."""

    one: WorkedOn
    other: WorkedOn
    files: tuple[str, ...]
    is_conflict: bool = False

    @property
    def told(self) -> str:
        """What it is, in words."""
        listed = ", ".join(self.files[:_FEW]) + (" …" if len(self.files) > _FEW else "")
        how = "change the same lines of" if self.is_conflict else "both change"
        return f"{self.one.called} and {self.other.called} {how} {listed}"


def overlaps(team: Team, shared: Shared, own: Mapping[str, str] | None = None) -> list[Overlap]:
    """Return where the works meet that are under way, those that cannot be merged first.

    `own`: commits of work that lies here, not published, by the ids of its steps.
    """
    works = list(works_under_way(team, shared, own or {}))
    found = list(_meeting(team.repository, works))
    return sorted(found, key=lambda one: not one.is_conflict)


def before_claim(team: Team, shared: Shared, step: TeamStep) -> list[Overlap]:
    """Return where a step that nobody has yet would meet what others work on."""
    own = frozenset(step.planned.files)
    new = WorkedOn(step.id, step.planned.name, "", own, is_ours=True)
    others = (one for one in works_under_way(team, shared, {}) if one.id != step.id)
    pairs = ((other, common(own, other.files)) for other in others)
    return [Overlap(new, other, files) for other, files in pairs if files]


def works_under_way(team: Team, shared: Shared, own: Mapping[str, str]) -> Iterator[WorkedOn]:
    """Yield the steps that somebody works on or handed over, with the files that they change."""
    for step in shared.steps:
        if step.record or not (step.claim or step.work):
            continue
        commit = own.get(step.id) or (step.work.commit if step.work else "")
        claimed = step.claim.files if step.claim else ()
        changed = changed_files(team.repository, commit, shared.tip) if commit else frozenset()
        who = step.claim or step.work
        person = (who.person or who.worker) if who else ""
        yield WorkedOn(
            step.id,
            step.planned.name,
            person or "somebody",
            changed or frozenset((*claimed, *step.planned.files)),
            commit,
            is_ours=team.is_ours(step.claim),
        )


def _meeting(repository: OwnRepository, works: list[WorkedOn]) -> Iterator[Overlap]:
    pairs = sorted(combinations(works, 2), key=lambda two: not (two[0].is_ours or two[1].is_ours))
    for number, (one, other) in enumerate(pairs):
        if other.is_ours and one.is_ours:
            continue
        files = common(one.files, other.files)
        if one.commit and other.commit and number < _MOST:
            lines = conflicting(repository, one.commit, other.commit)
            if lines:
                yield Overlap(one, other, lines, is_conflict=True)
                continue
        if files:
            yield Overlap(one, other, files)


def common(ones: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    """Return the files that both name; one may name a folder, or a pattern, that has the other."""
    other_names = list(others)
    found = set()
    for one in ones:
        for other in other_names:
            if _is_in(one, other):
                found.add(one)
            elif _is_in(other, one):
                found.add(other)
    return tuple(sorted(found))


def _is_in(path: str, place: str) -> bool:
    return path == place or path.startswith(f"{place.rstrip('/')}/") or fnmatchcase(path, place)


def changed_files(repository: OwnRepository, commit: str, tip: str) -> frozenset[str]:
    """Return what a commit changes since it left the branch at `tip`; none if unreadable."""
    try:
        base = repository.line("merge-base", tip, commit)
        raw = repository.git("diff-tree", "-r", "-z", "--name-only", base, commit)
    except ProgramFailed:
        return frozenset()
    return frozenset(one_line(name) for name in raw.decode("utf-8", "replace").split("\0") if name)


def conflicting(repository: OwnRepository, one: str, other: str) -> tuple[str, ...]:
    """Return the files in which two commits cannot be merged; none where git cannot tell."""
    flags = ("--write-tree", "--name-only", "--no-messages", "-z")
    try:
        repository.git("merge-tree", *flags, one, other)
    except ProgramFailed as exc:
        names = exc.stdout.decode("utf-8", "replace").split("\0")[1:] if exc.code == 1 else []
        return tuple(one_line(name) for name in names if name)
    return ()
