"""An interview about an idea: one question at a time, each turn saved before the next."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sous.document.markdown import parse
from sous.errors import SousError
from sous.files import cannot_write
from sous.folder import own_folder, read_own
from sous.names import FOLDER
from sous.output.provenance import read_signature
from sous.terminal import say

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FOLDER_OF_INTERVIEWS, ENDING = "hone", ".jsonl"
_LARGEST = 20_000_000  # bytes of an interview
DECIDE = "(no answer: decide yourself, and write it down as an assumption)"
_DONE = re.compile(
    r"\W*(?:DONE|(?:i have )?no (?:more|further) questions"
    r"|(?:thanks?[^.\n?]*[.!,] )?(?:i|we)(?: think i| believe i)?(?: now)? have "
    r"(?:enough|all (?:the information|i need|that i need)|everything(?: i need)?))\b[^?]*$",
    re.IGNORECASE,
)
_LAST_DONE = re.compile(r"(?:^|[\s*_`\"'(>.:])DONE[\s*_`\"').!]*\Z")
_ASKED = re.compile(r"\?(?=[\s*_\"')\]\u201d\u00bb]|$)|\uff1f")
# What is quoted, in code, or beside the point: a mark in it ends no question.
_QUOTED = re.compile(
    r"(?P<marks>`+)(?!`).+?(?<!`)(?P=marks)(?!`)|\"[^\"\n]*\"|\u201c[^\u201d\n]*\u201d"
    r"|\u201e[^\u201c\u201d\n]*[\u201c\u201d]|\u00ab[^\u00bb\n]*\u00bb|\([^()\n]*\)"
    r"|(?<!\w)'[^'\n]*'(?!\w)",
    re.DOTALL,
)
_LEAST_OF_SPEC = 600  # characters
_WORDS = re.compile(r"\w+")
_ITEM = re.compile(r"\s*(?:[-*+]|\(?(?:\d+|[a-zA-Z])[.)])\s")
_NUMBERED = re.compile(r"\A\s*(?:\*\*)?(?:question\s*)?\d+\s*[.):]\s*(?:\*\*)?\s*", re.IGNORECASE)


@dataclass
class Interview:
    """An idea, the questions and answers about it, and the file of JSON lines they are in.

    The file is `.sous/hone/name` in the project `root`.
    """

    root: Path
    name: str
    idea: str
    turns: list[tuple[str, str]] = field(default_factory=list)
    asked: str | None = None
    ended: bool = False
    is_begun: bool = False
    poke: bool = False
    # what was answered or taken back, as it came
    history: list[tuple[str, str]] = field(default_factory=list)
    taken_back: str | None = None  # the answer to the question that is asked again

    def start(self) -> None:
        """Write down the idea, in a file that nobody else writes to.

        One that goes on has its file already.
        """
        if self.is_begun:
            return
        stem, number = self.name.removesuffix(ENDING), 1
        with own_folder(self.root, FOLDER_OF_INTERVIEWS) as folder:
            while not folder.create(self.name):
                number += 1
                self.name = f"{stem}-{number}{ENDING}"
        self._write("spec" if self.poke else "idea", self.idea)
        self.is_begun = True

    @property
    def path(self) -> Path:
        """Where it is, for people."""
        return self.root / FOLDER / FOLDER_OF_INTERVIEWS / self.name

    @classmethod
    def load(cls, root: Path, name: str) -> Interview:
        """Read one as far as it got; half a line at the end is none.

        Raises SousError for what is no interview.
        """
        found: Interview | None = None
        path = cls(root, name, "").path
        lines = _lines_of(root, name)
        for number, line in enumerate(lines, 1):
            try:
                entry = json.loads(line)
                kind, text = entry["kind"], str(entry["text"])
            except (ValueError, LookupError, TypeError, RecursionError) as exc:
                if not line.strip() or number == len(lines):
                    continue  # cut off by a crash
                if number < len(lines) and not line.endswith("}"):
                    say(f"{path}:{number} is half an answer, written before a crash; it is ignored")
                    continue
                raise SousError(
                    f"{path}:{number} is not a turn of an interview; fix the line or delete it"
                ) from exc
            if kind in ("idea", "spec"):
                found = cls(root, name, text, poke=kind == "spec", is_begun=True)
            elif found is not None:
                found._take(kind, text)
        if found is None:
            raise SousError(f"{path} has no interview; begin one with `sous hone IDEA`")
        return found

    def ask(self, question: str) -> None:
        """Write down a question."""
        self._write("question", question)
        self._take("question", question)

    def answer(self, text: str) -> None:
        """Write down the answer to it."""
        self._write("answer", text)
        self._take("answer", text)

    def back(self) -> bool:
        """Take the last answer back, and open its question again; tell whether there was one."""
        if not self.turns:
            return False
        self._write("back", "")
        self._take("back", "")
        return True

    def end(self) -> None:
        """Write down that nothing more is asked."""
        self._write("end", "")
        self._take("end", "")

    def text(self) -> str:
        """Return all of it for a model."""
        what = "The specification so far" if self.poke else "The idea"
        parts = [f"# {what}\n\n{self.idea.strip()}", "# The interview so far"]
        for number, (question, answer) in enumerate(self.turns, 1):
            parts.append(f"Question {number}: {question}\n\nAnswer {number}: {answer}")
        if not self.turns:
            parts.append("(nothing was asked yet)")
        return "\n\n".join(parts) + "\n"

    def _write(self, kind: str, text: str) -> None:
        line = json.dumps({"kind": kind, "text": text}, ensure_ascii=False)
        with own_folder(self.root, FOLDER_OF_INTERVIEWS) as folder:
            try:
                folder.append(self.name, line)
            except OSError as exc:
                raise cannot_write(self.path, exc) from exc

    def _take(self, kind: str, text: str) -> None:
        if kind in ("answer", "back", "end"):
            self.history.append((kind, text))
        if kind == "question":
            self.asked, self.taken_back = text, None
        elif kind == "answer" and self.asked is not None:
            self.turns.append((self.asked, text))
            self.asked = self.taken_back = None
        elif kind == "back" and self.turns:
            self.asked, self.taken_back = self.turns.pop()
        self.ended = kind == "end"


def _lines_of(root: Path, name: str) -> list[str]:
    data = read_own(root, FOLDER_OF_INTERVIEWS, name, most=_LARGEST)
    if data is None:
        raise SousError(
            f"there is no interview {name.removesuffix(ENDING)}; begin one with `sous hone IDEA`"
        )
    text = data.decode("utf-8-sig", "replace")
    return text.replace("\r\n", "\n").rstrip("\n").split("\n")


def first_question(text: str) -> str | None:
    """Return the one question of an answer, with the choices that it offers.

    None when the model has no more: it says so, or it sent a specification.
    """
    text = text.strip()
    if _is_done(text) or _is_specification(text):
        return None
    text = _NUMBERED.sub("", text, count=1)
    blanked = _QUOTED.sub(lambda match: re.sub(r"[^\n]", "x", match[0]), text)
    found = _ASKED.search(blanked)
    if found is None:
        return text.split("\n\n")[0].strip()  # asked without a question mark
    end = text.find("\n", found.end())
    if _ASKED.search(blanked[found.end() : end if end >= 0 else None]):
        return text[: found.end()].strip()
    return text.strip() if end < 0 else _with_choices(text, end)


def is_asked_before(question: str, turns: Iterable[tuple[str, str]]) -> bool:
    """Tell whether a question was asked already, whatever the marks and blanks in it."""
    words = _WORDS.findall(question.casefold())
    return any(_WORDS.findall(asked.casefold()) == words for asked, _ in turns)


def _is_specification(text: str) -> bool:
    """Tell whether an answer is all that was to be found out."""
    return len(text) > _LEAST_OF_SPEC and len(parse(text).titles) > 1


def _is_done(text: str) -> bool:
    lines = [line for line in text.splitlines() if line.strip().strip("`~")]
    if not lines or _DONE.match(text):
        return True
    if _DONE.match(lines[0]) and not _ASKED.search(text):
        return True
    return bool(_LAST_DONE.search(text.rstrip("`~ \n")))


def _with_choices(text: str, end: int) -> str:
    """Return a question that ends a line, with the list items below it."""
    kept = text[:end]
    for line in text[end + 1 :].split("\n"):
        if (line.strip() and not _ITEM.match(line)) or _ASKED.search(line):
            break
        kept += f"\n{line}"
    return kept.strip()


def paragraphs(text: str) -> list[str]:
    """Return the answers in a file: one a paragraph."""
    return [
        part.strip() for part in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n")) if part.strip()
    ]


def name_of(idea: str) -> str:
    """Return a file's name for an idea, of its first words."""
    words = re.findall(r"[a-z0-9]+", read_signature(idea)[0].casefold())
    return "-".join(words[:6])[:50].strip("-") or "idea"


def missing_sections(spec: str) -> list[str]:
    """Return which of the parts that a developer needs a specification has no heading for."""
    headings = " ".join(heading.text for heading in parse(spec).headings).casefold()
    wanted = {
        "requirements": "requirement", "architecture": "architect", "data handling": "data",
        "error handling": "error", "testing plan": "test",
    }  # fmt: skip
    return [name for name, word in wanted.items() if word not in headings]
