"""`sous code-review` and its like: a command for each report of the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sous.commands.options import generating_options

if TYPE_CHECKING:
    from sous.names import Report
    from sous.request import Request


def report_command(report: Report) -> click.Command:
    """Return the command that writes a report."""

    @generating_options(report.output)
    def write(request: Request) -> None:
        from sous.commands.generating import generate

        generate([report.command], request)

    return click.command(report.command, help=report.help)(write)
