"""The one list of tasks; the files for each runner are made from it (a test keeps them equal)."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sous.names import BUNDLE_TASK, REPORTS


@dataclass(frozen=True)
class Task:
    """A task of mise, Task and npm, and the target of make and just for the same job."""

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


def just_recipes() -> str:
    """Return the file for `import` of just.

    `no-cd`: just would else change to the folder of the justfile. (Tried on just 1.59.)
    """
    lines = [_HEAD.format(tool="just") + _JUST_HEAD]
    for task in TASKS:
        lines.append(f"\n# {task.about}\n[no-cd, positional-arguments]\n{task.target} *args:")
        packs = task.name == BUNDLE_TASK
        lines.append(" llm-bundle" * task.needs_bundle + " && llm-bundle" * task.bundles_after)
        command = "LLM_PACKER }}" if packs else f"LLM_SOUS }}}} {_arguments(task)}"
        lines.append(f'\n    {{{{ {command} "$@"\n')
    return "".join(lines)


_JUST_HEAD = """\
# Use: `import "llm.just"` in your justfile, then `just llm-code-review -m gpt-5.6-luna`. To pack in
# another way, set LLM_PACKER in the environment, or write your own recipe llm-bundle and
# `set allow-duplicate-recipes`.
LLM_SOUS := env("LLM_SOUS", "sous")
LLM_PACKER := env("LLM_PACKER", LLM_SOUS + " bundle --project")
"""


def taskfile() -> str:
    """Return the Taskfile for `includes` of Task, in JSON's form of YAML where text is quoted."""
    lines = [_HEAD.format(tool="Task") + _TASKFILE_HEAD]
    for task in TASKS:
        lines.append(f"\n  {_quoted(task.name)}:\n    desc: {_quoted(task.about)}\n")
        lines.append("    dir: '{{.USER_WORKING_DIR}}'\n")
        lines.append("    interactive: true\n" * task.interactive)
        if task.needs_bundle:
            lines.append(f"    deps: [{_quoted(BUNDLE_TASK)}]\n")
        packs = task.name == BUNDLE_TASK
        command = _TASK_PACKS if packs else f"{_TASK_SOUS} {_arguments(task)} {{{{.CLI_ARGS}}}}"
        lines.append(f"    cmds:\n      - '{command}'\n")
        if task.bundles_after:
            lines.append(f"      - task: {_quoted(BUNDLE_TASK)}\n")
    return "".join(lines)


# No `vars` of the file's own: they would replace those of the user's file. (Tried on Task 3.54.)
_TASK_SOUS = '{{.LLM_SOUS | default "sous"}}'
_TASK_PACKS = '{{.LLM_PACKER | default (print (.LLM_SOUS | default "sous") " bundle --project")}}'
_TASKFILE_HEAD = """\
# Use: `includes: {llm: {taskfile: llm.Taskfile.yml, flatten: true}}` in your Taskfile.yml, then
# `task LLM:generate_code_review -- -m gpt-5.6-luna`. To pack in another way, set LLM_PACKER in
# `vars` or in the environment, or write your own task: `excludes: ["LLM:generate_bundle"]`.
version: "3"

tasks:"""


def npm_scripts() -> str:
    """Return a program of node that adds the scripts to a package.json, beside those it has."""
    scripts = {task.name: _script(task) for task in TASKS}
    head = _HEAD.format(tool="npm").replace("# ", "// ", 1)
    return head + _NPM.replace("SCRIPTS", json.dumps(scripts, indent=2, ensure_ascii=False))


def _script(task: Task) -> str:
    """Return the script of npm, which puts the user's arguments behind its end."""
    command = f"sous {_arguments(task)}"
    packs = f"npm run --silent {BUNDLE_TASK}"
    if task.needs_bundle:
        return f"{packs} && {command}"
    return f"{command} && {packs}" if task.bundles_after else command


_NPM = """\
// Use: `node "$(sous tasks --npm)"` in the folder of your package.json adds these scripts to it,
// and leaves those of the same names as they are: `npm run LLM:generate_code_review -- -m gpt-5.5`.
const { readFileSync, writeFileSync } = require("node:fs");

const scripts = SCRIPTS;
const refuse = (why) => {
  console.error(`cannot add scripts to package.json: ${why}`);
  process.exit(1);
};
let text, old;
try {
  text = readFileSync("package.json", "utf8");
  old = JSON.parse(text);
} catch (error) {
  refuse(error.message);
}
const isTable = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
if (!isTable(old) || !isTable(old.scripts ?? {})) refuse("it or its scripts is no JSON object");
const added = Object.keys(scripts).filter((name) => !(name in (old.scripts ?? {})));
if (added.length) {
  const indent = /^\\s*{\\s*?\\n([ \\t]+)/.exec(text)?.[1] ?? 2;
  const made = { ...old, scripts: { ...scripts, ...old.scripts } };
  writeFileSync("package.json", JSON.stringify(made, null, indent) + "\\n");
}
console.log(`package.json: ${added.length} scripts added`);
"""


def _arguments(task: Task) -> str:
    return task.arguments + " --no-pack" * task.needs_bundle


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
    command = f"{sous} {_arguments(task)}"
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


FILES = {
    "mise": ("llm.toml", mise_tasks),
    "make": ("llm.mk", make_targets),
    "just": ("llm.just", just_recipes),
    "taskfile": ("llm.Taskfile.yml", taskfile),
    "npm": ("llm.npm.cjs", npm_scripts),
}


if __name__ == "__main__":  # python -m sous.tasks FOLDER writes the files
    import sys
    from pathlib import Path

    from sous.files import write_file

    for name, made in FILES.values():
        write_file(Path(sys.argv[1]) / name, made().encode(), root=None)
