"""`sous mcp`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sous.commands.options import root_option

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.option(
    "--allow-write",
    is_flag=True,
    help="Offer the tools that mark steps and items, dismiss findings and pack output.txt, too.",
)
@root_option
def mcp(root: Path | None, *, allow_write: bool) -> None:
    """Serve this project to an agent by the Model Context Protocol, on stdin and stdout.

    The agent starts it: `claude mcp add sous -- sous mcp`. It reads only this project.
    """
    from pathlib import Path

    from sous.root import find_root
    from sous.tools.server import server_of

    server_of(find_root(Path.cwd(), named=root), may_write=allow_write).run()
