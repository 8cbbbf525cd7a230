"""How much a family of titles looks like work to be done, and what speaks against it."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sous.document.boxes import box_line
from sous.document.fences import fence_line
from sous.document.fields import field_in
from sous.document.headings import heading_line
from sous.document.words import any_of, any_whole
from sous.plan.asides import ASIDES, PARTS, is_aside
from sous.plan.numerals import goes_back
from sous.plan.page import says_plan
from sous.plan.prompts import words_in
from sous.plan.titles import are_questions, clean_title, is_done

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.plan.kin import Kin
    from sous.plan.page import Page

PARTS_OF_DOCUMENT = "parts of a document"
ENOUGH = 0.6  # what a family has to reach to be taken for steps
_COUNTED = {"work": 0.45, "group": 0.35, "code": 0.3, "word": 0.25, "number": 0.2, "": 0.1}
_OF_KIND = {"item": -0.1, "box": 0.15, "row": -0.05, "line": -0.05}
_SAYS, _LEADS, _RUNS, _WORKS, _COVERS, _NAMED = 0.3, 0.2, 0.1, 0.3, 0.2, 0.15
_GOES_ON = 0.1  # a list under several headings
_NO_PLAN, _NO_PLAN_BEHIND, _FOR_USERS, _SHELL = -0.7, -0.4, -0.3, -0.4
_GROUPS = -1.0  # phases that hold lists of work: neither is surely a step
_SENTENCE = 6  # words of a section that says what to do
_MOST_OF_THEM = 0.75
_FEW = 0.25  # the least share of siblings that are work, where nothing is called a plan
_OF_CHAIN = 2  # headings above a list that goes on under the next ones
_SMALL = 0.2  # of the text
_HALF = 0.5
_LONG = 200  # characters of a first line
_MOST = 60  # lines of a section that are looked at
_TO_DO = re.compile(any_whole("to_do"), re.IGNORECASE)
_TESTS = re.compile(any_whole("of_tests"), re.IGNORECASE)
_NO = rf"(?:{any_of('no_plan')})"
_WIDE = r"(?<=[^\x00-\u024f])"
_AT_ALL = re.compile(rf"\W*(?:{any_of('no_plan_at_all')})(?!\w)", re.IGNORECASE)
_BEFORE_COLON = re.compile(
    rf"\W*(?:\w+\s)?{_NO}s?\s*(?:[:\uff1a\u2013\u2014(]|\d|doc(?:ument)?\b|(?:for|of|de|du)\b)",
    re.IGNORECASE,
)
_AT_END = re.compile(
    rf"(?:\b|{_WIDE}){_NO}s?(?:\s*\d[\d.-]*)?(?:\W*$|\s*[:\uff1a(\u2014|]|\s[-\u2013]\s)",
    re.IGNORECASE,
)
_USERS = re.compile(rf"(?:{any_of('for_users')})", re.IGNORECASE)
_PLACE = re.compile(  # a file, a call, a name of code
    r"`[^`\s]*\w/[^`\s]+`|`[\w.]+\([^`\n]*\)`|`[\w-]+\.[a-z]\w{0,4}`|`[A-Z][a-z]\w*[A-Z]\w*`"
    r"|(?<![\w:/])[\w-]+(?:/[\w.-]+)+\.\w{1,5}\b"
    r"|\b\w+\.(?:py|tsx?|js|go|rs|java|rb|c|h|cpp|sql|ya?ml|toml|json|html|css|md)\b"
)
_TASKS = re.compile(r"\btasks?\b", re.IGNORECASE)
_OUTDATED = re.compile(r"\b(?:outdated|abandoned|superseded|obsolete|archived)\b", re.IGNORECASE)
_STATUS = re.compile(
    r"\s*(?:[-*+]|\d{1,3}[.)])\s+(?:[\u2705\u2b1c\u2b1b\u2610\u2611\u2714\U0001f532]\ufe0f?)"
)
_LISTED = re.compile(r"\s*\d{1,3}[.)]\s+\S")
_DATED = re.compile(r"\d{4}-\d\d-\d\d")
_SHELLS = ("bash", "sh", "shell", "console", "zsh", "powershell", "bat", "cmd")
_COMMAND = re.compile(
    r"\s*(?:\$ |curl |npm |pip |npx |yarn |brew |apt|docker |git |telnet |mix |cargo )"
)
_FILES = ("files", "file", "files to modify", "files to create", "modify", "create")


@dataclass(frozen=True)
class Weighed:
    """A family, what it reached, and in words why."""

    kin: Kin
    score: float
    reasons: tuple[str, ...]

    @property
    def confidence(self) -> float:
        """How sure it is that these are steps, from 0 to 1."""
        return round(min(0.95, 0.5 + (self.score - ENOUGH) * 0.6), 2)


class Scale:
    """Weighs the families of a document."""

    def __init__(self, page: Page) -> None:
        self._page = page

    @cached_property
    def _first_heading(self) -> str:
        headings = (one.text for one in self._page.headings)
        lines = (line for line in self._page.lines[self._page.start :] if line.strip())
        return next(headings, "") or next(lines, "")[:_LONG]

    @cached_property
    def _against(self) -> float:
        """What the document as a whole says against steps."""
        texts = (one.text.strip(" :#*") for one in self._page.headings)
        is_for_users = any(map(_USERS.fullmatch, texts))
        against: float = self.name_against
        return against + _FOR_USERS if is_for_users else against

    @property
    def name_against(self) -> float:
        """What the name of the document says against steps."""
        first = self._first_heading
        total = 0.0
        if first and not says_plan(first):
            if _AT_ALL.match(first) or _BEFORE_COLON.match(first):
                total += _NO_PLAN
            elif _AT_END.search(first) or _DATED.search(first):
                total += _NO_PLAN_BEHIND
        if _OUTDATED.search(first):
            total += _NO_PLAN
        return total

    @cached_property
    def _text_lines(self) -> list[int]:
        """Return of each line how many with text come before it."""
        counts = [0]
        for line in self._page.lines:
            counts.append(counts[-1] + bool(line.strip()))
        return counts

    def weigh(self, kin: Kin) -> Weighed:
        """Return what a family reaches."""
        members = self._members(kin)
        says = self._says(kin)
        is_vague = kin.kind == "heading" and kin.label in ("number", "") and not says
        works = sum(self._is_work(kin, at, is_vague=is_vague) for at in members) / len(members)
        shells = sum(self._is_shell(kin, at) for at in members) / len(members)
        found = {
            "counted": _COUNTED[kin.label] + _OF_KIND.get(kin.kind, 0.0),
            "in sequence": _RUNS * kin.is_running,
            "called a plan": says,
            "work": _WORKS * works,
            "most of the text": _COVERS * (self._share(kin) > _HALF),
            "goes on": _GOES_ON * (kin.kind == "item" and kin.label == "number" and _is_chain(kin)),
            "named column": _NAMED * kin.is_named,
            "commands": _SHELL * shells if shells <= _HALF or self._names_files(kin) else -1.0,
            "another kind of document": self._against,
            "groups": _GROUPS * (kin.label == "group" and self._is_of_lists(kin)),
            PARTS_OF_DOCUMENT: -1.0 * self._is_of_document(kin),
            "names steps": -1.0 * _names_steps(kin),
            "a report of what was done": -1.0 * self._is_reported(kin),
        }
        reasons = tuple(name for name, value in found.items() if value)
        total = sum(found.values())
        if not self._is_backed(kin, works, says=bool(says)):
            total = min(total, ENOUGH - 0.05)
        return Weighed(kin, total, reasons)

    def _is_backed(self, kin: Kin, works: float, *, says: bool) -> bool:
        """Tell whether a family has what its kind needs: is called a plan, or shows work."""
        if kin.kind == "box":
            return bool(kin.label) or self._is_list_of_tasks
        if not kin.label and kin.kind != "row":
            return works >= _MOST_OF_THEM and self._is_below_plan(kin)
        if kin.label == "word":
            return says
        if kin.kind == "heading" and kin.label in ("group", "number"):
            return self._is_backed_heading(kin, works, says=says)
        if kin.kind == "item" and kin.label == "code":
            says = False  # that a document is a plan makes no coded item a step
        return says or works >= _FEW or (kin.label == "work" and self._is_told(kin))

    def _is_backed_heading(self, kin: Kin, works: float, *, says: bool) -> bool:
        """Tell whether groups, or numbered headings, are most of the text or a good part of a plan.

        A few numbered sections of a long document are steps where they name their files.
        """
        share = self._share(kin)
        if not says:
            return share > _HALF and works >= _HALF
        return kin.label == "group" or share >= _SMALL or self._names_files(kin)

    def _is_below_plan(self, kin: Kin) -> bool:
        """Tell whether titles, most of the text, stand under a heading that says it is work."""
        above = [heading.text for heading in self._page.above(kin.members[0].line)]
        is_most = kin.kind == "heading" and self._share(kin) > _HALF
        return is_most and len(above) > 1 and says_work(above[0])

    def _is_told(self, kin: Kin) -> bool:
        """Tell whether each step is told in words, and nothing speaks against steps."""
        texts = (" ".join(self._body(kin, at)) for at in self._members(kin))
        told = all(words_in(text) >= _SENTENCE for text in texts)
        return told and kin.is_running and not self._against

    @cached_property
    def _is_list_of_tasks(self) -> bool:
        """Whether the document calls itself a list of tasks, rather than a plan."""
        rest = _TASKS.sub("", self._first_heading)
        is_said = rest != self._first_heading or bool(_TO_DO.search(rest))
        return is_said and not says_plan(rest)

    def _is_of_lists(self, kin: Kin) -> bool:
        """Tell whether most sections hold boxes, or numbered lists, and no parts of their own."""
        bodies = (self._body(kin, at) for at in self._members(kin))
        holds = sum(map(_is_bare_list, bodies))
        return holds * 2 > len(kin.members) and not self._names_files(kin)

    def _is_reported(self, kin: Kin) -> bool:
        """Tell whether a document that is no plan says of each part that it is done."""
        lines = ((self._page.lines[one.line], clean_title(one.label.text)) for one in kin.members)
        return bool(self.name_against) and all(is_done(line, title) for line, title in lines)

    def _members(self, kin: Kin) -> range:
        return range(len(kin.members))

    def _is_of_document(self, kin: Kin) -> bool:
        """Tell whether titles are those of parts that describe, or the family stands aside."""
        texts = [one.label.text.strip(" :*_.") for one in kin.members]
        if kin.label in ("number", "", "word", "code") and any(map(PARTS.fullmatch, texts)):
            return True
        if are_questions(texts) or self._is_beside_list(kin):
            return True
        if self._names_files(kin):
            return False
        return all(is_aside(self._page, one) for one in kin.members)

    def _is_beside_list(self, kin: Kin) -> bool:
        """Tell whether one of some numbered sections is the list of all that is to be done."""
        if kin.kind != "heading" or kin.label != "number":
            return False
        pairs = zip(kin.members, kin.ends, strict=True)
        return holds_the_list(self._page, [(one.label.text, one.line, end) for one, end in pairs])

    def _names_files(self, kin: Kin) -> bool:
        """Tell whether most sections name their files: they are work wherever they stand."""
        bodies = (self._body(kin, at) for at in self._members(kin))
        return sum(any(map(_is_files, body)) for body in bodies) * 2 > len(kin.members)

    def _says(self, kin: Kin) -> float:
        """Return how much is said that this is a plan: by headings, by the sentence before."""
        first = kin.members[0]
        above = self._page.above(first.line)
        is_close = kin.kind in ("item", "row") or kin.label == ""
        close = _OF_CHAIN if _is_chain(kin) else 1
        near = above[: close if is_close and len(self._page.headings) > 1 else len(above)]
        texts = [heading.text for heading in near]
        if not is_close or not texts:
            texts.append(self._first_heading)
        lead = self._lead(first.line)
        if kin.kind == "item" and lead[-1:] and lead[-1].endswith(":") and not says_work(lead[-1]):
            return 0.0
        if any(map(says_work, texts)):
            return _SAYS
        return _LEADS if any(map(says_plan, lead)) else 0.0

    def _lead(self, line: int) -> list[str]:
        """Return the two lines with text just above one."""
        above = self._page.lines[max(0, line - 4) : line]
        return [text.rstrip() for text in above if text.strip()][-2:]

    def _share(self, kin: Kin) -> float:
        counts = self._text_lines
        pairs = zip(kin.members, kin.ends, strict=True)
        inside = sum(counts[end] - counts[one.line] for one, end in pairs)
        return inside / max(1, counts[self._page.end] - counts[self._page.start])

    def _is_work(self, kin: Kin, at: int, *, is_vague: bool) -> bool:
        """Tell whether a section looks like work; a vague one not merely by places in code."""
        one = kin.members[at]
        if _TESTS.search(one.label.text) or _PLACE.search(one.label.text):
            return True
        if one.kind == "item" and _STATUS.match(self._page.lines[one.line]):
            return True
        body = self._body(kin, at)
        return any(self._is_line_of_work(line, places=not is_vague) for line in body)

    def _is_line_of_work(self, line: str, *, places: bool) -> bool:
        if box_line(line.lstrip()) or _TESTS.search(line) or (places and _PLACE.search(line)):
            return True
        return _is_files(line)

    def _body(self, kin: Kin, at: int) -> list[str]:
        one, end = kin.members[at], kin.ends[at]
        outside = self._page.outside(one.line + 1, min(end, one.line + _MOST))
        return [one.rest, *kin.cells[at : at + 1][0]] if kin.cells else [one.rest, *outside]

    def _is_shell(self, kin: Kin, at: int) -> bool:
        """Tell whether a section has its reader type commands, and nothing that is built."""
        one, end = kin.members[at], min(kin.ends[at], kin.members[at].line + _MOST)
        codes = self._page.codes_between(one.end, end)
        if not codes or any(_TESTS.search(line) for line in self._body(kin, at)):
            return False
        first = codes[0]
        fence = fence_line(self._page.lines[first.line])
        line = next(iter(self._page.lines[first.line + 1 : first.end]), "")
        is_said = fence is not None and fence.language in _SHELLS
        return is_said or bool(_COMMAND.match(line))


def _names_steps(kin: Kin) -> bool:
    """Tell whether headings name steps that stand elsewhere."""
    members = kin.members if kin.kind == "heading" else []
    return goes_back([one.label.number for one in members], [one.above for one in members])


def _is_chain(kin: Kin) -> bool:
    """Tell whether siblings stand under more than one heading."""
    return kin.members[0].above != kin.members[-1].above


def says_work(text: str) -> bool:
    """Tell whether a text says that a plan, or work to be done, follows."""
    return says_plan(text) or bool(_TO_DO.search(text))


def holds_the_list(page: Page, sections: Sequence[tuple[str, int, int]]) -> bool:
    """Tell whether just one of some sections has boxes, and says that it is work to be done.

    `sections`: of each its title, its line and the line behind its last.
    """
    lines = [box.line - 1 for box in page.document.boxes]
    found = [
        title
        for title, first, end in sections
        if bisect_left(lines, end - page.start) > bisect_left(lines, first - page.start)
    ]
    return len(found) == 1 and says_work(found[0]) and not ASIDES.fullmatch(found[0].strip(" :#*_"))


def _is_files(line: str) -> bool:
    """Tell whether a line is a field that names the files of a step."""
    named = field_in(line, is_item=False) if line.startswith("**") else None
    return named is not None and named.name in _FILES


def _is_bare_list(body: Sequence[str]) -> bool:
    """Tell whether lines hold boxes or a numbered list, and no heading."""
    return any(map(_is_listed, body)) and not any(map(heading_line, body))


def _is_listed(line: str) -> bool:
    return bool(box_line(line.lstrip()) or _LISTED.match(line))
