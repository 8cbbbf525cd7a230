"""The one list of tasks; the files for mise and make are made from it (a test keeps them equal)."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sous.names import REPORTS

BUNDLE_TASK = "LLM:generate_bundle"


@dataclass(frozen=True)
class Task:
    """A task of mise, and the make target of the same job."""

    name: str
    arguments: str
    target: str
    about: str
    needs_bundle: bool = False
    bundles_after: bool = False
    interactive: bool = False


def _from_bundle(command: str, about: str) -> Task:
    name = f"LLM:generate_{command.replace('-', '_')}"
    return Task(name, command, f"llm-{command}", about, needs_bundle=True)


TASKS = (
    Task(
        BUNDLE_TASK,
        "bundle --project",
        "llm-bundle",
        "Pack the project into output.txt (yours to override)",
    ),
    Task(
        "LLM:clean_bundles",
        "clean",
        "llm-clean-bundles",
        "Delete the bundles, then pack afresh",
        bundles_after=True,
    ),
    Task(
        "LLM:copy_buffer_bundle",
        "copy-buffer",
        "llm-copy-buffer",
        "Copy output.txt to the clipboard",
    ),
    *(_from_bundle(report.command, report.about) for report in REPORTS.values()),
    _from_bundle("all", "Write all five reports from one bundle"),
    Task(
        "LLM:hone",
        "hone",
        "llm-hone",
        "Hone an idea into spec.md, one question at a time",
        interactive=True,
    ),
    Task("LLM:generate_plan", "plan", "llm-plan", "Turn spec.md into prompt_plan.md"),
    Task("LLM:generate_todo", "todo", "llm-todo", "Make todo.md from the plan, ticks kept"),
    Task("LLM:next_step", "next", "llm-next-step", "Print the prompt of the next open step"),
    Task("LLM:run_plan", "run", "llm-run", "Have an agent carry out the plan"),
    Task(
        "LLM:next_item",
        "items next",
        "llm-next-item",
        "Print the next open item of the newest report",
    ),
    Task(
        "LLM:post_issues", "post", "llm-post-issues", "Post issues.md to GitHub", interactive=True
    ),
    Task(
        "LLM:run_items",
        "run --items",
        "llm-run-items",
        "Have an agent carry out the items of a report",
    ),
    Task("LLM:claim", "claim", "llm-claim", "Claim a step of the team's plan, print its prompt"),
    Task("LLM:land", "land", "llm-land", "Put a step's commits onto the team's branch, tested"),
    Task("LLM:board", "board", "llm-board", "Show who works on what", interactive=True),
    Task("LLM:sync", "sync", "llm-sync", "Bring todo.md and what the team landed together"),
)

_HEAD = """\
# The LLM tasks of sous for {tool}. Made from src/sous/tasks.py; do not edit.
"""


def mise_tasks(sous: str = "sous") -> str:
    """Return the mise configuration with all tasks, run by the command line `sous`.

    Each task runs where the user is (`dir`): a global task would else run in the home folder. No
    `[task_config]`: it would change the folder of the user's other global tasks. (Tried on mise
    2026.9.15.)
    """
    named = "".join(_mise_task(task, sous) for task in TASKS)
    return (
        _HEAD.format(tool="mise")
        + named
        + _LOWER_CASE
        + "".join(_lower_case_task(task) for task in TASKS)
    )


def make_targets() -> str:
    """Return the make file with all targets."""
    lines = [_HEAD.format(tool="make") + _MAKE_HEAD]
    lines.append(f".PHONY: {' '.join(task.target for task in TASKS)}\n")
    for task in TASKS:
        first = f"\n# {task.about}\n{task.target}:"
        if task.name == BUNDLE_TASK:
            lines.append(f"{first}\n\t$(LLM_PACKER)\n")
        elif task.bundles_after:
            lines.append(f"{first}\n\t$(LLM_SOUS) {task.arguments}\n\t$(LLM_PACKER)\n")
        elif task.needs_bundle:
            lines.append(
                f"{first} llm-bundle\n\t$(LLM_SOUS) {task.arguments} --no-pack $(LLM_ARGS)\n"
            )
        else:
            lines.append(f"{first}\n\t$(LLM_SOUS) {task.arguments} $(LLM_ARGS)\n")
    return "".join([*lines, _MAKE_TAIL])


_MAKE_HEAD = """\
# Use: `include $(shell sous tasks --make)`, then `make llm-code-review LLM_ARGS="-m gpt-5.6-luna"`.
LLM_SOUS ?= sous
LLM_PACKER ?= $(LLM_SOUS) bundle --project
LLM_ARGS ?=

"""
_MAKE_TAIL = """
# A plain `make` still means the first target of the file that includes this one.
ifeq ($(.DEFAULT_GOAL),llm-bundle)
.DEFAULT_GOAL :=
endif
"""

_LOWER_CASE = """
# The lower-case names. Where a project replaces a task, ours has no alias on it: these run it.
"""


def _quoted(text: str) -> str:
    """Return a TOML string: JSON's form, which is one too."""
    return json.dumps(text, ensure_ascii=False)  # JSON's surrogate pairs are no TOML


def _lower_case(task: Task) -> str:
    return task.name.replace("LLM:", "llm:")


# What Python and the loader obey before a line of ours runs: of these a project's `[env]` reaches
# no task of ours, but for those that run the project's own tests (tried with mise 2026.9.15: the
# task's `env` is the stronger).
_UNSET = (
    "PYTHONPATH", "PYTHONHOME", "PYTHONPLATLIBDIR", "PYTHONPYCACHEPREFIX", "PYTHONUSERBASE",
    "PYTHONWARNINGS",
    "LD_PRELOAD", "LD_AUDIT", "DYLD_INSERT_LIBRARIES",
)  # fmt: skip


def _env(task: Task) -> list[str]:
    if task.arguments.split()[0] in ("run", "land"):
        return []
    return [f"env = {{ {', '.join(f'{name} = false' for name in _UNSET)} }}"]


def _lower_case_task(task: Task) -> str:
    run = _quoted(f'"{{{{mise_bin}}}}" run {task.name}')
    head = f"\n[tasks.{_quoted(_lower_case(task))}]\nhide = true\n"
    asks = "interactive = true\n" * task.interactive
    unset = "".join(f"{line}\n" for line in _env(task))
    return f'{head}dir = "{{{{cwd}}}}"\nraw_args = true\n{asks}{unset}run = {run}\n'


def _mise_task(task: Task, sous: str) -> str:
    command = f"{sous} {task.arguments}" + (" --no-pack" if task.needs_bundle else "")
    lines = ["", f"[tasks.{_quoted(task.name)}]", f"description = {_quoted(task.about)}"]
    lines.append(f"alias = {_quoted(_lower_case(task))}")
    if task.needs_bundle:
        lines.append(f"depends = [{_quoted(BUNDLE_TASK)}]")
    lines += ['dir = "{{cwd}}"', "raw_args = true", *["interactive = true"] * task.interactive]
    lines += _env(task)
    run = _quoted(command)
    lines.append(
        f"run = [{run}, {{ task = {_quoted(BUNDLE_TASK)} }}]"
        if task.bundles_after
        else f"run = {run}"
    )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":  # python -m sous.tasks FOLDER writes the files
    import sys
    from pathlib import Path

    from sous.files import write_file

    for name, text in (("llm.toml", mise_tasks()), ("llm.mk", make_targets())):
        write_file(Path(sys.argv[1]) / name, text.encode(), root=None)
