"""Plans written from their steps, in the shapes that people and coding agents give them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.reading.bodies import BODIES, field_lines
from bench.reading.page import Entry, Page, heading
from bench.reading.surroundings import INTROS, TAILS
from bench.reading.words import COLONS, LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.reading.words import Words

FIXED: dict[str, tuple[str, ...]] = {
    "shape": tuple(BODIES),
    "level": ("h2", "h2", "h3", "h3", "h3", "h4", "setext", "bold", "list", "fence"),
    "label": ("step", "step", "task", "task", "prompt", "phase", "none"),
    "number": ("1", "1", "1", "1", "01", "1.1", "A1", "#1", "gaps", "restart", "none"),
    "nest": ("flat", "flat", "phases"),
    "fields": ("none", "bold", "bullets", "table"),
    "wrap": ("no", "no", "no", "fence"),
}
DRESS: dict[str, tuple[str, ...]] = {
    "lang": LANGUAGES,
    "eol": ("lf", "lf", "crlf"),
    "intro": tuple(INTROS),
    "tail": tuple(TAILS),
    "dress": ("plain", "plain", "code", "bold", "link", "italic"),
    "rule": ("no", "yes"),
    "status": ("none", "none", "check", "box", "emoji"),
    "verify": ("no", "bash", "bare", "list"),
    "length": ("short", "long"),
}
LABELS = ("step", "task", "prompt", "phase")
SECTIONS = {"overview", "contents", "blueprint"}  # steps below these would be part of them
SAID = {"fence", "fence-labelled", "fence-nested", "fence-headings", "tilde", "quote", "details"}


def possible(look: dict[str, str]) -> bool:
    """Say whether somebody would write features together, and one reading is right."""
    shape, level, number, label = look["shape"], look["level"], look["number"], look["label"]
    phases, titled = look["nest"] == "phases", shape == "title-in-fence"
    unlikely = [
        titled != (level == "fence"),
        titled and (label == "none" or phases),
        level == "list" and (label != "none" or number != "1" or shape not in {"section", "fence-labelled"}),
        number == "none" and (label == "none" or shape not in SAID),
        phases and (label == "phase" or level in {"h2", "setext", "list"}),
        shape == "agent-task" and (label != "task" or level not in {"h2", "h3"}),
        shape == "agent-task" and number not in {"1", "01", "1.1", "gaps", "restart"},
        number == "restart" and not phases,
    ]
    return not any(unlikely)


@dataclass
class _Plan:
    words: Words
    look: dict[str, str]
    page: Page
    steps: int
    ticked: int

    def label(self) -> str:
        names: list[str] = self.words.table["labels"]
        return "" if self.look["label"] == "none" else names[LABELS.index(self.look["label"])]


def write_plan(words: Words, look: dict[str, str]) -> Page:
    """Write a plan: what comes before the steps, the steps, what comes after."""
    rng = words.rng
    steps = rng.randrange(3, 7)
    ticked = rng.randrange(1, steps) if look["status"] in {"check", "box"} else 0
    plan = _Plan(words, look, Page(), steps, ticked)
    titles = [words.task() for _ in range(steps)]
    INTROS[look["intro"]](words, plan.page, titles)
    inside = look["intro"] in SECTIONS and look["level"] not in {"h2", "setext"}
    if inside and look["nest"] == "flat":
        plan.page.block(f"## {words.word('plan')}")
    for index, title in enumerate(titles):
        if look["nest"] == "phases" and index % 2 == 0:
            _phase(plan, index // 2 + 1)
        _step(plan, index, title)
    TAILS[look["tail"]](words, plan.page, titles)
    return plan.page


def _phase(plan: _Plan, number: int) -> None:
    word = plan.words.table["labels"][3]
    plan.page.block(f"## {word} {number}: {plan.words.thing()}")
    if plan.words.rng.random() < 0.5:
        plan.page.block(f"**{plan.words.word('goal')}:** {plan.words.fact()}")


def _number(plan: _Plan, index: int) -> str:
    phase, within = (index // 2 + 1, index % 2 + 1) if plan.look["nest"] == "phases" else (1, index + 1)
    forms = {
        "1": str(index + 1),
        "01": f"{index + 1:02}",
        "1.1": f"{phase}.{within}",
        "A1": f"{'ABCDEF'[phase - 1]}{within}",
        "#1": f"#{index + 1}",
        "gaps": str(index * 2 + 1 + index // 2),
        "restart": str(within),
        "none": "",
    }
    return forms[plan.look["number"]]


def _dressed(words: Words, look: dict[str, str], title: str) -> str:
    forms: dict[str, Callable[[], str]] = {
        "plain": lambda: title,
        "code": lambda: f"{title} `{words.name()}`",
        "bold": lambda: title if look["level"] in {"bold", "list"} else f"**{title}**",
        "link": lambda: f"{title} [{words.name()}](docs/{words.name()}.md)",
        "italic": lambda: title if look["level"] in {"bold", "list"} else f"_{title}_",
    }
    return forms[look["dress"]]()


def _title_line(plan: _Plan, index: int, title: str) -> str:
    """Return what stands in a heading: label, number, title and status."""
    label, number, look = plan.label(), _number(plan, index), plan.look
    lead = " ".join(part for part in (label, number) if part)
    between = COLONS.get(plan.words.lang) or plan.words.rng.choice([": ", " - ", " — "])
    text = f"{lead}{between}{title}" if label else f"{number}. {title}"
    if look["status"] == "emoji":
        return f"{plan.words.rng.choice('🚀🔧📦🧪')} {text}"
    if index >= plan.ticked:
        return text if look["status"] != "box" or look["level"] in {"bold", "list", "fence"} else f"[ ] {text}"
    if look["status"] == "box" and look["level"] not in {"bold", "list", "fence"}:
        return f"[x] {text}"
    return f"{text} ✅"


def _step(plan: _Plan, index: int, title: str) -> None:
    look, page, words = plan.look, plan.page, plan.words
    shown = _dressed(words, look, title) if look["level"] != "fence" else title
    line = _title_line(plan, index, shown)
    entry = Entry(title, line, done=index < plan.ticked)
    fields = field_lines(words, look["fields"])
    lines, prompt = BODIES[look["shape"]](words, look, fields, line)
    entry.body = prompt
    entry.begins = [line] if lines is prompt or look["level"] == "fence" else []
    if look["level"] == "list":
        page.block(f"{index + 1}. **{line.partition('. ')[2]}**", "", *_indented(lines))
    elif look["level"] == "fence":
        page.block(*lines)
    else:
        page.block(*heading(look["level"], line), "", *lines)
    if look["rule"] == "yes":
        page.block("---")
    page.entries.append(entry)


def _indented(lines: list[str]) -> list[str]:
    return [f"   {line}" if line else "" for line in lines]
