"""What the model is asked in any interview: the next question, and the specification in the end."""

from __future__ import annotations

import abc
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sous.asking.expected import DOCUMENT, Expectation, Form, readable
from sous.asking.swapped import not_swapped
from sous.errors import SousError
from sous.plan.hone import first_question
from sous.terminal import inform

if TYPE_CHECKING:
    from sous.asking.delivery import Delivery
    from sous.asking.session import Session
    from sous.prompts.render import Template
    from sous.reports.fit import Fitted

QUESTION = not_swapped(Expectation(readable, Form.LINES), "a question")
SPECIFICATION = not_swapped(DOCUMENT, "a specification")


@dataclass
class Interviewer(abc.ABC):
    """The model that asks."""

    session: Session

    @property
    @abc.abstractmethod
    def sent(self) -> str:
        """What is sent: the code, the idea, and all questions and answers so far."""

    @property
    @abc.abstractmethod
    def is_poking(self) -> bool:
        """Whether it looks for holes in a specification that there is."""

    @property
    @abc.abstractmethod
    def count(self) -> int:
        """How many answers there are."""

    @abc.abstractmethod
    def is_known(self, question: str) -> bool:
        """Tell whether a question was asked before."""

    def template(self) -> Template:
        """Return the template that questions are asked by."""
        return self.session.template("poke-gen" if self.is_poking else "hone-gen", own=True)

    def fitted(self) -> Fitted:
        """Return what would be sent first."""
        return self.session.fitted(self.template(), self.sent, "hone")

    def next_question(self) -> str | None:
        """Return the next question of the model; None, with a word about it, if it has no more."""
        reply = self.session.ask(
            self.template(),
            self.sent,
            task="hone",
            what="thinking of a question",
            expectation=QUESTION,
            is_kept=True,
        )
        question = first_question(reply)
        if question is None:
            inform("no more questions")
        elif self.is_known(question):
            inform("no more questions, the model asks what it asked before")
            return None
        return question

    def require_answers(self) -> None:
        """Raise SousError where nothing was answered that could change a specification."""
        if not self.count and self.is_poking:
            raise SousError("nothing was answered, so the specification stays as it is")

    def written_specification(self, delivery: Delivery) -> str:
        """Return the specification that the model makes of the interview."""
        return self.session.ask(
            self.session.template("spec-gen"),
            self.sent,
            task="hone",
            what="writing the spec",
            partial=delivery.partial,
            expectation=SPECIFICATION,
        )
