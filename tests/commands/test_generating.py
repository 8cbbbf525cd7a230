"""The five generating commands as real processes against a loopback model."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from fake_model import REPLY
from scene import SOUS, in_terminal
from sous.claims.mark import unmarked
from sous.names import REPORTS
from sous.output.provenance import is_unchanged, read_signature

if TYPE_CHECKING:
    from pathlib import Path

    from fake_model import FakeModel
    from scene import Run

OLD = "# Mine, committed\n"


@pytest.fixture
def readme(repo: Path) -> Path:
    """A README that git holds, so that the command may replace it."""
    return repo / "README.md"


@pytest.mark.parametrize("command", REPORTS)
def test_each_command_writes_its_report(command: str, repo: Path, run: Run, model: FakeModel) -> None:
    done = run("sous", command, "-m", "ok", cwd=repo)
    assert done.code == 0, done.err
    text = (repo / REPORTS[command].output).read_text()
    assert unmarked(read_signature(text)[0]) == REPLY
    assert is_unchanged(text)
    assert done.out == ""
    assert re.search(
        r"ok, [\d.]+ s, 1,000 tokens in \(640 cached, 64%\), 50 out \(provider's count\), price unknown", done.err
    )
    assert len(model.requests) == 1


FAILURES = [
    ("e401", 1, "refused the key", False),
    ("e403", 1, "refused the key", False),
    ("e404", 1, "does not know", False),
    ("e400ctx", 1, "too long for", False),
    ("e429", 1, "limiting the rate", False),
    ("e429quota", 1, "quota", False),
    ("e500", 1, "in trouble", False),
    ("e503", 1, "in trouble", False),
    ("html", 1, "in trouble", False),
    ("nohead", 1, "connection", False),
    ("drop", 1, "connection", True),
    ("rst", 1, "connection", True),
    ("dropclean", 3, "stream ended", True),
    ("badjson", 1, "not JSON", True),
    ("sseerror", 1, "overloaded", True),
    ("length", 3, "output limit", True),
    ("filter", 3, "content filter", True),
    ("refuse", 3, "refused", True),
    ("empty", 3, "empty answer", False),
    ("nobody", 3, "not complete", False),
    ("r-incomplete", 3, "not complete", True),
    ("r-failed", 3, "not complete", True),
    ("r-drop", 1, "connection", True),
]


@pytest.mark.parametrize(("name", "code", "says", "partial"), FAILURES, ids=[failure[0] for failure in FAILURES])
def test_a_model_that_fails_touches_nothing(
    name: str, code: int, says: str, partial: bool, readme: Path, run: Run, model: FakeModel
) -> None:
    before = readme.read_bytes()
    done = run("sous", "readme", "-m", name, cwd=readme.parent)
    assert done.code == code
    last = done.err.splitlines()[-1]
    assert last.startswith("Error: ")
    assert says in last
    assert readme.read_bytes() == before
    kept = readme.with_name("README.md.partial")
    assert kept.exists() == partial
    if partial:
        assert name == "refuse" or REPLY.startswith(kept.read_text())
        assert "saved in README.md.partial" in last
    assert "Traceback" not in done.err
    assert model.requests


@pytest.mark.parametrize("name", ["nousage", "stall", "r-ok"])
def test_an_odd_but_whole_answer_is_kept(name: str, repo: Path, run: Run, model: FakeModel) -> None:
    assert run("sous", "code-review", "-m", name, cwd=repo).code == 0
    assert unmarked(read_signature((repo / "code-review.md").read_text())[0]) == REPLY
    assert model.requests


def test_an_answer_wrapped_in_a_fence_is_unwrapped(repo: Path, run: Run, model: FakeModel) -> None:
    assert run("sous", "code-review", "-m", "fence", cwd=repo).code == 0
    assert unmarked(read_signature((repo / "code-review.md").read_text())[0]) == REPLY
    assert model.requests


def test_prose_is_kept_and_said(repo: Path, run: Run, model: FakeModel) -> None:
    model.script = lambda _prompt: "# Review\n\nThe code is fine.\n"
    done = run("sous", "code-review", "-m", "scripted", cwd=repo)
    assert done.code == 0
    assert "but no finding" in done.err
    assert read_signature((repo / "code-review.md").read_text())[0] == "# Review\n\nThe code is fine.\n"


def test_an_answer_that_found_no_place_is_not_paid_twice(repo: Path, run: Run, model: FakeModel) -> None:
    def script(_prompt: str) -> str:
        (repo / "code-review.md").write_text("mine\n")
        return REPLY

    model.script = script
    command = ("sous", "code-review", "-m", "scripted", "--force")
    assert run(*command, cwd=repo).code == 1
    done = run(*command, cwd=repo)
    assert (done.code, len(model.requests)) == (0, 1), done.err
    assert "scripted answered this before, nothing is sent" in done.err
    assert unmarked(read_signature((repo / "code-review.md").read_text())[0]) == REPLY
    assert run(*command, cwd=repo).code == 1  # asked again, now that the report was in its place
    assert len(model.requests) == 2


def test_a_sentence_is_no_report(repo: Path, run: Run, model: FakeModel) -> None:
    done = run("sous", "code-review", "-m", "prose", cwd=repo)
    assert (done.code, (repo / "code-review.md").exists()) == (3, False)
    assert "prose did not do the task: 'The code is fine.'" in done.err
    assert (repo / "code-review.md.partial").read_text() == "The code is fine.\n"
    assert model.requests


def test_the_bundle_stands_before_the_task_and_is_the_same_for_all(repo: Path, run: Run, model: FakeModel) -> None:
    for command in REPORTS:
        run("sous", command, "-m", "ok", "-o", f"{command}-mine.md", cwd=repo)
    bundle = (repo / "output.txt").read_text()
    assert [prompt.startswith(bundle) for prompt in model.prompts()] == [True] * len(REPORTS)
    assert len(set(model.prompts())) == len(REPORTS)


def test_the_same_inputs_send_nothing(repo: Path, run: Run, model: FakeModel) -> None:
    run("sous", "code-review", "-m", "ok", cwd=repo)
    before = (repo / "code-review.md").read_bytes()
    done = run("sous", "code-review", "-m", "ok", cwd=repo)
    assert done.code == 0
    assert "code-review.md is up to date" in done.err
    assert (repo / "code-review.md").read_bytes() == before
    assert len(model.requests) == 1


@pytest.mark.parametrize("change", ["file", "model", "option", "template", "force", "edited"])
def test_a_changed_input_asks_again(change: str, repo: Path, run: Run, model: FakeModel) -> None:
    run("sous", "code-review", "-m", "ok", cwd=repo)
    more = ["-m", "ok"]
    if change == "file":
        (repo / "new.py").write_text("x\n")
    elif change == "model":
        more = ["-m", "nousage"]
    elif change == "option":
        more += ["--option", "temperature", "0"]
    elif change == "template":
        more += ["--template", "missing-tests"]
    else:
        more += ["--force"]
    if change == "edited":
        (repo / "code-review.md").write_text("mine\n")
    done = run("sous", "code-review", *more, cwd=repo)
    assert done.code == 0, done.err
    assert len(model.requests) == 2
    assert is_unchanged((repo / "code-review.md").read_text())


def test_a_report_that_was_edited_is_refused_before_anything_is_sent(repo: Path, run: Run, model: FakeModel) -> None:
    run("sous", "code-review", "-m", "ok", cwd=repo)
    path = repo / "code-review.md"
    path.write_text(path.read_text().replace("high", "low"))
    (repo / "new.py").write_text("x\n")
    done = run("sous", "code-review", "-m", "ok", cwd=repo)
    assert done.code == 1
    assert "nothing was sent" in done.err
    assert len(model.requests) == 1


def test_reports_of_an_earlier_run_are_not_in_the_next_bundle(repo: Path, run: Run, model: FakeModel) -> None:
    for command in ("code-review", "github-issues"):
        run("sous", command, "-m", "ok", cwd=repo)
    (repo / "x.py").write_text("x\n")
    run("sous", "missing-tests", "-m", "ok", cwd=repo)
    assert "Adding gives the difference" not in model.prompts()[-1]
    assert "code-review.md" not in (repo / "output.txt").read_text()


def test_a_filter_reads_stdin_and_writes_stdout(repo: Path, run: Run, model: FakeModel) -> None:
    done = run("sous", "code-review", "-", "-m", "ok", cwd=repo, input="the bundle\n")
    assert done.code == 0
    assert read_signature(done.out)[0] == REPLY
    assert not (repo / "code-review.md").exists()
    assert model.prompts()[0].startswith("the bundle\n")


def test_a_filter_that_fails_prints_nothing(repo: Path, run: Run, model: FakeModel) -> None:
    done = run("sous", "code-review", "-", "-m", "drop", cwd=repo, input="the bundle\n")
    assert (done.code, done.out) == (1, "")
    assert (repo / "code-review.md.partial").exists()
    assert model.requests


def test_a_filter_works_in_the_home_folder(home: Path, run: Run, model: FakeModel) -> None:
    assert run("sous", "code-review", "-", "-m", "ok", cwd=home, input="the bundle\n").code == 0
    assert model.requests


def test_the_home_folder_is_never_packed(home: Path, run: Run, model: FakeModel) -> None:
    (home / "diary.txt").write_text("secret\n")
    for command in ("bundle", "code-review", "copy-buffer", "clean"):
        done = run("sous", command, cwd=home)
        assert done.code == 1
        assert "home folder" in done.err
    assert not (home / "output.txt").exists()
    assert not model.requests


def test_a_task_started_in_a_subfolder_works_on_the_project(repo: Path, run: Run, model: FakeModel) -> None:
    assert run("sous", "code-review", "-m", "ok", cwd=repo / "src").code == 0
    assert (repo / "code-review.md").exists()
    assert '<file path="src/app.py">' in model.prompts()[0]


@pytest.mark.parametrize("data", [b"", b"  \n"])
def test_an_empty_bundle_never_reaches_a_model(data: bytes, repo: Path, run: Run, model: FakeModel) -> None:
    (repo / "output.txt").write_bytes(data)
    done = run("sous", "code-review", "-m", "ok", cwd=repo)
    assert done.code == 1
    assert "output.txt is empty; pack again. Nothing was sent" in done.err
    assert not model.requests


def test_a_bundle_with_other_bytes_is_sent_and_said(repo: Path, run: Run, model: FakeModel) -> None:
    (repo / "output.txt").write_bytes(b"caf\xe9\n")
    done = run("sous", "code-review", "-m", "ok", cwd=repo)
    assert done.code == 0
    assert "not UTF-8" in done.err
    assert model.prompts()[0].startswith("caf\ufffd\n")


def test_a_stale_bundle_of_another_tool_is_said(repo: Path, run: Run, model: FakeModel) -> None:
    (repo / "output.txt").write_text('<file path="src/app.py">\nold\n</file>\n')
    os.utime(repo / "output.txt", (1, 1))
    done = run("sous", "code-review", "-m", "ok", cwd=repo)
    assert "output.txt differs from the files here: 1 changed" in done.err
    assert model.prompts()[0].startswith('<file path="src/app.py">\nold')


def test_a_stale_bundle_of_ours_is_packed_anew(repo: Path, run: Run, model: FakeModel) -> None:
    run("sous", "bundle", cwd=repo)
    (repo / "src" / "app.py").write_text("fresh = 1\n")
    assert "packed again" in run("sous", "code-review", "-m", "ok", cwd=repo).err
    assert "fresh = 1" in model.prompts()[0]
    (repo / "src" / "app.py").write_text("fresher = 1\n")
    run("sous", "code-review", "-m", "ok", "--no-pack", "--force", cwd=repo)
    assert "fresher = 1" not in model.prompts()[1]


def test_a_dry_run_shows_and_sends_nothing(repo: Path, run: Run, model: FakeModel) -> None:
    done = run("sous", "code-review", "-m", "gpt-4o-mini", "--dry-run", cwd=repo)
    assert done.code == 0
    assert re.search(
        r"model: +gpt-4o-mini\ntokens: +[\d,]+ tokens \(estimate\), 1% of its context window, in o200k_base\n"
        r"price: +about \$0\.\d+",
        done.out,
    )
    assert "This file holds the files of a repository" in done.out
    assert "Everything above this line is the bundle" in done.out
    assert not model.requests
    assert not (repo / "code-review.md").exists()


def test_more_than_the_model_reads_is_not_sent(repo: Path, run: Run, model: FakeModel) -> None:
    (repo / "big.txt").write_text("word \N{SNOWMAN} " * 60_000)
    env = {"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "x"}
    done = run("sous", "code-review", "-m", "gpt-4o-mini", "--no-split", cwd=repo, env=env)
    assert done.code == 4
    assert "that gpt-4o-mini can take beside its answer (it reads 128,000 tokens (known)), nothing was sent" in done.err
    assert not model.requests


def test_a_narrow_bundle_is_said_to_be_one(repo: Path, run: Run, model: FakeModel) -> None:
    run("sous", "bundle", "src", cwd=repo)
    assert "output.txt contains only src, as it was packed" in run("sous", "code-review", "-m", "ok", cwd=repo).err
    assert "README.md" not in model.prompts()[0]


def test_touching_a_file_without_changing_it_is_no_staleness(repo: Path, run: Run, model: FakeModel) -> None:
    run("sous", "bundle", cwd=repo)
    os.utime(repo / "README.md", (2_000_000_000, 2_000_000_000))
    assert "older" not in run("sous", "code-review", "-m", "ok", cwd=repo).err
    assert model.requests


def test_from_a_subfolder_names_lead_there(repo: Path, run: Run, model: FakeModel) -> None:
    assert "\n../code-review.md: " in run("sous", "code-review", "-m", "ok", cwd=repo / "src").err
    assert model.requests


@pytest.mark.skipif(os.name == "nt", reason="links of POSIX")
@pytest.mark.parametrize("name", ["code-review.md", "output.txt"])
def test_links_that_a_repository_lays_are_not_written_through(
    name: str, repo: Path, run: Run, model: FakeModel, home: Path
) -> None:
    (home / ".bashrc").write_text("mine\n")
    (repo / name).symlink_to(home / ".bashrc")
    done = run("sous", "code-review", "-m", "drop", cwd=repo)
    assert done.code == 1
    assert "link" in done.err
    assert (home / ".bashrc").read_text() == "mine\n"
    assert not model.requests


@pytest.mark.skipif(os.name == "nt", reason="waits for a process as POSIX does")
def test_a_file_that_appears_meanwhile_is_not_overwritten(repo: Path, model: FakeModel) -> None:
    with subprocess.Popen([*SOUS, "code-review", "-m", "slow"], cwd=repo, stderr=subprocess.PIPE) as process:
        deadline = time.monotonic() + 30
        while not model.requests and time.monotonic() < deadline:
            time.sleep(0.05)
        (repo / "code-review.md").write_text("mine\n")
        assert process.stderr
        err = process.stderr.read().decode()
    assert process.returncode == 1
    assert "was changed while the model was working" in err
    assert (repo / "code-review.md").read_text() == "mine\n"
    assert "Adding gives the difference" in (repo / "code-review.md.partial").read_text()


@pytest.mark.parametrize("name", ["ok", "length"])
def test_a_partial_file_of_the_users_own_is_kept(name: str, repo: Path, run: Run, model: FakeModel) -> None:
    (repo / "code-review.md.partial").write_text("mine\n")
    run("sous", "code-review", "-m", name, cwd=repo)
    assert (repo / "code-review.md.partial").read_text() == "mine\n"
    assert model.requests


@pytest.mark.skipif(os.name == "nt", reason="FIFOs of POSIX")
@pytest.mark.parametrize("name", ["output.txt", "code-review.md"])
def test_a_fifo_is_told_and_never_waited_for(name: str, repo: Path, run: Run, model: FakeModel) -> None:
    os.mkfifo(repo / name)
    done = run("sous", "code-review", "-m", "ok", cwd=repo)
    assert (done.code, "not a regular file" in done.err) == (1, True)
    assert not model.requests


def test_an_option_of_the_model_is_sent(repo: Path, run: Run, model: FakeModel) -> None:
    run("sous", "code-review", "-m", "ok", "--option", "temperature", "0.25", cwd=repo)
    assert model.requests[0]["temperature"] == 0.25


def test_no_key_says_how_to_set_one(repo: Path, run: Run) -> None:
    done = run("sous", "code-review", "-m", "gpt-4o-mini", cwd=repo)
    assert done.code == 1
    assert "llm keys set" in done.err.splitlines()[-1]


def test_an_unknown_model_is_told(repo: Path, run: Run) -> None:
    done = run("sous", "code-review", "-m", "nope", cwd=repo)
    assert (done.code, "unknown model nope" in done.err) == (1, True)


def test_escapes_in_an_answer_never_reach_the_terminal(repo: Path, model: FakeModel) -> None:
    shown = in_terminal([*SOUS, "code-review", "-m", "escape"], repo)
    assert "1 line of prose" in shown or "lines of prose" in shown
    assert "\x1b]0;owned" not in shown
    assert "\x1b[2J" not in shown
    assert model.requests


def test_a_terminal_sees_how_far_it_is_in_one_line(repo: Path, model: FakeModel) -> None:
    shown = in_terminal([*SOUS, "code-review", "-m", "slow"], repo)
    assert re.search(r"\r\x1b\[K\d+ s, code-review, slow, ~\d+ tokens out", shown)
    assert re.search(r"1 finding; slow, [\d.]+ s, 1,000 tokens in", shown)
    assert model.requests


def test_a_file_with_the_templates_name_is_not_taken_for_it(repo: Path, run: Run, model: FakeModel) -> None:
    (repo / "code-review-gen").write_text("prompt: evil\nfunctions: |\n  open('pwned', 'w')\n")
    assert run("sous", "code-review", "-m", "ok", cwd=repo).code == 0
    assert "Review this code for the teammate" in model.prompts()[0]
    assert not (repo / "pwned").exists()


def test_the_log_of_llm_holds_the_call(repo: Path, run: Run, model: FakeModel) -> None:
    run("sous", "code-review", "-m", "ok", cwd=repo)
    logs = run(sys.executable, "-m", "llm", "logs", "-n", "1", cwd=repo).out
    assert "Adding gives the difference" in logs
    assert model.requests
