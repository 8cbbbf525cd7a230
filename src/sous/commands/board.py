"""`sous board`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sous.commands.options import plan_option, root_option

if TYPE_CHECKING:
    from sous.team.board import Board
    from sous.team.serving import Renewed
    from sous.team.shared import Team


@click.command("board")
@plan_option
@click.option("--once", is_flag=True, help="Show it once; a terminal otherwise refreshes it.")
@click.option(
    "--json", "as_json", is_flag=True, help="As JSON: steps, overlaps, costs, interviews."
)
@click.option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write it as an HTML page.",
)
@click.option("--serve", is_flag=True, help="Serve the page on loopback, and refresh it.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, metavar="N", help="[default: a free one]"
)
@click.option(
    "--every",
    type=click.FloatRange(0.2),
    default=5.0,
    metavar="SECONDS",
    help="Refresh this often.  [default: 5]",
)
@click.option(
    "--remote", default="origin", metavar="NAME", help="The remote to look at, if this is no team."
)
@click.option(
    "--branch",
    metavar="NAME",
    help="The branch to look at, if this is no team.  [default: sous/<plan>]",
)
@root_option
def board(  # noqa: PLR0913  # one option each
    plan: Path | None, *, once: bool, as_json: bool, html: Path | None, serve: bool, port: int,
    every: float, remote: str, branch: str | None, root: Path | None,
) -> None:  # fmt: skip
    """Show who works on what: what needs a person, runs, waits, is ready, blocked and done.

    And where work meets, and what it cost. Shown once, it renews the claims of this clone; else
    nothing is pushed. Whoever may read the remote can look, also without `sous team init`.
    """
    from sous.commands.teamed import looked_at_by
    from sous.team.board import lines_of
    from sous.team.serving import Renewed
    from sous.terminal import stdout_is_terminal, write_json, write_lines

    team = looked_at_by(root, plan, remote, branch)
    stays = serve or (not any((html, as_json, once)) and stdout_is_terminal())
    renewed = Renewed(lambda: _look(team, is_kept=not stays), every)
    if html:
        _write(renewed.now()[0], html)
    if serve:
        _serve(renewed, port)
    elif as_json:
        write_json(renewed.now()[0].as_json())
    elif stays:
        _stay(renewed)
    elif not html:
        write_lines(lines_of(renewed.now()[0]))


def _look(team: Team, *, is_kept: bool) -> Board:
    """Return the board; `is_kept`: what is claimed here by hand is renewed.

    Not by a board that stays: one that was forgotten would never let it go.
    """
    from sous.commands.teamed import looked, open_interviews, overlaps_here
    from sous.team.board import board_of

    shared = looked(team) if is_kept else team.look()
    interviews = open_interviews(team.root, team.membership)
    return board_of(team, shared, overlaps_here(team, shared), interviews)


def _write(board: Board, path: Path) -> None:
    from sous.commands.paged import check_page, write_page
    from sous.team.board_page import MADE_BY, page_of

    check_page(path, MADE_BY)
    write_page(path, page_of(board))


def _serve(renewed: Renewed, port: int) -> None:
    import contextlib

    from sous.team.serving import server_of
    from sous.terminal import say

    renewed.now()
    with server_of(renewed, port) as server:
        say(f"http://127.0.0.1:{server.server_port}/ shows the board; Ctrl-C ends it")
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever()


def _stay(renewed: Renewed) -> None:
    """Show the board on the terminal until Ctrl-C."""
    import contextlib
    import time

    from sous.team.board import lines_of
    from sous.terminal import whole_screen, write_lines

    lines = lines_of(renewed.now()[0])
    with contextlib.suppress(KeyboardInterrupt), whole_screen() as show:
        while True:
            found, notice = renewed.now()
            lines = [*([notice] if notice else []), *lines_of(found)]
            show(lines)
            time.sleep(renewed.every)
    write_lines(lines)
