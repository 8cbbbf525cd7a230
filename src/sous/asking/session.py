"""A model and the limits of one run: settings, templates, one call after another, one bill."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sous.asking.bill import NOTHING, Bill, Limit, taken_out
from sous.asking.expected import ANYTHING
from sous.asking.job import Job
from sous.asking.round import Round
from sous.bundle.read import bundle_from
from sous.errors import SousError, UnusableAnswer, UsageProblem
from sous.models.answers import forget_answers, keep_answer, kept_answer, key_of
from sous.models.choose import Choice, choose_model, llm_folder, ready
from sous.prompts.find import find_template, is_file_name
from sous.reports.fit import fit
from sous.root import find_root
from sous.settings import FOR_MODELS, Settings, load_settings
from sous.terminal import inform, say

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from decimal import Decimal

    from sous.asking.expected import Expectation
    from sous.prompts.render import Template
    from sous.reports.fit import Fitted
    from sous.request import ModelRequest


def settings_of(request: ModelRequest, root: Path, *, also: Collection[str] = ()) -> Settings:
    """Return the settings that a command line means; `also` are more that need trust."""
    given = request.given()
    needs = FOR_MODELS - {key for key, value in given.items() if value is not None}
    if request.template and is_file_name(request.template):
        needs -= {"templates"}
    return load_settings(root, given=given, needs=needs | set(also))


_WITHOUT_KEY = "a model on this machine, named with -m"


@dataclass
class Session:
    """A model and the limits of one run; the money of all its calls counts together.

    `before`: US dollars that the run spent before. `has_line`: it may show a live line.
    """

    request: ModelRequest
    root: Path
    settings: Settings
    choice: Choice
    before: Decimal = NOTHING
    has_line: bool = True
    bill: Bill = field(init=False)
    _without: dict[str, None] = field(default_factory=dict)
    _kept: list[str] = field(default_factory=list)  # the keys of answers
    _had_kept: bool = False  # an answer that an earlier run paid for was taken

    def __post_init__(self) -> None:
        """Begin with an empty bill."""
        self.bill = Bill(self.choice)
        self._notifier = self.settings.notifier()

    @classmethod
    def of(cls, request: ModelRequest) -> Session:
        """Return the session that a command line means. Raises SousError."""
        root = find_root(Path.cwd(), named=request.root)
        settings = settings_of(request, root)
        choice = choose_model(settings.model, settings.options)
        if choice.is_static:
            raise UsageProblem(f"{choice.name} makes reports alone; name a model with -m")
        ready(choice, sends=not request.dry_run, without_key=_WITHOUT_KEY)
        return cls(request, root, settings, choice)

    def template(self, name: str, *, own: bool = False) -> Template:
        """Return a template by its name.

        Where it is the command's `own`, another may be named for it.
        """
        named = self.request.template if own and self.request.template else name
        return find_template(
            named, project=self.settings.templates, user=llm_folder() / "templates"
        )

    def fitted(self, template: Template, text: str, task: str) -> Fitted:
        """Return what would be sent."""
        bundle = bundle_from(text.encode("utf-8", "surrogatepass"), None)
        return fit(bundle, template, self.choice, self.settings, task=task, split=False)

    def ask(
        self,
        template: Template,
        text: str,
        *,
        task: str,
        what: str,
        partial: Path | None = None,
        expectation: Expectation = ANYTHING,
        is_kept: bool = False,
    ) -> str:
        """Send a text with a template's task behind it and return what was accepted of the answer.

        Raises SousError. `what` is for the live line; what came of an answer that is not whole or
        not as expected is kept in `partial`. `is_kept`: so is a whole one, until the run has come
        to a good end; with `partial` it always is.
        """
        is_kept = is_kept or partial is not None
        job = Job(what, self.choice, self.fitted(template, text, task), partial, expectation)
        job.takes_unfinished = self.request.accept_unfinished
        job.bill = self.bill
        if is_kept and self._has_kept(job):
            inform(f"{task}: {self.choice.name} answered this before, nothing is sent")
            return job.text().strip("\n") + "\n"
        cost = job.fitted.cost(self.choice)
        spent = self.before + self.bill.dollars()
        Limit.of(self.settings.max_cost).check_next(cost, spent=spent, model=self.choice.name)
        if partial is not None and not self.request.quiet:
            words = job.fitted.words(self.choice)
            say(f"{task}: asking {self.choice.name}: {words}, {cost.about()}")
        calls = Round([job], self.settings, quiet=self.request.quiet, has_line=self.has_line)
        for ended in calls.ended():
            if ended.error:
                raise ended.error
        self._without.update(job.without)
        if is_kept:
            self._keep(job)
        return job.text().strip("\n") + "\n"

    def _has_kept(self, job: Job) -> bool:
        """Take the answer that an earlier run paid for, whose file never was in its place."""
        prompt = job.fitted.prompts[0]
        key = key_of(prompt, self.choice)
        kept = kept_answer(key)
        if kept is None:
            return False
        try:
            job.texts[0] = job.accepted(kept, prompt)
        except UnusableAnswer:
            return False
        self._without.update(job.without)
        self._kept.append(key)
        self._had_kept = True
        return True

    def _keep(self, job: Job) -> None:
        """Keep an answer until the run is over."""
        key = key_of(job.fitted.prompts[0], self.choice)
        with contextlib.suppress(SousError):  # the run can go on
            keep_answer(key, job.bill.answers[-1])
            self._kept.append(key)

    @contextlib.contextmanager
    def logged(self) -> Iterator[None]:
        """Write the calls to llm's log at the end: of all that may fail and may wait, the last.

        Answers are kept for another run where this one comes to no good end.
        """
        try:
            yield
            self.forget()
        except UnusableAnswer:
            self.forget()  # the same answer would fail again
            raise
        finally:
            self.bill.log()

    def forget(self) -> None:
        """Forget the answers that are kept: what was made of them is in its place, or is none."""
        forget_answers(self._kept)
        self._kept.clear()

    def used(self) -> str:
        """Return in words what the answers took, and what was taken out of them."""
        if self._had_kept and not self.bill.answers:
            return f"{self.choice.name}, nothing was sent{taken_out(self._without)}"
        return self.bill.used(shows_cached=False) + taken_out(self._without)

    def notify(self, message: str) -> None:
        """Tell somebody who looks elsewhere that it is done."""
        self._notifier.tell(message)
