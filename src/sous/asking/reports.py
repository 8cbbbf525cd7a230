"""The reports of one run: bundle -> prompts -> model -> looked up -> written."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sous.asking.bill import NOTHING, Limit
from sous.asking.bundles import bundle_for, is_to_pack
from sous.asking.chosen import analyst_version, chosen
from sous.asking.delivery import Delivery
from sous.asking.foreign import about
from sous.asking.report import ReportJob
from sous.asking.round import Round
from sous.asking.session import Session, settings_of
from sous.asking.words import asking_words, came_words
from sous.errors import SousError, UsageProblem
from sous.models.choose import choose_model, llm_folder, ready
from sous.output.lock import holding
from sous.output.place import destination_of
from sous.output.readme import readme_in
from sous.prompts.find import find_template, shipped_template
from sous.reports.fit import fit
from sous.root import find_root
from sous.terminal import binary_stdout, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from decimal import Decimal

    from sous.bundle.read import Bundle
    from sous.models.choose import Choice
    from sous.models.window import Window
    from sous.names import Report
    from sous.prompts.render import Template
    from sous.reports.fit import Fitted
    from sous.reports.looked_up import Memory
    from sous.request import Request
    from sous.settings import Settings


@dataclass(eq=False)
class Result:
    """A report of a run: where it goes, what is sent for it, how it ended."""

    report: Report
    delivery: Delivery | None = None
    fitted: Fitted | None = None
    job: ReportJob | None = None
    note: str = ""
    error: SousError | None = None


@dataclass
class ReportRun:
    """What all reports of one run share."""

    request: Request
    results: Sequence[Result]
    root: Path
    settings: Settings
    to_stdout: bool
    choice: Choice = field(init=False)
    verifier: Choice | None = field(init=False, default=None)
    bundle: Bundle = field(init=False)

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
        return cls(request, [Result(report) for report in reports], root, settings, to_stdout)

    @property
    def named(self) -> bool:
        """Whether the user named the file."""
        return self.request.output is not None

    @contextlib.contextmanager
    def begun(self) -> Iterator[None]:
        """Lock the files; before anything is packed, decide on the model and where they go."""
        is_written = not (self.to_stdout or self.request.dry_run)
        paths = [self._path(result.report) for result in self.results] if is_written else []
        who = self.results[0].report.command if len(self.results) == 1 else "all"
        with holding(paths, who=who, timeout=self.settings.timeout):
            reports = [result.report for result in self.results]
            self.choice, why = chosen(reports, self.request, self.settings, self.root)
            for result in self.results:
                self._plan_delivery(result, is_written=is_written)
            if self.request.verify:
                verifier = choose_model(self.request.verify, {})
                if verifier.name == self.choice.name:  # what limits its answers limits these too
                    verifier = choose_model(self.request.verify, self.choice.options)
                self.verifier = ready(verifier, sends=not self.request.dry_run)
            self.bundle = bundle_for(self.request, self.root, self.settings)
            if why:
                say(why)
            yield

    def _path(self, report: Report) -> Path:
        return (
            Path(str(self.request.output)).absolute() if self.named else self.root / report.output
        )

    def _plan_delivery(self, result: Result, *, is_written: bool) -> None:
        """Decide where a report goes.

        Raises SousError when the only one can go nowhere; one of several fails alone.
        """
        report = result.report
        result.delivery = Delivery(Path.cwd() / report.output, None, self.root)
        if not is_written:
            return
        path = self._path(report)
        try:
            destination = destination_of(
                report,
                path,
                root=self.root,
                named=self.named,
                force=self.request.force,
                yes=self.request.yes,
                static=self.choice.is_static,
            )
        except SousError as exc:
            if len(self.results) == 1:
                raise
            result.error = exc
        else:
            result.delivery = Delivery(path, destination, self.root, self.named)

    def prepare(self, result: Result) -> None:
        """Go as far with a report as it gets without a model."""
        if result.error:
            return
        try:
            self._prepare(result)
        except SousError as exc:
            result.error = exc

    def _prepare(self, result: Result) -> None:
        request, report = self.request, result.report
        template = self._template(report)
        facts = self._facts(report, template)
        if result.delivery and result.delivery.is_up_to_date(facts) and not request.force:
            result.note = "up to date"
            same = "same bundle, template and model"
            self._say(f"{result.delivery.name} is up to date: {same}; --force asks again")
            return

        def refit(bundle: Bundle | None, window: Window | None) -> Fitted:
            return fit(
                bundle or self.bundle, template, self.choice, self.settings, window=window,
                task=report.command, split=request.split, facts=self._facts_for_prompts,
            )  # fmt: skip

        result.fitted = refit(None, None)
        if request.dry_run:
            result.note = "not sent"
            return
        rest = result.delivery.partial if result.delivery else None
        job = ReportJob(
            report.command, self.choice, result.fitted, rest,
            refit=refit, report=report, facts=facts, takes_unfinished=request.accept_unfinished,
        )  # fmt: skip
        if report.has_faults and not self.choice.is_static:
            job.expectation = about(self.bundle, self.root, job.expectation)
        kept = job.take_kept(afresh=request.force)
        self._say(asking_words(job, kept))
        cut = sum(part.cut_lines for part in result.fitted.parts)
        if cut:
            say(f"{cut} lines are longer than a whole part may be; their ends are not sent")
        result.job = job

    def _template(self, report: Report) -> Template:
        if self.choice.is_static:
            return shipped_template(report.template)  # whose task it knows
        named = self.request.template or report.template
        return find_template(
            named, project=self.settings.templates, user=llm_folder() / "templates"
        )

    @cached_property
    def _facts_for_prompts(self) -> Callable[[str | None], str] | None:
        """What gives the facts about a part of the bundle, None where none are asked for."""
        if not self._has_evidence:
            return None
        from sous.asking.evidence import facts_for_prompts

        return facts_for_prompts(self.bundle, self.root, quiet=self.request.quiet)

    @property
    def _has_evidence(self) -> bool:
        return bool(self.settings.evidence) and not self.choice.is_static

    def _facts(self, report: Report, template: Template) -> dict[str, Any]:
        """Return what decides about the answer; the same facts again need no new call."""
        facts: dict[str, Any] = {
            "task": report.command,
            "bundle": self.bundle.fingerprint(without={report.output, "README.md"}),
            "readme": readme_in(self.bundle) if report.command != "readme" else None,
            "template": template.fingerprint,
            "model": self.choice.name,
            "options": dict(self.choice.options),
        }
        if self.choice.is_static:
            facts["analyst"] = analyst_version()
        if self.request.all_findings:
            facts["all_findings"] = True
        if self._has_evidence:
            facts["evidence"] = True
        if self.verifier and report.has_faults:
            facts["verify"] = self.verifier.name
        return facts

    def finish(self) -> None:
        """Ask for all that is missing; write each report when its last answer is there."""
        results = {result.job: result for result in self.results if result.job}
        jobs = list(results)
        if not jobs:
            return
        self._check_cost(jobs)
        calls = Round(jobs, self.settings, quiet=self.request.quiet)
        try:
            with contextlib.closing(calls.ended()) as ended:
                for job in ended:
                    self._finish(results[job], job, jobs)
        finally:
            for job in jobs:
                job.log()  # of all that may fail and may wait, the last

    def _check_cost(self, jobs: Sequence[ReportJob]) -> None:
        costs = [job.fitted.cost(job.choice, only=job.missing) for job in jobs]
        limit = Limit.of(self.settings.max_cost)
        limit.check_start(costs, self.choice, verifier=self.verifier)

    def _finish(self, result: Result, job: ReportJob, jobs: Sequence[ReportJob]) -> None:
        """Write a report, or note why it came to nothing."""
        if job.error is None:
            try:
                self._write(result, job, spent=sum((one.spent for one in jobs), NOTHING))
                result.note = "written"
            except SousError as exc:
                job.error = exc
        result.error = job.error

    def _write(self, result: Result, job: ReportJob, *, spent: Decimal) -> None:
        """Put a report in its place; `spent`: US dollars of the whole run.

        Raises SousError; what was paid is kept.
        """
        from sous.asking.evidence import look_up

        assert result.delivery  # noqa: S101  # planned before anything is asked
        body = job.text()
        came = came_words(job.report, body)
        verifier = self._verifying(job.report, spent)
        looked = look_up(
            job,
            body,
            self.bundle,
            root=self.root,
            memory=self._memory(result.delivery),
            verifier=verifier,
        )
        where = result.delivery.deliver(job.signed(looked.text))
        job.done()
        if verifier:
            verifier.forget()
        self._say(f"{where}: {came}; {job.used()}")
        if looked.words:
            self._say(f"{where}: {'; '.join(looked.words)}")

    def _memory(self, delivery: Delivery) -> Memory:
        """Return what the memory of findings is used for: nothing where stdout gets the report."""
        from sous.reports.looked_up import Memory

        if delivery.destination is None:
            return Memory.UNUSED
        return Memory.KEPT if self.request.all_findings else Memory.OBEYED

    def _verifying(self, report: Report, spent: Decimal) -> Session | None:
        """Return the session of the other model; there is a live line already."""
        if self.verifier is None or not report.has_faults:
            return None
        return Session(
            self.request, self.root, self.settings, self.verifier, before=spent, has_line=False
        )

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
