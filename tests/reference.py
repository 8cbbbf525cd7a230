"""The parts of the docs that are made from the code: cog calls this in docs/commands.md and docs/settings.md."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import click
from click.testing import CliRunner

from sous.cli import GROUPS, sous
from sous.settings import NARROWING, USERS_ONLY, Settings
from sous.tasks import TASKS

if TYPE_CHECKING:
    from collections.abc import Iterator


def commands() -> str:
    """Return a section for each command, in the groups of `sous --help`: what it does, its task, its help."""
    tasks = {task.arguments.split()[0]: task.name for task in reversed(TASKS)}
    lines = []
    for title, group in GROUPS.items():
        lines += [f"## {title}", ""]
        for name, about in group.items():
            task = f" As a task: `mise run {tasks[name]}`." if name in tasks else ""
            lines += [f"### sous {name}", "", about + task, ""]
            for words in _command_lines(name):
                lines += ["```text", *_help(words), "```", ""]
    return "\n".join(lines).rstrip()


def settings() -> str:
    """Return the table of settings."""
    lines = ["| key | meaning | a project's value counts |", "|---|---|---|"]
    for entry in dataclasses.fields(Settings):
        after = "never" if entry.name in USERS_ONLY else "after `sous trust`"
        counts = "at once" if entry.name in NARROWING else after
        lines.append(f"| `{entry.name}` | {entry.metadata['about']} | {counts} |")
    return "\n".join(lines)


def _command_lines(name: str) -> Iterator[list[str]]:
    yield [name]
    command = sous.get_command(click.Context(sous), name)
    if isinstance(command, click.Group):
        for inner in command.list_commands(click.Context(command)):
            yield [name, inner]


def _help(words: list[str]) -> list[str]:
    """Return the lines of `sous WORDS --help` on a terminal of 100 columns."""
    shown = CliRunner().invoke(sous, [*words, "--help"], prog_name="sous", env={"COLUMNS": "100"})
    return [line.rstrip() for line in shown.output.strip().splitlines()]
