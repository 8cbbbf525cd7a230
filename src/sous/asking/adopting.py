"""Somebody's plan or list in our shape: a model marks lines, the program copies them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sous.asking.expected import Expectation, Form
from sous.asking.own_file import signed
from sous.document.boxes import without_box
from sous.document.fences import fence_for
from sous.document.headings import heading_line
from sous.document.outline import on_one_line
from sous.document.ranges import MarkedLines, fault_in, marked_ranges, skipped, unread_in
from sous.errors import SousError, UnusableAnswer
from sous.files import shown_path
from sous.items.read import read_items
from sous.output.provenance import read_signature
from sous.plan.candidates import label_of
from sous.plan.shape import read_markdown
from sous.plan.steps import read_steps
from sous.plan.titles import bare_words, clean_title

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sous.asking.delivery import Delivery
    from sous.asking.session import Session
    from sous.prompts.render import Template

_BEFORE = re.compile(r"\s*(?:[-*+>\u2022|]+|\d+[.)])\s+")
_MOST_SHOWN = 8  # ranges of lines that were skipped


@dataclass(frozen=True)
class Adopted:
    """A file in our shape: its text, how many steps or items it has, the lines of none."""

    text: str
    count: int
    left: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Original:
    """A file to adopt. `what`: plan or items."""

    path: Path
    lines: tuple[str, ...]
    template: Template
    what: str

    @classmethod
    def read(cls, path: Path, session: Session, what: str) -> Original:
        """Read a file. Raises SousError where it has no text."""
        text = read_signature(read_markdown(path))[0]
        if not text.strip():
            raise SousError(f"{shown_path(path)} is empty")
        lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
        return cls(path, tuple(lines), session.template(f"adopt-{what}-gen", own=True), what)

    @property
    def beside(self) -> Path:
        """Where the file in our shape is written."""
        return self.path.absolute().with_name(f"{self.path.stem}.adopted.md")

    @property
    def sent(self) -> str:
        """The file with the number of each line."""
        width = len(str(len(self.lines)))
        numbered = (f"{at:>{width}}  {line}".rstrip() for at, line in enumerate(self.lines, 1))
        return f"# The file {self.path.name}\n\n" + "\n".join(numbered) + "\n"

    def facts(self, session: Session) -> dict[str, Any]:
        """Return what decides about the answer."""
        return {
            "task": "plan" if self.what == "plan" else "items",
            "adopted": hashlib.sha256(self.sent.encode("utf-8", "replace")).hexdigest(),
            "template": self.template.fingerprint,
            "model": session.choice.name,
            "options": dict(session.choice.options),
        }

    def ask(self, delivery: Delivery, session: Session) -> Adopted:
        """Have a model mark the lines. Raises SousError, UnusableAnswer for marks that fail."""
        answer = session.ask(
            self.template,
            self.sent,
            task=self.what,
            what="marking",
            partial=delivery.partial,
            expectation=Expectation(
                lambda text: unread_in(text) or fault_in(marked_ranges(text), self.lines),
                Form.LINES,
            ),
        )
        return adopted(self, marked_ranges(answer), session.choice.name)


def deliver(made: Adopted, source: Original, delivery: Delivery, session: Session) -> str:
    """Write a file in our shape and return where, for people."""
    return delivery.deliver(signed(made.text, source.facts(session), session))


def left_in_words(made: Adopted) -> str:
    """Return which lines the model skipped, in words; empty for none."""
    if not made.left:
        return ""
    shown = ", ".join(
        str(first) if first == last else f"{first}-{last}"
        for first, last in made.left[:_MOST_SHOWN]
    )
    more = ", \u2026" if len(made.left) > _MOST_SHOWN else ""
    return f"skipped: lines {shown}{more}"


def adopted(source: Original, ranges: list[MarkedLines], model: str) -> Adopted:
    """Return lines in our shape, word for word. Raises UnusableAnswer where it is not read so."""
    parts = [_Part.of(one, source.lines) for one in ranges]
    write, is_read = _WAYS[source.what]
    texts = ("\n".join(lines) for lines in write(source.path.name, parts))
    text = next((text for text in texts if is_read(text, parts)), None)
    if text is None:
        raise UnusableAnswer(
            f"{model} marked lines of {source.path.name} that do not fit our format: "
            "two titles are alike, one is no title, or a text has no words"
        )
    return Adopted(text, len(ranges), tuple(skipped(ranges, source.lines)))


@dataclass(frozen=True)
class _Part:
    """What was marked: the words of its title, its text, its lines in words."""

    title: str
    body: str
    lines: str

    @classmethod
    def of(cls, one: MarkedLines, lines: tuple[str, ...]) -> _Part:
        """Copy what a range marks."""
        said = f"line {one.first}" if one.first == one.last else f"lines {one.first}-{one.last}"
        return cls(title_in(lines[one.title - 1]), _body(one, lines), said)

    def fenced(self) -> _Part:
        """Return it with its text in a block, so that nothing in that is a title."""
        fence = fence_for(self.body)
        return replace(self, body=f"{fence}text\n{self.body}\n{fence}")


def title_in(line: str) -> str:
    """Return the words of the line of a title without its marks and number."""
    heading = heading_line(line.strip())
    text = on_one_line(heading.text if heading else _BEFORE.sub("", line, count=1))
    text = without_box(text)[1]
    label = label_of(text.strip("*_ "))
    title = label.text if label.kind and label.text.strip(" *_:.") else text
    return clean_title(title.strip(" |").replace("**", "").replace("__", "")).rstrip(" :")


def _body(one: MarkedLines, lines: tuple[str, ...]) -> str:
    if one.text_first:
        body = list(lines[one.text_first - 1 : one.text_last])
    else:
        body = [lines[at - 1] for at in range(one.first, one.last + 1) if at != one.title]
    text = "\n".join(body).strip("\n")
    return text if text.strip() else lines[one.title - 1].strip()


def _plan(name: str, parts: list[_Part]) -> Iterator[list[str]]:
    lines = [f"# Plan: adopted from {name}\n"]
    for number, part in enumerate(parts, 1):
        lines.append(f"## Step {number}: {part.title}\n\n- **From:** {part.lines}\n")
        lines.append(f"{part.fenced().body}\n")
    yield lines


def _is_plan(text: str, parts: list[_Part]) -> bool:
    steps = read_steps(text)
    bodies = zip(steps, parts, strict=False)
    return _are_titles([step.title for step in steps], parts) and all(
        _unindented(step.prompt) == _unindented(part.body) for step, part in bodies
    )


def _unindented(text: str) -> list[str]:
    return [line.strip() for line in text.strip().split("\n")]


def _are_titles(titles: list[str], parts: list[_Part]) -> bool:
    """Tell whether titles that were read are the marked ones, but for a status and links."""
    read = [set(bare_words(title).split()) for title in titles]
    marked = [set(bare_words(part.title).split()) for part in parts]
    pairs = zip(read, marked, strict=False)
    return len(read) == len(marked) and all(own and own <= words for own, words in pairs)


def _items(name: str, parts: list[_Part]) -> Iterator[list[str]]:
    """Yield a list of items, and the same with texts in blocks for where that is misread."""
    for shown in (parts, [part.fenced() for part in parts]):
        lines = [f"# Issues: adopted from {name}\n"]
        for number, part in enumerate(shown, 1):
            head = f"## Issue {number}: {part.title}\n\n- **From:** {part.lines}"
            lines.append(f"{head}\n\n{part.body}\n")
        yield lines


def _are_items(text: str, parts: list[_Part]) -> bool:
    return _are_titles([item.title for item in read_items(text).items], parts)


_WAYS = {"plan": (_plan, _is_plan), "items": (_items, _are_items)}
