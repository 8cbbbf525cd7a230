"""`sous hone`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sous.commands.options import context_option, model_options, output_option

if TYPE_CHECKING:
    from sous.request import ModelRequest

_file = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)


@click.command("hone")
@click.argument("idea", required=False)
@click.option(
    "-f",
    "--file",
    "file",
    type=_file,
    metavar="FILE",
    help="The idea is in a file, or on stdin (-).",
)
@click.option(
    "--answers", type=_file, metavar="FILE", help="The answers, one a paragraph, for scripts."
)
@click.option("--resume", is_flag=True, help="Go on where the last interview stopped.")
@click.option("--poke", is_flag=True, help="Ask about holes in the specification that is there.")
@click.option(
    "--name", metavar="NAME", help="What the interview is called.  [default: from the idea]"
)
@context_option
@output_option("spec.md")
@model_options(force="")
def hone(request: ModelRequest, output: str | None, bundle: Path | None, **given: object) -> None:
    """Hone an idea into a specification (spec.md): a model asks one question at a time, you answer.

    Every turn is kept in .sous/hone/NAME.jsonl before the next is asked: stop whenever you like,
    --resume goes on.
    """
    from sous.commands.interviewing import Honing

    Honing.of(request, output, bundle, given).run()
