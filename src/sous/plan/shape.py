"""The fixed shape of our own plans: what each step says around its prompt.

Of other plans only prompts are known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from typing import TYPE_CHECKING

from sous.document.boxes import bullet_text
from sous.document.fences import shallow_fence
from sous.document.fields import field_in, listed_field
from sous.document.markdown import parse
from sous.effort import read_within
from sous.errors import SousError
from sous.files import read_file
from sous.output.provenance import is_unchanged, read_signature
from sous.plan.page import Page
from sous.plan.steps import Step, read_steps, read_with_rest
from sous.plan.verify import verify_lines
from sous.root import project_of
from sous.terminal import UNSAFE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sous.plan.steps import PlanReading

_NUMBERS = re.compile(r"\d+(?:[.\-]\d+)*[a-z]?")
_NO_TESTS = re.compile(r"[`*_]*none[`*_]*\s*\((refactor|docs|config)\)", re.IGNORECASE)
_COMMAND = re.compile(r"`([^`\n]{1,200})`")
_NO_FILE = re.compile(r"\W*(?:none|nothing|n/?a|tbd|-|\u2014)?\W*", re.IGNORECASE)
LARGEST = 20_000_000  # bytes of a file of markdown
_CONFLICT = re.compile(r"^(?:<{7}|>{7})(?: |\r?$)", re.MULTILINE)


@dataclass(frozen=True)
class Planned:
    """A step and what is around its prompt: steps, paths, headings of the spec, checks.

    `builds_on_text` and `covers` are as they are written.
    `noun`: what it is called before its number; `is_about_tests`: what is missing is a test;
    `untested`: why it needs no new test (refactor, docs or config), "" where it does.
    """

    step: Step
    builds_on: tuple[str, ...] = ()
    builds_on_text: str = ""
    files: tuple[str, ...] = ()
    covers: str = ""
    wired_in_by: str = ""
    verify: tuple[str, ...] = ()
    untested: str = ""
    noun: str = "Step"
    is_about_tests: bool = False

    @property
    def name(self) -> str:
        """The step as people call it."""
        number, title = self.step.number, self.step.title
        return f"{self.noun} {number}: {title}".strip(": ") if number else title


@dataclass(frozen=True)
class Plan:
    """A plan: where it is, its text without our comment at its end, its steps in order.

    `is_ours`: sous made it, and nobody changed it since; `reading`: how its steps were found.
    """

    path: Path
    text: str
    steps: tuple[Planned, ...]
    is_ours: bool = False
    reading: PlanReading | None = None

    @property
    def confidence(self) -> float:
        """How sure it is that these are the steps, from 0 to 1."""
        return 1.0 if self.is_ours or self.reading is None else self.reading.confidence

    @property
    def test_command(self) -> str | None:
        """The command that is said, above the first step, to run the tests; it is only text."""
        return self._test_field[1]

    @property
    def used_line(self) -> int | None:
        """The line, from 0, that names the test command: it is in no step, and not left over."""
        return self._test_field[0]

    @cached_property
    def _test_field(self) -> tuple[int | None, str | None]:
        above = self.text.split("\n")[: self.steps[0].step.line - 1 if self.steps else None]
        for at, line in enumerate(above):
            field = listed_field(line.strip())
            if field and field.name == "test command":
                match = _COMMAND.match(field.value)
                is_safe = match and not UNSAFE.search(match[1])
                return (at, match[1].strip()) if match and is_safe else (None, None)
        return None, None


def read_plan(path: Path) -> Plan:
    """Read a plan.

    Raises SousError when it is not there, no text, or holds marks of a merge conflict.
    """
    signed = read_markdown(path)
    text = read_signature(signed)[0]
    reading = read_within(path.name, read_with_rest, text)
    steps = tuple(read_within(path.name, _all_planned, text, reading.steps))
    return Plan(path, text, steps, is_ours=is_unchanged(signed), reading=reading)


def read_markdown(path: Path) -> str:
    """Return the text of a file that people edit.

    Raises SousError that names a line with a merge conflict.
    """
    try:
        text = read_file(path, root=project_of(path), most=LARGEST).decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise SousError(f"{path.name} is not UTF-8 (byte {exc.start}); save it as UTF-8") from exc
    except OSError as exc:
        raise SousError(f"cannot read {path}: {exc.strerror}") from exc
    line = read_within(path.name, _conflict_line, text)
    if line:
        raise SousError(
            f"{path.name}:{line}: there is a merge conflict; resolve it first, nothing was changed"
        )
    return text


def _conflict_line(text: str) -> int:
    """Return the first line (from 1) with a mark of a merge conflict; one in a fence is text."""
    if not _CONFLICT.search(text.replace("\r", "\n")):
        return 0
    page = Page(text)
    marked = (at for at, line in enumerate(page.lines) if _CONFLICT.match(line))
    return next((at + 1 for at in marked if not page.is_code(at)), 0)


def planned_steps(text: str) -> list[Planned]:
    """Return the steps of a plan with what is said of each."""
    return _all_planned(text, read_steps(text))


def _all_planned(text: str, steps: Sequence[Step]) -> list[Planned]:
    lines = parse(text).written
    ends = (
        following.line - 1 if following else len(lines)
        for _, following in zip_longest(steps, steps[1:])
    )
    return [_planned(step, lines[step.line : end]) for step, end in zip(steps, ends, strict=False)]


def _planned(step: Step, lines: list[str]) -> Planned:
    fences = [at for at, line in enumerate(lines) if shallow_fence(line)]
    fields = _fields(lines[: fences[0]] if fences else [])
    builds_on = fields.get("builds on", "")
    return Planned(
        step,
        builds_on=tuple(_NUMBERS.findall(builds_on)),
        builds_on_text=builds_on,
        files=tuple(_listed(fields.get("files", ""))),
        covers=fields.get("covers", ""),
        wired_in_by=fields.get("wired in by", ""),
        verify=tuple(verify_lines(lines) if fences else ()),
        untested=_untested(fields.get("tests", "")),
    )


def _fields(lines: Sequence[str]) -> dict[str, str]:
    """Return the fields above a prompt by name; the items nested in one are its value."""
    found: dict[str, str] = {}
    name = ""
    for line in lines:
        own = line[2:] if line.startswith(("- ", "* ")) else line
        is_named = own is not line or line.startswith("**")
        field = field_in(own, is_item=True) if is_named else None
        if field:
            name = field.name
            found.setdefault(name, field.value)
        elif name and line[:1].isspace() and line.strip():
            found[name] = f"{found[name]}; {bullet_text(line.strip()) or line.strip()}".strip("; ")
        elif line.strip():
            name = ""
    return found


def _untested(value: str) -> str:
    match = _NO_TESTS.match(value)
    return match[1].lower() if match else ""


def _listed(value: str) -> list[str]:
    """Return what a field lists: in code ticks, else between commas or semicolons."""
    ticked = re.findall(r"`([^`\n]+)`", value)
    parts = ticked or [part.strip(" .*_") for part in re.split(r"[,;]", value)]
    return [part for part in parts if part.strip() and not _NO_FILE.fullmatch(part)]
