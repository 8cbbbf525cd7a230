"""One report on its way: what is asked for it, the answers that came, and the text that they make."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sous import __version__
from sous.errors import OverBudget, SousError, UnusableAnswer
from sous.models.answers import begin_afresh, end_afresh, keep_answer, kept_answer, key_of
from sous.models.price import Cost
from sous.output.provenance import sign
from sous.prompts.find import shipped_template
from sous.prompts.render import fill
from sous.reports.merge import PartAnswer, drafts_of, merge_answers
from sous.reports.shape import is_visible, unwrap
from sous.terminal import say
from sous.tokens import count_tokens

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sous.models.ask import Answer
    from sous.models.choose import Choice
    from sous.names import Report
    from sous.prompts.render import Prompt
    from sous.reports.fit import Fitted

MERGE_DRAFTS = "readme-merge-gen"


@dataclass(eq=False)
class Job:
    """A report that is being made.

    `answers` by the number of their prompt, `paid` those of this run.
    """

    report: Report
    choice: Choice
    fitted: Fitted
    facts: Mapping[str, Any]
    answers: dict[int, Answer] = field(default_factory=dict)
    paid: list[Answer] = field(default_factory=list)
    final: Answer | None = None
    opinions: list[Answer] = field(default_factory=list)  # of another model, about what came
    _logged: int = 0

    @property
    def is_split(self) -> bool:
        """Whether it takes more than one answer."""
        return len(self.fitted.prompts) > 1

    @property
    def missing(self) -> list[int]:
        """The numbers of the prompts without an answer."""
        return [number for number in range(len(self.fitted.prompts)) if number not in self.answers]

    @property
    def cost(self) -> Cost:
        """What this run's answers cost."""
        known = [answer.cost.dollars for answer in self.paid if answer.cost.dollars is not None]
        return Cost(sum(known, Decimal(0)) if len(known) == len(self.paid) and known else None)

    @property
    def total(self) -> Cost:
        """What this run's answers and the second opinions cost."""
        known = [answer.cost.dollars for answer in self.opinions if answer.cost.dollars is not None]
        dollars = self.cost.dollars
        if not self.opinions:
            return self.cost
        return Cost(
            sum(known, dollars)
            if dollars is not None and len(known) == len(self.opinions)
            else None
        )

    @property
    def spent(self) -> Decimal:
        """What this run's answers cost in US dollars.

        Those that were not counted at the price that was expected.
        """
        expected = self.fitted.cost(self.choice, only=[0]).dollars or Decimal(0)
        opinions = sum((one.cost.dollars or Decimal(0) for one in self.opinions), Decimal(0))
        return sum(
            (expected if one.cost.dollars is None else one.cost.dollars for one in self.paid),
            opinions,
        )

    def take_kept(self, *, afresh: bool) -> int:
        """Take the answers about parts that an earlier run paid for; return how many there were.

        `afresh` forgets them first, unless a run that was to do so died before it was done.
        """
        if not self.is_split:
            return 0
        keys = [key_of(prompt, self.choice) for prompt in self.fitted.prompts]
        if afresh and begin_afresh(keys):
            return 0
        self.answers |= {
            number: kept for number, key in enumerate(keys) if (kept := kept_answer(key))
        }
        return len(self.answers)

    def take(self, number: int | None, answer: Answer) -> None:
        """Take the answer to a prompt (None: to the last one).

        Raises UnusableAnswer for one with nothing to read.
        """
        self.paid.append(answer)
        if not is_visible(unwrap(answer.text)):
            raise UnusableAnswer(
                f"{answer.model} sent an answer without any text; try again, or take another model"
            )
        if number is None:
            self.final = answer
            return
        if self.is_split:
            try:
                keep_answer(key_of(self.fitted.prompts[number], self.choice), answer)
            except SousError as exc:  # the run can go on, only the next would have to ask again
                say(f"the answer about part {number + 1} cannot be kept for another run: {exc}")
        self.answers[number] = answer

    @property
    def needs_last(self) -> bool:
        """Whether the answers about the parts are drafts, which a last call makes one README of."""
        return self.is_split and self.report.command == "readme" and self.final is None

    def last_prompt(self) -> Prompt:
        """Return the prompt that makes one README out of the drafts.

        Raises OverBudget when they are too long.
        """
        prompt = dataclasses.replace(
            fill(shipped_template(MERGE_DRAFTS), drafts_of(self._part_answers())),
            name=self.report.command,
        )
        room = self.fitted.room
        if room and count_tokens(prompt.text) > room.tokens:
            raise OverBudget(
                f"the drafts of {len(self.answers)} parts are too long for {self.choice.name}; pack less"
            )
        return prompt

    def body(self) -> str:
        """Return the text of the report."""
        if self.final is not None:
            return unwrap(self.final.text)
        if self.is_split:
            return merge_answers(self._part_answers())
        return unwrap(self.answers[0].text)

    def done(self) -> None:
        """Note that the report is in its place: the next `--force` asks anew."""
        end_afresh([key_of(prompt, self.choice) for prompt in self.fitted.prompts])

    def signed(self, body: str) -> str:
        """Return the text with its provenance."""
        return sign(body, {**self.facts, **self._bill()})

    def log(self) -> None:
        """Write what was paid to llm's log: of all that may fail, the last."""
        answers = [*self.paid, *self.opinions]
        while self._logged < len(answers):
            self._logged += 1
            if not answers[self._logged - 1].log():
                self._logged = len(answers)  # each would wait as long as this one

    def used(self) -> str:
        """Return in words what this run's answers took."""
        if not self.paid:
            return f"{self.choice.name}, all {len(self.answers)} parts answered before, nothing was sent"
        seconds = sum(answer.seconds for answer in self.paid)
        if self.choice.is_static:
            return f"{self.choice.name}, {seconds:.1f} s"
        calls = f"{len(self.paid)} calls, " if len(self.paid) > 1 else ""
        if any(answer.input_tokens is None for answer in self.paid):
            return f"{self.choice.name}, {calls}{seconds:.1f} s, the provider counted no tokens"
        read, cached, written = self.tokens
        share = f" ({cached:,} cached, {cached / read:.0%})" if cached and read else ""
        return f"{self.choice.name}, {calls}{seconds:.1f} s, {read:,} tokens in{share}, {written:,} out, {self.cost}"

    @property
    def tokens(self) -> tuple[int, int, int]:
        """The tokens that were read, those of them from a cache, and those that were written, in this run."""
        read = sum(answer.input_tokens or 0 for answer in self.paid)
        cached = sum(min(answer.cached_tokens, answer.input_tokens or 0) for answer in self.paid)
        return read, cached, sum(answer.output_tokens or 0 for answer in self.paid)

    def _part_answers(self) -> list[PartAnswer]:
        parts = self.fitted.parts
        return [
            PartAnswer(part.label, unwrap(self.answers[number].text))
            for number, part in enumerate(parts)
        ]

    def _bill(self) -> dict[str, Any]:
        read, cached, written = self.tokens
        dollars = self.total.dollars
        counted = all(answer.input_tokens is not None for answer in self.paid)
        tokens = (
            {"input": read, "output": written, "cached": cached}
            if counted
            else dict.fromkeys(("input", "output", "cached"))
        )
        return {
            **({"parts": len(self.fitted.prompts)} if self.is_split else {}),
            "tokens": tokens,
            "usd": None if dollars is None else float(round(dollars, 6)),
            "date": dt.datetime.now(dt.timezone.utc).strftime("%Y-%m-%dT%H:%MZ"),
            "sous": __version__,
        }
