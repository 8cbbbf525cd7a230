"""The story of `sous hone`: idea -> question, answer, question, answer … -> specification."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sous.asking.ticks import with_old_ticks
from sous.bundle.read import read_bundle
from sous.commands.generated import show_request
from sous.errors import SousError, UsageProblem
from sous.files import read_file, shown_path
from sous.folder import last_changed, own_folder, own_names
from sous.locks import locked_in
from sous.names import SPEC, Report
from sous.output.lock import holding
from sous.output.place import destination_of, put_in_place
from sous.output.provenance import read_signature, sign
from sous.plan.hone import (
    DECIDE,
    ENDING,
    FOLDER_OF_INTERVIEWS,
    Interview,
    first_question,
    missing_sections,
    name_of,
    paragraphs,
)
from sous.plan.shape import read_markdown
from sous.reports.asking import Asker
from sous.terminal import clean, is_interactive, read_stdin, say, say_lines, write_stdout

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sous.request import ModelRequest

HOW = "an empty line ends an answer; alone on a line: skip, back, edit (opens your editor), enough (writes the spec)"
_BACK, _ENOUGH = object(), object()


@dataclass
class Honing:
    """One run of an interview: whom to ask, who answers, where the specification goes."""

    asker: Asker
    interview: Interview
    output: str | None
    context: str
    answer: Callable[[str], Any]

    @classmethod
    def of(
        cls,
        request: ModelRequest,
        output: str | None,
        bundle: Path | None,
        given: Mapping[str, Any],
    ) -> Honing:
        """Return the run that a command line means. Raises SousError."""
        asker = Asker.of(request)
        _refuse_what_does_not_go_together(given)
        if given["resume"]:
            interview = _resumed(asker.root, given["name"])
            if not request.quiet:
                say(
                    f"going on with {shown_path(interview.path)}: {len(interview.turns)} answers so far"
                )
        else:
            idea = _spec(asker.root) if given["poke"] else _idea(given["idea"], given["file"])
            interview = _new(
                asker.root, given["name"] or name_of(idea), idea, poke=bool(given["poke"])
            )
        answer = _from_file(given["answers"], interview) if given["answers"] else _from_terminal
        if not given["answers"] and not is_interactive() and not request.dry_run:
            raise UsageProblem(
                "nobody can be asked here; give the answers with --answers FILE, one a paragraph"
            )
        context = f"{read_bundle(bundle).text.rstrip()}\n\n" if bundle else ""
        return cls(asker, interview, output, context, answer)

    @property
    def _path(self) -> Path:
        named = self.output is not None and self.output != "-"
        return Path(str(self.output)).absolute() if named else self.asker.root / SPEC

    def run(self) -> None:
        """Ask until there is no more to ask, then write the specification."""
        template = self.asker.template("poke-gen" if self.interview.poke else "hone-gen", own=True)
        if self.asker.request.dry_run:
            show_request(
                self.asker.choice,
                self.asker.fitted(template, self.context + self.interview.text(), "hone"),
            )
            return
        request, root = self.asker.request, self.asker.root
        with contextlib.ExitStack() as stack:
            timeout = self.asker.settings.timeout
            stack.enter_context(holding([self._path], who="hone", timeout=timeout))
            if self.output != "-":
                report = Report("hone", SPEC)
                place = destination_of(
                    report,
                    self._path,
                    root=root,
                    named=self.output is not None,
                    force=request.force,
                    yes=False,
                )
            self.interview.start()
            folder = stack.enter_context(own_folder(root, FOLDER_OF_INTERVIEWS))
            lock = f"{self.interview.name.removesuffix(ENDING)}.lock"
            if not stack.enter_context(locked_in(folder, lock, timeout=0.2)):
                raise SousError(
                    f"another `sous hone` goes on with {shown_path(self.interview.path)}; end that first"
                )
            try:
                self._ask_all(template)
                body = self._specification()
            except (KeyboardInterrupt, click.Abort, SousError):
                say(f"{len(self.interview.turns)} answers are kept in {shown_path(self.interview.path)}; "
                    "`sous hone --resume` goes on")  # fmt: skip
                raise
            finally:
                self.asker.log()
            text = sign(body, {"task": "hone", **self.asker.bill()})
            if self.output == "-":
                write_stdout(text.encode("utf-8", "replace"))
                name = "stdout"
            else:
                name = put_in_place(
                    place, with_old_ticks(text, place), root=root, named=self.output is not None
                )
        self._tell(name, body)

    def _tell(self, name: str, body: str) -> None:
        missing = missing_sections(body)
        if missing:
            say(f"{name} has no heading for {', '.join(missing)}; look at it before you plan")
        if not self.asker.request.quiet:
            turns = len(self.interview.turns)
            say(f"{name}: {len(body.splitlines())} lines from {turns} answers; {self.asker.used()}")
        self.asker.ring("hone done")

    def _ask_all(self, template: Any) -> None:
        interview = self.interview
        if is_interactive():
            say(HOW)
        while not interview.ended:
            if interview.asked is None:
                text = self.context + interview.text()
                question = first_question(
                    self.asker.ask(template, text, task="hone", what="thinking of a question")
                )
                if question is None:
                    say("no more questions")
                    interview.end()
                    return
                interview.ask(question)
            answer = self.answer(str(interview.asked))
            if answer is _ENOUGH:
                interview.end()
            elif answer is _BACK:
                if not interview.back():
                    say("this is the first question")
            else:
                interview.answer(str(answer))

    def _specification(self) -> str:
        asker = self.asker
        if not self.interview.turns and self.interview.poke:
            raise SousError("nothing was answered, so the specification stays as it is")
        partial = self._path.with_name(f"{self._path.name}.partial")
        text = self.context + self.interview.text()
        return asker.ask(
            asker.template("spec-gen"), text, task="hone", what="writing the spec", partial=partial
        )


def _idea(idea: str | None, file: Path | None) -> str:
    if idea is not None and file is not None:
        raise UsageProblem("give the idea in words or in a file, not both")
    if file is not None:
        idea = _text_of(file)
    if idea is None and is_interactive():
        say("What do you want to build? An empty line ends it.")
        idea = _lines()
    if not (idea or "").strip():
        raise UsageProblem(
            'say what you want to build: sous hone "a url shortener", or --file FILE'
        )
    return str(idea)


def _refuse_what_does_not_go_together(given: Mapping[str, Any]) -> None:
    has_idea = given["idea"] is not None or given["file"] is not None
    if has_idea and (given["resume"] or given["poke"]):
        raise UsageProblem(
            f"{'--resume' if given['resume'] else '--poke'} takes no idea; leave it out"
        )
    if given["resume"] and given["poke"]:
        raise UsageProblem("--resume goes on as it began; leave --poke out")
    if str(given["file"]) == "-" and str(given["answers"]) == "-":
        raise UsageProblem("stdin can be the idea or the answers, not both; put one in a file")


def _text_of(path: Path) -> str:
    """Return the text of a file, or of stdin for `-`. Raises SousError for what is no UTF-8."""
    data = read_stdin() if str(path) == "-" else read_file(path, root=None)
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as exc:
        raise SousError(
            f"{'stdin' if str(path) == '-' else path} is not UTF-8 (byte {exc.start}); save it so"
        ) from exc


def _spec(root: Path) -> str:
    path = root / SPEC
    if not path.is_file():
        raise SousError(
            f"there is no {shown_path(path)} to look into; make one with `sous hone IDEA`"
        )
    text = read_signature(read_markdown(path))[0]
    if not text.strip():
        raise SousError(f"{shown_path(path)} is empty; make one with `sous hone IDEA`")
    return text


def _new(root: Path, name: str, idea: str, *, poke: bool) -> Interview:
    if Path(name).name != name or name.startswith("."):
        raise UsageProblem(f"--name {name!r} is no name for a file; use letters, digits and dashes")
    return Interview(root, f"{name}{ENDING}", idea, poke=poke)


def _resumed(root: Path, name: str | None) -> Interview:
    """Return the interview of a name, else the one that was worked on last, before all that have ended."""
    if name is not None:
        if Path(name).name != name:
            raise UsageProblem(f"--name {name!r} is no name of an interview")
        return Interview.load(root, f"{name}{ENDING}")
    names = [one for one in own_names(root, FOLDER_OF_INTERVIEWS) if one.endswith(ENDING)]
    names.sort(key=lambda one: last_changed(root, FOLDER_OF_INTERVIEWS, one), reverse=True)
    found = [Interview.load(root, one) for one in names]
    if not found:
        raise SousError("there is no interview to go on with; begin one with `sous hone IDEA`")
    return next((interview for interview in found if not interview.ended), found[0])


def _from_file(path: Path, interview: Interview) -> Callable[[str], Any]:
    answers = paragraphs(_text_of(path))
    answers = answers[_already_given(answers, interview.history) :]

    def answer(question: str) -> Any:
        if not answers:
            return _ENOUGH
        say_lines([*f"? {question}".split("\n"), *f"> {answers[0]}".split("\n")])
        return _meant(answers.pop(0))

    return answer


def _already_given(answers: list[str], history: list[tuple[str, str]]) -> int:
    """Return how many answers of a file an interview has had: all of its history, or it is another file."""
    done = turns = 0
    for number, text in enumerate(answers):
        if done == len(history):
            return number
        meant = _meant(text)
        if meant is _BACK and turns == 0:
            continue  # said at the first question, and not written down
        entry = (
            ("back", "")
            if meant is _BACK
            else ("end", "")
            if meant is _ENOUGH
            else ("answer", str(meant))
        )
        if history[done] != entry:
            return 0
        turns += -1 if meant is _BACK else 1
        done += 1
    return len(answers) if done == len(history) else 0


def _from_terminal(question: str) -> Any:
    say_lines(["", *clean(question).split("\n")])
    while True:
        text = _lines()
        if text.strip().casefold() == "edit":
            try:
                text = click.edit(_for_editor(question)) or ""
            # the editor is not there, or was left with an error
            except click.ClickException as exc:
                say(f"{exc.format_message()}; nothing was taken")
                continue
            text = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
        if text.strip():
            return _meant(text)
        say("say something, or: skip, back, edit, enough")


def _for_editor(question: str) -> str:
    asked = "\n".join(f"# {line}" for line in clean(question).split("\n"))
    return f"\n{asked}\n# Write the answer above; lines that begin with # are left out.\n"


def _lines() -> str:
    """Read an answer: up to an empty line, or the end of the input.

    Raises click.Abort when that comes at once.
    """
    lines: list[str] = []
    while True:
        click.echo("> ", nl=False, err=True)
        try:
            line = input()
        except (EOFError, KeyboardInterrupt) as exc:
            click.echo(err=True)
            if isinstance(exc, EOFError) and lines:
                return "\n".join(lines)
            raise click.Abort from exc
        if not line.strip():
            return "\n".join(lines)
        lines.append(line)
        if len(lines) == 1 and line.strip().casefold() in ("skip", "back", "edit", "enough"):
            return line


def _meant(text: str) -> Any:
    word = text.strip().casefold()
    return {"skip": DECIDE, "back": _BACK, "enough": _ENOUGH}.get(word, text.strip())
