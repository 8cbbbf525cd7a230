"""The reports that a command line asks for: their files, their model, what the user hears."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sous.asking.bundles import bundle_for, is_to_pack
from sous.asking.chosen import chosen
from sous.asking.delivery import Delivery
from sous.asking.session import Session, settings_of
from sous.asking.sink import Sink, Terms
from sous.asking.words import asking_words, came_words
from sous.errors import SousError, UsageProblem
from sous.models.choose import choose_model, llm_folder, ready
from sous.names import BUNDLE, STATIC
from sous.output.lock import holding
from sous.output.place import destination_of
from sous.root import find_root
from sous.terminal import binary_stdout, say
from sous.tokens import preload

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from decimal import Decimal

    from sous.asking.report import ReportJob
    from sous.bundle.read import Bundle
    from sous.models.choose import Choice
    from sous.names import Report
    from sous.reports.fit import Fitted
    from sous.reports.looked_up import LookedUp, Memory
    from sous.request import Request
    from sous.settings import Settings


@dataclass(eq=False)
class Result:
    """A report of a run: where it goes, what is sent for it, how it ended."""

    report: Report
    delivery: Delivery
    fitted: Fitted | None = None
    job: ReportJob | None = None
    note: str = ""
    error: SousError | None = None
    unproven: int = 0  # references that could not be proved by the code

    @property
    def file_name(self) -> str:
        """The file that it goes to: a README may go beside the one that is there."""
        destination = self.delivery.destination
        return destination.path.name if destination else self.report.output


@dataclass
class ReportRun(Sink):
    """What all reports of one run share, and what becomes of each; `results` by command."""

    request: Request
    results: Mapping[str, Result]
    root: Path
    settings: Settings
    to_stdout: bool
    choice: Choice = field(init=False)
    bundle: Bundle = field(init=False)
    _verifier: Choice | None = field(init=False, default=None)

    @classmethod
    def of(cls, reports: Sequence[Report], request: Request) -> ReportRun:
        """Return the run that a command line means. Raises SousError for nonsense."""
        if request.verify and not any(report.has_faults for report in reports):
            raise UsageProblem(
                "--verify asks whether faults are real, "
                f"and {reports[0].command} names none; leave it out"
            )
        to_stdout = request.output == "-" or (request.output is None and request.bundle == "-")
        if to_stdout and len(reports) > 1:
            raise UsageProblem("several reports go to files; name a bundle, or leave it out")
        if to_stdout:
            binary_stdout()  # a closed one is told before anything is sent
        root = _root(request, strict=not (to_stdout and request.bundle))
        also = {"packer"} if is_to_pack(request, root) else ()
        settings = settings_of(request, root, also=also)
        results = {
            report.command: Result(report, Delivery(Path.cwd() / report.output, None, root))
            for report in reports
        }
        return cls(request, results, root, settings, to_stdout)

    @property
    def named(self) -> bool:
        """Whether the user named the file."""
        return self.request.output is not None

    @contextlib.contextmanager
    def begun(self) -> Iterator[None]:
        """Lock the files; before anything is packed, decide on the model and where they go."""
        is_written = not (self.to_stdout or self.request.dry_run)
        reports = [result.report for result in self.results.values()]
        paths = [self._path(report) for report in reports] if is_written else []
        who = reports[0].command if len(reports) == 1 else "all"
        with holding(paths, who=who, timeout=self.settings.timeout):
            if self.request.bundle != "-":
                preload(Path(self.request.bundle or self.root / BUNDLE))  # beside importing llm
            self.choice, why = chosen(reports, self.request, self.settings, self.root)
            if is_written:
                for result in self.results.values():
                    self._plan_delivery(result)
            if self.request.verify:
                verifier = choose_model(self.request.verify, {})
                if verifier.name == self.choice.name:  # what limits its answers limits these too
                    verifier = choose_model(self.request.verify, self.choice.options)
                self._verifier = ready(verifier, sends=not self.request.dry_run)
            self.bundle = bundle_for(self.request, self.root, self.settings)
            if why:
                say(why)
            yield

    def _path(self, report: Report) -> Path:
        return (
            Path(str(self.request.output)).absolute() if self.named else self.root / report.output
        )

    def _plan_delivery(self, result: Result) -> None:
        """Decide where a report goes.

        Raises SousError when the only one can go nowhere; one of several fails alone.
        """
        report = result.report
        path = self._path(report)
        try:
            destination = destination_of(
                report,
                path,
                root=self.root,
                named=self.named,
                force=self.request.force,
                yes=self.request.yes,
                only_over=self._only_over,
            )
        except SousError as exc:
            if len(self.results) == 1:
                raise
            result.error = exc
        else:
            result.delivery = Delivery(path, destination, self.root, self.named)

    @property
    def _only_over(self) -> str | None:
        """The model whose README may be replaced (empty: any), None: somebody's too."""
        if self.choice.is_static:
            return STATIC
        return "" if len(self.results) > 1 and not self.request.yes else None

    @property
    def terms(self) -> Terms:
        """How the reports are made."""
        return Terms(
            self.choice,
            self.settings,
            self.root,
            self.request.template,
            llm_folder() / "templates",
            split=self.request.split,
            afresh=self.request.force,
            takes_unfinished=self.request.accept_unfinished,
        )

    @property
    def coming(self) -> list[str]:
        """The commands of the reports that can be made, by all that is known before."""
        return [command for command, result in self.results.items() if not result.error]

    # -- what a sink hears

    @property
    def is_quiet(self) -> bool:
        """Whether only what went wrong is to be said."""
        return self.request.quiet

    @property
    def has_line(self) -> bool:
        """Whether a live line may be shown."""
        return True

    @property
    def verifier(self) -> Choice | None:
        """The other model that is asked whether faults are real."""
        return self._verifier

    def facts(self, report: Report) -> Mapping[str, Any]:
        """Return what decides about a report beside its terms."""
        facts: dict[str, Any] = {}
        if self.request.all_findings:
            facts["all_findings"] = True
        if self._verifier and report.has_faults:
            facts["verify"] = self._verifier.name
        return facts

    def wants(self, report: Report, facts: Mapping[str, Any]) -> bool:
        """Tell whether a report is to be made: not where it is up to date."""
        result = self.results[report.command]
        if self.request.force or not result.delivery.is_up_to_date(facts):
            return True
        result.note = "up to date"
        same = "same bundle, template and model"
        self._say(f"{result.delivery.name} is up to date: {same}; --force asks again")
        return False

    def agrees(self, report: Report, fitted: Fitted) -> bool:
        """Tell whether what is fitted to the model may be sent: not in a dry run."""
        result = self.results[report.command]
        result.fitted = fitted
        if self.request.dry_run:
            result.note = "not sent"
        return not self.request.dry_run

    def partial(self, report: Report) -> Path:
        """Return where what came of a failed answer is kept."""
        return self.results[report.command].delivery.partial

    def begins(self, job: ReportJob, *, kept: int) -> None:
        """Say what is asked for."""
        self.results[job.report.command].job = job
        self._say(asking_words(job, kept))

    def memory(self, report: Report) -> Memory:
        """Return what the memory of findings is used for: nothing where stdout gets the report."""
        from sous.reports.looked_up import Memory

        if self.results[report.command].delivery.destination is None:
            return Memory.UNUSED
        return Memory.KEPT if self.request.all_findings else Memory.OBEYED

    def second_opinion(self, report: Report, *, spent: Decimal) -> Session | None:
        """Return the session of the other model; there is a live line already."""
        if self._verifier is None or not report.has_faults:
            return None
        return Session(
            self.request, self.root, self.settings, self._verifier, before=spent, has_line=False
        )

    def place(self, job: ReportJob, looked: LookedUp) -> None:
        """Write a report and say what came. Raises SousError."""
        result = self.results[job.report.command]
        text = looked.text
        where = result.delivery.deliver(job.signed(text))
        result.note = "written"
        result.unproven = looked.unproven
        self._say(f"{where}: {came_words(job.report, text)}; {job.used()}")
        if looked.words:
            self._say(f"{where}: {'; '.join(looked.words)}")

    def fails(self, report: Report, error: SousError) -> None:
        """Note why nothing came of a report."""
        self.results[report.command].error = error

    def ends(self, jobs: Sequence[ReportJob]) -> None:
        """Write the calls to llm's log: of all that may fail and may wait, the last."""
        for job in jobs:
            job.log()

    def _say(self, message: str) -> None:
        if not self.request.quiet:
            say(message)


def _root(request: Request, *, strict: bool) -> Path:
    try:
        return find_root(Path.cwd(), named=request.root)
    except SousError:
        if strict:
            raise
        return Path.cwd()  # a filter reads and writes no file, so any folder will do
