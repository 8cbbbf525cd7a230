"""`sous init`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sous.commands.options import root_option

if TYPE_CHECKING:
    from sous.setup.begin import FirstSettings

_NONE = "-"


@click.command("init")
@click.option("-m", "--model", metavar="NAME", help="The project's model.  [default: llm's own]")
@click.option("--test", metavar="CMD", help="What runs the tests, for sous run.")
@click.option(
    "--ignore-in",
    type=click.Choice(["exclude", "gitignore", "no"]),
    help="Have git ignore bundle and reports: in your clone only, in .gitignore, or not.",
)
@root_option
@click.option("-y", "--yes", is_flag=True, help="Ask nothing, use the defaults.")
def init(
    model: str | None, test: str | None, ignore_in: str | None, root: Path | None, *, yes: bool
) -> None:
    """Write the project's first settings after three questions, and have git ignore reports.

    Settings go to [_.sous] in .mise.toml, or to the mise file that is there. What an option
    answers is not asked. Nothing that is there is changed, only added to.
    """
    from sous.root import find_root
    from sous.setup.begin import begin
    from sous.terminal import write_lines

    folder = find_root(Path.cwd(), named=root)
    write_lines(begin(folder, _answers(folder, model, test, ignore_in, yes=yes)))
    write_lines(["next: sous bundle, then sous code-review; sous doctor says what is missing"])


def _answers(
    root: Path, model: str | None, test: str | None, ignore_in: str | None, *, yes: bool
) -> FirstSettings:
    """Return what the options say, and for the rest what the user answers."""
    from sous.setup.begin import FirstSettings, file_with_ours, guess_test

    if file_with_ours(root):  # nothing is written there, so nothing is asked about it
        model, test = model or "", test or ""
    if test is None:
        test = _ask("What runs the tests?", guess_test(root), yes=yes)
    if model is None:
        model = _ask("Which model?", "", yes=yes, none="llm's default")
    if ignore_in is None:
        question = "Have git ignore bundle and reports: exclude (you alone), gitignore (all), no"
        ignore_in = _ask(question, "exclude", yes=yes, choices=("exclude", "gitignore", "no"))
    model, test = ("" if said.strip() == _NONE else said.strip() for said in (model, test))
    return FirstSettings(model, test, ignore_in)  # type: ignore[arg-type]


def _ask(
    question: str,
    default: str,
    *,
    yes: bool,
    choices: tuple[str, ...] = (),
    none: str = "none",
) -> str:
    """Return the answer on the terminal, or the default. Raises SousError with nobody to ask.

    Enter takes the default; where a question has a default, `-` is for none.
    """
    from sous.errors import SousError
    from sous.terminal import has_spoken, is_interactive

    if yes:
        return default
    if not is_interactive():
        raise SousError("there is no terminal to ask on: sous init --yes uses the defaults")
    kind = click.Choice(choices) if choices else str
    has_spoken()
    if not choices:
        question = f"{question} Enter: {default or none}{', -: none' if default else ''}"
    return str(
        click.prompt(
            question,
            default=default,
            type=kind,
            err=True,
            show_choices=False,
            show_default=bool(choices),
        )
    )
