"""One repository's share of a fleet: fetched, packed, asked about, and its results kept.

It runs in a process of its own, so that what goes wrong there harms nobody else. What comes from
the repository and the model is data; nothing of the repository is started or obeyed.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import hashlib
import socket
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sous import __version__, api
from sous.bundle.ignore import ignored_files
from sous.errors import OverBudget, SousError
from sous.files import write_file
from sous.fleet.place import FleetFolder, key_of
from sous.git_clone import RemotePlace, count_pointers, fetch_kept, files_of_kept
from sous.locks import locked
from sous.models.failure import tells_of_rate
from sous.names import REPORTS, STATIC
from sous.settings import with_values
from sous.state import cache_folder, state_folder
from sous.terminal import clean, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sous.bundle.read import Bundle
    from sous.fleet.assignment import Assignment
    from sous.settings import Settings

    Teller = Callable[[Mapping[str, Any]], None]

TASKS = (*REPORTS, "bundle", "check")
# what a repository has at its top that says things of its code
_CHECKED = ("README.md", *(one.output for one in REPORTS.values() if one.output != "README.md"))
_FEW = 3  # files that a note names
_MOST_NAMED = 200  # findings or claims that a result names


def carry_out(order: Assignment, tell: Teller) -> dict[str, Any]:
    """Do what is ordered and return what came of it, for the driver.

    `tell` gets what happens meanwhile. Raises SousError where nothing of it could be done.
    """
    work = _RepositoryWork(order, tell)
    lock = cache_folder() / "fleet" / f"{order.repository.slug}.lock"
    with (
        locked(lock, timeout=order.settings.timeout) as is_ours,
        locked(work.lock, timeout=order.settings.timeout if is_ours else 0) as is_ours_everywhere,
    ):
        if not is_ours_everywhere:
            raise SousError("another process is still at work on it; try again later")
        try:
            with work.source() as source:
                if order.since and source.when and source.when < order.since:
                    return {"status": "unchanged", "commit": source.commit, "tasks": {}}
                tasks = {task: work.do(task) for task in order.tasks}
        finally:
            work.write_log()
    return {
        "status": "failed" if _all_failed(tasks) else "done",
        "commit": source.commit,
        "when": source.when,
        "tasks": tasks,
        "rate_limited": work.rate_limited,
        "notes": work.notes,
    }


def _all_failed(tasks: Mapping[str, Mapping[str, Any]]) -> bool:
    return bool(tasks) and all(one["status"] == "failed" for one in tasks.values())


@dataclass(frozen=True)
class _Source:
    """A repository's files on disk; of a folder the commit is not known."""

    folder: Path
    commit: str = ""
    when: int = 0


class _RepositoryWork:
    """The tasks of one repository, which share one bundle."""

    def __init__(self, order: Assignment, tell: Teller) -> None:
        self._order = order
        self._tell = tell
        self._place = FleetFolder(order.out).repository(order.repository)
        self._log: list[str] = []
        self._source = _Source(Path())
        self._is_asking = False  # something may be paid for
        self._has_answer = False
        self.rate_limited = 0
        self.notes: list[str] = []  # what of the repository was not read

    @property
    def lock(self) -> Path:
        """What is held while anything is done, whichever machine does it."""
        return self._place.lock

    @contextlib.contextmanager
    def source(self) -> Iterator[_Source]:
        """Have the files of the repository at hand, at its newest commit."""
        repository = self._order.repository
        if repository.folder:
            self._source = _Source(Path(repository.folder))
            yield self._source
            return
        self._tell({"doing": "fetching"})
        top = cache_folder() / "fleet" / repository.slug
        place = RemotePlace(repository.address, repository.ref)
        fetched = fetch_kept(place, top, largest=self._order.largest)
        with files_of_kept(top):
            self._source = _Source(top, fetched.name, fetched.when)
            self._note(fetched.submodules, "submodules were not fetched")
            self._note(
                count_pointers(top), "files of LFS were not fetched: only their pointers are read"
            )
            ignored = ignored_files(top)
            named = ", ".join(ignored[:_FEW]) + (", …" if len(ignored) > _FEW else "")
            self._note(len(ignored), f"files are left out by the repository's own rules: {named}")
            yield self._source

    def _note(self, count: int, what: str) -> None:
        """Note that something of the repository is not read, if there is any."""
        if count:
            self.notes.append(f"{count:,} {what}")
            self._log.append(self.notes[-1])

    def do(self, task: str) -> dict[str, Any]:
        """Do one task; one that fails does not stop the others."""
        try:
            key = key_of(self._facts(task))
            known = None if task in self._order.afresh else self._place.result(task, key)
            if known:
                return {**self._told(known, key), "status": "kept"}
            if not self._order.asks and task not in REPORTS:
                return {"status": "priced", "key": key, "tokens": 0, "expected": "0", "most": "0"}
            self._tell({"doing": task})
            if task == "bundle":
                return self._bundle(key)
            if task == "check":
                return self._check(key)
            return self._report(task, key)
        except (SousError, MemoryError) as exc:
            why = str(exc) if isinstance(exc, SousError) else "it needs more memory than its limit"
            self._hear(f"{task}: {why}")
            paid = self._is_asking and not isinstance(exc, OverBudget)
            self._is_asking = False
            return {"status": "failed", "reason": one_line(why), **_paid(exc, may_be=paid)}

    @cached_property
    def _settings(self) -> Settings:
        """What holds for this repository: what was asked for, and its own options over it."""
        name = self._order.repository.name
        own = with_values(
            self._order.settings, self._order.repository.options, source=f"options of {name}"
        )
        return dataclasses.replace(own, jobs=1, max_cost=None, packer=None)

    @cached_property
    def _packed(self) -> api.PackedBundle:
        self._tell({"doing": "packing"})
        return api.pack(
            self._source.folder, settings=self._settings, cached=False, on_message=self._hear
        )

    @cached_property
    def _bundle_read(self) -> Bundle:
        return api.read_bundle(self._packed.text or "")

    def _facts(self, task: str) -> dict[str, Any]:
        """Return what decides about a result."""
        settings = self._settings
        packing = ("include", "ignore", "style", "line_numbers", "budget", "notebooks")
        facts: dict[str, Any] = {
            "repository": self._order.repository.identity,
            "commit": self._source.commit or self._bundle_read.fingerprint(without=()),
            "task": task,
            "packing": [getattr(settings, name) for name in packing],
            "version": __version__,
        }
        if task in REPORTS:
            from sous.prompts.find import find_template

            model = settings.model or STATIC
            template = find_template(REPORTS[task].template, project=settings.templates)
            facts |= {
                "model": model,
                "options": dict(settings.options),
                "template": template.fingerprint if model != STATIC else "",
                "evidence": settings.evidence,
            }
            if verifier := self._verifier(task):
                facts["verify"] = verifier
        return facts

    def _verifier(self, task: str) -> str | None:
        """Return who is asked whether the findings of a task are real, None for nobody."""
        return self._order.verify if REPORTS[task].has_faults else None

    def _bundle(self, key: str) -> dict[str, Any]:
        packed = self._packed
        summary = packed.summary
        made = {"tokens": summary.tokens, "bundled": summary.files, "masked": len(summary.secrets)}
        return self._put("bundle", key, made, {"output.txt": packed.text or ""})

    def _check(self, key: str) -> dict[str, Any]:
        """Look up what the repository's own README, and reports in it, say of its code."""
        folder, unproven, counts = self._source.folder, [], {"verified": 0, "unproven": 0}
        names = [name for name in _CHECKED if (folder / name).is_file()]
        files: dict[str, str] = {}
        for name in names:
            looked = api.check(folder / name, self._bundle_read, root=folder, on_message=self._hear)
            for verdict in counts:
                counts[verdict] += looked.checked.counts[verdict]
            unproven += [
                {"file": name, "line": one.reference.line, "text": one.reference.text}
                for one in looked.checked.judged
                if one.verdict.value == "unproven"
            ]
            files[f"{name}.html"] = _page(looked, title=name)
        made = {"checked": counts, "unproven": unproven[:_MOST_NAMED], "looked_at": names}
        return self._put("check", key, made, files)

    def _report(self, task: str, key: str) -> dict[str, Any]:
        settings, root = self._settings, self._source.folder
        model, verifier = settings.model or STATIC, self._verifier(task)
        if not self._order.asks:
            priced = api.price(
                self._bundle_read, task, model=model, settings=settings, root=root, verify=verifier
            )
            return {
                "status": "priced", "key": key, "tokens": priced.tokens,
                "expected": _text_of(priced.expected), "most": _text_of(priced.most),
            }  # fmt: skip
        if self._order.most is not None:
            settings = dataclasses.replace(settings, max_cost=float(self._order.most.get(task, 0)))
        told: dict[str, Any] = {}
        with self._asking(task, key, model if model != STATIC else verifier or STATIC):
            api.report(
                self._bundle_read, task, model=model, settings=settings, root=root,
                on_message=self._hear, verify=verifier,
                place=lambda made: told.update(self._placed(made, task, key)),
            )  # fmt: skip
        return told

    @contextlib.contextmanager
    def _asking(self, task: str, key: str, model: str) -> Iterator[None]:
        """Have it noted who asks, so that nobody else pays for the same while it is not known.

        Raises SousError where another machine was asking and did not come to an end: what it was
        answered is kept there.
        """
        other = self._place.asking(task, key)
        if other and other != _here() and task not in self._order.afresh:
            raise SousError(
                f"{one_line(other)} was asking {model} for it and has not finished, so it "
                "may be paid for: have that machine do it, or pay once more with --force"
            )
        self._is_asking, self._has_answer = True, False
        if model != STATIC:
            self._place.note_asking(task, key, _here())
        try:
            yield
        except SousError:
            if not self._has_answer:
                self._place.note_asked(task, key)
            raise
        self._place.note_asked(task, key)
        self._is_asking = False

    def _placed(self, made: api.MadeReport, task: str, key: str) -> dict[str, Any]:
        """Keep a report with its page."""
        self._has_answer = True
        files = {REPORTS[task].output: made.text}
        if made.checked:
            looked = api.check(made.text, self._bundle_read)
            files["report.html"] = _page(looked, title=f"{self._order.repository.name}: {task}")
        found = [
            {
                "title": one.title, "severity": one.severity, "path": one.path,
                "line": one.first, "id": one.identity, **_opinion_of(one.source),
            }
            for one in made.findings
        ]  # fmt: skip
        facts = {
            "model": made.model, "dollars": _text_of(made.cost), "seconds": round(made.seconds, 2),
            "tokens": {"input": made.input_tokens, "output": made.output_tokens},
            "findings": found[:_MOST_NAMED],
            "checked": made.checked.counts if made.checked else {},
        }  # fmt: skip
        return self._put(task, key, facts, files)

    def _put(
        self, task: str, key: str, made: Mapping[str, Any], files: Mapping[str, str]
    ) -> dict[str, Any]:
        """Keep a result: its files, and what is known of it."""
        repository = self._order.repository
        result = {
            "task": task, "name": repository.name, "identity": repository.identity,
            "commit": self._source.commit, "when": self._source.when,
            "made": dt.datetime.now(dt.timezone.utc).isoformat(timespec="seconds"),
            **made, "files": list(files), "version": __version__,
        }  # fmt: skip
        self._place.put(task, key, result, files)
        return {**self._told(result, key), "status": "done"}

    def _told(self, result: Mapping[str, Any], key: str) -> dict[str, Any]:
        """Return what the driver is told of a result."""
        return {"key": key, "dollars": result.get("dollars"), "tokens": result.get("tokens")}

    def _hear(self, line: str) -> None:
        self._log.append(clean(line))
        if tells_of_rate(line):
            self.rate_limited += 1
            self._tell({"slow": True})

    def write_log(self) -> None:
        """Leave what was said beside the results."""
        if self._log:
            text = "".join(f"{line}\n" for line in self._log)
            with contextlib.suppress(SousError):  # a full disk is told by what else it stops
                write_file(
                    self._place.folder / "log.txt", text.encode("utf-8", "replace"),
                    root=self._place.top, durable=False,
                )  # fmt: skip


def _here() -> str:
    """Return which machine and user this is: whose answers are kept where."""
    place = hashlib.sha256(str(state_folder()).encode("utf-8", "surrogateescape")).hexdigest()
    return f"{socket.gethostname()} ({place[:8]})"


def _opinion_of(finding: str) -> dict[str, str]:
    from sous.asking.opinion import opinion_in

    opinion = opinion_in(finding)
    return {"opinion": opinion} if opinion else {}


def _page(looked: api.LookedAt, *, title: str) -> str:
    from sous.reports.page import page_of

    return page_of(looked.checked, looked.evidence, title=title)


def _paid(error: BaseException, *, may_be: bool) -> dict[str, Any]:
    """Return what a task that failed cost, as far as it is known."""
    costs = [getattr(getattr(one, "cost", None), "dollars", None) for one in _answers(error)]
    known = [cost for cost in costs if cost is not None]
    is_known = isinstance(error, SousError) and costs and len(known) == len(costs)
    if is_known:
        return {"dollars": str(sum(known, Decimal(0)))}
    return {"may_have_cost": may_be}


def _answers(error: BaseException) -> tuple[object, ...]:
    return error.paid if isinstance(error, SousError) else ()


def _text_of(dollars: Decimal | None) -> str | None:
    return None if dollars is None else str(dollars)
