"""`sous doctor`."""

from __future__ import annotations

from pathlib import Path

import click

from sous.commands.options import root_option


@click.command("doctor")
@root_option
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.pass_context
def doctor(ctx: click.Context, root: Path | None, as_json: bool) -> None:  # noqa: FBT001  # click calls with keywords
    """Check what sous needs here: programs, model and key, tasks, folders, this project.

    Each line is `ok`, `note` (sous works without it) or `fix` (something will fail), with the
    command that helps. Nothing is sent, and nothing is changed. Exit code 1 if something is to be
    fixed.
    """
    from sous.setup.report import checks_of, lines_of
    from sous.terminal import write_json, write_lines

    found = checks_of(Path.cwd(), root)
    if as_json:
        write_json([check.as_json() for check in found])
    else:
        write_lines(lines_of(found))
    if any(check.state == "fix" for check in found):
        ctx.exit(1)
