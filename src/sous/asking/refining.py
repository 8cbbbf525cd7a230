"""Let a model word the boxes of a todo list; which steps there are is not its to say."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from sous.asking.expected import Expectation, Form
from sous.asking.session import Session
from sous.names import TODO
from sous.output.partial import partial_path
from sous.plan.boxes import read_boxes
from sous.plan.todo import key_of
from sous.terminal import inform

if TYPE_CHECKING:
    from sous.plan.shape import Plan
    from sous.prompts.render import Template
    from sous.reports.fit import Fitted
    from sous.request import ModelRequest


@dataclasses.dataclass(frozen=True)
class Refining:
    """A plan, and the model that words the verifications of its steps."""

    plan: Plan
    session: Session
    template: Template

    @classmethod
    def of(cls, plan: Plan, request: ModelRequest) -> Refining:
        """Return what a command line means. Raises SousError."""
        session = Session.of(request)
        return cls(plan, session, session.template("todo-gen", own=True))

    def fitted(self) -> Fitted:
        """Return what would be sent."""
        return self.session.fitted(self.template, self.plan.text, "todo")

    def refined(self) -> Plan:
        """Return the plan with the verifications as the model words them. Raises SousError.

        The session is `logged` once the todo list is in its place.
        """
        partial = partial_path(self.plan.path.with_name(TODO))
        answer = self.session.ask(
            self.template,
            self.plan.text,
            task="todo",
            what="wording the boxes",
            partial=partial,
            expectation=BOXES,
        )
        words = _words_by_step(answer)
        keys = [key_of(f"- [ ] {step.name}") for step in self.plan.steps]
        found = sum(key in words for key in keys)
        inform(f"{found} of {len(keys)} steps were reworded; {self.session.used()}")
        steps = tuple(
            dataclasses.replace(step, verify=tuple(words.get(key, step.verify)))
            for step, key in zip(self.plan.steps, keys, strict=True)
        )
        return dataclasses.replace(self.plan, steps=steps)


def _has_boxes(text: str) -> str | None:
    return None if read_boxes(text) else "sent no boxes (`- [ ] …`); try again"


BOXES = Expectation(_has_boxes, Form.LINES)


def _words_by_step(answer: str) -> dict[str, list[str]]:
    """Return the nested boxes of an answer by the words of the step that they are under."""
    words: dict[str, list[str]] = {}
    under = ""
    for box in read_boxes(answer):
        if box.depth == 0:
            under = key_of(f"- [ ] {box.text}")
        else:
            words.setdefault(under, []).append(box.text)
    return words
