"""The issues of a fleet posted: one repository after the other, a plan of all first."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sous import api
from sous.claims.evidence import Evidence
from sous.errors import SousError
from sous.fleet.repositories import FleetRepository
from sous.fleet.rows import counted_repositories
from sous.forge.access import open_forge
from sous.forge.drafts import Drafter
from sous.forge.pinned import Pinned
from sous.forge.post import Action, Poster, counted
from sous.forge.remote import find_repository, parse_remote
from sous.git_clone import files_of_kept
from sous.locks import locked
from sous.names import OWN_FILES, REPORTS
from sous.plan.shape import read_markdown
from sous.state import cache_folder
from sous.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sous.fleet.index import FleetIndex
    from sous.fleet.place import FleetFolder
    from sous.forge.drafts import Extras, Wanted
    from sous.forge.post import PostStep
    from sous.forge.remote import Repository

_TASK = "github-issues"
_LOCKED = 60.0  # seconds to wait for a run that works on the repository
_SHOWN = 5  # issues of one repository that the plan names


@dataclass(frozen=True)
class RepositoryIssues:
    """What is to be posted to one repository; `why`: why nothing can be."""

    repository: FleetRepository
    file: Path
    steps: Sequence[PostStep] = ()
    why: str = ""

    @property
    def has_work(self) -> bool:
        """Whether anything is to be changed there."""
        return any(step.action is not Action.SKIP for step in self.steps)

    def lines(self) -> list[str]:
        """Return it for people."""
        name = one_line(self.repository.name)
        if self.why:
            return [f"{name}: {one_line(self.why)}"]
        shown = [step for step in self.steps if step.action is not Action.SKIP or not step.issue]
        shown.sort(key=lambda step: step.action is Action.SKIP)
        lines = [f"{name}: {counted(self.steps)}"]
        for step in shown[:_SHOWN]:
            why = f" ({one_line(step.why)})" if step.action is Action.SKIP else ""
            lines += [f"  {step.action.value:6} {one_line(step.wanted.draft.title)[:100]}{why}"]
        more = len(shown) - _SHOWN
        return [*lines, f"  … and {more} more"] if more > 0 else lines


def planned_posts(
    folder: FleetFolder,
    index: FleetIndex,
    extras: Extras,
    *,
    only: Iterable[str],
    limit: int | None,
) -> Iterator[RepositoryIssues]:
    """Yield what is to be posted to each repository that has a report of issues.

    `limit`: the most that is created in each. What stands in the way of one is told with it.
    """
    import fnmatch

    globs = [glob.lower() for glob in only]
    noted = _noted(folder)
    for row in index.rows:
        if globs and not any(fnmatch.fnmatch(row["name"].lower(), glob) for glob in globs):
            continue
        file = _file_of(folder, row)
        if file is None:
            continue
        repository = noted[row["slug"]]
        try:
            with _opened(repository, file, extras) as (poster, wanted), poster.alone():
                yield RepositoryIssues(repository, file, poster.plan(wanted, limit=limit))
        except SousError as exc:
            yield RepositoryIssues(repository, file, why=str(exc))


def sum_line(posts: Sequence[RepositoryIssues]) -> str:
    """Return in one line what is to be posted to all of them."""
    steps = [step for one in posts for step in one.steps]
    return f"{counted_repositories(len(posts))}: {counted(steps)}"


def carry_out_posts(
    posts: Iterable[RepositoryIssues], extras: Extras, *, limit: int | None, create_labels: bool
) -> Iterator[tuple[str, str, str]]:
    """Post one repository after the other; yield a name with an address, or with what failed.

    What was posted meanwhile by others is seen: the plan is made once more for each.
    """
    for one in posts:
        name = one.repository.name
        try:
            with _opened(one.repository, one.file, extras) as (poster, wanted), poster.alone():
                steps = poster.plan(wanted, limit=limit)
                labels, _ = poster.labels_for(steps, create=create_labels)
                for step, issue in poster.carry_out(steps, new_labels=labels):
                    if step.action is not Action.CLOSE:
                        yield name, issue.url, ""
        except SousError as exc:
            yield name, "", str(exc)


def _file_of(folder: FleetFolder, row: Mapping[str, object]) -> Path | None:
    """Return the report of issues of a repository, None where it has none."""
    tasks = row["tasks"]
    task = tasks.get(_TASK) if isinstance(tasks, dict) else None
    output = REPORTS[_TASK].output
    names = [one for one in (task or {}).get("files", ()) if one.endswith(f"/{output}")]
    return folder.top / names[0] if names else None


def _noted(folder: FleetFolder) -> dict[str, FleetRepository]:
    """Return the repositories by their slugs, as they were noted when the fleet was asked for."""
    noted = folder.read("fleet.json")
    rows = noted.get("rows", ()) if isinstance(noted, dict) else ()
    return {
        str(row["slug"]): FleetRepository(
            str(row.get("name") or ""), str(row.get("identity") or ""),
            str(row.get("address") or ""), str(row.get("ref") or ""), str(row.get("folder") or ""),
        )
        for row in rows
        if isinstance(row, dict) and row.get("slug")
    }  # fmt: skip


@contextlib.contextmanager
def _opened(
    repository: FleetRepository, file: Path, extras: Extras
) -> Iterator[tuple[Poster, Sequence[Wanted]]]:
    """Have the files of a repository at hand, what posts to it, and what it is to post."""
    with _files(repository) as top:
        there = _place_of(repository, top)
        forge = open_forge(there, Path.cwd(), quiet=True)
        packed = api.pack(top, cached=False, counting=False)
        evidence = Evidence(api.read_bundle(packed.text or ""), without=OWN_FILES, folder=top)
        drafter = Drafter(file, forge, Pinned(top, forge), evidence, extras)
        yield Poster(forge, quiet=True), drafter.drafts(read_markdown(file))


@contextlib.contextmanager
def _files(repository: FleetRepository) -> Iterator[Path]:
    if repository.folder:
        yield Path(repository.folder)
        return
    kept = cache_folder() / "fleet" / repository.slug
    lock = kept.with_name(f"{kept.name}.lock")
    with locked(lock, timeout=_LOCKED) as is_ours:
        if not is_ours:
            raise SousError("a run is at work on it; try again later")
        if not (kept / ".git").is_dir():
            raise SousError("its clone is no longer kept; run its github-issues again")
        with files_of_kept(kept):
            yield kept


def _place_of(repository: FleetRepository, top: Path) -> Repository:
    """Return where a repository is on its host. Raises SousError."""
    if repository.folder:
        return find_repository(top, None)
    found = parse_remote(repository.address)
    if found is None:
        raise SousError(f"{repository.address} names no host, so sous cannot post there")
    return found
