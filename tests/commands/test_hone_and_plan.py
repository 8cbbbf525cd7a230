from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from scene import SOUS, Run, in_dialog
from sous.locks import locked
from sous.output.provenance import read_signature

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fake_model import FakeModel

SPEC = """\
# Shortener

## Overview

Short links.

## Requirements

### Make a link

POST /links.

## Architecture

One file.

## Data handling

A dict.

## Error handling

404.

## Testing plan

unittest.
"""

PLAN = """\
# Plan: shortener

## Blueprint

Store, then server.

## Step 1: The store

- **Builds on:** nothing
- **Files:** `store.py`, `test_store.py`
- **Covers:** Requirements; Make a link; Data handling; Architecture
- **Wired in by:** step 2

```text
Write the store, with its test first.
```

**Verify:**

- its tests pass

## Step 2: The server

- **Builds on:** step 1
- **Files:** `server.py`, `test_server.py`
- **Covers:** Error handling; Testing plan
- **Wired in by:** this step

```text
Write the server, with its test first.
```

**Verify:**

- its tests pass
"""


@pytest.fixture
def project(tmp_path: Path, model: FakeModel) -> Path:
    (tmp_path / ".mise.toml").touch()
    model.script = interviewer()
    return tmp_path


def interviewer(questions: int = 2, spec: str = SPEC) -> Callable[[str], str]:
    """Return a model that asks so many questions, then says DONE, and writes a specification when asked for one."""

    def answer(prompt: str) -> str:
        if "Write the specification that" in prompt:
            return spec
        asked = prompt.count("\nAnswer ")
        return f"What about {asked + 1}?" if asked < questions else "DONE"

    return answer


def honed(run: Run, project: Path, answers: str, *args: str) -> tuple[int, str]:
    (project / "answers.txt").write_bytes(answers.encode("utf-8", "surrogateescape"))
    done = run("sous", "hone", *args, "--answers", "answers.txt", "-m", "scripted", cwd=project)
    return done.code, done.err


def turns(project: Path, name: str = "a-shortener") -> list[tuple[str, str]]:
    lines = (project / ".sous/hone" / f"{name}.jsonl").read_bytes().decode().split("\n")[:-1]
    return [(entry["kind"], entry["text"]) for entry in map(json.loads, lines)]


def test_an_idea_becomes_a_spec(run: Run, project: Path, model: FakeModel) -> None:
    code, err = honed(run, project, "For me.\n\nNo limits,\nat all.\n", "a shortener")
    assert code == 0, err
    assert (project / "spec.md").read_text().startswith("# Shortener\n")
    assert turns(project) == [
        ("idea", "a shortener"), ("question", "What about 1?"), ("answer", "For me."), ("question", "What about 2?"),
        ("answer", "No limits,\nat all."), ("end", ""),
    ]  # fmt: skip
    assert "Answer 2: No limits,\nat all." in model.prompts()[-1]
    assert (project / ".sous/.gitignore").read_text().splitlines()[1:] == [
        "*",
        "!findings.jsonl",
        "!findings/",
        "!findings/*.json",
    ]


def test_answers_that_run_out_end_it(run: Run, project: Path, model: FakeModel) -> None:
    model.script = interviewer(questions=99)
    code, _ = honed(run, project, "One.\n\nskip\n\nback\n\nTwo, better.\n", "a shortener")
    assert code == 0
    assert "Answer 2: Two, better." in model.prompts()[-1]
    assert model.prompts()[-1].count("\nAnswer ") == 2


def test_every_turn_is_on_disk_before_the_next_is_asked(run: Run, project: Path, model: FakeModel) -> None:
    (project / "answers.txt").write_text("One.\n\nTwo.\n")
    seen: list[list[tuple[str, str]]] = []

    def ask(prompt: str) -> str:
        seen.append(turns(project))
        if len(seen) == 2:
            os.kill(job.pid, signal.SIGKILL)
            time.sleep(0.2)
        return interviewer()(prompt)

    model.script = ask
    command = [*SOUS, "hone", "a shortener", "--answers", "answers.txt", "-m", "scripted"]
    with subprocess.Popen(command, cwd=project, stderr=subprocess.DEVNULL) as job:
        job.wait()
    assert [len(one) for one in seen] == [1, 3]
    assert honed(run, project, "One.\n\nTwo.\n", "--resume")[0] == 0
    assert [text for kind, text in turns(project) if kind == "answer"] == ["One.", "Two."]


def test_a_torn_last_line_is_no_turn(run: Run, project: Path) -> None:
    folder = project / ".sous/hone"
    folder.mkdir(parents=True)
    (folder / "x.jsonl").write_text('{"kind": "idea", "text": "a thing"}\n{"kind": "question", "te')
    assert honed(run, project, "One.\n", "--resume")[0] == 0
    lines = (folder / "x.jsonl").read_text().splitlines()
    assert json.loads(lines[2])["kind"] == "question"


def test_poking_asks_about_the_spec_and_writes_it_anew(run: Run, project: Path, model: FakeModel) -> None:
    (project / "spec.md").write_text("# Old\n\n## Requirements\n\nIt shortens.\n")
    assert honed(run, project, "Yes.\n", "--poke")[0] == 1  # somebody's own, and no git
    assert not model.requests
    code, err = honed(run, project, "Yes.\n", "--poke", "--force")
    assert code == 0, err
    assert "It shortens." in model.prompts()[0]
    assert "Look for holes" in model.prompts()[0]
    assert (project / "spec.md").read_text().startswith("# Shortener")


def test_a_bundle_stands_before_the_interview(run: Run, project: Path, model: FakeModel) -> None:
    (project / "app.py").write_text("THERE_ALREADY = 1\n")
    run("sous", "bundle", "--project", cwd=project)
    assert honed(run, project, "Yes.\n", "a shortener", "--bundle", "output.txt")[0] == 0
    assert model.prompts()[0].index("THERE_ALREADY") < model.prompts()[0].index("a shortener")


def test_on_a_terminal_it_asks_and_an_empty_line_ends_an_answer(project: Path, model: FakeModel) -> None:
    command = [*SOUS, "hone", "a shortener", "-m", "scripted"]
    shown = in_dialog(
        command,
        project,
        ("What about 1?", b"For me.\nAnd you.\n\n"),
        ("What about 2?", b"back\n"),
        ("your answer was:", b"For all.\n\n"),
        ("What about 2?", b"enough\n"),
    )
    assert "  For me." in shown
    assert "Answer 1: For all." in model.prompts()[-1]
    assert (project / "spec.md").exists()


def test_a_line_can_be_edited_and_a_pasted_text_is_one_answer(
    project: Path, model: FakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    pytest.importorskip("readline", reason="Windows edits lines itself")
    in_dialog(
        [*SOUS, "hone", "a shortener", "-m", "scripted"],
        project,
        ("What about 1?", b"Fr me.\x1b[D\x1b[D\x1b[D\x1b[D\x1b[Do\r\r"),
        ("What about 2?", b"\x1b[200~One.\n\nTwo.\x1b[201~\r\r"),
        stdout=True,
    )
    assert "Answer 1: For me.\n" in model.prompts()[-1]
    assert "Answer 2: One.\n\nTwo.\n" in model.prompts()[-1]


@pytest.mark.parametrize(
    ("args", "answers", "says"),
    [
        ([""], "x", "say what you want to build"),
        (["--resume"], "x", "there is no interview to continue"),
        (["--poke"], "x", "there is no spec.md to look into"),
        (["idea", "--name", "../x"], "x", "is not a name for a file"),
        (["idea", "--file", "answers.txt"], "x", "not both"),
        (["idea", "--resume"], "x", "--resume cannot be combined with an idea"),
        (["--poke", "idea"], "x", "--poke cannot be combined with an idea"),
        (["--resume", "--poke"], "x", "leave --poke out"),
        (["--resume", "--name", "../x"], "x", "--name takes the name of an interview"),
        (["idea"], "\udcff\udcfeO", "answers.txt is not UTF-8 (byte 0)"),
    ],
)
def test_what_cannot_be_honed_is_said(run: Run, project: Path, args: list[str], answers: str, says: str) -> None:
    code, err = honed(run, project, answers, *args)
    assert code in (1, 2)
    assert says in err


def test_nobody_to_ask_is_said(run: Run, project: Path) -> None:
    done = run("sous", "hone", "an idea", "-m", "scripted", cwd=project)
    assert done.code == 2
    assert "--answers FILE" in done.err


@pytest.mark.parametrize("answers", ["skip\n\nTwo\n", "One\n\nback\n\nOne, better\n\nTwo\n", "One\u2028still\n\nTwo\n"])
def test_the_same_answers_go_on_where_they_stopped(run: Run, project: Path, model: FakeModel, answers: str) -> None:
    broken = interviewer(questions=3)
    model.script = lambda prompt: broken(prompt) if prompt.count("\nAnswer ") < 2 else ""
    code, _ = honed(run, project, answers, "a shortener")
    assert code != 0
    before = turns(project)
    model.script = interviewer(questions=3)
    code, err = honed(run, project, f"{answers}\nThree\n", "--resume")
    assert code == 0, err
    assert turns(project)[: len(before)] == before
    assert [text for kind, text in turns(project) if kind == "answer"][-2:] == ["Two", "Three"]


def test_an_idea_comes_from_a_file(run: Run, project: Path, model: FakeModel) -> None:
    (project / "idea.txt").write_text("a shortener\x85of links\n")
    code, err = honed(run, project, "One\n", "-f", "idea.txt")
    assert code == 0, err
    assert "# The idea\n\na shortener\x85of links" in model.prompts()[0]
    assert run("sous", "hone", "--resume", "-n", "-m", "scripted", cwd=project).code == 0


@pytest.mark.parametrize(
    "said",
    ["DONE", "No further questions.", "I have no more questions.", "Thanks, that is all.\n\nDONE", "```\nDONE\n```"],
)
def test_the_end_of_questions_is_heard_in_many_words(run: Run, project: Path, model: FakeModel, said: str) -> None:
    asks = interviewer()
    model.script = lambda prompt: said if asks(prompt) == "DONE" else asks(prompt)
    assert honed(run, project, "One\n\nTwo\n\nThree\n", "a shortener")[0] == 0
    assert [text for kind, text in turns(project) if kind == "answer"] == ["One", "Two"]


def test_going_on_takes_the_interview_that_is_not_ended(run: Run, project: Path, model: FakeModel) -> None:
    model.script = lambda prompt: "" if "Answer" in prompt else "What?"
    assert honed(run, project, "One\n", "big")[0] != 0
    model.script = interviewer(questions=1)
    assert honed(run, project, "One\n", "small")[0] == 0
    code, err = honed(run, project, "One\n\nTwo\n", "--resume", "--force")
    assert code == 0, err
    assert "continuing .sous/hone/big.jsonl" in err


def test_what_is_no_file_of_ours_is_not_read(run: Run, project: Path, tmp_path: Path) -> None:
    (project / ".sous").mkdir()
    (project / ".sous/hone").symlink_to(tmp_path)
    assert "hone is a link" in honed(run, project, "One\n", "idea")[1]
    (project / ".sous/hone").unlink()
    (project / ".sous/hone").mkdir()
    os.mkfifo(project / ".sous/hone/x.jsonl")
    assert "there is no interview" in honed(run, project, "One\n", "--resume")[1]
    assert "is not a regular file" in honed(run, project, "One\n", "--resume", "--name", "x")[1]


def test_two_do_not_go_on_with_one_interview(run: Run, project: Path, model: FakeModel) -> None:
    assert honed(run, project, "One\n", "idea")[0] == 0
    with locked(project / ".sous/hone/idea.lock", timeout=0.1):
        code, err = honed(run, project, "One\n\nTwo\n", "--resume", "--force")
    assert code == 1
    assert "another `sous hone` continues" in err


def test_a_dry_run_begins_no_interview(run: Run, project: Path) -> None:
    assert run("sous", "hone", "an idea", "-n", "-m", "scripted", cwd=project).code == 0
    assert not list((project / ".sous").rglob("*.jsonl"))


def test_a_model_that_fails_leaves_the_answers(run: Run, project: Path, model: FakeModel) -> None:
    (project / "answers.txt").write_text("One.\n")
    done = run("sous", "hone", "a shortener", "--answers", "answers.txt", "-m", "e500", cwd=project)
    assert done.code == 1
    assert "`sous hone --resume` continues" in done.err
    assert turns(project) == [("idea", "a shortener")]


def planned(run: Run, project: Path, model: FakeModel, *answers: str, args: tuple[str, ...] = ()) -> tuple[int, str]:
    """Plan with a model that gives these answers, one after another."""
    (project / "spec.md").write_text(SPEC)
    left = list(answers)
    model.script = lambda _prompt: left.pop(0)
    done = run("sous", "plan", "-m", "scripted", *args, cwd=project)
    return done.code, done.err


def test_a_spec_becomes_a_plan(run: Run, project: Path, model: FakeModel) -> None:
    code, err = planned(run, project, model, f"```markdown\n{PLAN}```\n")
    assert code == 0, err
    assert "2 steps" in err
    assert "lacks" not in err
    assert (project / "prompt_plan.md").read_text().startswith("# Plan: shortener")
    assert "Work test-driven" in model.prompts()[0]
    again = run("sous", "plan", "-m", "scripted", cwd=project)
    assert "is up to date" in again.err
    assert len(model.requests) == 1


def test_a_plan_that_found_no_place_is_not_paid_twice(run: Run, project: Path, model: FakeModel) -> None:
    def script(_prompt: str) -> str:
        (project / "prompt_plan.md").write_text("mine\n")
        return PLAN

    (project / "spec.md").write_text(SPEC)
    model.script = script
    assert run("sous", "plan", "-m", "scripted", cwd=project).code == 1
    done = run("sous", "plan", "-m", "scripted", "--force", cwd=project)
    assert (done.code, len(model.requests)) == (0, 1), done.err
    assert "prompt_plan.md: 2 steps; scripted, nothing was sent" in done.err
    (project / "prompt_plan.md").unlink()
    run("sous", "plan", "-m", "scripted", "--force", cwd=project)
    assert len(model.requests) == 2


def test_without_tdd_another_prompt_is_sent(run: Run, project: Path, model: FakeModel) -> None:
    assert planned(run, project, model, PLAN, args=("--no-tdd",))[0] == 0
    assert "Work test-driven" not in model.prompts()[0]


HOLES = {
    "a gap": (PLAN.replace("## Step 2", "## Step 3"), "the steps are numbered 1, 3, not 1 to 2"),
    "twice the same": (PLAN.replace("## Step 2", "## Step 1"), "2 steps have the number 1"),
    "no prompt": (PLAN.replace("```text\nWrite the server, with its test first.\n```\n", ""), "step 2 has no prompt"),
    "an orphan": (
        PLAN.replace("on:** step 1", "on:** nothing").replace("by:** step 2", "by:**"),
        "The store is an orphan",
    ),
    "not there yet": (PLAN.replace("on:** nothing", "on:** step 2"), "builds on step 2, which comes later"),
    "not covered": (PLAN.replace("Error handling; ", ""), 'no step covers "Error handling" of the spec'),
    "no way to verify": (PLAN.replace("**Verify:**", "**Notes:**"), "does not say how to verify it"),
}


@pytest.mark.parametrize(("text", "says"), HOLES.values(), ids=HOLES.keys())
def test_holes_are_listed_and_repaired_once(run: Run, project: Path, model: FakeModel, text: str, says: str) -> None:
    code, err = planned(run, project, model, text)
    assert code == 0
    assert says in err
    code, err = planned(run, project, model, text, PLAN, args=("--repair", "--force"))
    assert code == 0
    assert "lacks" not in err
    by_program = "number" in says
    assert (says in model.prompts()[-1]) != by_program
    assert len(model.requests) == (2 if by_program else 3)


def test_a_repair_that_makes_it_worse_is_not_taken(run: Run, project: Path, model: FakeModel) -> None:
    holed = HOLES["an orphan"][0]
    assert planned(run, project, model, holed, "Sorry, no plan.", args=("--repair",))[0] == 0
    assert "## Step 2: The server" in (project / "prompt_plan.md").read_text()


def test_a_plan_that_is_half_done_is_not_made_again_without_a_question(
    run: Run, project: Path, model: FakeModel
) -> None:
    assert planned(run, project, model, PLAN)[0] == 0
    (project / "todo.md").write_text("- [x] Step 1: The store\n- [ ] Step 2: The server\n")
    code, err = planned(run, project, model, PLAN, args=("--no-tdd",))
    assert (code, len(model.requests)) == (1, 1)
    assert "half done: 1 of 2 steps" in err
    assert planned(run, project, model, PLAN, args=("--force",))[0] == 0


def test_a_plan_that_is_there_can_be_repaired(run: Run, project: Path, model: FakeModel) -> None:
    assert planned(run, project, model, HOLES["an orphan"][0])[0] == 0
    code, err = planned(run, project, model, PLAN, args=("--repair",))
    assert code == 0, err
    assert "lacks" not in err
    assert "What it lacks" in model.prompts()[-1]
    assert len(model.requests) == 2


def test_a_repair_may_give_only_what_changes(run: Run, project: Path, model: FakeModel) -> None:
    mend = "## Step 2: The server\n\n- **Covers:** Error handling; Testing plan; Serving\n"
    holed = PLAN.replace("Error handling; ", "")
    code, err = planned(run, project, model, holed, mend, args=("--repair",))
    assert code == 0, err
    written = read_signature((project / "prompt_plan.md").read_text())[0]
    assert [line for line in written.splitlines() if line not in holed.splitlines()] == [
        "- **Covers:** Error handling; Testing plan; Serving"
    ]


def test_a_repair_that_fails_loses_no_plan(run: Run, project: Path, model: FakeModel) -> None:
    code, err = planned(run, project, model, HOLES["an orphan"][0], "", args=("--repair",))
    assert code == 0
    assert "it could not be repaired" in err
    assert "## Step 2: The server" in (project / "prompt_plan.md").read_text()


@pytest.mark.parametrize(("name", "code"), [("empty", 3), ("length", 3), ("prose", 3), ("drop", 1), ("e401", 1)])
def test_an_answer_that_is_no_plan_is_not_written(run: Run, project: Path, name: str, code: int) -> None:
    (project / "spec.md").write_text(SPEC)
    (project / "prompt_plan.md").write_text("mine\n")
    done = run("sous", "plan", "-m", name, "--force", cwd=project)
    assert done.code == code
    assert (project / "prompt_plan.md").read_text() == "mine\n"


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        (None, "make one with `sous hone IDEA`"),
        (" \n", "spec.md is empty"),
        ("<<<<<<< a\n", "spec.md:1: there is a merge conflict"),
    ],
)
def test_a_spec_that_is_none_is_said(run: Run, project: Path, model: FakeModel, spec: str | None, says: str) -> None:
    if spec is not None:
        (project / "spec.md").write_text(spec)
    done = run("sous", "plan", "-m", "scripted", cwd=project)
    assert done.code == 1
    assert says in done.err
    assert not model.requests


def test_a_plan_of_ones_own_is_not_overwritten(run: Run, project: Path, model: FakeModel) -> None:
    (project / "prompt_plan.md").write_text("mine\n")
    code, err = planned(run, project, model, PLAN)
    assert code == 1
    assert "--force" in err
    assert not model.requests


def test_a_model_may_word_the_boxes_but_not_choose_the_steps(run: Run, project: Path, model: FakeModel) -> None:
    (project / "prompt_plan.md").write_text(PLAN)
    model.script = lambda _prompt: (
        "- [ ] Step 1: The store\n  - [ ] it keeps a link\n- [x] Step 9: Pay me\n  - [ ] now\n"
    )
    done = run("sous", "todo", "-m", "scripted", cwd=project)
    assert done.code == 0, done.err
    text = (project / "todo.md").read_text()
    assert (
        "- [ ] Step 1: The store\n  - [ ] it keeps a link\n- [ ] Step 2: The server\n  - [ ] its tests pass\n" in text
    )
    assert "Pay me" not in text


@pytest.mark.parametrize("argv", [("hone", "a url shortener"), ("plan",)])
def test_static_analysis_makes_neither(argv: tuple[str, ...], repo: Path, run: Run) -> None:
    (repo / "spec.md").write_text("# Spec\n")
    done = run("sous", *argv, "-m", "sous-static", cwd=repo)
    assert done.code == 2
    assert "sous-static makes reports alone; name a model with -m" in done.err
