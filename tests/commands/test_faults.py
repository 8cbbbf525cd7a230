"""Providers that fail, and what is done about it."""

from __future__ import annotations

import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from scene import SOUS, in_terminal
from sous.names import REPORTS
from sous.output.provenance import read_signature
from sous.store import Store

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
    assert "The answer is saved in code-review.md.partial" in done.err
    assert time.monotonic() - began < 8
    assert model.requests


def test_an_answer_of_single_bytes_is_whole(repo: Path, run: Run, model: FakeModel) -> None:
    done = run("sous", "code-review", "-m", "bytes", cwd=repo)
    assert done.code == 0, done.err
    assert "code-review.md: 1 finding" in done.err
    assert len(model.requests) == 1


def test_a_server_that_drips_does_not_outlast_the_deadline(repo: Path, run: Run, model: FakeModel) -> None:
    began = time.monotonic()
    done = run("sous", "code-review", "-m", "drip", "--timeout", "1", cwd=repo, env=RETRY)
    assert done.code == 1
    assert "the time of --timeout is over" in done.err
    assert time.monotonic() - began < 8
    assert not (repo / "code-review.md").exists()
    assert len(model.requests) == 1


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


@pytest.mark.exhaustive
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
        assert "The answer is saved in code-review.md.partial" in process.stderr.read()
    assert (repo / "code-review.md.partial").read_text().startswith("## Adding")


@pytest.mark.exhaustive
def test_an_answer_of_100_megabytes_is_stopped(repo: Path, run: Run, model: FakeModel) -> None:
    done = run("sous", "code-review", "-m", "huge", cwd=repo)
    assert (done.code, "more than 16 million characters" in done.err) == (3, True)
    assert (repo / "code-review.md.partial").stat().st_size > 16_000_000
    assert not (repo / "code-review.md").exists()
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
    assert (
        "the price of ok is not known (price unknown), so --max-cost cannot be enforced: nothing was sent" in done.err
    )
    assert not model.requests


def test_a_notification_is_a_bell_and_two_escapes(repo: Path, model: FakeModel) -> None:
    shown = in_terminal([*SOUS, "code-review", "-m", "ok", "--notify", "always"], repo)
    assert "\x1b]9;code-review done\x07\x1b]777;notify;sous;code-review done\x07\x07" in shown
    assert "\x1b]9;" not in in_terminal([*SOUS, "github-issues", "-m", "ok"], repo)
    assert model.requests


@pytest.mark.parametrize("counts", [10**23, "abc", -5, None])
def test_odd_counts_of_a_provider_lose_no_answer(counts: object, repo: Path, run: Run, model: FakeModel) -> None:
    model.counts = counts
    done = run("sous", "code-review", "-m", "counts", cwd=repo)
    assert done.code == 0, done.err
    assert "Traceback" not in done.err
    assert (repo / "code-review.md").exists()


def test_what_a_log_cannot_take_is_said_and_stops_nothing(repo: Path, run: Run, model: FakeModel) -> None:
    done = run("sous", "all", "-m", "surrogate", cwd=repo)
    assert done.code == 0, done.err
    assert "Traceback" not in done.err
    assert all((repo / report.output).exists() == report.is_of_all for report in REPORTS.values())
    assert len(model.requests) == 5


def test_a_count_that_cannot_be_is_reported_and_not_billed(repo: Path, run: Run, model: FakeModel) -> None:
    model.counts = 10_000_000
    done = run("sous", "code-review", "-m", "counts", cwd=repo)
    assert done.code == 0, done.err
    assert (
        "counts: the provider counted 10,000,000 tokens in, which cannot be; the cost is by our own count" in done.err
    )
    assert "10,000,000" not in (repo / "code-review.md").read_text()


def test_force_asks_again_even_after_an_edit(repo: Path, run: Run, model: FakeModel) -> None:
    large(repo, 6)
    arguments = ("code-review", "-m", "planted", "--context-window", "8000")
    run("sous", *arguments, cwd=repo)
    before = len(model.requests)
    with (repo / "code-review.md").open("a") as stream:
        stream.write("edit\n")
    run("sous", *arguments, "--force", cwd=repo)
    assert len(model.requests) == 2 * before


def test_a_damaged_answer_that_was_kept_is_asked_for_again(repo: Path, home: Path, run: Run, model: FakeModel) -> None:
    large(repo, 6)
    arguments = ("code-review", "-m", "planted", "--context-window", "8000")
    run("sous", *arguments, cwd=repo)
    before = len(model.requests)
    (path,) = home.rglob("answers.db")
    database = sqlite3.connect(path)
    keys = [key for (key,) in database.execute("select key from entries where kind = 'answer'")]
    database.close()
    damages = (b'{"text": " ", "model": "x"}', b"[" * 100_000)
    Store(path, 10**9, 9, is_paid=True).put("answer", {key: damages[key < "8"] for key in keys})
    (repo / "code-review.md").unlink()
    done = run("sous", *arguments, cwd=repo)
    assert done.code == 0, done.err
    assert len(model.requests) == 2 * before


def test_interrupted_in_parts_it_keeps_what_came_of_each(repo: Path, model: FakeModel) -> None:
    large(repo, 6)
    argv = [*SOUS, "code-review", "-m", "slow", "--context-window", "8000", "--timeout", "2.5", "--jobs", "3"]
    done = subprocess.run(argv, cwd=repo, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    kept = re.findall(r"The answer is saved in (code-review\.md\.partial[.\d]*)(?=\.|$|\s)", done.stderr)
    assert len({name.rstrip(".") for name in kept}) == 3
    assert len(model.requests) == 3


def test_the_last_call_of_a_readme_is_held_to_the_limit_too(repo: Path, run: Run, model: FakeModel) -> None:
    large(repo, 6)
    env = {"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "x"}
    model.counts = 1000
    asked = ("readme", "-m", "gpt-4", "--max-cost")
    dry = run("sous", *asked, "100", "--context-window", "8000", "--dry-run", cwd=repo, env=env)
    price = float(re.findall(r"price: +about \$([\d.]+)", dry.out)[0])
    done = run("sous", *asked, str(price * 0.9), "--context-window", "8000", cwd=repo, env=env)
    assert done.code == 4
    assert not model.requests


def test_over_the_limit_what_is_whole_is_written(repo: Path, run: Run, model: FakeModel) -> None:
    env = {"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "x"}
    large(repo, 12)
    asked = ("all", "-m", "gpt-4", "--context-window", "200000", "--jobs", "1")
    dry = run("sous", *asked, "--dry-run", cwd=repo, env=env)
    prices = [float(price) for price in re.findall(r"price: +about \$([\d.]+)", dry.out)]
    done = run("sous", *asked, "--max-cost", str(sum(prices) + 0.01), cwd=repo, env=env)
    assert done.code == 0, done.err  # what it really costs is less than was expected
    assert len(model.requests) == 5


def test_stdout_that_is_closed_is_told_before_anything_is_sent(repo: Path, run: Run, model: FakeModel) -> None:
    run("sous", "bundle", cwd=repo)
    command = " ".join([*SOUS, "code-review", "-", "-m", "ok", "<", "output.txt", ">&-"])
    done = run("sh", "-c", command, cwd=repo)
    assert done.code == 1
    assert "stdout is closed" in done.err
    assert not model.requests


@pytest.mark.parametrize("name", ["src/app.py/x.md", "README.md/y.md"])
def test_a_place_below_a_file_is_told_before_anything_is_sent(
    name: str, repo: Path, run: Run, model: FakeModel
) -> None:
    done = run("sous", "code-review", "-m", "ok", "-o", name, cwd=repo)
    assert done.code == 1
    assert "is a file, so nothing can be written below it: nothing was sent" in done.err
    assert not model.requests


def test_a_name_as_long_as_a_name_may_be_is_written(repo: Path, run: Run, model: FakeModel) -> None:
    name = "r" * 240 + ".md"
    assert run("sous", "code-review", "-m", "ok", "-o", name, cwd=repo).code == 0
    assert (repo / name).exists()
    assert model.requests


def test_a_readme_with_markers_that_goes_away_meanwhile_keeps_the_answer(repo: Path, model: FakeModel) -> None:
    (repo / "README.md").write_text("# Mine\n<!-- sous:begin -->\n<!-- sous:end -->\n")
    with subprocess.Popen([*SOUS, "readme", "-m", "brisk"], cwd=repo, stderr=subprocess.PIPE, text=True) as process:
        while not model.requests:
            time.sleep(0.02)
        (repo / "README.md").unlink()
        assert process.wait(20) == 1
        assert process.stderr
        assert "The whole answer is saved in README.md.partial" in process.stderr.read()


@pytest.mark.skipif(os.name == "nt", reason="/dev/null is no folder of Windows'")
def test_a_state_folder_that_cannot_be_used_is_told_with_the_way_out(repo: Path, run: Run, model: FakeModel) -> None:
    env = {"XDG_STATE_HOME": "/dev/null"}
    run("sous", "bundle", cwd=repo)
    done = run("sous", "code-review", "-", "-m", "length", cwd=repo, env=env, input=(repo / "output.txt").read_bytes())
    assert done.code == 3
    assert "output limit" in done.err
    done = run("sous", "code-review", "-m", "ok", cwd=repo, env=env)
    assert done.code == 1
    assert "where sous keeps its state: Not a directory; make it writable, or name another folder" in done.err
    assert len(model.requests) == 1


@pytest.mark.parametrize("window", ["1300", "1500", "1520", "1550", "1600", "1700"])
def test_a_window_hardly_larger_than_the_prompt_is_refused(window: str, repo: Path, run: Run, model: FakeModel) -> None:
    large(repo, 2)
    done = run("sous", "code-review", "-m", "ok", "--context-window", window, cwd=repo)
    assert done.code == 4
    assert "the window is too small" in done.err
    assert not model.requests


@pytest.mark.parametrize(
    ("option", "value"),
    [("--timeout", "nan"), ("--timeout", "inf"), ("--timeout", "0"), ("--max-cost", "nan"), ("--max-cost", "-1"),
     ("--jobs", "0"), ("--context-window", "9" * 400), ("--retries", "-1"), ("--notify", "perhaps")],
)  # fmt: skip
def test_a_value_that_makes_no_sense_is_a_wrong_command_line(
    option: str, value: str, repo: Path, run: Run, model: FakeModel
) -> None:
    done = run("sous", "code-review", "-m", "ok", option, value, cwd=repo)
    assert done.code == 2
    assert "Traceback" not in done.err
    assert not model.requests


@pytest.mark.parametrize(
    ("fault", "code"),
    [("e401", 1), ("e403", 1), ("e404", 1), ("e429", 1), ("e429quota", 1), ("e500", 1), ("e503", 1),
     ("html", 1), ("nohead", 1), ("drop", 1), ("rst", 1), ("badjson", 1), ("sseerror", 1), ("dropclean", 3),
     ("length", 3), ("filter", 3), ("refuse", 3), ("empty", 3), ("nobody", 3)],
)  # fmt: skip
def test_a_fault_in_the_middle_of_a_split_run(fault: str, code: int, repo: Path, run: Run, model: FakeModel) -> None:
    large(repo, 6)
    (repo / "code-review.md").write_text("")
    model.third = fault
    done = run("sous", "code-review", "-m", "third", "--context-window", "8000", "--jobs", "1", cwd=repo)
    assert (done.code, len(model.requests)) == (code, 3), done.err
    assert (repo / "code-review.md").read_text() == ""
    assert len(model.answered) == 2
