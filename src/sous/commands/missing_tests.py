"""`sous missing-tests`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sous.commands.options import generating_options

if TYPE_CHECKING:
    from sous.request import Request


@click.command("missing-tests")
@generating_options("missing-tests.md")
def missing_tests(request: Request) -> None:
    """Write the tests that should exist and do not."""
    from sous.commands.generating import generate

    generate(["missing-tests"], request)
