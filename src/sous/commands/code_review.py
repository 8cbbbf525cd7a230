"""`sous code-review`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sous.commands.options import generating_options

if TYPE_CHECKING:
    from sous.request import Request


@click.command("code-review")
@generating_options("code-review.md")
def code_review(request: Request) -> None:
    """Write a code review of what the bundle holds: findings with place, quote, reason and fix."""
    from sous.commands.generating import generate

    generate(["code-review"], request)
