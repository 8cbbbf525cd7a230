"""Which answers of an interview contradict each other, as a model sees it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sous.asking.expected import Expectation, Form, readable
from sous.team.interviews import new_turn
from sous.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from sous.team.interviews import SharedInterview, SharedTurn

_NUMBER = r"(?:answers?\s*|a)?#?\s*(\d{1,9})(?!\d)"
_BETWEEN = r"(?:[&,/+\u2194\u2013-]|and\b|vs\b\.?|with\b)"
_PAIR = re.compile(
    rf"\W*(?:\d{{1,2}}[.)]\s+)?{_NUMBER}\s*"
    rf"(?:[x\u00d7]\s*{_NUMBER}|{_BETWEEN}\s*{_NUMBER}(?=\s*(?:[:.)\u2013\u2014-]|con)))"
    r"(?:\s*(?:contradict|conflict)\w*)?[\s:.)\u2013\u2014-]*(?P<text>.*)",
    re.IGNORECASE,
)
_MARKS = str.maketrans("", "", "*_`|[]")  # what may stand around numbers
_NO, _MEET = r"(?:no|none|not|nothing|neither|n't)", r"(?:contradict|conflict|exclude|clash)"
_NONE = re.compile(rf"(?i:^\W*none\b)|\bNONE\b|(?i:\b{_NO}\b[^.\n]{{0,80}}\b{_MEET})", re.MULTILINE)
_WHICH = "Which of the two is right?"
_AGAIN = "try again, or take another model"


@dataclass(frozen=True)
class Pair:
    """Two answers that a model says contradict, by their numbers, and what to ask about them."""

    one: int
    other: int
    question: str

    def is_of(self, count: int) -> bool:
        """Tell whether it is of two among so many answers."""
        return self.one != self.other and all(0 < at <= count for at in (self.one, self.other))


def pairs_in(text: str) -> list[Pair]:
    """Return the pairs that an answer names; the question may stand in the line below."""
    found: list[Pair] = []
    for line in text.splitlines():
        match = _PAIR.match(line.translate(_MARKS))
        if match:
            one, *others = (number for number in match.groups()[:3] if number)
            found.append(Pair(int(one), int(others[0]), match["text"].strip()))
        elif found and not found[-1].question and line.strip():
            found[-1] = replace(found[-1], question=line.strip())
    return found


def pairs_among(count: int) -> Expectation:
    """Expect pairs of so many answers, or that there is none."""

    def missing(text: str) -> str | None:
        if told := readable(text):
            return told
        pairs = pairs_in(text)
        if not pairs:
            said = _NONE.search(text)
            return None if said else f"sent neither contradictions nor NONE; {_AGAIN}"
        if any(pair.is_of(count) for pair in pairs):
            return None
        return f"compared {strays_in(text, count)}, and there are {count} answers; {_AGAIN}"

    return Expectation(missing, Form.LINES)


def strays_in(text: str, count: int) -> str:
    """Return the pairs that are of no two among so many answers, in words; "" for none."""
    return ", ".join(f"{one.one} x {one.other}" for one in pairs_in(text) if not one.is_of(count))


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

    Two answers of one person are none: what they said later holds. What was decided of a pair
    holds until one of the two is answered again.
    """
    answers = comparable(interview).answered
    known = {
        frozenset(turn.between) for turn in interview.turns.values() if _holds(interview, turn)
    }
    found = []
    for named in pairs_in(text):
        if not named.is_of(len(answers)):
            continue
        pair = [answers[named.one - 1], answers[named.other - 1]]
        ids = frozenset(turn.id for turn in pair)
        if pair[0].by != pair[1].by and ids not in known:
            known.add(ids)
            found.append(new_turn(named.question or _WHICH, [turn.id for turn in pair]))
    return found


def _holds(interview: SharedInterview, turn: SharedTurn) -> bool:
    """Tell whether a contradiction is asked still, or was decided after both its answers."""
    ats = [interview.turns[one].at for one in turn.between if one in interview.turns]
    return not turn.answer or turn.at > max(ats, default=0)


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
