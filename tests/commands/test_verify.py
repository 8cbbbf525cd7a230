from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from scene import SOUS, packed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fake_model import FakeModel
    from scene import Run

CODE = {"app.py": "".join(f"line_{number} = {number}\n" for number in range(1, 200))}


def finding(number: int, quote: str) -> str:
    return (
        f"## Finding {number}\n\n- **Severity:** high\n- **Location:** `app.py:{number}-{number}`\n\n**Quote:**\n\n"
        f"```python\n{quote}\n```\n\n**What is wrong:** It is.\n\n**How to fix:** Plead for it.\n\n"
    )


REPORT = "".join(finding(number, f"line_{number} = {number}") for number in range(1, 13)) + finding(
    50, "invented = True"
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".mise.toml").touch()
    (tmp_path / "output.txt").write_text(packed(CODE))
    return tmp_path


def review(run: Run, project: Path, *args: str) -> tuple[int, str]:
    done = run("sous", "code-review", "output.txt", "-m", "scripted", "--verify", "scripted", *args, cwd=project)
    return done.code, done.err


def answers(opinion: str) -> Callable[[str], str]:
    return lambda prompt: opinion if "# Finding 1\n" in prompt else REPORT


def test_another_model_says_which_findings_are_defects(run: Run, project: Path, model: FakeModel) -> None:
    model.script = answers(
        "1: real: an empty list\n2: **not real**: the caller checks\n3: unsure - who knows\n99: real: x\n"
    )
    code, err = review(run, project)
    assert code == 0, err
    assert "second opinions: 2 real, 2 not real, 1 unsure, 7 without one (scripted, 2 calls," in err
    text = (project / "code-review.md").read_text()
    assert "**Second opinion (scripted):** real: an empty list" in text
    assert "**Second opinion (scripted):** not real: the caller checks" in text
    asked = [prompt for prompt in model.prompts() if "# Finding 1\n" in prompt]
    assert len(asked) == 2, "twelve findings, ten a call; the one with an invented quote is not asked about"
    assert "Plead for it" not in "".join(asked)
    assert "invented" not in "".join(asked)
    assert "40: line_40 = 40" in asked[0]
    assert "is up to date" in review(run, project)[1]


def test_a_second_model_that_fails_loses_no_report(run: Run, project: Path, model: FakeModel) -> None:
    model.script = answers("")
    code, err = review(run, project)
    assert code == 0
    assert "no second opinion about 10 findings" in err
    assert "## Finding 12" in (project / "code-review.md").read_text()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (
            "1. real: x\n2) not real: y\n**Finding 3:** unsure: z\n- 4: real\n",
            "2 real, 1 not real, 1 unsure, 8 without one",
        ),
        ("1: real: first\n1: not real: second\n", "1 not real, 11 without one"),
        ("1:\n\nreal\n2: realistic: no\n0: real: x\n-1\n" + "9" * 5000 + ": real: x\n", "12 without one"),
        ("I think that all of them are real.\n", "12 without one"),
    ],
)
def test_answers_are_read_as_models_give_them(
    run: Run, project: Path, model: FakeModel, answer: str, told: str
) -> None:
    model.script = lambda prompt: (
        REPORT if "# Finding 1\n" not in prompt else answer if "# Finding 10\n" in prompt else "?"
    )
    assert f"second opinions: {told} (" in review(run, project)[1]


def test_an_answer_without_a_line_end_is_no_trouble(run: Run, project: Path, model: FakeModel) -> None:
    last = finding(1, "line_1 = 1").rstrip()
    model.script = lambda prompt: "1: real: x" if "# Finding 1\n" in prompt else last
    code, err = review(run, project)
    assert code == 0, err
    assert (
        "Plead for it.\n\n**Second opinion (scripted):** real: x\n\n<!-- sous check -->"
        in (project / "code-review.md").read_text()
    )


def test_what_was_dismissed_is_not_asked_about(run: Run, project: Path, model: FakeModel) -> None:
    model.script = lambda prompt: "1: real: x" if "# Finding 1\n" in prompt else finding(1, "line_1 = 1")
    review(run, project)
    known = json.loads((project / ".sous/findings.jsonl").read_text())["id"]
    assert run("sous", "findings", "dismiss", known, "--why", "so", cwd=project).code == 0
    before = len(model.prompts())
    assert "1 dismissed by .sous/findings.jsonl" in review(run, project, "--force")[1]
    assert len(model.prompts()) == before + 1


def test_a_model_that_is_none_is_told_before_anything_is_sent(run: Run, project: Path, model: FakeModel) -> None:
    done = run("sous", "code-review", "output.txt", "-m", "scripted", "--verify", "no-such-model", cwd=project)
    assert done.code == 1
    assert "no-such-model" in done.err
    assert not model.requests


@pytest.mark.parametrize("command", ["readme", "missing-tests"])
def test_what_names_no_faults_is_not_verified(run: Run, project: Path, model: FakeModel, command: str) -> None:
    done = run("sous", command, "output.txt", "-m", "scripted", "--verify", "scripted", cwd=project)
    assert done.code == 2
    assert f"{command} names none" in done.err
    assert not model.requests


def test_second_opinions_are_held_to_the_limit_too(run: Run, project: Path, model: FakeModel) -> None:
    env = {"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "x"}
    long = REPORT.replace("It is.", "It is so. " * 1000)
    model.script = lambda prompt: "1: real: x\n" if "# Finding 1\n" in prompt else long
    asked = ("code-review", "output.txt", "-m", "gpt-4-turbo", "--verify", "gpt-4-turbo")
    dry = run("sous", *asked, "--dry-run", cwd=project, env=env)
    price = float(re.findall(r"price: +about \$([\d.]+)", dry.out)[0])
    done = run("sous", *asked, "--max-cost", str(price + 0.001), cwd=project, env=env)
    assert done.code == 0, done.err
    assert "it would cost about" in done.err
    assert len(model.requests) == 1
    done = run("sous", *asked[:4], "--verify", "ok", "--max-cost", "9", "--force", cwd=project, env=env)
    assert done.code == 4
    assert "the price of ok is not known" in done.err
    assert len(model.requests) == 1


def test_what_cannot_be_looked_up_is_placed_all_the_same(run: Run, project: Path, model: FakeModel) -> None:
    model.script = answers("1: real: x\n")
    code = (
        "import sous.reports.looked_up as one\n"
        "def broken(*_, **__): raise ValueError('a bug\\nof ours')\n"
        "one.check_report = broken\n"
        "from sous.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "code-review", "output.txt", "-m", "scripted"],
        cwd=project, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "the claims of code-review.md could not be looked up (ValueError: a bug of ours)" in done.stderr
    assert "## Finding 12" in (project / "code-review.md").read_text()


@pytest.mark.skipif(os.name == "nt", reason="Windows ends a process without asking it")
def test_interrupted_while_another_model_is_asked_the_report_is_kept(project: Path, model: FakeModel) -> None:
    model.script = lambda _prompt: REPORT
    with subprocess.Popen(
        [*SOUS, "code-review", "output.txt", "-m", "scripted", "--verify", "stall"],
        cwd=project, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        while len(model.requests) < 2:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
        assert process.stderr
        assert "The answer is saved in code-review.md.partial" in process.stderr.read()
    assert "## Finding 12" in (project / "code-review.md.partial").read_text()
