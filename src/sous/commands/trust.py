"""`sous trust`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sous.commands.options import root_option

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sous.settings import Layer


@click.command("trust")
@root_option
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("--revoke", is_flag=True, help="Revoke the trust in this project.")
@click.option("--show", is_flag=True, help="Only show the settings and whether they are trusted.")
def trust(root: Path | None, yes: bool, revoke: bool, show: bool) -> None:  # noqa: FBT001
    """Show what the project's settings and mise variables set, then ask whether to trust them.

    The commands of its plan, of the tests and of verify lines, and its own task
    LLM:generate_bundle, are shown with them. Trust is for
    this folder and these settings: when they change, you are asked again.
    """
    from sous import trust as trusted_projects
    from sous.environment import trusted_variables
    from sous.names import BUNDLE_TASK, PLAN
    from sous.root import find_root
    from sous.settings import load_settings, project_layers, trusted_facts
    from sous.terminal import say

    root = find_root(Path.cwd(), named=root)
    if revoke:
        trusted_projects.distrust(root)
        say(f"{root} is not trusted any more")
        return
    load_settings(root)  # a broken file is reported before it is trusted
    layers = project_layers(root)
    facts = trusted_facts(layers, root)
    variables = trusted_variables(root)
    tests, verify = _commands_of_plan(root)
    tasks = facts.get(BUNDLE_TASK, {})
    if not (layers or variables or tasks or tests or verify):
        say(f"{root} has no settings of sous; there is nothing to trust")
        return
    _show_layers(layers, tasks)
    _show_variables(variables)
    commands = [*filter(None, [tests]), *verify]
    if commands:
        shown = {"test": tests} if tests else {}
        _show_values(PLAN, {**shown, **({"verify": verify} if verify else {})})
    if trusted_projects.is_trusted(root, facts) and _are_agreed(root, commands):
        say("trusted as it is")
        return
    if show:
        say("not trusted")
        return
    _agree(yes=yes)
    trusted_projects.trust(root, facts)
    for command in commands:
        trusted_projects.agree_to_test(root, command)
    say(f"trusted: {root}")


def _commands_of_plan(root: Path) -> tuple[str | None, list[str]]:
    """Return the test command that the plan names, and the commands that verify its open steps."""
    from sous import api
    from sous.errors import SousError
    from sous.plan.commands import commands_of
    from sous.plan.progress import with_boxes

    try:
        progress = api.plan(root)
    except SousError:  # none is there, or `sous status` says what is wrong with it
        return None, []
    return progress.plan.test_command, commands_of(with_boxes(progress, progress.open))


def _agree(*, yes: bool) -> None:
    """Raise SousError unless the user says yes to what was shown."""
    from sous.errors import SousError
    from sous.terminal import has_spoken, is_interactive

    if yes:
        return
    if not is_interactive():
        raise SousError(
            "there is no terminal to ask on; check the settings above, then run `sous trust --yes`"
        )
    has_spoken()
    if not click.confirm("Trust these settings?", default=False, err=True):
        raise SousError("not trusted; nothing was changed")


def _are_agreed(root: Path, commands: Sequence[str]) -> bool:
    from sous.trust import is_agreed_test

    return all(is_agreed_test(root, one) for one in commands)


def _show_layers(layers: Sequence[Layer], tasks: Mapping[str, Any]) -> None:
    from sous.names import BUNDLE_TASK

    for layer in layers:
        if not layer.is_exported:  # mise exported it: _show_variables prints it
            _show_values(layer.source, layer.values)
    for source, task in tasks.items():
        _show_values(source, {BUNDLE_TASK: task})


def _show_values(source: str, values: Mapping[str, Any]) -> None:
    from sous.terminal import one_line, write_lines

    lines = (
        f"  {key} = {json.dumps(value, ensure_ascii=False, default=str)}"
        for key, value in values.items()
    )
    write_lines([one_line(source), *lines])


def _show_variables(variables: Mapping[str, Mapping[str, str]]) -> None:
    from sous.environment import shown_value
    from sous.terminal import one_line

    for source, values in variables.items():
        click.echo(one_line(f"[env] of {source}"))
        for name, text in values.items():
            click.echo(f"  {one_line(name)} = {one_line(shown_value(name, text))}")
