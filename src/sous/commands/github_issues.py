"""`sous github-issues`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sous.commands.options import generating_options

if TYPE_CHECKING:
    from sous.request import Request


@click.command("github-issues")
@generating_options("issues.md")
def github_issues(request: Request) -> None:
    """Write the top issues of the code, each ready to be posted to GitHub."""
    from sous.commands.generating import generate

    generate(["github-issues"], request)
