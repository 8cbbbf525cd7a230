"""`sous issue-prompts`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sous.commands.options import generating_options

if TYPE_CHECKING:
    from sous.request import Request


@click.command("issue-prompts")
@generating_options("issue-prompts.md")
def issue_prompts(request: Request) -> None:
    """Write one prompt for each issue, ready for a coding agent."""
    from sous.commands.generating import generate

    generate(["issue-prompts"], request)
