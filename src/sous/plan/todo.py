"""The todo list of a plan, made again without losing a tick or a line that people wrote."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sous.document.boxes import box_line, is_ticked, with_mark
from sous.document.markdown import parse
from sous.output.provenance import sign
from sous.plan.boxes import read_boxes
from sous.plan.naming import SKIPPED, Namer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sous.plan.shape import Plan, Planned

_GONE = "## No longer in the plan"
_COMMENT = re.compile(r"^<!-- sous (\{.*\}) -->[ \t]*$", re.MULTILINE)
_NUMBER = re.compile(r"\]\s*(?:~~)?\s*(?:step\s+)?(?P<number>\d+(?:\.\d+)*)\s*[:.)]", re.IGNORECASE)


@dataclass
class _Block:
    """The lines of a step in an old list: what is before it, its box, and all up to the next."""

    before: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    step: int | None = None


def make_todo(plan: Plan, old: str | None, *, refined: Sequence[Planned] = ()) -> str:
    """Return the list: a box a step, nested in it a box for each of its verifications; signed.

    What an `old` list holds stays where it is: ticks, headings, and each line that is not of our
    making. Steps that are gone and were ticked, or had such lines, are kept at the end; one of the
    same number and verifications is the same. `refined`: the steps with other words for their
    verifications; those stay as long as the plan's own are the same.
    """
    crlf = "\r\n" in (old or "")
    body, facts = split_comment((old or "").replace("\r\n", "\n"))
    list_ = _Old(plan, body, facts)
    head = list_.head or [
        "# Todo",
        "",
        f"The steps of {plan.path.name}. `sous status` shows how far it is.",
        "",
    ]
    lines = [*head]
    made = ["# Todo", f"The steps of {plan.path.name}. `sous status` shows how far it is."]
    words = {} if refined else list_.refined()
    for at, step in enumerate(plan.steps):
        verify = refined[at].verify if refined else list_.verify_of(at, step, words)
        if verify != step.verify:
            words[key_of(f"- [ ] {step.name}")] = _hash("\n".join(step.verify))
        own = [f"- [ ] {step.name}", *(f"  - [ ] {one}" for one in verify)]
        made += own
        lines += list_.block(at, own)
    gone = list_.gone()
    if gone:
        lines += ["", _GONE, "", *gone]
    lines += list_.tail
    text = sign(
        "\n".join(lines),
        {
            "task": "todo",
            "plan": plan.path.name,
            "lines": sorted(set(map(_hash, made))),
            **({"refined": words} if words else {}),
        },
    )
    return text.replace("\n", "\r\n") if crlf else text


def gone_steps(text: str) -> int:
    """Return how many steps a list holds that are no longer in the plan."""
    _, found, rest = text.replace("\r\n", "\n").partition(f"\n{_GONE}\n")
    return (
        sum(box.depth == 0 and box.done for box in read_boxes(rest.partition("\n#")[0]))
        if found
        else 0
    )


def split_comment(text: str) -> tuple[str, dict[str, Any] | None]:
    """Return a list without our comment, wherever it stands, and the facts in that.

    None where there is none.
    """
    for match in reversed(list(_COMMENT.finditer(text))):
        try:
            facts = json.loads(match[1])
        except (ValueError, RecursionError):
            continue
        if isinstance(facts, dict) and facts.get("task") == "todo":
            return (
                f"{text[: match.start()].rstrip()}\n{text[match.end() :].lstrip(chr(10))}".rstrip(
                    "\n"
                )
                + "\n",
                facts,
            )
    return text, None


class _Old:
    """An old list, cut into its head, the blocks of steps, and its tail."""

    def __init__(self, plan: Plan, body: str, facts: dict[str, Any] | None) -> None:
        self._ours = set((facts or {}).get("lines") or ())
        self._refined = (facts or {}).get("refined")
        self.head: list[str] = []
        self.tail: list[str] = []
        blocks = list(self._cut(plan, body)) if body.strip() else []
        self._name_renamed(plan, blocks)
        self._blocks: dict[int, list[_Block]] = {}
        for block in blocks:
            if block.step is not None:
                self._blocks.setdefault(block.step, []).append(block)
        self._gone = [block for block in blocks if block.step is None]

    def _cut(self, plan: Plan, body: str) -> Iterator[_Block]:
        namer = Namer(plan.steps)
        document = parse(body)
        boxes = {box.line - 1: box for box in document.boxes if box.depth == 0}
        block: _Block | None = None
        before: list[str] = []
        in_gone = False
        for number, line in enumerate(body.rstrip("\n").split("\n")):
            box = boxes.get(number)
            step = namer.step(box.text) if box else None
            lines = block.lines if block else before
            if step is not None or (box and self._is_kept(line, in_gone=in_gone)):
                block = self._begun(before, line, step)
                before = []
                yield block
            elif line.startswith("#") and not document.fenced[number]:
                blank = _blank_end(lines)
                block, in_gone = None, line == _GONE
                before += [] if in_gone else [*blank, line]
            elif block or line.strip() or not in_gone:
                lines.append(line)
        self._end(block, before)

    def _is_kept(self, line: str, *, in_gone: bool) -> bool:
        return in_gone or _hash(line) in self._ours

    def _begun(self, before: list[str], line: str, step: int | None) -> _Block:
        """Return a block that begins with a line; what stands before the first is the head."""
        if self.head:
            return _Block(before, [line], step)
        self.head = before or [""]
        return _Block([], [line], step)

    def _end(self, block: _Block | None, before: list[str]) -> None:
        self.tail = [*_blank_end(block.lines if block else []), *before]
        if not self.head:
            self.head, self.tail = self.tail, []

    def _name_renamed(self, plan: Plan, blocks: Sequence[_Block]) -> None:
        """Find the step again that was given another title, by its number and its verifications."""
        taken = {block.step for block in blocks}
        for block in blocks:
            match = _NUMBER.search(block.lines[0])
            nested = {key_of(line) for line in block.lines[1:] if _hash(line) in self._ours}
            for at, step in enumerate(
                plan.steps if block.step is None and match and nested else ()
            ):
                same = step.step.number == match["number"] if match else False
                if (
                    same
                    and at not in taken
                    and nested == {key_of(f"- [ ] {one}") for one in step.verify}
                ):
                    block.step = at
                    taken.add(at)

    def refined(self) -> dict[str, str]:
        """Return which steps were worded by a model, and a hash of what the plan said of each."""
        known = self._refined if isinstance(self._refined, dict) else {}
        return {str(key): str(value) for key, value in known.items()}

    def verify_of(self, at: int, step: Planned, words: dict[str, str]) -> tuple[str, ...]:
        """Return the verifications of a step: a model's, while the plan says the same as then."""
        known = words.pop(key_of(f"- [ ] {step.name}"), None)
        found = self._blocks.get(at, ())
        if known != _hash("\n".join(step.verify)):
            return step.verify
        lines = (line for block in found for line in block.lines[1:] if _hash(line) in self._ours)
        boxes = [box for box in map(box_line, lines) if box]
        return tuple(box.text for box in boxes) or step.verify

    def block(self, step: int, own: Sequence[str]) -> list[str]:
        """Return the lines of a step: `own` is what we would write.

        The old ones say what is ticked and what else there is.
        """
        found = self._blocks.get(step)
        if not found:
            return list(own)
        lines = [*found[0].before, self._first(found, own[0])]
        rest = [line for block in found for line in block.lines[1:]]
        marks = {key_of(line): line for line in rest if self._is_nested_of_ours(line, own)}
        in_order = [key for key in map(key_of, rest) if key in marks]
        if len(found) == 1 and in_order == [key_of(line) for line in own[1:]]:
            return [*lines, *rest]
        lines += [_with_mark(line, marks.get(key_of(line))) for line in own[1:]]
        return [*lines, *(line for line in rest if not self._is_nested_of_ours(line, own))]

    def _first(self, found: Sequence[_Block], own: str) -> str:
        """Return the box of a step; one that somebody added to stays as it is."""
        old = found[0].lines[0]
        is_struck = any("~~" in block.lines[0] for block in found)
        line = _struck_as(own) if is_struck else own
        if _hash(old) not in self._ours and key_of(old) != key_of(own):
            line = old
        return with_mark(line, _mark_of(block.lines[0] for block in found))

    def _is_nested_of_ours(self, line: str, own: Sequence[str]) -> bool:
        if not line.startswith((" ", "\t")) or box_line(line) is None:
            return False
        return _hash(line) in self._ours or key_of(line) in {key_of(one) for one in own[1:]}

    def gone(self) -> list[str]:
        """Return the blocks of steps that are gone, as far as something in them would be lost."""
        lines: list[str] = []
        for block in self._gone:
            added = any(line.strip() and _hash(line) not in self._ours for line in block.lines)
            lines += block.before
            if added or any(is_ticked(line) for line in block.lines):
                lines += block.lines
        while lines and not lines[-1].strip():
            lines.pop()
        return lines


def _blank_end(lines: list[str]) -> list[str]:
    """Take the blank lines off the end of some lines and return them."""
    taken: list[str] = []
    while lines and not lines[-1].strip():
        taken.append(lines.pop())
    return taken


def _struck_as(line: str) -> str:
    head, box, text = line.partition("] ")
    return f"{head}{box}~~{text}~~{SKIPPED}"


def _with_mark(line: str, old: str | None) -> str:
    return with_mark(line, _mark_of([old])) if old else line


def _mark_of(lines: Iterable[str]) -> str:
    """Return the mark of a box that stood in some lines: done if it was once, else the first."""
    marks = []
    for line in lines:
        box = box_line(line)
        if box and box.state != "open":
            marks.append("[x]" if box.done else line[slice(*box.mark)])
    return "[x]" if "[x]" in marks else next(iter(marks), "[ ]")


def key_of(line: str) -> str:
    """Return the words of a box without the number of its step, which may change."""
    text = re.sub(r"^\W*step\s+\S+?:\s*", "", _bare(line), flags=re.IGNORECASE)
    return " ".join(re.findall(r"\w+", text.casefold())) or text.strip()


def _bare(line: str) -> str:
    return with_mark(line, "").replace("~~", "").replace(SKIPPED, "")


def _hash(line: str) -> str:
    text = with_mark(line.rstrip(), "[ ]").replace("~~", "").replace(SKIPPED, "")
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]
