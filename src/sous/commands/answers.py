"""Where the answers of an interview come from: a file, or somebody at the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import click

from sous.asking.interview import Move, meant
from sous.commands.typed import drop_typed_ahead, typed_lines
from sous.errors import SousError, UsageProblem
from sous.files import read_file
from sous.plan.hone import paragraphs
from sous.terminal import clean, is_interactive, read_stdin, say, say_lines

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sous.plan.hone import Interview

HOW = (
    "an empty line ends an answer; alone on a line: skip, back, edit (opens your editor), "
    "enough (writes the spec)"
)
_WORDS = ("skip", "back", "edit", "enough")


class Answers(Protocol):
    """Who answers."""

    def to(self, question: str) -> str | Move:
        """Return what is said to a question."""


class FromFile:
    """Answers that a file gives, one a paragraph, without those that an interview has had."""

    def __init__(self, path: Path, interview: Interview) -> None:
        answers = paragraphs(text_of(path))
        self._left = answers[_already_given(answers, interview.history) :]

    def to(self, question: str) -> str | Move:
        """Return the next answer; after the last it is enough."""
        if not self._left:
            return Move.ENOUGH
        answer = self._left.pop(0)
        say_lines([*f"? {question}".split("\n"), *f"> {answer}".split("\n")])
        return meant(answer)


class FromTerminal:
    """Answers that somebody types; what was answered before can be seen and changed."""

    def __init__(self, interview: Interview) -> None:
        self._interview = interview

    def to(self, question: str) -> str | Move:
        """Ask, until something is said."""
        drop_typed_ahead()
        say_lines(["", *clean(question).split("\n")])
        before = clean(self._interview.taken_back or "")
        if before:
            say_lines(["your answer was:", *(f"  {line}" for line in before.split("\n"))])
        history = [clean(answer) for _, answer in self._interview.turns]
        while True:
            text = typed_lines(_WORDS, before=before, history=history)
            if text.strip().casefold() == "edit":
                text = _edited(question)
            if text.strip():
                return meant(text)
            say("type an answer, or: skip, back, edit, enough")


def answers_from(path: Path | None, interview: Interview, *, dry_run: bool) -> Answers:
    """Return who answers. Raises UsageProblem where nobody can."""
    if path:
        return FromFile(path, interview)
    if not dry_run:
        refuse_nobody(path)
    return FromTerminal(interview)


def refuse_nobody(path: Path | None) -> None:
    """Raise UsageProblem where nobody answers, neither a file nor somebody at a terminal."""
    if not path and not is_interactive():
        raise UsageProblem(
            "there is no terminal to ask on; give the answers with --answers FILE, one a paragraph"
        )


def idea_of(words: str | None, file: Path | None) -> str:
    """Return the idea that a command line, a file or somebody at the terminal gives."""
    if words is not None and file is not None:
        raise UsageProblem("give the idea in words or in a file, not both")
    idea = words if file is None else text_of(file)
    if idea is None and is_interactive():
        say("What do you want to build? An empty line ends it.")
        idea = typed_lines()
    if not (idea or "").strip():
        raise UsageProblem(
            'say what you want to build: sous hone "a url shortener", or --file FILE'
        )
    return str(idea)


def text_of(path: Path) -> str:
    """Return the text of a file, or of stdin for `-`. Raises SousError for what is no UTF-8."""
    is_stdin = str(path) == "-"
    data = read_stdin() if is_stdin else read_file(path, root=None)
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as exc:
        name = "stdin" if is_stdin else path
        raise SousError(f"{name} is not UTF-8 (byte {exc.start}); save it as UTF-8") from exc


def _already_given(answers: Sequence[str], history: Sequence[tuple[str, str]]) -> int:
    """Return how many answers of a file an interview has had.

    They are all of its history, or it is another file. `back` at the first question and, in a
    team, `enough` may be in none.
    """
    done = turns = 0
    for number, text in enumerate(answers):
        if done == len(history):
            return number
        said = meant(text)
        is_noted = history[done] == _entry(said)
        if not is_noted and (said is Move.ENOUGH or (said is Move.BACK and turns == 0)):
            continue
        if not is_noted:
            return 0
        turns = max(0, turns - 1) if said is Move.BACK else turns + 1
        done += 1
    return len(answers) if done == len(history) else 0


def _entry(said: str | Move) -> tuple[str, str]:
    """Return what is said as the history of an interview has it."""
    if said is Move.BACK:
        return "back", ""
    return ("end", "") if said is Move.ENOUGH else ("answer", str(said))


def _edited(question: str) -> str:
    """Return what somebody writes in the editor, nothing where that failed."""
    try:
        text = click.edit(_for_editor(question)) or ""
    # the editor is not there, or was left with an error
    except click.ClickException as exc:
        say(f"{exc.format_message()}; nothing was used")
        return ""
    return "\n".join(line for line in text.splitlines() if not line.startswith("#"))


def _for_editor(question: str) -> str:
    asked = "\n".join(f"# {line}" for line in clean(question).split("\n"))
    return f"\n{asked}\n# Write the answer above; lines that begin with # are left out.\n"
