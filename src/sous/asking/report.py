"""A report on its way: parts that an earlier run paid for, and one text out of all answers."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sous import __version__
from sous.asking.bill import NOTHING, Bill, taken_out
from sous.asking.expected import DOCUMENT, FINDINGS
from sous.asking.job import Job
from sous.asking.swapped import FOUND, not_swapped
from sous.errors import OverBudget, SousError, UnusableAnswer
from sous.models.answers import (
    begin_afresh,
    end_afresh,
    forget_answers,
    keep_answer,
    kept_answer,
    key_of,
)
from sous.models.price import Cost
from sous.output.provenance import sign
from sous.prompts.find import shipped_template
from sous.prompts.render import fill
from sous.terminal import say
from sous.tokens import count_tokens

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from sous.models.ask import Answer
    from sous.names import Report
    from sous.prompts.render import Prompt
    from sous.reports.merge import PartAnswer

MERGE_DRAFTS = "readme-merge-gen"


@dataclass(eq=False)
class ReportJob(Job):
    """The job of a report; `facts` decide about its answer, `opinions` are what others cost."""

    report: Report = field(kw_only=True)
    facts: Mapping[str, Any] = field(kw_only=True)
    final: str | None = None
    opinions: Bill | None = None

    def __post_init__(self) -> None:
        """Expect what the report is."""
        super().__post_init__()
        self.expectation = DOCUMENT if self.report.is_document else FINDINGS
        if self.report.has_faults:
            self.expectation = not_swapped(FINDINGS, "findings", own=FOUND)

    @property
    def is_split(self) -> bool:
        """Whether it takes more than one answer."""
        return len(self.fitted.prompts) > 1

    @property
    def bills(self) -> tuple[Bill, ...]:
        """The bill of this run's answers, and that of the second opinions where there are any."""
        return (self.bill, self.opinions) if self.opinions else (self.bill,)

    @property
    def total(self) -> Cost:
        """What this run's answers and the second opinions cost."""
        if self.opinions is None or not self.opinions.answers:
            return self.bill.cost
        own, others = self.bill.cost.dollars, self.opinions.cost.dollars
        return Cost(None if own is None or others is None else own + others)

    @property
    def spent(self) -> Decimal:
        """What was spent in US dollars, second opinions with it."""
        return super().spent + (self.opinions.dollars() if self.opinions else NOTHING)

    @property
    def _keys(self) -> list[str]:
        return [key_of(prompt, self.choice) for prompt in self.fitted.prompts]

    def take_kept(self, *, afresh: bool) -> int:
        """Take the answers that an earlier run paid for; return how many there were.

        `afresh` forgets those about parts first, unless a run that was to do so died before it was
        done. One about the whole is there only if its report never was.
        """
        if self.choice.is_static or (self.is_split and afresh and begin_afresh(self._keys)):
            return 0
        for number, key in enumerate(self._keys):
            kept = kept_answer(key)
            if kept:
                self._take_kept(number, kept)
        if self.needs_last and not self.missing:
            self._take_last()
        return len(self.texts)

    def _take_last(self) -> None:
        """Take the README out of the drafts that an earlier run paid for."""
        with contextlib.suppress(OverBudget, UnusableAnswer):  # it is asked for, or fails there
            prompt = self._last_prompt()
            kept = kept_answer(key_of(prompt, self.choice))
            if kept:
                self.final = self.accepted(kept, prompt)

    def _take_kept(self, number: int, kept: Answer) -> None:
        try:
            self.texts[number] = self.accepted(kept, self.fitted.prompts[number])
        except UnusableAnswer:
            return  # it is asked again

    def put(self, number: int | None, text: str, answer: Answer) -> None:
        """Keep what was accepted, for another run too."""
        if not self.choice.is_static:
            try:
                keep_answer(key_of(self.prompt(number), self.choice), answer)
            except SousError as exc:  # the run can go on, only the next would have to ask again
                part = f" about part {number + 1}" if self.is_split and number is not None else ""
                say(f"the answer{part} cannot be kept for another run: {exc}")
        if number is None:
            self.final = text
        else:
            self.texts[number] = text

    @property
    def needs_last(self) -> bool:
        """Whether the answers about the parts are drafts, of which a last call makes one README."""
        return self.is_split and self.report.is_document and self.final is None

    def prompt(self, number: int | None) -> Prompt:
        """Return a prompt; None: the one that makes one README out of the drafts.

        Raises OverBudget when they are too long.
        """
        return super().prompt(number) if number is not None else self._last_prompt()

    def _last_prompt(self) -> Prompt:
        from sous.reports.merge import drafts_of

        drafts = fill(shipped_template(MERGE_DRAFTS), drafts_of(self._part_answers()))
        prompt = dataclasses.replace(drafts, name=self.report.command)
        room = self.fitted.room
        if room and count_tokens(prompt.text) > room.tokens:
            raise OverBudget(
                f"the drafts of {len(self.texts)} parts are too long for {self.choice.name}; "
                "pack less"
            )
        return prompt

    def text(self) -> str:
        """Return the text of the report."""
        from sous.reports.merge import merge_answers, without_doubles

        if self.final is not None:
            return self.final
        if self.is_split:
            return merge_answers(self._part_answers())
        if self.report.is_document or self.choice.is_static:
            return self.texts[0]
        text, count = without_doubles(self.texts[0])
        if count:
            self.without[f"{count} double{'s' * (count != 1)}"] = None
        return text

    def _part_answers(self) -> list[PartAnswer]:
        from sous.reports.merge import PartAnswer

        parts = enumerate(self.fitted.parts)
        return [PartAnswer(part.label, self.texts[number]) for number, part in parts]

    def get_ready(self) -> None:
        """Load what looks at an answer."""
        super().get_ready()
        import sous.claims.check
        import sous.claims.evidence
        import sous.reports.looked_up
        import sous.reports.merge  # noqa: F401

    def done(self) -> None:
        """Note that the report is in its place: the next `--force` asks again."""
        if self.is_split:
            end_afresh(self._keys)
            if self.final is not None:
                forget_answers([key_of(self._last_prompt(), self.choice)])
        elif not self.choice.is_static:
            forget_answers(self._keys)

    def signed(self, body: str) -> str:
        """Return the text with its provenance."""
        others = [self.opinions] if self.opinions and self.opinions.answers else []
        now = dt.datetime.now(dt.timezone.utc).strftime("%Y-%m-%dT%H:%MZ")
        parts = {"parts": len(self.fitted.prompts)} if self.is_split else {}
        bill = self.bill.facts(*others)
        return sign(body, {**self.facts, **parts, **bill, "date": now, "sous": __version__})

    def log(self) -> None:
        """Write what was paid to llm's log: of all that may fail, the last."""
        self.bill.log()
        if self.opinions:
            self.opinions.log()

    def used(self) -> str:
        """Return in words what this run's answers took, and what was taken out of them."""
        if self.bill.answers:
            return self.bill.used() + taken_out(self.without)
        name, count = self.choice.name, len(self.texts)
        if not self.is_split:
            return f"{name}, answered before, nothing was sent{taken_out(self.without)}"
        return f"{name}, all {count} parts answered before, nothing was sent"
