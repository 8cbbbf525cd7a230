"""A run of a fleet, from its request to its index."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING, Any

from sous.asking.chosen import refuse_static
from sous.errors import OverBudget, SousError, UsageProblem
from sous.files import shown_path
from sous.fleet.driver import Driver, settings_for_all
from sous.fleet.index import FleetIndex, read_index
from sous.fleet.page import page_of_fleet
from sous.fleet.place import FleetFolder, read_json
from sous.fleet.repositories import FleetRepository, read_repositories, selected
from sous.fleet.rows import LEFT, Wish, counted_repositories
from sous.fleet.scheduler import DaskMissing, scheduler_place
from sous.fleet.work import TASKS
from sous.fleet.workers import local_workers
from sous.git_clone import LARGEST
from sous.items.finding import SEVERITIES
from sous.locks import locked
from sous.models.choose import choose_if_configured, choose_model, ready
from sous.models.price import Cost
from sous.names import REPORTS, STATIC
from sous.settings import FOR_MODELS, Settings, load_settings
from sous.terminal import one_line, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from sous.fleet.rows import RepositoryRow
    from sous.fleet.scheduler import SchedulerPlace
    from sous.fleet.workers import Workers

_FEW = 12  # repositories that a dry run names
_MB = 1_000_000
_UNDER_WAY = 5  # at once, where nothing is said


@dataclass(frozen=True)
class FleetRequest:
    """What a command line asks of a fleet.

    `since` is a day, as 2026-01-31; `max_size`: MB of a repository.
    """

    words: Sequence[str]
    out: Path
    tags: Sequence[str] = ()
    only: Sequence[str] = ()
    only_failed: bool = False
    since: str | None = None
    is_dry: bool = False
    jobs: int = _UNDER_WAY
    max_cost: float | None = None
    timeout: float = 1800.0
    max_size: int = LARGEST // _MB
    afresh: bool = False
    quiet: bool = False
    model: str | None = None
    verify: str | None = None
    scheduler: str | None = None
    tls_ca: Path | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None

    @property
    def place(self) -> SchedulerPlace | None:
        """Where the scheduler of other machines is, None where this machine does all.

        Raises SousError.
        """
        files = {"ca": self.tls_ca, "certificate": self.tls_cert, "key": self.tls_key}
        if self.scheduler is None:
            if any(files.values()):
                raise UsageProblem("--tls-ca, --tls-cert and --tls-key go with --scheduler")
            return None
        return scheduler_place(self.scheduler, **files)


@dataclass(frozen=True)
class FleetRun:
    """What came of a run; `gave_up`: why the workers could do no more, if so."""

    rows: Sequence[RepositoryRow]
    index: FleetIndex
    spent: Decimal
    was_stopped: bool = False
    is_dry: bool = False
    gave_up: str = ""

    def counted(self, state: str) -> int:
        """Return how many repositories ended in a state."""
        return sum(row.state == state for row in self.rows)

    def words(self, out: Path) -> str:
        """Return in words what came of it."""
        kept = sum(
            bool(row.tasks) and all(task["status"] == "kept" for task in row.tasks.values())
            for row in self.rows
        )
        done = f"{self.counted('done')} done" + (f" ({kept} as they were)" if kept else "")
        words = [done]
        for state, name in (("unchanged", "unchanged"), ("failed", "failed"), (LEFT, "not done")):
            count = self.counted(state)
            words += [f"{count} {name}"] if count else []
        found = [f"{count} {name}" for name, count in self.index.totals["findings"].items()]
        count = len(self.index.rows)
        whose = f" in all {count:,} of the folder" if count > len(self.rows) else ""
        told = f"; findings{whose}: {', '.join(found)}" if found else ""
        spent = f"; {Cost(self.spent)} spent" if self.spent else ""
        page = shown_path(out / "index.html")
        return (
            f"{counted_repositories(len(self.rows))}: {', '.join(words)}{told}{spent}; see {page}"
        )

    def check(self) -> None:
        """Raise the error that the run as a whole ended with, if it did."""
        failed, left = self.counted("failed"), [row for row in self.rows if row.state == LEFT]
        if self.rows and failed == len(self.rows):
            refuse_failed(failed, self.rows[0].reason)
        if left and self.gave_up:
            raise SousError(f"{counted_repositories(len(left))} not done: {self.gave_up}")
        if left and not (self.was_stopped or self.is_dry):
            raise OverBudget(f"{counted_repositories(len(left))} not done: {left[0].reason}")


def run_fleet(request: FleetRequest, *, here: Path) -> FleetRun:
    """Carry out a request from the folder `here`. Raises SousError."""
    tasks, sources = _tasks_and_sources(request.words)
    scheduler = request.place
    chosen = read_repositories(sources, top=here)
    folder = FleetFolder((here / request.out).resolve())
    repositories = selected(chosen.repositories, tags=request.tags, only=request.only)
    if chosen.doubles and not request.quiet:
        say(f"{chosen.doubles} of the addresses repeat an earlier one")
    settings = _settings(tasks, request, here)
    wish = Wish(
        tasks, settings, request.jobs,
        None if request.max_cost is None else Decimal(str(request.max_cost)),
        request.afresh, _day(request.since), request.is_dry,
        request.max_size * _MB, _verifier(tasks, request),
    )  # fmt: skip
    folder.begin()
    with locked(folder.lock, timeout=0.2) as is_ours:
        if not is_ours:
            raise SousError(
                f"another `sous fleet` is at work in {shown_path(folder.top)}; wait for it, or "
                "name another folder with -o"
            )
        if request.only_failed:
            repositories = tuple(one for one in repositories if _is_open(folder, one))
        if not repositories:
            tags = sorted({tag for one in chosen.repositories for tag in one.tags})
            more = " …" if len(tags) > _FEW else ""
            named = f" (it has the tags {one_line(', '.join(tags[:_FEW]))}{more})" if tags else ""
            raise UsageProblem(
                f"no repository is chosen: look at the list{named}, --tag, --only and --failed"
            )
        _note(folder, repositories)
        driver = Driver(folder, repositories, wish, quiet=request.quiet)
        with contextlib.closing(_workers(request, scheduler, folder, wish)) as workers:
            driver.run(workers)
        index = FleetIndex((), ()) if request.is_dry else write_index(folder)
    return FleetRun(
        driver.rows, index, driver.spent, driver.was_stopped, request.is_dry, driver.gave_up
    )


def _workers(
    request: FleetRequest, place: SchedulerPlace | None, folder: FleetFolder, wish: Wish
) -> Workers:
    """Return who does the work: this machine, or those of a scheduler. Raises SousError."""
    if place is None:
        return local_workers(timeout=request.timeout)
    try:
        from sous.fleet.cluster import ClusterWorkers
    except ImportError as exc:
        raise DaskMissing from exc
    return ClusterWorkers(
        place, folder.top, timeout=request.timeout, models=() if wish.is_dry else wish.models,
        options=wish.settings.options,
    )  # fmt: skip


def _tasks_and_sources(words: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Cut the words of a command line: tasks come first, then where the repositories are."""
    count = next((n for n, word in enumerate(words) if word not in TASKS), len(words))
    tasks, sources = tuple(dict.fromkeys(words[:count])), tuple(words[count:])
    if not tasks:
        named = f"{one_line(words[0])} is not a task; " if words else ""
        raise UsageProblem(f"{named}name one or more first: {', '.join(TASKS)}")
    if not sources:
        raise UsageProblem(
            "name the repositories after the tasks: a list of addresses, repos.toml, folders, "
            "or - for a list on stdin"
        )
    return tasks, sources


def _settings(tasks: Sequence[str], request: FleetRequest, here: Path) -> Settings:
    """Return the settings for all, with the model that is meant. Raises SousError."""
    given = {"model": request.model, "timeout": request.timeout}
    settings = load_settings(here, given=given, needs=FOR_MODELS)
    reports = [REPORTS[task] for task in tasks if task in REPORTS]
    if not reports:
        return settings_for_all(dataclasses.replace(settings, model=STATIC))
    choice, why = choose_if_configured(settings.model, settings.options, required=False)
    if choice is None or choice.is_static:
        for report in reports:
            refuse_static(report)
        if why:
            say(why)
        return settings_for_all(dataclasses.replace(settings, model=STATIC, options={}))
    ready(choice, sends=not (request.is_dry or request.scheduler))  # else the workers have the key
    return settings_for_all(dataclasses.replace(settings, model=choice.name))


def _verifier(tasks: Sequence[str], request: FleetRequest) -> str | None:
    """Return the name of the model that gives second opinions. Raises SousError."""
    if request.verify is None:
        return None
    if not any(task in REPORTS and REPORTS[task].has_faults for task in tasks):
        raise UsageProblem(
            f"--verify asks whether faults are real, and {', '.join(tasks)} names none; leave it "
            "out"
        )
    verifier = choose_model(request.verify, {})
    sends = not (request.is_dry or request.scheduler)  # else the workers have the key
    return ready(verifier, sends=sends).name


def _day(since: str | None) -> float | None:
    if since is None:
        return None
    try:
        return dt.datetime.fromisoformat(since).astimezone().timestamp()
    except ValueError as exc:
        raise UsageProblem(f"--since is a day, as 2026-01-31, not {one_line(since)!r}") from exc


def _is_open(folder: FleetFolder, repository: FleetRepository) -> bool:
    """Tell whether a repository failed, or was not done, the last time."""
    status = read_json(folder.repository(repository).folder / "status.json", folder.top)
    if not isinstance(status, dict) or status.get("state") in ("failed", LEFT):
        return True
    tasks = status.get("tasks")
    told = tasks.values() if isinstance(tasks, dict) else ()
    return any(isinstance(one, dict) and one.get("status") == "failed" for one in told)


def _note(folder: FleetFolder, repositories: Sequence[FleetRepository]) -> None:
    """Note who is meant, beside those of runs before."""
    meant = {one.slug for one in repositories}
    others = [row for row in _noted(folder.read("fleet.json")) if row["slug"] not in meant]
    now = (
        {
            "name": one.name, "identity": one.identity, "slug": one.slug, "tags": list(one.tags),
            "address": one.address, "ref": one.ref, "folder": one.folder,
        }
        for one in repositories
    )  # fmt: skip
    folder.note(chain(others, now))


def _noted(data: Any) -> Iterator[Mapping[str, Any]]:
    rows = data.get("rows") if isinstance(data, dict) else None
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and isinstance(row.get("slug"), str):
            yield row


def write_index(folder: FleetFolder) -> FleetIndex:
    """Make the index of a folder from its results, and write it and its page. Raises SousError."""
    index = read_index(folder)
    now = dt.datetime.now(dt.timezone.utc)
    folder.write("index.json", index.pieces())
    folder.write("index.html", page_of_fleet(index, title=folder.top.name or "fleet", now=now))
    return index


@dataclass(frozen=True)
class _Priced:
    """What the tasks of a repository would take; `unknown`: a price of them is not known."""

    tasks: int
    kept: int
    tokens: int
    expected: Decimal
    most: Decimal
    unknown: bool

    @classmethod
    def of(cls, row: RepositoryRow) -> _Priced:
        """Sum up a repository."""
        priced = [one for one in row.tasks.values() if one["status"] == "priced"]
        return cls(
            len(priced),
            sum(one["status"] == "kept" for one in row.tasks.values()),
            sum(one.get("tokens") or 0 for one in priced),
            sum((Decimal(one.get("expected") or 0) for one in priced), Decimal(0)),
            sum((Decimal(one.get("most") or 0) for one in priced), Decimal(0)),
            any(one.get("most") is None for one in priced),
        )

    def words(self) -> str:
        """Return it in words."""
        what = f"{self.tasks} to do, {self.tokens:,} tokens" if self.tasks else "nothing to do"
        return what + (f", {self.kept} there already" if self.kept else "")


def dry_lines(run: FleetRun, *, is_open: bool = False) -> list[str]:
    """Return what a run would do and cost: what fails first, then the largest.

    `is_open`: second opinions are asked for, of as many findings as there are.
    """
    priced = [(row, _Priced.of(row)) for row in run.rows]
    priced.sort(key=lambda one: (not one[0].reason, -one[1].tokens))
    lines = [f"{row.repository.name}: {row.reason or one.words()}" for row, one in priced]
    more = len(lines) - _FEW
    shown = [*lines[:_FEW], f"… and {more} more"] if more > 0 else lines
    tokens = sum(one.tokens for _, one in priced)
    price = _price_of([one for _, one in priced if one.tasks])
    beyond = (
        "; more than 20 findings in one cost more, unless --max-cost is given" if is_open else ""
    )
    return [
        *shown,
        f"{counted_repositories(len(run.rows))}: {tokens:,} tokens to send, {price}{beyond}",
    ]


def _price_of(priced: Sequence[_Priced]) -> str:
    """Return in words what all would cost."""
    unknown = sum(one.unknown for one in priced)
    if priced and unknown == len(priced):
        return "the price is not known"
    expected = sum((one.expected for one in priced), Decimal(0))
    most = sum((one.most for one in priced), Decimal(0))
    told = f"about {Cost(expected)}, at most {Cost(most)}"
    return told + (f"; of {unknown} the price is not known" if unknown else "")


def refuse_failed(count: int, reason: str = "") -> None:
    """Raise SousError: all failed, which is no success."""
    whose = "the only repository" if count == 1 else f"all {counted_repositories(count)}"
    first = f"; the first: {reason}" if count > 1 else f": {reason}"
    raise SousError(f"{whose} failed{first if reason else ''}")


def refuse_findings(index: FleetIndex, level: str) -> None:
    """Raise SousError where a repository has findings of a severity, or of a worse one."""
    bad = SEVERITIES[: SEVERITIES.index(level) + 1]
    named = [row["name"] for row in index.rows if any(row["severities"].get(one) for one in bad)]
    if named:
        more = f" and {len(named) - 3} more" if len(named) > 3 else ""  # noqa: PLR2004
        raise SousError(
            f"findings of {level} or worse in {counted_repositories(len(named))}: "
            f"{', '.join(named[:3])}{more}"
        )
