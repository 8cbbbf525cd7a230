"""Reports of one bundle made together: fitted, asked for, looked up, handed to who wants them."""

from __future__ import annotations

import contextlib
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sous.asking.bill import NOTHING, Limit
from sous.asking.chosen import analyst_version, refuse_static
from sous.asking.foreign import about
from sous.asking.report import ReportJob
from sous.asking.round import Round
from sous.errors import SousError
from sous.output.readme import readme_in
from sous.prompts.find import find_template, shipped_template
from sous.reports.fit import fit
from sous.terminal import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from decimal import Decimal

    from sous.asking.sink import Sink, Terms
    from sous.bundle.read import Bundle
    from sous.models.window import Window
    from sous.names import Report
    from sous.prompts.render import Template
    from sous.reports.fit import Fitted


class Making:
    """The reports of one bundle, and who gets them."""

    def __init__(self, bundle: Bundle, terms: Terms, sink: Sink) -> None:
        self._bundle = bundle
        self._terms = terms
        self._sink = sink

    def make(self, reports: Iterable[Report]) -> None:
        """Ask for all that is missing; the sink gets each report when its last answer is there.

        Raises SousError with the answers that were paid for.
        """
        jobs = [job for report in reports if (job := self._prepared(report))]
        if not jobs:
            return
        try:
            self._check_cost(jobs)
            calls = Round(
                jobs, self._terms.settings, quiet=self._sink.is_quiet, has_line=self._sink.has_line
            )
            with contextlib.closing(calls.ended()) as ended:
                for job in ended:
                    self._finish(job, jobs)
        except SousError as exc:
            exc.paid = tuple(
                answer for job in jobs for bill in job.bills for answer in bill.answers
            )
            raise
        finally:
            self._sink.ends(jobs)

    def fitted(self, report: Report) -> Fitted:
        """Return what would be sent for a report."""
        return self._fitted(report, self._template(report))

    def _prepared(self, report: Report) -> ReportJob | None:
        """Go as far with a report as it gets without a model; None: nothing is to be sent."""
        try:
            return self._job(report)
        except SousError as exc:
            self._sink.fails(report, exc)
            return None

    def _job(self, report: Report) -> ReportJob | None:
        terms, sink = self._terms, self._sink
        template = self._template(report)
        more = sink.facts(report)
        facts = {} if more is None else {**self._facts(report, template), **more}
        if not sink.wants(report, facts):
            return None
        fitted = self._fitted(report, template)
        if not sink.agrees(report, fitted):
            return None
        job = ReportJob(
            report.command,
            terms.choice,
            fitted,
            sink.partial(report),
            refit=lambda bundle, window: self._fitted(report, template, bundle, window),
            report=report,
            facts=facts,
            takes_unfinished=terms.takes_unfinished,
        )
        if report.has_faults and not terms.choice.is_static:
            job.expectation = about(self._bundle, terms.root, job.expectation)
        sink.begins(job, kept=job.take_kept(afresh=terms.afresh))
        cut = sum(part.cut_lines for part in fitted.parts)
        if cut:
            say(f"{cut} lines are longer than a whole part may be; their ends are not sent")
        return job

    def _template(self, report: Report) -> Template:
        if self._terms.choice.is_static:
            refuse_static(report)
            return shipped_template(report.template)  # whose task it knows
        return find_template(
            self._terms.template or report.template,
            project=self._terms.settings.templates,
            user=self._terms.own_templates,
        )

    def _fitted(
        self,
        report: Report,
        template: Template,
        bundle: Bundle | None = None,
        window: Window | None = None,
    ) -> Fitted:
        """Return what is sent about the bundle, or about less of it, to a model with a window."""
        return fit(
            bundle or self._bundle, template, self._terms.choice, self._terms.settings,
            window=window, task=report.command, split=self._terms.split,
            facts=self._facts_for_prompts,
        )  # fmt: skip

    @cached_property
    def _facts_for_prompts(self) -> Callable[[str | None], str] | None:
        """What gives the facts about a part of the bundle, None where none are asked for."""
        if not self._has_evidence:
            return None
        from sous.asking.evidence import facts_for_prompts

        is_quiet = self._sink.is_quiet or not self._sink.has_line
        return facts_for_prompts(
            self._bundle, self._terms.root, quiet=is_quiet, results=self._linter_results
        )

    @cached_property
    def _linter_results(self) -> tuple[Path, ...]:
        """The files of linters that are named, else those of SARIF in the project."""
        from sous.analyst.linters import sarif_in

        return tuple(map(Path, self._terms.settings.sarif)) or sarif_in(self._terms.root)

    @property
    def _has_evidence(self) -> bool:
        return bool(self._terms.settings.evidence) and not self._terms.choice.is_static

    def _facts(self, report: Report, template: Template) -> dict[str, Any]:
        """Return what decides about the answer; the same facts again need no new call."""
        choice = self._terms.choice
        facts: dict[str, Any] = {
            "task": report.command,
            "bundle": self._bundle.fingerprint(without={report.output, "README.md"}),
            "readme": readme_in(self._bundle) if not report.is_document else None,
            "template": template.fingerprint,
            "model": choice.name,
            "options": dict(choice.options),
        }
        if choice.is_static:
            facts["analyst"] = analyst_version()
        if self._has_evidence:
            facts["evidence"] = True
        if (choice.is_static or self._has_evidence) and self._linter_results:
            from sous.analyst.linters import digests_of

            facts["results"] = digests_of(self._linter_results)
        return facts

    def _check_cost(self, jobs: Sequence[ReportJob]) -> None:
        costs = [job.fitted.cost(job.choice, only=job.missing) for job in jobs]
        limit = Limit.of(self._terms.settings.max_cost)
        limit.check_start(costs, self._terms.choice, verifier=self._sink.verifier)

    def _finish(self, job: ReportJob, jobs: Sequence[ReportJob]) -> None:
        """Hand a report over, or say why it came to nothing."""
        if job.error is None:
            try:
                self._hand_over(job, spent=sum((one.spent for one in jobs), NOTHING))
            except SousError as exc:
                job.error = exc
        if job.error:
            self._sink.fails(job.report, job.error)

    def _hand_over(self, job: ReportJob, *, spent: Decimal) -> None:
        """Look a report up and give it to the sink; `spent`: US dollars of the whole run.

        Raises SousError; what was paid is kept.
        """
        from sous.asking.evidence import look_up

        verifier = self._sink.second_opinion(job.report, spent=spent)
        looked = look_up(
            job,
            job.text(),
            self._bundle,
            root=self._terms.root,
            memory=self._sink.memory(job.report),
            verifier=verifier,
        )
        self._sink.place(job, looked)
        job.done()
        if verifier:
            verifier.forget()
