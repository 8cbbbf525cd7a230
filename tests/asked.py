"""Every way in which sous asks a model for a file, with answers that are good."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scene import packed, write_tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SPEC = "# Shortener\n\n## Requirements\n\n### Make a link\n\nPOST /links.\n\n## Testing plan\n\nunittest.\n"
PLAN = (
    "# Plan: shortener\n\n## Step 1: The store\n\n- **Files:** `store.py`\n\n"
    "```text\nWrite the store, with its test first.\n```\n\n**Verify:**\n\n- its tests pass\n"
)
REPORT = (
    "## A line is wrong\n\n- **Severity:** high\n- **Location:** `app.py:1-1`\n\n**Quote:**\n\n"
    "```python\nline_1 = 1\n```\n\n**What is wrong:** It is.\n"
)
README = "# demo\n\nIt adds numbers.\n\n## Usage\n\nRun it.\n"


class Case(NamedTuple):
    """A command, the file that it makes, how many answers that takes, and what is there before."""

    argv: tuple[str, ...]
    target: str
    script: Callable[[str], str]
    calls: int = 1
    files: dict[str, str] = {}  # noqa: RUF012  # never changed
    module: str = "sous"
    is_large: bool = False


def verifying(prompt: str) -> str:
    """Answer as the model of a report, and as the one that looks at its findings."""
    return "1: real: it is\n2: not real: no\n" if "# Finding 1\n" in prompt else REPORT


def interviewed(prompt: str) -> str:
    """Ask one question, then write a specification."""
    if "Write the specification that" in prompt:
        return SPEC
    return "DONE" if "\nAnswer " in prompt else "What about it?"


CODE = {"app.py": "".join(f"line_{number} = {number}\n" for number in range(1, 60))}
CASES = {
    "code-review": Case(("code-review", "--no-pack"), "code-review.md", lambda _: REPORT, files=CODE),
    "github-issues": Case(("github-issues", "--no-pack"), "issues.md", lambda _: REPORT, files=CODE),
    "issue-prompts": Case(("issue-prompts", "--no-pack"), "issue-prompts.md", lambda _: REPORT, files=CODE),
    "missing-tests": Case(("missing-tests", "--no-pack"), "missing-tests.md", lambda _: REPORT, files=CODE),
    "readme": Case(("readme", "--no-pack"), "README.md", lambda _: README, files=CODE),
    "readme of parts": Case(
        ("readme", "--context-window", "8000"), "README.md", lambda _: README, calls=-1, is_large=True
    ),
    "second opinion": Case(
        ("code-review", "--no-pack", "--verify", "scripted"), "code-review.md", verifying, calls=2, files=CODE
    ),
    "hone": Case(("hone", "an idea", "--answers", "said.txt"), "spec.md", interviewed, calls=3,
                 files={"said.txt": "For me.\n"}),
    "plan": Case(("plan",), "prompt_plan.md", lambda _: PLAN, files={"spec.md": SPEC}),
    "plan, repaired": Case(("plan", "--repair"), "prompt_plan.md", lambda _: PLAN, calls=2,
                           files={"spec.md": SPEC}),
    "todo": Case(("todo", "--refine"), "todo.md", lambda _: "- [ ] 1 The store\n  - [ ] it stores\n",
                 files={"prompt_plan.md": PLAN}),
    "adopt": Case(("plan", "--adopt", "notes.txt"), "notes.adopted.md", lambda _: "1-1: title line 1\n",
                  files={"notes.txt": "first the parser\n"}),
    "agent llm": Case(("step.txt", "--model", "scripted"), "new.py", lambda _: "## `new.py`\n\n````python\nx = 1\n````\n",
                      files={"step.txt": "Make new.py.\n"}, module="sous.runner.edit"),
}  # fmt: skip


def place(repo: Path, case: Case) -> None:
    """Put what a case needs into a repository."""
    for number in range(8 if case.is_large else 0):
        text = "".join(f"def function_{number}_{line}(value): return value + {line}\n" for line in range(200))
        (repo / f"m{number}.py").write_text(text)
    (repo / "README.md").unlink(missing_ok=True)
    write_tree(repo, case.files)
    if case.files is CODE:
        (repo / "output.txt").write_text(packed(CODE))
