"""Read the prompts out of a plan, whoever wrote it: several small recognisers, each says how sure it is.

No single rule reads two thirds of the plans in the wild, and one in five breaks its own fences. So lines that can be a
step's title are found first, fences second: a step reaches from its title to the next one of its family.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from sous.document.fences import fence_line, shallow_fence
from sous.document.headings import heading_line, is_rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sous.document.fences import FenceLine


@dataclass(frozen=True)
class Step:
    """A step of a plan: its number as it is written (empty: none), its title, its prompt, whether it is marked done.

    `line` is where its title stands, counted from 1.
    """

    number: str
    title: str
    prompt: str
    done: bool
    line: int


class Mark(NamedTuple):
    """A line that can be the title of a step: where it is, from 0, its number and its title."""

    at: int
    number: str
    title: str


_NUMBER = r"(?P<number>[A-Z]?\d+(?:[.\-]\d+)*[a-z]?(?:-[A-Z]{2,})?)"
_AFTER = r"\s*(?:\*\*|__)?\s*(?:[:.)\u2013\u2014-]+\s*|(?=\()|$|(?=\s))(?P<title>.*)$"
_DECORATION = r"(?:\*\*|__|`)?\s*"
_STATUS = r"(?:[^\w#`]*\b(?:CURRENT|FUTURE|NEXT|DONE|COMPLETED|TODO)\b[^:]*:\s*|[^\w#`]{1,6}\s*)?"
_PROMPT_WORDS = r"(?:project\s+)?(?:prompt|промпт|invite|プロンプト)"
_STEP_WORDS = r"(?:step|chunk|task|iteration|milestone|groupe?|étape|paso|schritt|шаг)"
# Marks that a step is done, before its title or behind it; words only in brackets, behind a dash,
# before a colon.
_SIGN = r"(?:\u2705|\u2611\ufe0f?|\[x\])"
_WORD = r"(?:completed?|completado|done|terminé|fertig)"
_DONE_BEFORE = re.compile(rf"{_SIGN}|^[\W_]*{_WORD}\b", re.IGNORECASE)
_DONE_BEHIND = re.compile(
    rf"^[\W_]*(?:{_SIGN}|{_WORD}[*_]*\s*:)|{_SIGN}[\W_]*$|\((?:[^()]*\s)?{_WORD}(?:\s[^()]*)?\)[\W_]*$"
    rf"|[-\u2013\u2014:|]\s*[*_~]*{_WORD}[\W_]*$|{_SIGN}[\W_]*{_WORD}[\W_]*$",
    re.IGNORECASE,
)
_PROMPT_NAME = re.compile(
    r"^\W*(?:prompt|промпт)\s*(?:\*\*|__)?\s*:\s*(?:\*\*|__)?\s*$", re.IGNORECASE
)
_LANGUAGE = re.compile(r"[\w+#.-]*")
_RANGE = re.compile(r"\bprompts\b|\d\s*(?:-|\u2013|to)\s*\d+\s*:", re.IGNORECASE)
_LEAST = 20  # characters of a prompt
_WEB_MARK = re.compile(r"\s*(?:\d+\.\s*)?(?:text|markdown|prompt|plaintext)\s*$")
_WEB_COPY = ("text", "Copy", "Edit", "Copy code")


def _titles(form: str, where: Callable[[str], str | None]) -> Callable[[Sequence[str]], list[Mark]]:
    pattern = re.compile(form, re.IGNORECASE)

    def find(lines: Sequence[str]) -> list[Mark]:
        found = []
        for at, line in enumerate(lines):
            text = where(line)
            match = pattern.match(text) if text else None
            if text and match and not _RANGE.search(text.partition(match["number"])[0]):
                found.append(Mark(at, match["number"], clean_title(match["title"])))
        return found

    return find


def _of_heading(line: str) -> str | None:
    """Return the text of a heading, None for another line, and one that is indented as code in a text may be."""
    heading = None if line.startswith("  ") else heading_line(line)
    return heading.text if heading else None


def _of_bold(line: str) -> str | None:
    text = line.removeprefix(" ")
    return text[2:].lstrip() if text.startswith(("**", "__")) else None


def _of_any(line: str) -> str | None:
    return _of_heading(line) or (None if line.startswith("  ") else line.removeprefix(" "))


# (how sure such titles are, how they are found); heading forms first, the words that say most
# first.
_FAMILIES: tuple[tuple[float, Callable[[Sequence[str]], list[Mark]]], ...] = (
    (1.0, _titles(rf"{_DECORATION}{_STATUS}{_PROMPT_WORDS}\s*#?{_NUMBER}{_AFTER}", _of_heading)),
    (0.9, _titles(rf"{_PROMPT_WORDS}\s*#?{_NUMBER}{_AFTER}", _of_bold)),
    (0.9, _titles(rf"{_DECORATION}{_PROMPT_WORDS}\s*#?{_NUMBER}{_AFTER}", _of_any)),
    (0.7, _titles(rf"{_DECORATION}{_STATUS}{_STEP_WORDS}\s*#?{_NUMBER}{_AFTER}", _of_heading)),
    (0.6, _titles(rf"{_DECORATION}{_NUMBER}{_AFTER}", _of_heading)),
)


def read_steps(text: str) -> list[Step]:
    """Return the steps of a plan that have a prompt; none for a text that is no plan of prompts."""
    return read_with_rest(text)[0]


def read_with_rest(text: str) -> tuple[list[Step], list[Mark]]:
    """Return the steps of a plan that have a prompt, and the titles like theirs that have none."""
    lines = text.replace("\r\n", "\n").split("\n")
    best: tuple[float, list[Step], list[Mark]] = (0.0, [], [])
    for sure, find in _FAMILIES:
        marks = _without_doubles(find(lines), lines)
        steps = list(_between(lines, marks))
        fenced = sum(_has_fence(lines, step) for step in steps)
        if sure < 0.9 and fenced * 2 < len(steps):  # noqa: PLR2004  # a described step is no prompt
            continue
        inside = sum(bool(_fence(lines[step.line - 2])) for step in steps if step.line > 1)
        # a title that is the first line of a block has one above it
        score = sure * (len(steps) - inside / 2)
        if score > best[0]:
            best = (score, steps, marks)
    _, steps, marks = best
    if steps:
        taken = {step.line for step in steps}
        return steps, [mark for mark in marks if mark.at + 1 not in taken]
    return _by_web_copy(lines) or _by_fields(lines) or _by_fences(lines), []


def clean_title(title: str) -> str:
    """Return a title without marks of emphasis around it."""
    return title.strip().strip("*_").strip()


def _without_doubles(marks: list[Mark], lines: Sequence[str]) -> list[Mark]:
    """Drop a title that another of the same number repeats with nothing between but a fence or blank lines."""
    kept: list[Mark] = []
    for mark in marks:
        if kept and kept[-1].number == mark.number:
            between = [
                line
                for line in lines[kept[-1].at + 1 : mark.at]
                if line.strip() and not _fence(line)
            ]
            same = mark.title == kept[-1].title or not mark.title or not kept[-1].title
            if len(between) <= 1 and same:
                if mark.title and not kept[-1].title:
                    kept[-1] = kept[-1]._replace(title=mark.title)
                continue
        kept.append(mark)
    return kept


def _between(lines: Sequence[str], marks: Sequence[Mark]) -> Iterator[Step]:
    for mark, following in zip_longest(marks, marks[1:]):
        end = following.at if following else len(lines)
        prompt = _prompt_in(lines[mark.at + 1 : end], last=following is None)
        if len(prompt) >= _LEAST:
            yield Step(
                mark.number, mark.title, prompt, _is_done(lines[mark.at], mark.title), mark.at + 1
            )


def _is_done(line: str, title: str) -> bool:
    """Tell whether a line marks its step as done, and its title does not merely speak of that."""
    before, found, _ = line.partition(title) if title else (line, "", "")
    return bool(_DONE_BEFORE.search(before if found or not title else "")) or bool(
        _DONE_BEHIND.search(title)
    )


def _has_fence(lines: Sequence[str], step: Step) -> bool:
    return any(_fence(line) for line in lines[step.line : step.line + 14])


def _prompt_in(lines: Sequence[str], *, last: bool) -> str:
    """Return the prompt of a step: what is in its first block, whatever fences are inside, else all of its text."""
    fences = [at for at, line in enumerate(lines) if _fence(line)]
    if fences and not _is_prose_before(lines[: fences[0]]):
        opened = fences[0]
        closing = [at for at in fences[1:] if not _language(lines[at])]
        if last and closing:
            return "\n".join(
                lines[opened + 1 : closing[_first_that_fits(lines, opened, closing)]]
            ).strip()
        return "\n".join(lines[opened + 1 : closing[-1] if closing else len(lines)]).strip()
    body = list(lines)
    while body and (
        not body[0].strip() or _PROMPT_NAME.match(body[0]) or body[0].strip() in _WEB_COPY
    ):
        del body[0]
    for at, line in enumerate(body):
        if is_rule(line) or _is_heading(line, 2):
            body = body[:at]
            break
    return "\n".join(body).strip()


def _first_that_fits(lines: Sequence[str], opened: int, closing: Sequence[int]) -> int:
    """Return which of the closing fences ends the last block: the first with as many fences opened as closed inside."""
    depth = 1
    for at in range(opened + 1, len(lines)):
        if not _fence(lines[at]):
            continue
        depth += 1 if _language(lines[at]) else -1
        if depth == 0:
            return closing.index(at)
    return len(closing) - 1


def _language(line: str) -> str:
    fence = _fence(line)
    return fence.info if fence else ""


def _fence(line: str) -> FenceLine | None:
    """Return what a line says as the fence of a prompt, whose info string is a word at most."""
    fence = shallow_fence(line)
    return fence if fence and _LANGUAGE.fullmatch(fence.info) else None


def _is_heading(line: str, deepest: int) -> bool:
    heading = None if line[:1].isspace() else heading_line(line)
    return heading is not None and heading.level <= deepest


def _is_of_a_step(line: str) -> bool:
    """Tell whether a line is a field, an item of a list or a heading, not prose."""
    text = line.strip()
    return text.startswith(("**", "__", "- ", "* ", "+ ")) or heading_line(text) is not None


def _is_prose_before(lines: Sequence[str]) -> bool:
    """Tell whether text before a fence is a prompt itself rather than a few fields of the step."""
    words = [line for line in lines if line.strip() and not _is_of_a_step(line)]
    return sum(len(line) for line in words) > 400  # noqa: PLR2004  # characters: a goal or two


def _by_web_copy(lines: Sequence[str]) -> list[Step]:
    """Read steps copied from a web page, where a block has become the lines `text`, `Copy` and `Edit`."""
    marks = [
        at - 1
        for at in range(1, len(lines))
        if lines[at].strip() in _WEB_COPY[1:] and _WEB_MARK.match(lines[at - 1])
    ]
    if not marks:
        return []
    first = next((at for at in range(marks[0]) if fence_line(lines[at])), None)
    starts = ([first] if first is not None else []) + marks
    titles = [next((i for i in range(at - 1, -1, -1) if lines[i].strip()), at) for at in starts]
    steps = []
    for at, title_at, end in zip_longest(starts, titles, titles[1:], fillvalue=len(lines)):
        prompt = _prompt_in(lines[at + 1 : end], last=True)
        number = re.match(r"\s*(\d+)\.", lines[at]) or re.match(r"\s*(\d+)\.", lines[title_at])
        title = clean_title(re.sub(r"^\s*\d+\.\s*", "", lines[title_at]))
        if len(prompt) >= _LEAST:
            steps.append(
                Step(
                    number[1] if number else "", title, prompt, _is_done(title, title), title_at + 1
                )
            )
    return steps


def _by_fields(lines: Sequence[str]) -> list[Step]:
    """Read steps that are told by a line `Prompt:` alone, under whatever heading."""
    starts = [at for at, line in enumerate(lines) if _PROMPT_NAME.match(line)]
    steps = []
    for at, following in zip_longest(starts, starts[1:], fillvalue=len(lines)):
        heading = next((i for i in range(at - 1, -1, -1) if _is_heading(lines[i], 3)), None)
        end = next((i for i in range(at + 1, following) if _is_heading(lines[i], 3)), following)
        prompt = _prompt_in(
            [re.sub(r"^\s*> ?", "", line) for line in lines[at + 1 : end]], last=True
        )
        if heading is not None and len(prompt) >= _LEAST:
            title = clean_title(lines[heading].lstrip("# "))
            number = re.search(_NUMBER, title)
            steps.append(
                Step(
                    number["number"] if number else "",
                    title,
                    prompt,
                    _is_done(title, title),
                    heading + 1,
                )
            )
    return steps


def _by_fences(lines: Sequence[str]) -> list[Step]:
    """Read steps that are blocks of text, each under a title of any kind."""
    steps, at = [], 0
    while at < len(lines):
        fence = _fence(lines[at])
        if not fence or fence.info not in ("text", "prompt"):
            at += 1
            continue
        end = next(
            (i for i in range(at + 1, len(lines)) if lines[i].strip() == fence.marks), len(lines)
        )
        title_at = next((i for i in range(at - 1, -1, -1) if lines[i].strip()), None)
        prompt = "\n".join(lines[at + 1 : end]).strip()
        if len(prompt) >= _LEAST:
            title = clean_title(lines[title_at].lstrip("# ")) if title_at is not None else ""
            steps.append(Step("", title, prompt, _is_done(title, title), (title_at or at) + 1))
        at = end + 1
    return steps
