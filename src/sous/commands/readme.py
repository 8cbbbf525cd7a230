"""`sous readme`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sous.commands.options import generating_options

if TYPE_CHECKING:
    from sous.request import Request


@click.command("readme")
@generating_options("README.md")
def readme(request: Request) -> None:
    """Write README.md, or renew the part of it between the markers.

    It is written where nothing can be lost: no README yet, ours and unchanged, tracked by git
    without changes, or only what stands between the lines <!-- sous:begin --> and <!-- sous:end
    -->. Else a terminal is shown the difference and asked, and without one the text goes to
    README.generated.md.
    """
    from sous.commands.generating import generate

    generate(["readme"], request)
