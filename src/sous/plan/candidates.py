"""Lines of a document that may be the title of work to be done, however they are counted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sous.document.boxes import box_line, without_box
from sous.document.headings import heading_line, summary_line
from sous.document.outline import on_one_line
from sous.document.words import any_of
from sous.plan.numerals import NUMBER, WRITTEN, number_of
from sous.plan.titles import clean_title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sous.document.boxes import BoxLine
    from sous.plan.page import Page

_SEPARATOR = r"\s*[:\uff1a.)\]\u3001\uff0e\u2013\u2014\uff5c\u00b7\u2022|-]+\s*"
_WORK = re.compile(rf"(?:{any_of('work_word')})", re.IGNORECASE)
_GROUP = re.compile(rf"(?:{any_of('group_word')})", re.IGNORECASE)
_KNOWN = rf"(?:{any_of('work_word')}|{any_of('group_word')})"
_LABELLED = re.compile(
    rf"(?P<word>(?i:{_KNOWN})|[^\W\d_]{{1,24}})(?:\s+|(?=[^A-Za-z]))"
    r"(?:\#|\u2116|n[\u00ba\u00b0]|[Nn]r\.?)?\s*"
    rf"(?P<number>{WRITTEN})(?P<behind>{_SEPARATOR}|\s*$|\s+)(?P<title>.*)$"
)
_ALONE = re.compile(rf"\[?#?(?P<number>{NUMBER})[\s:.\])]*")
_BEHIND = re.compile(  # `3단계: x`
    rf"(?:\u7b2c\s*)?(?P<number>{WRITTEN}|\d{{1,3}})\.?\s*(?P<word>(?i:{_KNOWN})|[\u6b65\u7ae0\u56de])"
    rf"(?P<behind>{_SEPARATOR}|\s*$|\s+)(?P<title>.*)$"
)
_NUMBERED = re.compile(
    rf"\[?\#?(?P<number>{NUMBER})\]?(?P<behind>{_SEPARATOR}|\s+)(?P<title>\S.*)$"
)
_NO_NUMBER = re.compile(rf"(?P<word>(?i:{any_of('work_word')}))\s*[:\uff1a]\s*(?P<title>\S.*)$")
_CODED = re.compile(r"[A-Z]{1,5}-?\d+(?:\.\d+)*")
_COMMIT = re.compile(
    r"\s+`?(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{7,40}`?$"
)  # behind what is done
_TAGS = re.compile(r"(?:\[[^\[\]]{1,12}\]\s*)+(?=\S)")
_BOLD = re.compile(r"(?:\*\*|__)(?P<bold>[^*\n]{1,300}?)(?:\*\*|__)(?P<rest>.*)$")
_ITEM = re.compile(r"(?P<indent>[ \t]*)(?P<mark>[-*+\u2022]|\d{1,9}[.)])[ \t]+(?P<text>\S.*)$")
_BEFORE = re.compile(r"(?:[^\w\s\x00-\x7f\u2460-\u2473]+\s+|`)+")  # an emoji
_ASIDE = re.compile(r"[\s:.]*(?:[(\[].*[)\]]\W*)?$")  # behind a bold title: how long it takes


class StepLabel(NamedTuple):
    """How a title is counted: `work`, `group`, `word`, `code` (T001), `number` or nothing."""

    kind: str
    word: str
    number: str
    text: str


@dataclass(frozen=True)
class Candidate:
    """A line that may be a title. `kind`: heading, fold, bold, item, box, row or line.

    `level`: of a heading, columns before an item. `rest`: what else its line says. `above`: the
    line of the heading that it stands under, -1 for none.
    """

    kind: str
    level: int
    line: int
    end: int
    label: StepLabel
    above: int
    rest: str = ""
    box: BoxLine | None = None


def label_of(text: str) -> StepLabel:
    """Return how a text is counted, and what is left of it."""
    text = without_box(text)[1]
    before = _BEFORE.match(text)
    text = text[before.end() if before else 0 :].lstrip("*_ ")
    for pattern in (_LABELLED, _BEHIND):
        match = pattern.match(text)
        if match and _counts(match):
            kind = _kind_of(match["word"])
            return StepLabel(
                kind, match["word"].casefold(), number_of(match["number"]), match["title"]
            )
    match = _NUMBERED.match(text)
    if match and (_is_digits(match["number"]) or match["behind"].strip()):
        kind = "code" if _CODED.fullmatch(match["number"]) else "number"
        title = _TAGS.sub("", match["title"], count=1) if kind == "code" else match["title"]
        return StepLabel(kind, "", number_of(match["number"]), title)
    match = _NO_NUMBER.match(text)
    if match:
        return StepLabel("work", match["word"].casefold(), "", match["title"])
    return StepLabel("", "", "", text)


def _counts(match: re.Match[str]) -> bool:
    """Tell whether a word counts what follows, and does not merely stand before a number."""
    known = _kind_of(match["word"]) != "word"
    return bool(match["behind"].strip()) or (known and _is_digits(match["number"]))


def _is_digits(number: str) -> bool:
    return any(char.isdigit() for char in number)


def _kind_of(word: str) -> str:
    if _WORK.fullmatch(word) or word == "\u6b65":
        return "work"
    return "group" if _GROUP.fullmatch(word) else "word"


def candidates(page: Page) -> Iterator[Candidate]:
    """Yield the lines that may be titles of work, each as one kind."""
    above = -1
    for at in range(page.start, page.end):
        line = page.lines[at]
        if not line.strip() or page.is_code(at) or page.hidden(at):
            continue
        found = _heading(page, at, line) or _other(at, line, above)
        if found and found.kind == "heading":
            above = at
        if found:
            yield found


def _heading(page: Page, at: int, line: str) -> Candidate | None:
    level = page.heading_level(at)
    if not level:
        return None
    heading = heading_line(line)
    text = on_one_line(heading.text if heading else line)
    above = next((one.line for one in page.above(at)), -1)
    return Candidate("heading", level, at, at + (1 if heading else 2), label_of(text), above)


def _other(at: int, line: str, above: int) -> Candidate | None:
    if line.startswith("|"):
        return Candidate("row", 0, at, at + 1, StepLabel("", "", "", line), above)
    summary = summary_line(line)
    if summary:
        return Candidate("fold", 0, at, at + 1, label_of(on_one_line(summary)), above)
    item = _ITEM.match(line)
    if item:
        return _item(at, line, item, above)
    if line[0].isspace() or line.startswith((">", "<")):
        return None
    line = on_one_line(line)
    bold = _BOLD.match(line)
    if bold:
        label, rest = _bold_label(bold)
        return Candidate("bold", 0, at, at + 1, label, above, rest)
    label = label_of(line)
    before = line[: len(line) - len(label.text)] if line.endswith(label.text) else line
    is_parted = not before.rstrip(" *_")[-1:].isalnum()
    is_title = label.kind in ("work", "group") and label.number and label.text and is_parted
    return Candidate("line", 0, at, at + 1, label, above) if is_title else None


def _item(at: int, line: str, item: re.Match[str], above: int) -> Candidate:
    level = len(item["indent"].expandtabs(4))
    box = box_line(line)
    text = on_one_line(box.text if box else item["text"])
    text = _COMMIT.sub("", text) if box and box.done else text
    label, rest = _item_label(text)
    if item["mark"][0].isdigit() and label.kind not in ("work", "code"):
        label = label._replace(kind="number", number=item["mark"][:-1])
    return Candidate("box" if box else "item", level, at, at + 1, label, above, rest, box)


def _item_label(text: str) -> tuple[StepLabel, str]:
    """Return how an item is counted; its bold beginning is its title, where it has one."""
    bold = _BOLD.match(text)
    if bold:
        return _bold_label(bold)
    label = label_of(text)
    inner = _BOLD.match(label.text)
    if inner and label.kind:
        return label._replace(text=inner["bold"].rstrip(" :.\uff1a")), inner["rest"]
    return label, ""


def _bold_label(bold: re.Match[str]) -> tuple[StepLabel, str]:
    """Return how a bold title is counted: `**Step 1: x**`, `**Step 1:** x`, `**x** (2 h)`."""
    label, rest = label_of(bold["bold"].strip()), bold["rest"]
    alone = _ALONE.fullmatch(bold["bold"].strip())
    if alone and rest.strip() and _is_digits(alone["number"]):
        label = StepLabel("code", "", number_of(alone["number"]), "")
    if label.kind and not label.text.strip(" :."):
        return label._replace(text=clean_title(rest.lstrip(" :\uff1a.\u2013\u2014-"))), ""
    text = label.text.rstrip(" :.\uff1a")
    return label._replace(text=text), "" if _ASIDE.fullmatch(rest) else rest.strip()
