"""Providers that fail, and what is done about it."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from scene import SOUS, in_terminal
from sous.names import REPORTS
from sous.reports.provenance import read_signature

if TYPE_CHECKING:
    from pathlib import Path

    from fake_model import FakeModel
    from scene import Run

RETRY = {"SOUS_RETRIES": "3"}


@pytest.mark.parametrize("name", ["once-429", "once-500", "once-drop", "once-dropclean"])
def test_what_may_pass_is_tried_again(name: str, repo: Path, run: Run, model: FakeModel) -> None:
    done = run("sous", "code-review", "-m", name, cwd=repo, env=RETRY)
    assert done.code == 0, done.err
    assert len(model.requests) == 2
    assert re.search(r"; trying again in 0\.\d s", done.err)
    assert read_signature((repo / "code-review.md").read_text())[0].count("## ") == 1
    assert not (repo / "code-review.md.partial").exists()


@pytest.mark.parametrize(
    ("name", "tries"),
    [("e500", 3), ("badjson", 3), ("sseerror", 3), ("nohead", 3), ("nobody", 3), ("r-drop", 3), ("r-failed", 3),
     ("e401", 1), ("e403", 1), ("e404", 1), ("e400ctx", 1), ("e429quota", 1), ("length", 1), ("filter", 1),
     ("refuse", 1), ("empty", 1), ("r-incomplete", 1)],
)  # fmt: skip
def test_what_can_not_get_better_is_asked_once(name: str, tries: int, repo: Path, run: Run, model: FakeModel) -> None:
    done = run("sous", "code-review", "-m", name, "--retries", "2", cwd=repo)
    assert done.code in (1, 3)
    assert len(model.requests) == tries


def test_the_provider_says_how_long_to_wait(repo: Path, run: Run, model: FakeModel) -> None:
    done = run("sous", "code-review", "-m", "asks-to-wait", cwd=repo, env=RETRY)
    assert done.code == 0, done.err
    assert model.times[1] - model.times[0] >= 1.3


def test_the_deadline_holds_and_keeps_what_came(repo: Path, run: Run, model: FakeModel) -> None:
    began = time.monotonic()
    done = run("sous", "code-review", "-m", "stall", "--timeout", "1", cwd=repo)
    assert done.code == 1
    assert "the time of --timeout is over; give it more, or start again: what is finished is kept" in done.err
    assert "What came is kept in code-review.md.partial" in done.err
    assert time.monotonic() - began < 8
    assert model.requests


def test_a_wait_past_the_deadline_is_not_begun(repo: Path, run: Run, model: FakeModel) -> None:
    done = run("sous", "code-review", "-m", "asks-to-wait", "--timeout", "1", cwd=repo, env=RETRY)
    assert done.code == 1
    assert "it would have to wait" in done.err
    assert len(model.requests) == 1


def large(repo: Path, files: int = 40) -> None:
    for number in range(files):
        folder = repo / f"part{number}"
        folder.mkdir()
        text = "".join(f"name_{number}_{line} = {line}\n" for line in range(300))
        (folder / "m.py").write_text(f"{text}# PLANTED high\n")


def test_one_fault_in_ten_over_two_hundred_calls(repo: Path, run: Run, model: FakeModel) -> None:
    large(repo)
    for _ in range(4):  # a report may come to nothing; what it paid for is kept
        done = run("sous", "all", "-m", "chaos", "--context-window", "8000", "--jobs", "8", cwd=repo, env=RETRY)
        for report in REPORTS.values():
            path = repo / report.output
            if report.command != "readme" and path.exists():
                assert path.read_text().count("## Something is wrong in") == 40
        if done.code == 0:
            break
    assert done.code == 0, done.err
    assert len(model.requests) >= 200
    assert len(model.requests) - len(model.answered) >= 10
    assert set(Counter(model.answered).values()) == {1}


def test_killed_at_any_time_it_goes_on_where_it_was(repo: Path, run: Run, model: FakeModel) -> None:
    large(repo, 8)
    arguments = ["code-review", "-m", "brisk", "--context-window", "8000", "--jobs", "2"]
    rng, killed = random.Random(3), 0  # noqa: S311  # the same moments each time
    for _ in range(3):
        before = len(model.requests)
        with subprocess.Popen([*SOUS, *arguments], cwd=repo, stderr=subprocess.DEVNULL) as process:
            while len(model.requests) == before and process.poll() is None:
                time.sleep(0.02)
            time.sleep(rng.uniform(0.2, 1.5))
            killed += process.poll() is None
            process.kill()
    assert not (repo / "code-review.md").exists()
    done = run("sous", *arguments, cwd=repo)
    assert done.code == 0, done.err
    assert killed == 3
    prompts = model.prompts()
    assert len(prompts) - len(set(prompts)) <= 2 * killed  # what was on its way, and no more
    assert read_signature((repo / "code-review.md").read_text())[0].count("## Adding") == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows ends a process without asking it")
def test_interrupted_it_keeps_what_came(repo: Path, model: FakeModel) -> None:
    with subprocess.Popen(
        [*SOUS, "code-review", "-m", "brisk"], cwd=repo, stderr=subprocess.PIPE, text=True
    ) as process:
        while not model.requests:
            time.sleep(0.02)
        time.sleep(0.6)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
        assert process.stderr
        assert "What came is kept in code-review.md.partial" in process.stderr.read()
    assert (repo / "code-review.md.partial").read_text().startswith("## Adding")


def test_an_answer_of_100_megabytes_is_written(repo: Path, run: Run, model: FakeModel) -> None:
    done = run("sous", "code-review", "-m", "huge", cwd=repo)
    assert done.code == 0, done.err
    assert (repo / "code-review.md").stat().st_size > 100_000_000
    assert model.requests


def test_a_terminal_of_20_columns_is_enough(repo: Path, model: FakeModel) -> None:
    argv = [sys.executable, "-c", "import os, sys; os.environ['COLUMNS'] = '20'; from sous.cli import main; main()"]
    shown = in_terminal([*argv, "code-review", "-m", "slow"], repo)
    drawn = re.findall(r"\r\x1b\[K([^\r\n\x1b]*)", shown)
    live = [line for line in drawn if re.match(r"\d+ s, ", line)]
    assert "3 s, code-review, s" in live
    assert max(map(len, live)) == 19
    assert model.requests


@pytest.mark.parametrize("jump", [-1e9, 1e9])
def test_a_clock_that_jumps_changes_nothing(jump: float, repo: Path, model: FakeModel) -> None:
    code = (
        "import time; real = time.time; began = time.monotonic()\n"
        f"time.time = lambda: real() + ({jump} if time.monotonic() - began > 0.5 else 0)\n"
        "from sous.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "code-review", "-m", "once-429"],
        cwd=repo, env=os.environ | RETRY, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert len(model.requests) == 2
    assert float(re.findall(r"([\d.]+) s, 1,000 tokens", done.stderr)[0]) < 20


def test_what_it_costs_is_held_to_a_limit(repo: Path, run: Run, model: FakeModel) -> None:
    env = {"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "x"}
    done = run("sous", "code-review", "-m", "gpt-4", "--max-cost", "0.01", cwd=repo, env=env)
    assert done.code == 4
    assert re.search(r"it would cost about \$0\.\d+, more than --max-cost \$0\.0100; nothing was sent", done.err)
    done = run("sous", "code-review", "-m", "ok", "--max-cost", "1", cwd=repo)
    assert done.code == 4
    assert "the price of ok is not known (price unknown), so --max-cost cannot hold: nothing was sent" in done.err
    assert not model.requests


def test_a_notification_is_a_bell_and_two_escapes(repo: Path, model: FakeModel) -> None:
    shown = in_terminal([*SOUS, "code-review", "-m", "ok", "--notify", "always"], repo)
    assert "\x1b]9;code-review done\x07\x1b]777;notify;sous;code-review done\x07\x07" in shown
    assert "\x1b]9;" not in in_terminal([*SOUS, "github-issues", "-m", "ok"], repo)
    assert model.requests
