"""An interview that several answer: no question twice, contradictions before the spec."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import click

from sous.asking.contradictions import (
    comparable,
    contradictions_in,
    interview_text,
    pairs_among,
    strays_in,
    waits,
    worded,
)
from sous.asking.interview import Move
from sous.asking.interviewer import Interviewer
from sous.asking.own_file import signed
from sous.asking.unsent import Moves, Unsent
from sous.errors import SousError
from sous.locks import locked
from sous.plan.hone import DECIDE, Interview, is_asked_before
from sous.state import project_state, state_folder
from sous.team.interviews import SharedTurn, file_of, has_ended, new_turn, specification_of
from sous.team.landing import beating
from sous.terminal import one_line, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sous.asking.delivery import Delivery
    from sous.team.interviews import Interviews, SharedInterview
    from sous.team.landing import Alive

_LOOKED = 12  # characters of what is claimed by who has answers compared
_AGAIN = 3  # times that the model may ask what others were asked meanwhile


@dataclass
class HoningTogether(Interviewer):
    """The part of an interview that is done here, the model that asks, and the code it is to know.

    `now`: the specification waits for nobody.
    """

    interviews: Interviews
    interview: SharedInterview
    context: str = ""
    now: bool = False
    _alive: Alive | None = None
    _asked: SharedTurn | None = None
    _first: list[str] = field(default_factory=list)  # ids of questions that are asked again
    _left: set[str] = field(default_factory=set)  # ids of questions that are left to others
    _is_enough: bool = False
    _looked_through: list[str] = field(default_factory=list)  # by somebody else, just now
    _specified: dict[str, str] = field(default_factory=dict)  # the answers that the spec is from

    def __post_init__(self) -> None:
        """Note what was answered from this clone."""
        own = [turn for turn in self.interview.answered if turn.worker == self.interviews.worker]
        self.mine = Interview(
            self.interviews.root,
            self.interview.name,
            self.interview.idea,
            turns=[(turn.question, turn.answer) for turn in own],
            history=self._moves.said(own) if self.interview.turns else [],
        )

    @property
    def count(self) -> int:
        """How many answers there are."""
        return len(self.interview.answered)

    @property
    def sent(self) -> str:
        """What is sent: the code, the idea, and all questions and answers so far."""
        return self.context + interview_text(self.interview)

    @property
    def is_poking(self) -> bool:
        """Whether it looks for holes in a specification that there is."""
        return self.interview.poke

    def is_known(self, question: str) -> bool:
        """Tell whether a question was asked before, of anybody."""
        asked = [(turn.question, "") for turn in self.interview.turns.values()]
        return is_asked_before(question, asked)

    @contextlib.contextmanager
    def begun(self) -> Iterator[None]:
        """Take part; questions that were not answered here are free for others at the end."""
        name = self.interview.name
        lock = state_folder() / project_state(self.interviews.root, f"hone-{name}.lock")
        with locked(lock, timeout=0.2) as is_alone:
            if not is_alone:
                raise SousError(f"another `sous hone` here continues {name}; end that first")
            try:
                self.interviews.require_author()
                self._moves.keep(self.mine.history)  # those of a deleted one of the name go
                self._send_unsent()
                with self._alive_while():
                    yield
            except (KeyboardInterrupt, click.Abort, SousError):
                count = len(self.interview.answered)
                say(f"{count} answers are kept in {name}, of the team; `sous hone` continues")
                raise

    @contextlib.contextmanager
    def _alive_while(self) -> Iterator[None]:
        """Renew what we claim; what was not answered is free for others at the end."""
        with beating(self.interviews, []) as alive:
            self._alive = alive
            try:
                yield
            finally:
                with alive.lock, contextlib.suppress(SousError):
                    for claim in alive:
                        self.interviews.claims.release(claim)
                    alive.clear()

    def questions(self) -> Iterator[str]:
        """Yield one question after another that nobody else is asked; `take` what is said.

        At the end nobody else is asked anything, and no two answers contradict. Raises SousError
        where that is not so, and nobody here can do anything about it.
        """
        while True:
            self._look()
            turn = self._open_here() or (None if self._is_enough else self._new())
            if turn is None and self._is_settled():
                return
            if turn is not None:
                self._asked = turn
                yield worded(self.interview, turn)

    def take(self, said: str | Move) -> None:
        """Write down what was said to a question. Raises SousError."""
        turn, self._asked = self._asked, None
        if turn is None:
            raise AssertionError
        if said is Move.ENOUGH:
            self._is_enough = True
            self._leave(turn)
        elif turn.between and said == DECIDE:
            self._leave(turn)
            self._note("answer", DECIDE)
        elif said is Move.BACK:
            self._back(turn)
            self._note("back")
        else:
            self._answer(turn, str(said))

    def specification(self, delivery: Delivery) -> str:
        """Return the specification that the model makes of the interview.

        Raises SousError where somebody else has it written.
        """
        self._look()
        self.require_answers()
        claim_id = specification_of(self.interview.name)
        if not self._claimed(claim_id):
            who = self.interviews.is_asked_elsewhere(claim_id)
            raise SousError(
                f"{who or 'somebody else'} is having spec.md written; run `sous hone` again later"
            )
        self._specified = _answers_of(self.interview)
        return self.written_specification(delivery)

    def deliver(self, spec: str, delivery: Delivery) -> str:
        """Write a specification, end the interview for all, and return where it is, for people.

        Raises SousError where somebody answered while it was written: then nothing has ended.
        """
        name = delivery.deliver(signed(spec, {"task": "hone"}, self.session))
        data = f"{one_line(self.interviews.person)}\n".encode("utf-8", "replace")

        def make(there: SharedInterview) -> dict[str, bytes]:
            changed = _answers_of(there).items() ^ self._specified.items()
            if not changed:
                return {"ended": data}
            known = (there.turns.get(one) for one in sorted({key for key, _ in changed}))
            questions = ", ".join(repr(one_line(turn.question)) for turn in known if turn)
            raise SousError(
                f"{name} lacks answers that were given while it was written, to {questions}: "
                "`sous hone` writes it again"
            )

        self.interviews.put(self.interview.name, make, "it has ended")
        return name

    def _look(self) -> None:
        self.interview = self.interviews.find(self.interview.name)
        if self.interview.ended:
            raise SousError(has_ended(self.interview))

    def _open_here(self) -> SharedTurn | None:
        """Return a question that is for us: asked before, left by others, or only to be shown."""
        turns = self.interview.turns
        me = self.interviews.person
        again = [turns[one] for one in self._first if one in turns and not turns[one].answer]
        for turn in [*again, *self.interview.open]:
            is_left = turn.id in self._left or (self._is_enough and not turn.between)
            if not is_left and self._claimed(turn.id):
                return turn
        decided = (turn for turn in self.interview.answered if turn.between)
        return next(
            (
                turn
                for turn in decided
                if me in self.interview.not_shown(turn) and turn.id not in self._left
            ),
            None,
        )

    def _claimed(self, turn_id: str) -> bool:
        """Claim a question, or see that it is claimed by us."""
        alive = self._known_alive()
        with alive.lock:
            if any(one.id == turn_id for one in alive):
                return True
            if claim := self.interviews.take(turn_id):
                alive.append(claim)
            return claim is not None

    def _new(self) -> SharedTurn | None:
        """Return another question of the model, None when it has none."""
        for _ in range(_AGAIN):
            question = self.next_question()
            if question is None:
                return None
            turn = new_turn(question)
            self._claimed(turn.id)
            known = len(self.interview.turns)

            def make(there: SharedInterview, turn: SharedTurn = turn) -> dict[str, bytes]:
                self.interview = there
                return {} if self.is_known(turn.question) else file_of(turn)

            put = self.interviews.put(self.interview.name, make, "a question")
            if put and turn.id in put.turns:
                self.interview = put
                return turn
            self._release(turn.id)  # somebody else is asked the same by now
            if len(self.interview.turns) == known:
                return None
        return None

    def _answer(self, turn: SharedTurn, answer: str) -> None:
        """Put an answer on the remote; it is kept here from before that until it is there."""
        here, person = self.interviews.worker, self.interviews.person
        file_of(replace(turn, answer=answer, by=person, worker=here))  # refused where too long
        self._unsent.keep(turn, answer)
        self._note("answer", answer)
        alive = self._known_alive()
        with alive.lock:
            mine = [claim for claim in alive if claim.id == turn.id]
            try:
                self.interview = self.interviews.answer(self.interview.name, turn, answer, *mine)
            except (KeyboardInterrupt, SousError):
                path = self._unsent.path
                say(f"your answer is kept here, in {path}; the next `sous hone` sends it")
                raise
            alive[:] = [claim for claim in alive if claim.id != turn.id]
        self._unsent.drop(turn)
        self._first = [one for one in self._first if one != turn.id]
        self.mine.taken_back = None

    def _note(self, kind: str, text: str = "") -> None:
        """Note what was said here: a file of answers goes on behind it."""
        self.mine.history.append((kind, text))
        self._moves.keep(self.mine.history)

    def _send_unsent(self) -> None:
        """Send answers that the remote did not take before, unless it has them after all."""
        for turn, answer in self._unsent.all():
            there = self.interviews.find(self.interview.name)
            if not self.interviews.is_given(there, turn, answer):
                self.interviews.answer(there.name, turn, answer)
            self._unsent.drop(turn)

    @property
    def _moves(self) -> Moves:
        return Moves(self.interviews.root, self.interview.name, self.interviews.worker)

    @property
    def _unsent(self) -> Unsent:
        return Unsent(self.interviews.root, self.interview.name)

    def _leave(self, turn: SharedTurn) -> None:
        """Leave a question to somebody else; of a contradiction it is noted that we know it."""
        self._left.add(turn.id)
        me = self.interviews.person

        def make(there: SharedInterview) -> dict[str, bytes]:
            now = there.turns.get(turn.id, turn)
            return {} if me in now.shown else file_of(replace(now, shown=(*now.shown, me)))

        if turn.between:
            self._put(make, "shown")
        self._release(turn.id)

    def _back(self, turn: SharedTurn) -> None:
        """Take our last answer back, and ask its question again."""
        me = self.interviews.worker
        said = [one for one in self.interview.answered if one.worker == me]
        if not said or not self._claimed(said[-1].id):
            say("this is the first question")
            self._first.insert(0, turn.id)
            return
        last = said[-1].id

        def make(there: SharedInterview) -> dict[str, bytes]:
            before = there.turns.get(last, said[-1])
            self.mine.taken_back = before.answer
            return file_of(replace(before, answer="", by="", worker="", at=0, shown=()))

        self._put(make, "an answer taken back")
        self._first = [last, turn.id, *self._first]

    def _put(self, make: Callable[[SharedInterview], dict[str, bytes]], message: str) -> None:
        put = self.interviews.put(self.interview.name, make, message)
        self.interview = put or self.interview

    def _release(self, turn_id: str) -> None:
        alive = self._known_alive()
        with alive.lock:
            for claim in [one for one in alive if one.id == turn_id]:
                self.interviews.claims.release(claim)
                alive.remove(claim)

    def _known_alive(self) -> Alive:
        if self._alive is None:
            raise AssertionError
        return self._alive

    def _is_settled(self) -> bool:
        """Tell whether the specification can be written; new contradictions are asked first.

        Raises SousError where it has to wait for somebody else.
        """
        self._look()
        if self._found_contradictions():
            return False
        found = waits(self.interview, self.interviews.is_asked_elsewhere)
        left = "; ".join([*self._looked_through, *found])
        if left and not self.now:
            raise SousError(
                f"there is no specification yet: {left}. `sous hone` continues after that, "
                "`sous hone --now` does not wait"
            )
        if left:
            say(f"not waited for: {left}")
        return True

    def _found_contradictions(self) -> bool:
        """Have the model look for contradictions, unless it did; tell whether to ask again."""
        self._looked_through = []
        only = comparable(self.interview)
        answers = only.answered
        if len({turn.by for turn in answers}) in {0, 1}:
            return False
        text = interview_text(only)
        digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
        if self.interview.checked == digest:
            return False
        check = digest[:_LOOKED]
        if not self._claimed(check):  # it is paid once, whoever is there
            who = self.interviews.is_asked_elsewhere(check) or "somebody else"
            self._looked_through = [f"{who} has the answers searched for contradictions now"]
            return False
        try:
            self._look()  # somebody else may have come to an end before it was ours
            is_moved = comparable(self.interview).answered != answers
            if is_moved or self.interview.checked == digest:
                return True
            return self._compared(text, answers, digest)
        finally:
            self._release(check)

    def _compared(self, text: str, answers: Sequence[SharedTurn], digest: str) -> bool:
        """Have the model compare answers, and note what it found; tell whether to ask again."""
        reply = self.session.ask(
            self.session.template("contradictions-gen"),
            self.context + text,
            task="hone",
            what="looking for contradictions",
            expectation=pairs_among(len(answers)),
            is_kept=True,
        )
        before = set(self.interview.turns)
        if strays := strays_in(reply, len(answers)):
            say(
                f"the model also compared {strays}, and there are {len(answers)} answers: not asked"
            )

        def make(there: SharedInterview) -> dict[str, bytes]:
            is_other = comparable(there).answered != [*answers]  # then all is looked through again
            if is_other or there.checked == digest:  # somebody else looked meanwhile
                return {}
            files = {"checked": f"{digest}\n".encode()}
            for turn in contradictions_in(there, reply):
                files |= file_of(turn)
            return files

        self._put(make, "looked for contradictions")
        return self.interview.checked != digest or set(self.interview.turns) != before


def _answers_of(interview: SharedInterview) -> dict[str, str]:
    return {turn.id: turn.answer for turn in interview.answered}
