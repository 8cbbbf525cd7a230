from __future__ import annotations

import pytest

from sous.plan.kin import families
from sous.plan.page import Page
from sous.plan.work import ENOUGH, Scale, Weighed

WORK = "Write `src/parser.py`, tests first."


def weighed(text: str) -> Weighed:
    page = Page(text)
    scale = Scale(page)
    return max(map(scale.weigh, families(page)), key=lambda one: one.score)


def steps(head: str, label: str = "Step ", body: str = WORK) -> str:
    return f"# {head}\n\n## {label}1: Parser\n\n{body}\n\n## {label}2: Printer\n\n{body}\n"


@pytest.mark.parametrize(
    "text",
    [
        steps("Add a parser"),
        steps("Add a parser", "Tarefa "),
        steps("Add a REST API", "PR "),
        steps("Implementation plan", "", "Do what the title says."),
        steps("Notes", body="Say in some words what has to be done here.").replace("Notes", "A parser"),
    ],
)
def test_what_looks_like_work_is_enough(text: str) -> None:
    assert weighed(text).score >= ENOUGH


@pytest.mark.parametrize(
    "text",
    [
        steps("Design: a parser"),
        steps("Migrating to v4"),
        steps("Weekly sync, 2026-10-14", ""),
        steps("OUTDATED: a parser", ""),
        steps("A parser", "", "Words about it, and no more."),
        steps("A parser", "Objective "),
        steps("Deploying", body="```bash\nnpm install\n```"),
        steps("Deployment steps", body="```bash\nnpm install\n```"),
        steps("A parser", "") + "".join(f"\n## {at}: Part {at}\n\nWords.\n" for at in (3, 4, 5)),
        steps("Diary", "Day ") + "\n## What I think\n\n" + "Words.\n" * 20,
        "# Fixes\n\n## Why\n\n" + "Words.\n" * 20 + steps("# Changes", "#").replace("## #", "### "),
        steps("Parsers", "").replace("## 2", "x\n\n" * 20 + "## 2") + "\n## 3: Tasks\n\n- [ ] Parse\n",
        steps("Parsers", "", WORK).replace("Printer", "Open questions"),
        steps("Parsers", "", "Its file is `src/parser.py`."),
        steps("Plan", "", "x").replace("Printer", "Which printer?"),
        steps("Research: a parser", ""),
        steps("Parsers") + "\n## FAQ\n\nNone.\n\n## Installation\n\nNone.\n\n# API\n",
    ],
)
def test_what_describes_or_teaches_is_not_enough(text: str) -> None:
    assert weighed(text).score < ENOUGH


def test_reasons_are_said_and_confidence_rises_with_them() -> None:
    sure, unsure = weighed(steps("Plan")), weighed(steps("A parser", "", WORK))
    assert "called a plan" in sure.reasons
    assert "called a plan" not in unsure.reasons
    assert 0.5 <= unsure.confidence < sure.confidence <= 0.95


def test_an_item_with_a_sign_of_its_state_is_work() -> None:
    text = "# Plan\n\n## Task list\n\n1. {} Print\n2. {} Parse\n"
    assert weighed(text.format("✅", "⬜")).score >= ENOUGH > weighed(text.format("a", "b")).score


def test_a_list_that_another_sentence_announces_is_not_called_a_plan() -> None:
    text = "# Tasks: a parser\n\n{}\n\n1. Reads `a.py`\n2. Prints `b.py`\n"
    assert weighed(text.format("Do these steps:")).score >= ENOUGH > weighed(text.format("This command:")).score
