"""Options that several commands share, spelled the same everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., Any]")

root_option = click.option(
    "--root",
    "root_option",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="The project's folder, if not the nearest one with .git or a mise configuration.",
)
bundle_argument = click.argument("bundle", required=False, metavar="[BUNDLE|-]")
pack_option = click.option("--pack/--no-pack", default=True, help="Pack anew what sous packed before.  [default: pack]")


@dataclass(frozen=True)
class Request:
    """What a generating command was asked for on its command line."""

    bundle: str | None
    output: str | None
    model: str | None
    options: dict[str, str]
    template: str | None
    root: Path | None
    force: bool
    yes: bool
    dry_run: bool
    pack: bool
    quiet: bool
    split: bool
    context_window: int | None
    jobs: int | None
    retries: int | None
    timeout: float | None
    max_cost: float | None
    notify: str | None

    def given(self) -> dict[str, Any]:
        """Return the settings that the command line gives, None for those that it does not."""
        keys = ("model", "context_window", "jobs", "retries", "timeout", "max_cost", "notify")
        return {**{key: getattr(self, key) for key in keys}, "options": self.options or None}


def generating_options(default_output: str | None) -> Callable[[F], Callable[..., Any]]:
    """Add the options of a generating command; the function gets them as one Request.

    None for a command that writes several files: it has neither `-o` nor `--template`.
    """
    one = default_output is not None
    decorators = [
        bundle_argument,
        *(
            [click.option("-o", "--output", metavar="FILE|-", help=f"Where to write.  [default: {default_output}]")]
            * one
        ),
        click.option("-m", "--model", metavar="NAME", help="A model or alias of llm.  [default: llm's own]"),
        click.option(
            "--option",
            "options",
            type=(str, str),
            multiple=True,
            metavar="KEY VALUE",
            help="An option of the model; repeatable.",
        ),
        *([click.option("--template", metavar="NAME|FILE", help="Another prompt template.")] * one),
        root_option,
        click.option(
            "-f", "--force", is_flag=True, help="Replace a file that sous did not write; send even if up to date."
        ),
        click.option("-y", "--yes", is_flag=True, help="Answer yes to questions."),
        click.option(
            "-n", "--dry-run", is_flag=True, help="Show model, tokens, price and the prompt's head; send nothing."
        ),
        pack_option,
        click.option(
            "--split/--no-split",
            default=True,
            help="Split what does not fit the model, or stop with exit code 4.  [default: split]",
        ),
        click.option(
            "--context-window", type=click.IntRange(1), metavar="N", help="The tokens that the model reads and writes."
        ),
        click.option("--jobs", type=click.IntRange(1), metavar="N", help="Calls at once.  [default: 5]"),
        click.option("--retries", type=click.IntRange(0), metavar="N", help="Tries after the first.  [default: 3]"),
        click.option(
            "--timeout",
            type=click.FloatRange(0, min_open=True),
            metavar="SECONDS",
            help="Give up after that.  [default: 3600]",
        ),
        click.option(
            "--max-cost",
            type=click.FloatRange(0),
            metavar="USD",
            help="Send nothing that would cost more (exit code 4).",
        ),
        click.option(
            "--notify",
            type=click.Choice(["auto", "always", "never"]),
            help="Ring when done.  [default: auto, after 20 seconds]",
        ),
        click.option("-q", "--quiet", is_flag=True, help="Say only what went wrong."),
    ]

    def decorate(function: F) -> Callable[..., Any]:
        def command(**values: Any) -> None:
            options = dict(values.pop("options"))
            values = {"output": None, "template": None, **values}  # where a command has them not
            function(Request(options=options, root=values.pop("root_option"), **values))

        command.__doc__ = function.__doc__
        wrapped: Callable[..., Any] = command
        for decorator in reversed(decorators):
            wrapped = decorator(wrapped)
        return wrapped

    return decorate
