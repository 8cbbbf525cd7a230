from __future__ import annotations

import shlex

import click
import pytest

from sous.cli import COMMANDS, sous
from sous.examples import EXAMPLES


def test_every_command_has_an_example() -> None:
    assert [*EXAMPLES] == [*COMMANDS]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_ends_with_its_example_and_is_narrow(name: str) -> None:
    command = sous.get_command(click.Context(sous), name)
    assert command
    shown = command.get_help(click.Context(command, info_name=f"sous {name}", max_content_width=100))
    assert " ".join(shown.split()).endswith(f"Example: {EXAMPLES[name]}")
    assert max(map(len, shown.splitlines())) <= 100


def words_of(example: str) -> list[list[str]]:
    """Return the arguments of each call of sous in a line."""
    line = example.replace('"$(', " ").replace(')"', " ")
    calls = [shlex.split(part) for part in line.split("&&")]
    return [words[words.index("sous") + 1 :] for words in calls if "--" not in words]


@pytest.mark.parametrize("example", [example for name, example in EXAMPLES.items() if name != "mcp"])
def test_what_an_example_shows_is_understood(example: str) -> None:
    for name, *words in words_of(example):
        command = sous.get_command(click.Context(sous), name)
        assert command, name
        while isinstance(command, click.Group):
            command = command.get_command(click.Context(command), "run")
        assert command
        options = {opt for param in command.params for opt in (*param.opts, *param.secondary_opts)}
        assert {word for word in words if word.startswith("-")} <= options
