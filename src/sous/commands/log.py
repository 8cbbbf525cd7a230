"""`sous log`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sous.commands.options import plan_option, root_option

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@click.command("log")
@click.argument("number", required=False, metavar="[N]")
@click.option("-f", "--follow", is_flag=True, help="Follow until the current run ends.")
@click.option("--prompt", "is_prompt", is_flag=True, help="Show the prompt that the agent got.")
@plan_option
@root_option
def log(
    number: str | None, plan: Path | None, root: Path | None, *, follow: bool, is_prompt: bool
) -> None:
    """Show what the agent of `sous run` printed: of the step in work or the last one, or of step N.

    The last try of each step is shown; logs and prompts are kept up to 100 MB.
    """
    from sous.commands.planned import plan_path
    from sous.errors import UsageProblem
    from sous.root import find_root
    from sous.runner.config import slug_of
    from sous.runner.journal import is_at_work
    from sous.runner.logs import AGENT_LOG, PROMPT, followed, log_of
    from sous.state import checkout_state

    if follow and is_prompt:
        raise UsageProblem("--follow shows what is printed; leave --prompt out")
    folder = find_root(plan_path(plan, root).parent, named=root).resolve()
    logs = checkout_state(folder) / "work"
    slug = None if number is None else slug_of("step", number)
    path = log_of(logs, slug, PROMPT if is_prompt else AGENT_LOG)
    if follow:
        _show(followed(logs, path, lambda: is_at_work(folder)))
    else:
        _show([path.read_bytes()])


def _show(pieces: Iterable[bytes]) -> None:
    """Write the words of a log as they come, a line at a time."""
    from sous.runner.said import words_of
    from sous.terminal import write_lines

    begun = b""
    for piece in pieces:
        *lines, begun = (begun + piece).split(b"\n")
        for line in lines:
            write_lines(words_of(line.decode("utf-8", "replace")).split("\n"))
    if begun:
        write_lines(words_of(begun.decode("utf-8", "replace")).split("\n"))
