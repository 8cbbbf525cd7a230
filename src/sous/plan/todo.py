"""The todo list of a plan: made by the program, and made again without losing a tick or a line that people wrote."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from typing import TYPE_CHECKING

from sous.plan.boxes import read_boxes, with_mark
from sous.reports.provenance import read_signature, sign

if TYPE_CHECKING:
    from sous.plan.shape import Plan

SKIPPED = " (skipped)"
_GONE = "## No longer in the plan"


def make_todo(plan: Plan, old: str | None) -> str:
    """Return the list: a box a step, nested in it a box for each of its verifications; signed.

    Of the `old` list ticks stay (by the words of their box, and of the step's), and so does each line that is not of
    our making: behind its step, where that is still there. Steps that are gone and were ticked are kept at the end.
    """
    titles = Counter(key_of(f"- [ ] {step.name}") for step in plan.steps)
    kept = _Kept(old or "", titles)
    made: list[str] = []
    body = ["# Todo", "", f"The steps of {plan.path.name}. `sous status` shows how far it is.", ""]
    made += body
    head = kept.take("")
    body += [*head, ""] if head else []
    for step in plan.steps:
        own = [f"- [ ] {step.name}", *(f"  - [ ] {one}" for one in step.verify)]
        made += own
        body += kept.ticked(own)
        body += kept.take(kept.key(own[0]))
    gone, sections = kept.rest()
    body += ["", _GONE, "", *gone] if gone else []
    body += sections
    facts = {"task": "todo", "plan": plan.path.name, "lines": sorted({_hash(line) for line in made if line.strip()})}
    return sign("\n".join(body), facts)


class _Kept:
    """What an old list holds: the boxes of steps, and lines that are not of our making, by what they stand under."""

    def __init__(self, text: str, titles: Counter[str]) -> None:
        self._titles = titles
        body, facts = read_signature(text.replace("\r\n", "\n"))
        ours = set((facts or {}).get("lines") or ())
        boxes = {box.line: box for box in read_boxes(body)}
        self._steps: dict[str, str] = {}
        self._nested: dict[tuple[str, str], str] = {}
        self._added: dict[str, list[str]] = {}
        under = ""
        for number, line in enumerate(body.rstrip("\n").split("\n"), 1):
            made, box, key = _hash(line) in ours, boxes.get(number), self.key(line)
            if not line.strip() or line == _GONE:
                under = "#" if line else under
            elif box and box.depth == 0 and (made or key_of(line) in titles):
                under = key
                self._steps[key] = line
            elif box and made:
                self._nested[under, key_of(line)] = line
            elif not made:
                under = f"#{number}" if line.startswith("#") else under  # a section of somebody's own
                self._added.setdefault(under, []).append(line)

    def key(self, line: str) -> str:
        """Return what a box is known by: its words, and its number too where several have the same words."""
        key = key_of(line)
        return key if self._titles[key] <= 1 else " ".join(re.findall(r"\w+", _bare(line).casefold()))

    def ticked(self, own: list[str]) -> list[str]:
        """Return a step's lines with the ticks that they had; one that was struck through stays so."""
        key = self.key(own[0])
        old = self._steps.pop(key, "")
        first = _struck_as(own[0]) if "~~" in old else own[0]
        return [
            _with_mark(first, old),
            *(_with_mark(line, self._nested.get((key, key_of(line)), "")) for line in own[1:]),
        ]

    def take(self, key: str) -> list[str]:
        """Return the lines that somebody added under a step, once."""
        return self._added.pop(key, [])

    def rest(self) -> tuple[list[str], list[str]]:
        """Return what belongs to no step of the plan: steps that are gone and were ticked, and sections of others."""
        gone = [*self.take("#")]
        for key, line in self._steps.items():
            added = self.take(key)
            gone += [*([line] if added or _is_ticked(line) else []), *added]
        return gone, [line for lines in self._added.values() for line in ["", *lines]]


def _struck_as(line: str) -> str:
    head, box, text = line.partition("] ")
    return f"{head}{box}~~{text}~~{SKIPPED}"


def _with_mark(line: str, old: str | None) -> str:
    return with_mark(line, "[x]") if old and _is_ticked(old) else line


def _is_ticked(line: str) -> bool:
    return bool(re.search(r"\[[ \t]?[xX][ \t]?\]", line))


def key_of(line: str) -> str:
    """Return the words of a box, without the number of its step: a step that moves keeps its tick."""
    text = re.sub(r"^\W*step\s+\S+?:\s*", "", _bare(line), flags=re.IGNORECASE)
    return " ".join(re.findall(r"\w+", text.casefold())) or text.strip()


def _bare(line: str) -> str:
    return with_mark(line, "").replace("~~", "").replace(SKIPPED, "")


def _hash(line: str) -> str:
    text = with_mark(line.rstrip(), "[ ]").replace("~~", "").replace(SKIPPED, "")
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]
