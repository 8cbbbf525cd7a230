"""What stands under the title of a step, and which of its lines are the prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.reading.page import fence

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.reading.words import Words

Body = tuple[list[str], list[str]]


def field_lines(words: Words, form: str) -> list[str]:
    """Return the fields that stand first under a title."""
    files, goal = words.word("files"), words.word("goal")
    forms: dict[str, list[str]] = {
        "none": [],
        "bold": [f"**{files}:** `{words.path()}`, `{words.path()}`", f"**{goal}:** {words.fact()}"],
        "bullets": [f"- **{files}:** `{words.path()}`", f"- **{goal}:** {words.fact()}"],
        "table": [f"| {files} | {goal} |", "|---|---|", f"| `{words.path()}` | {words.fact()} |"],
    }
    return forms[form]


def text_lines(words: Words, length: str) -> list[str]:
    """Return the text of a prompt: one short order, or paragraphs and a list."""
    if length == "short":
        return [words.short_task()]
    lines = [words.order(), words.order(), ""]
    lines += [f"- {words.order()}" for _ in range(words.rng.randrange(2, 5))]
    return [*lines, "", words.order()]


def verify_lines(words: Words, form: str) -> list[str]:
    """Return the section that says how a step is looked at."""
    if form == "no":
        return []
    lines = ["", f"**{words.word('verify')}:**", ""]
    if form == "list":
        return [*lines, f"- {words.word('done')}", f"- {words.fact()}"]
    command = words.rng.choice(["pytest -q", "npm test", "cargo test", "go test ./..."])
    return [*lines, *fence([f"{command} # {words.name()}"], "bash" if form == "bash" else "")]


def _code(words: Words) -> list[str]:
    name = words.name()
    return [f"def test_{name}():", f"    assert {name}(2) == 4", "", f"    assert {name}(0) == 0"]


def _spaced(fields: list[str]) -> list[str]:
    return [*fields, ""] if fields else []


def _section(words: Words, look: dict[str, str], fields: list[str], _line: str) -> Body:
    lines = [*_spaced(fields), *text_lines(words, look["length"])]
    if look["length"] == "long" and words.rng.random() < 0.5:
        lines += ["", *fence(_code(words), "python"), "", words.order()]
    lines += verify_lines(words, look["verify"])
    return lines, lines


def _agent_task(words: Words, look: dict[str, str], _fields: list[str], _line: str) -> Body:
    """A task as superpowers' plans write it: files, then boxes with code."""
    step = words.table["labels"][0]
    path = words.path()
    lines = [f"**{words.word('files')}:**", f"- Create: `{path}`", f"- Test: `tests/{words.name()}.py`"]
    for number in range(1, words.rng.randrange(3, 6)):
        box = "x" if look["status"] == "check" and number == 1 else " "
        lines += ["", f"- [{box}] **{step} {number}: {words.task_again()}**", "", words.order(), ""]
        tag = words.rng.choice(["python", "bash", "ts"])
        lines += fence(_code(words) if tag != "bash" else [f"pytest -q tests/{words.name()}.py"], tag)
        if tag == "bash":
            lines += ["", "Expected: PASS"]
    return lines, lines


def _boxes(words: Words, _look: dict[str, str], fields: list[str], _line: str) -> Body:
    """A task whose work is a list of boxes."""
    lines = _spaced(fields)
    for number in range(words.rng.randrange(2, 5)):
        lines.append(f"- [{'x' if not number and words.rng.random() < 0.3 else ' '}] {words.order()}")
        if words.rng.random() < 0.4:
            lines.append(f"  - {words.order()}")
    return lines, lines


def _exported(words: Words, look: dict[str, str], _fields: list[str], _line: str) -> Body:
    """A task as Task Master exports it."""
    lines = [
        "- **Status:** pending",
        f"- **Priority:** {words.rng.choice(['high', 'medium', 'low'])}",
        "- **Dependencies:** None",
        "",
        f"**Description:** {words.order()}",
        "",
        "**Details:**",
        *text_lines(words, look["length"]),
        "",
        f"**Test Strategy:** {words.order()}",
    ]
    return lines, lines


def _fence(words: Words, look: dict[str, str], fields: list[str], _line: str) -> Body:
    prompt = text_lines(words, look["length"])
    return [*_spaced(fields), *fence(prompt, "text"), *verify_lines(words, look["verify"])], prompt


def _labelled(words: Words, look: dict[str, str], fields: list[str], _line: str) -> Body:
    prompt = text_lines(words, look["length"])
    said = f"**{words.word('prompt')}:**"
    return [*_spaced(fields), said, "", *fence(prompt), *verify_lines(words, look["verify"])], prompt


def _tilde(words: Words, look: dict[str, str], fields: list[str], _line: str) -> Body:
    prompt = text_lines(words, look["length"])
    lines = [*_spaced(fields), *fence(prompt, "text", "~~~"), *verify_lines(words, look["verify"])]
    return lines, prompt


def _nested(words: Words, look: dict[str, str], fields: list[str], _line: str) -> Body:
    """A prompt in four or five backticks that holds code in three."""
    prompt = [words.order(), "", *fence(_code(words), "python"), "", words.order()]
    mark = words.rng.choice(["````", "`````"])
    lines = [*_spaced(fields), *fence(prompt, "text", mark), *verify_lines(words, look["verify"])]
    return lines, prompt


def _headings(words: Words, look: dict[str, str], fields: list[str], _line: str) -> Body:
    """A prompt that has headings and boxes of its own."""
    step, task = words.table["labels"][:2]
    prompt = [words.order(), "", f"### {step} 1: {words.task_again()}", "", f"- [ ] {words.order()}"]
    prompt += ["", f"## {task} 2: {words.task_again()}", "", f"- [x] {words.order()}", words.order()]
    return [*_spaced(fields), *fence(prompt, "text"), *verify_lines(words, look["verify"])], prompt


def _quote(words: Words, look: dict[str, str], fields: list[str], _line: str) -> Body:
    prompt = text_lines(words, look["length"])
    said = f"**{words.word('prompt')}:**"
    quoted = [f"> {line}".rstrip() for line in prompt]
    return [*_spaced(fields), said, "", *quoted, *verify_lines(words, look["verify"])], prompt


def _details(words: Words, look: dict[str, str], fields: list[str], _line: str) -> Body:
    prompt = text_lines(words, look["length"])
    opened = ["<details>", f"<summary>{words.word('prompt')}</summary>", ""]
    lines = [*_spaced(fields), *opened, *fence(prompt, "text"), "", "</details>"]
    return [*lines, *verify_lines(words, look["verify"])], prompt


def _titled(words: Words, look: dict[str, str], _fields: list[str], line: str) -> Body:
    """A fence whose first line is the title."""
    prompt = text_lines(words, look["length"])
    return fence([line, *prompt], "text"), prompt


BODIES: dict[str, Callable[[Words, dict[str, str], list[str], str], Body]] = {
    "section": _section,
    "agent-task": _agent_task,
    "boxes": _boxes,
    "exported": _exported,
    "fence": _fence,
    "fence-labelled": _labelled,
    "fence-nested": _nested,
    "fence-headings": _headings,
    "tilde": _tilde,
    "quote": _quote,
    "details": _details,
    "title-in-fence": _titled,
}
