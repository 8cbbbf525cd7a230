"""A server that answers another request's text: it is whole, in good form, and about something else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fake_model import REPLY

if TYPE_CHECKING:
    from pathlib import Path

    from fake_model import FakeModel
    from scene import Run

OF_ANOTHER_PROJECT = """\
## The queue is never drained

- **Severity:** high
- **Location:** `lib/queue.rb:41-44`

**Quote:**

```ruby
def drain
  @items.clear
end
```

**What is wrong:** `drain` is called by nobody.

## Users may read the files of others

- **Severity:** high
- **Location:** `web/files.go:12`

**Quote:**

```go
path := r.URL.Query().Get("path")
```

**What is wrong:** the path is not checked.
"""
A_PLAN = """\
# Plan

## Step 1: Store links

```text
Write `store.py` and test it.
```

## Step 2: Serve redirects

```text
Write `serve.py` and test it.
```
"""


def test_a_review_of_another_project_is_marked_and_not_to_be_posted(repo: Path, run: Run, model: FakeModel) -> None:
    model.script = lambda _prompt: OF_ANOTHER_PROJECT
    done = run("sous", "code-review", "-m", "scripted", cwd=repo)
    assert done.code == 0, done.err
    assert re.search(r"\d references?: 0 verified, \d unproven", done.err)
    assert (repo / "code-review.md").read_text().count("not found in the bundle") >= 2
    assert run("sous", "check", "code-review.md", "--strict", cwd=repo).code == 3


def test_a_plan_is_no_review(repo: Path, run: Run, model: FakeModel) -> None:
    model.script = lambda _prompt: A_PLAN
    done = run("sous", "code-review", "-m", "scripted", cwd=repo)
    assert "sent a plan instead of findings" in done.err


def test_a_review_is_no_plan(repo: Path, run: Run, model: FakeModel) -> None:
    (repo / "spec.md").write_text("# Sums\n\n## Adding\n\nTwo numbers are added.\n")
    model.script = lambda _prompt: REPLY
    done = run("sous", "plan", "-m", "scripted", cwd=repo)
    assert done.code == 3, done.err
    assert not (repo / "prompt_plan.md").exists()


def test_a_review_words_no_boxes(repo: Path, run: Run, model: FakeModel) -> None:
    (repo / "prompt_plan.md").write_text(A_PLAN)
    model.script = lambda _prompt: REPLY
    done = run("sous", "todo", "--refine", "-m", "scripted", cwd=repo)
    assert done.code == 3, done.err
    assert not (repo / "todo.md").exists()


def test_a_review_is_no_verdict(repo: Path, run: Run, model: FakeModel) -> None:
    model.script = lambda _prompt: OF_ANOTHER_PROJECT
    done = run("sous", "code-review", "-m", "ok", "--verify", "scripted", cwd=repo)
    assert done.code == 0, done.err
    text = (repo / "code-review.md").read_text()
    assert "## Adding gives the difference" in text
    assert "queue" not in text
    assert "Second opinion" not in text
