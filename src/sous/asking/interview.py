"""An interview: a model asks one question after another about an idea, then writes the spec."""

from __future__ import annotations

import contextlib
import enum
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sous.asking.interviewer import Interviewer
from sous.asking.own_file import signed
from sous.errors import SousError, UsageProblem
from sous.files import shown_path
from sous.folder import last_changed, own_folder, own_names
from sous.locks import locked_in
from sous.names import SPEC
from sous.output.provenance import read_signature
from sous.plan.hone import (
    DECIDE,
    ENDING,
    FOLDER_OF_INTERVIEWS,
    Interview,
    is_asked_before,
)
from sous.plan.shape import read_markdown
from sous.terminal import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sous.asking.delivery import Delivery


class Move(enum.Enum):
    """What is said instead of an answer."""

    BACK = "back"
    ENOUGH = "enough"


def meant(text: str) -> str | Move:
    """Return what somebody means by an answer."""
    word = text.strip().casefold()
    if word in ("back", "enough"):
        return Move(word)
    return DECIDE if word == "skip" else text.strip()


@dataclass
class Honing(Interviewer):
    """An interview, the model that asks, and the code that it is to know (empty: none)."""

    interview: Interview
    context: str = ""

    @property
    def sent(self) -> str:
        """What is sent: the code, the idea, and all questions and answers so far."""
        return self.context + self.interview.text()

    @property
    def count(self) -> int:
        """How many answers there are."""
        return len(self.interview.turns)

    @property
    def is_poking(self) -> bool:
        """Whether it looks for holes in a specification that there is."""
        return self.interview.poke

    def is_known(self, question: str) -> bool:
        """Tell whether a question was asked before."""
        return is_asked_before(question, self.interview.turns)

    @contextlib.contextmanager
    def begun(self) -> Iterator[None]:
        """Begin the interview, or go on with it, alone; where it stops, say how to go on."""
        self.interview.start()
        lock = f"{self.interview.name.removesuffix(ENDING)}.lock"
        with (
            own_folder(self.session.root, FOLDER_OF_INTERVIEWS) as folder,
            locked_in(folder, lock, timeout=0.2) as is_alone,
        ):
            path = shown_path(self.interview.path)
            if not is_alone:
                raise SousError(f"another `sous hone` continues {path}; end that first")
            try:
                yield
            except (KeyboardInterrupt, click.Abort, SousError):
                count = len(self.interview.turns)
                say(f"{count} answers are kept in {path}; `sous hone --resume` continues")
                raise

    def questions(self) -> Iterator[str]:
        """Yield one question after another, until there are no more; `take` what is said."""
        while not self.interview.ended:
            if self.interview.asked is None:
                question = self.next_question()
                if question is None:
                    self.interview.end()
                    return
                self.interview.ask(question)
            yield str(self.interview.asked)

    def take(self, said: str | Move) -> None:
        """Write down what was said to a question."""
        if said is Move.ENOUGH:
            self.interview.end()
        elif said is Move.BACK:
            if not self.interview.back():
                say("this is the first question")
        else:
            self.interview.answer(str(said))

    def specification(self, delivery: Delivery) -> str:
        """Return the specification that the model makes of the interview. Raises SousError."""
        self.require_answers()
        return self.written_specification(delivery)

    def deliver(self, spec: str, delivery: Delivery) -> str:
        """Write a specification and return where, for people."""
        return delivery.deliver(signed(spec, {"task": "hone"}, self.session))


def spec_in(root: Path) -> str:
    """Return the specification that is there. Raises SousError where there is none."""
    path = root / SPEC
    if not path.is_file():
        raise SousError(
            f"there is no {shown_path(path)} to look into; make one with `sous hone IDEA`"
        )
    text = read_signature(read_markdown(path))[0]
    if not text.strip():
        raise SousError(f"{shown_path(path)} is empty; make one with `sous hone IDEA`")
    return text


def new_interview(root: Path, name: str, idea: str, *, poke: bool) -> Interview:
    """Return an interview that has not begun. Raises UsageProblem for a name that is none."""
    if Path(name).name != name or name.startswith("."):
        raise UsageProblem(
            f"--name {name!r} is not a name for a file; use letters, digits and dashes"
        )
    return Interview(root, f"{name}{ENDING}", idea, poke=poke)


def resumed_interview(root: Path, name: str | None) -> Interview:
    """Return the interview of a name, else the last that was worked on, open ones first."""
    if name is not None:
        if Path(name).name != name:
            raise UsageProblem(
                f"--name takes the name of an interview, such as url-shortener, not {name!r}"
            )
        return Interview.load(root, f"{name}{ENDING}")
    names = [one for one in own_names(root, FOLDER_OF_INTERVIEWS) if one.endswith(ENDING)]
    names.sort(key=lambda one: last_changed(root, FOLDER_OF_INTERVIEWS, one), reverse=True)
    found = [Interview.load(root, one) for one in names]
    if not found:
        raise SousError("there is no interview to continue; begin one with `sous hone IDEA`")
    return next((interview for interview in found if not interview.ended), found[0])
