"""One text that a model is asked for: what is sent, what is expected, the answers that came."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sous.asking.bill import NOTHING, Bill
from sous.asking.expected import ANYTHING
from sous.asking.read_whole import refuse_unread
from sous.terminal import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal
    from pathlib import Path

    from sous.asking.answer import Accepted
    from sous.asking.expected import Expectation
    from sous.asking.resizing import Refit
    from sous.errors import SousError
    from sous.models.ask import Answer
    from sous.models.choose import Choice
    from sous.prompts.render import Prompt
    from sous.reports.fit import Fitted


@dataclass(eq=False)
class Job:
    """What is sent, its name for people, and where what came of a failed answer is kept.

    `texts` are what was accepted, by the number of their prompt; `error` is why nothing came of it.
    `without`: what was taken out of answers, each word once. `refit` makes smaller prompts; None:
    it cannot be split.
    """

    name: str
    choice: Choice
    fitted: Fitted
    rest: Path | None = None
    expectation: Expectation = ANYTHING
    refit: Refit | None = None
    texts: dict[int, str] = field(default_factory=dict)
    error: SousError | None = None
    without: dict[str, None] = field(default_factory=dict)
    takes_unfinished: bool = False
    bill: Bill = field(init=False)

    def __post_init__(self) -> None:
        """Begin with an empty bill."""
        self.bill = Bill(self.choice)

    @property
    def missing(self) -> list[int]:
        """The numbers of the prompts without an answer."""
        return [number for number in range(len(self.fitted.prompts)) if number not in self.texts]

    @property
    def needs_last(self) -> bool:
        """Whether one more call makes the text out of the answers."""
        return False

    @property
    def spent(self) -> Decimal:
        """What the answers of this run cost in US dollars, unknown ones as was expected."""
        return self.bill.dollars(self.fitted.cost(self.choice, only=[0]).dollars or NOTHING)

    def get_ready(self) -> None:
        """Load what looks at an answer, while the model writes it."""
        import sous.asking.answer  # noqa: F401

    def prompt(self, number: int | None) -> Prompt:
        """Return a prompt; None: the last one, made of the answers to the others."""
        assert number is not None  # noqa: S101  # nothing here needs a last one
        return self.fitted.prompts[number]

    def replace(self, fitted: Fitted, places: Mapping[int, int]) -> None:
        """Send other prompts; `places` says where those are now that have an answer."""
        self.fitted = fitted
        self.texts = {places[at]: text for at, text in self.texts.items() if at in places}

    def take(self, number: int | None, answer: Answer) -> None:
        """Take the answer to a prompt. Raises UnusableAnswer."""
        self.bill.add(answer)
        if answer.doubt:
            say(f"{answer.model}: {answer.doubt}")
        if not self.choice.is_static:
            about = None if number is None else self.fitted.tokens[number]
            refuse_unread(self.prompt(number), answer, about=about)
        self.put(number, self.accepted(answer, self.prompt(number)), answer)

    def take_bill(self, error: SousError) -> None:
        """Note the answers that an error says were paid for."""
        from sous.models.ask import Answer

        self.bill.answers += [one for one in error.paid if isinstance(one, Answer)]

    def accepted(self, answer: Answer, prompt: Prompt) -> str:
        """Return the text of an answer. Raises UnusableAnswer."""
        from sous.asking.answer import accepted

        if self.choice.is_static:
            return accepted(answer.text, model=answer.model, expectation=ANYTHING).text
        found: Accepted = accepted(
            answer.text,
            model=answer.model,
            expectation=self.expectation,
            prompt=prompt,
            unfinished="" if self.takes_unfinished else answer.unfinished,
        )
        if answer.unfinished:
            looks = "looks whole and " if not self.takes_unfinished else ""
            say(f"{answer.model}: {answer.unfinished}; the answer {looks}is used")
        self.without.update(dict.fromkeys(found.without))
        return found.text

    def put(self, number: int | None, text: str, _answer: Answer) -> None:
        """Keep what was accepted."""
        if number is not None:
            self.texts[number] = text

    def text(self) -> str:
        """Return the text, once nothing is missing."""
        return self.texts[0]
