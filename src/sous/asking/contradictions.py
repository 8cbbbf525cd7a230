"""Which answers of an interview contradict each other, as a model sees it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from sous.asking.expected import Expectation, Form, readable
from sous.team.interviews import new_turn
from sous.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from sous.team.interviews import SharedInterview, SharedTurn

_PAIR = re.compile(r"\W*(?P<one>\d{1,4})\s*[x&,/+-]\s*(?P<other>\d{1,4})\s*[:.)]\s*(?P<text>.+)")
_NONE = re.compile(r"\W*NONE\W*", re.IGNORECASE)


def _is_pairs(text: str) -> str | None:
    if missing := readable(text):
        return missing
    if _NONE.fullmatch(text) or any(_PAIR.match(line) for line in text.splitlines()):
        return None
    return "sent neither contradictions nor NONE; try again, or take another model"


PAIRS = Expectation(_is_pairs, Form.LINES)


def interview_text(interview: SharedInterview) -> str:
    """Return an interview for a model: who answered what, and what is asked of others."""
    what = "The specification so far" if interview.poke else "The idea"
    parts = [f"# {what}\n\n{interview.idea.strip()}", "# The interview so far"]
    for number, turn in enumerate(interview.answered, 1):
        who = f"Answer {number} ({one_line(turn.by)})"
        parts.append(f"Question {number}: {turn.question}\n\n{who}: {turn.answer}")
    if not interview.answered:
        parts.append("(nothing was answered yet)")
    if interview.open:
        parts.append("# Asked of somebody else, and not answered yet")
        parts += [f"- {one_line(turn.question)}" for turn in interview.open]
    return "\n\n".join(parts) + "\n"


def comparable(interview: SharedInterview) -> SharedInterview:
    """Return an interview with the answers alone, without what was decided of contradictions."""
    answers = [turn for turn in interview.answered if not turn.between]
    return replace(interview, turns={turn.id: turn for turn in answers})


def contradictions_in(interview: SharedInterview, text: str) -> list[SharedTurn]:
    """Return a question for each pair of answers that a model says contradict, and is new.

    Two answers of one person are none: what they said later holds.
    """
    answers = comparable(interview).answered
    known = {frozenset(turn.between) for turn in interview.turns.values()}
    found = []
    for line in text.splitlines():
        match = _PAIR.match(line)
        if match is None:
            continue
        numbers = [int(match["one"]), int(match["other"])]
        if not all(0 < number <= len(answers) for number in numbers):
            continue
        pair = [answers[number - 1] for number in numbers]
        ids = frozenset(turn.id for turn in pair)
        if pair[0].by != pair[1].by and ids not in known:
            known.add(ids)
            found.append(new_turn(match["text"].strip(), [turn.id for turn in pair]))
    return found


def worded(interview: SharedInterview, turn: SharedTurn) -> str:
    """Return what is asked: of a contradiction, what both said, and what was decided."""
    if not turn.between:
        return turn.question
    lines = ["Two answers contradict:"]
    for one in turn.between:
        if said := interview.turns.get(one):
            question, answer = one_line(said.question), one_line(said.answer)
            lines.append(f"- {said.by}, to {question!r}: {answer}")
    lines.append(turn.question)
    if turn.answer:
        lines.append(f"{turn.by} decided: {one_line(turn.answer)}")
    way = "to agree" if turn.answer else "to leave it to somebody else"
    return "\n".join([*lines, f"Say which is right, or skip {way}."])


def waits(interview: SharedInterview, asked: Callable[[str], str]) -> list[str]:
    """Return in words what a specification waits for; `asked`: who else is asked a question."""
    found = []
    for turn in interview.open:
        question = one_line(turn.question)
        if who := asked(turn.id):
            found.append(f"{who} is asked {question!r}")
        elif turn.between:
            found.append(f"nobody has decided {question!r}")
    for turn in interview.answered:
        what = f"{turn.by} decided {one_line(turn.question)!r}"
        found += [f"{who} has not seen that {what}" for who in sorted(interview.not_shown(turn))]
    return found
