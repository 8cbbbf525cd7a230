"""`sous all`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sous.commands.options import generating_options

if TYPE_CHECKING:
    from sous.request import Request


@click.command("all")
@generating_options(None)
def all_(request: Request) -> None:
    """Write all five reports from one bundle, beside each other.

    They are code-review, github-issues, issue-prompts, missing-tests and readme. One that fails
    does not stop the others. A README.md that sous did not write stays as it is: the new one goes
    to README.generated.md (`sous readme` replaces it).

    The first is asked alone until its answer begins, the others then find the bundle in the
    provider's cache.
    """
    from sous.commands.generating import generate
    from sous.names import REPORTS

    generate([name for name, report in REPORTS.items() if report.is_of_all], request)
