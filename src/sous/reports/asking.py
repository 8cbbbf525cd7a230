"""What commands share that ask a model one thing after another: settings, limits, the live line, what is kept."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sous.bundle.read import bundle_from
from sous.errors import OverBudget, SousError
from sous.models.ask import Answer, Patience
from sous.models.choose import Choice, choose_model, llm_folder, ready
from sous.models.crew import Call, Crew
from sous.models.price import Cost
from sous.notify import notify
from sous.output.partial import keep_somewhere
from sous.prompts.find import find_template, is_file_name
from sous.reports.fit import fit
from sous.reports.shape import unwrap
from sous.root import find_root
from sous.settings import FOR_MODELS, Settings, load_settings
from sous.terminal import Waiting, say

if TYPE_CHECKING:
    from sous.prompts.render import Template
    from sous.reports.fit import Fitted
    from sous.request import ModelRequest


@dataclass
class Asker:
    """A model and the limits of one run; the money of all its calls counts together."""

    request: ModelRequest
    root: Path
    settings: Settings
    choice: Choice
    spent: Decimal = Decimal(0)  # US dollars, before it asked
    answers: list[Answer] = field(default_factory=list)
    _began: float = field(default_factory=time.monotonic)

    @classmethod
    def of(cls, request: ModelRequest) -> Asker:
        """Return the asker that a command line means. Raises SousError."""
        root = find_root(Path.cwd(), named=request.root)
        given = request.given()
        needs = FOR_MODELS - {key for key, value in given.items() if value is not None}
        if request.template and is_file_name(request.template):
            needs -= {"templates"}
        settings = load_settings(root, given=given, needs=needs)
        return cls(request, root, settings, ready(choose_model(settings.model, settings.options)))

    def template(self, name: str, *, own: bool = False) -> Template:
        """Return a template by its name.

        Where it is the command's `own`, another may be named for it.
        """
        named = self.request.template if own and self.request.template else name
        return find_template(
            named, project=self.settings.templates, user=llm_folder() / "templates"
        )

    def ask(
        self, template: Template, text: str, *, task: str, what: str, partial: Path | None = None
    ) -> str:
        """Send a text with a template's task behind it and return the answer, unwrapped.

        Raises SousError.

        `what` is for the live line; what came of an answer that is not whole is kept in `partial`.
        """
        fitted = self.fitted(template, text, task)
        cost = fitted.cost(self.choice)
        self._check(cost)
        if partial is not None and not self.request.quiet:
            about = str(cost) if cost.dollars is None else f"about {cost}"
            say(f"{task}: asking {self.choice.name}: {fitted.told(self.choice)}, {about}")
        outcome: list[Answer | SousError] = []
        call = Call(fitted.prompts[0], self.choice, lambda _call, result: outcome.append(result))
        patience = Patience(self.settings.retries, time.monotonic() + self.settings.timeout)
        crew = Crew(
            1, patience, lambda seconds, why: say(f"{why}; trying again in {seconds:.1f} s")
        )
        crew.add(call)
        quiet = False if self.request.quiet else None
        try:
            with Waiting(
                f"{what}, {self.choice.name}", enabled=quiet, plain=not self.request.quiet
            ):
                crew.run()
            answer = _whole(outcome[0])
        except BaseException as exc:
            kept = "".join(call.text)
            told = (
                keep_somewhere(partial, kept, what="What came")
                if partial is not None and kept.strip()
                else ""
            )
            if told and isinstance(exc, SousError):
                raise type(exc)(f"{exc}. {told}") from exc
            if told:
                say(told)
            raise
        self.answers.append(answer)
        return unwrap(answer.text).strip("\n") + "\n"

    def log(self) -> None:
        """Write the calls to llm's log: of all that may fail and may wait, the last."""
        for answer in self.answers:
            if not answer.log():
                return

    def used(self) -> str:
        """Return in words what the answers took."""
        seconds = sum(answer.seconds for answer in self.answers)
        calls = f"{len(self.answers)} calls, " if len(self.answers) > 1 else ""
        read = sum(answer.input_tokens or 0 for answer in self.answers)
        written = sum(answer.output_tokens or 0 for answer in self.answers)
        return f"{self.choice.name}, {calls}{seconds:.1f} s, {read:,} tokens in, {written:,} out, {self.cost}"

    @property
    def cost(self) -> Cost:
        """What the answers cost, as far as it is known."""
        known = [answer.cost.dollars for answer in self.answers if answer.cost.dollars is not None]
        return Cost(sum(known, Decimal(0)) if known and len(known) == len(self.answers) else None)

    def bill(self) -> dict[str, Any]:
        """Return what the answers took, for the comment at the end of a file."""
        read = sum(answer.input_tokens or 0 for answer in self.answers)
        written = sum(answer.output_tokens or 0 for answer in self.answers)
        dollars = self.cost.dollars
        return {
            "model": self.choice.name,
            "tokens": {"input": read, "output": written},
            "usd": None if dollars is None else float(round(dollars, 6)),
        }

    def ring(self, message: str) -> None:
        """Tell somebody who looks elsewhere that it is done."""
        notify(message, when=self.settings.notify, seconds=time.monotonic() - self._began)

    def fitted(self, template: Template, text: str, task: str) -> Fitted:
        """Return what would be sent."""
        bundle = bundle_from(text.encode("utf-8", "surrogatepass"), None)
        return fit(bundle, template, self.choice, self.settings, task=task, split=False)

    def _check(self, coming: Cost) -> None:
        most = self.settings.max_cost
        if most is None:
            return
        if coming.dollars is None:
            raise OverBudget(
                f"the price of {self.choice.name} is not known (price unknown), so --max-cost cannot hold"
            )
        spent = self.spent + (self.cost.dollars or Decimal(0)) + coming.dollars
        if spent > Decimal(str(most)):
            raise OverBudget(
                f"it would come to about {Cost(spent)}, more than --max-cost {most:g}; no more is sent"
            )


def _whole(outcome: Answer | SousError) -> Answer:
    if isinstance(outcome, SousError):
        raise outcome
    return outcome
