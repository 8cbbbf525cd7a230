"""`-q`: nothing on stderr of a command that went well; what went wrong is still said."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from scene import git, name_author
from sous.cli import COMMANDS, sous

if TYPE_CHECKING:
    from pathlib import Path

    from fake_forge import FakeForge
    from fake_model import FakeModel
    from scene import Run

SPEC = "# Adding\n\n## Overview\n\nAdds.\n\n## Requirements\n\nIt adds.\n\n## Architecture\n\nOne file.\n\n" + "".join(
    f"## {title}\n\nAs usual.\n\n" for title in ("Data handling", "Error handling", "Testing plan")
)
PLAN = """\
# Plan: adding

## Step 1: The function

- **Builds on:** nothing
- **Files:** `made.txt`
- **Covers:** Overview; Requirements; Architecture; Data handling; Error handling; Testing plan
- **Wired in by:** this step
- **Kind:** docs

```text
Write made.txt.
```

**Verify:**

- it is there
"""
AGENT = f"\"{sys.executable}\" -c \"open('made.txt', 'w').write('made')\""
# in this order, in one project
LINES = {
    "bundle": (),
    "code-review": ("-m", "ok"),
    "security-review": ("-m", "ok"),
    "github-issues": ("-m", "ok"),
    "issue-prompts": ("-m", "ok"),
    "missing-tests": ("-m", "ok"),
    "readme": ("-m", "ok", "-o", "new.md"),
    "check": ("code-review.md",),
    "items": ("code-review.md",),
    "post": ("--yes",),
    "hone": ("adding", "--answers", "answers.txt", "-m", "scripted"),
    "plan": ("-m", "scripted"),
    "todo": (),
    "run": ("--agent", AGENT, "--no-test", "--yes"),
    "fleet": ("bundle", "here.txt"),
    "all": ("-m", "ok", "--yes"),
}


def answers(prompt: str) -> str:
    if "Write the specification that" in prompt:
        return SPEC
    return PLAN if "prompt_plan" in prompt or "# Adding" in prompt else "DONE"


def has_it(command: click.Command | None) -> bool:
    if isinstance(command, click.Group):
        return any(map(has_it, command.commands.values()))
    return command is not None and any("-q" in option.opts for option in command.params)


def test_every_command_with_the_option_is_here() -> None:
    context = click.Context(sous)
    assert {name for name in COMMANDS if has_it(sous.get_command(context, name))} == {*LINES}


def test_nothing_is_said_of_what_goes_well(run: Run, repo: Path, model: FakeModel, forge: FakeForge) -> None:
    model.script = answers
    name_author(repo)
    git(repo, "remote", "add", "origin", "git@github.com:o/r.git")
    git(repo, "update-ref", "refs/remotes/origin/main", "HEAD")
    (repo / "answers.txt").write_text("For me.\n")
    (repo / "here.txt").write_text(f"{repo.as_uri()}\n")
    said = {}
    for name, args in LINES.items():
        done = run("sous", name, *args, "-q", cwd=repo)
        assert done.code == 0, (name, done.err)
        said[name] = done.err
    assert {name: err for name, err in said.items() if err} == {}


def test_what_goes_wrong_is_said(run: Run, repo: Path) -> None:
    done = run("sous", "check", "-q", "gone.md", cwd=repo)
    assert (done.code, len(done.err.splitlines())) == (2, 1)
