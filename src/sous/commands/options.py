"""Options that several commands share, spelled the same everywhere."""

from __future__ import annotations

import functools
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sous.request import ModelRequest, Request
from sous.terminal import be_quiet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

F = TypeVar("F", bound="Callable[..., Any]")

if TYPE_CHECKING:
    _ParamType = click.ParamType[str]
else:
    _ParamType = click.ParamType  # not generic before click 8.4


class SizeType(_ParamType):
    """`500kb`, `1.5mb` (of 1024 bytes) as repomix takes them, `100k-tokens`, `400k-chars`."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return it as it is, once it is known to be a size."""
        from sous.bundle.limits import read_limit
        from sous.errors import SousError

        try:
            read_limit(str(value))
        except SousError as exc:
            self.fail(str(exc), param, ctx)
        return str(value)


root_option = click.option(
    "--root",
    "root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="The project's folder, if not the nearest one with .git or a mise configuration.",
)
plan_option = click.option(
    "--plan",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The plan.  [default: prompt_plan.md]",
)
context_option = click.option(
    "--bundle", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
    help="A bundle of the code that is there already, for the model to know.",
)  # fmt: skip
bundle_argument = click.argument("bundle", required=False, metavar="[BUNDLE|-]")
pack_option = click.option(
    "--pack/--no-pack", default=True, help="Pack again what sous packed before.  [default: pack]"
)


def _hushed(_ctx: click.Context, _option: click.Parameter, value: bool) -> bool:  # noqa: FBT001
    """Show no line about work that goes on, from the moment that the option is read."""
    if value:
        be_quiet()
    return value


quiet_option = click.option(
    "-q", "--quiet", is_flag=True, callback=_hushed, help="Say only what went wrong."
)

notify_option = click.option(
    "--notify",
    type=click.Choice(["auto", "always", "never"]),
    help="Notify when a run finishes.  [default: auto, after 20 seconds]",
)

MOST_CONTEXT = 100_000  # tokens


def limit_option(what_for: str) -> Callable[[F], F]:
    """Add `--limit`, of the tokens that a text with its context may have."""
    return click.option(
        "--limit",
        type=click.IntRange(1),
        default=MOST_CONTEXT,
        metavar="TOKENS",
        help=f"For {what_for}.  [default: {MOST_CONTEXT}]",
    )


def output_option(default: str) -> Callable[[F], F]:
    """Add `-o`."""
    return click.option(
        "-o", "--output", metavar="FILE|-", help=f"Write to this file.  [default: {default}]"
    )


def model_options(force: str = "-f") -> Callable[[Callable[..., None]], Callable[..., Any]]:
    """Add the options of a command that asks a model.

    The function gets them as one ModelRequest, `request`.

    `force`: the short form of --force, empty for a command where the letter means something else.
    """
    names = {entry.name for entry in fields(ModelRequest)}

    def decorate(function: Callable[..., None]) -> Callable[..., Any]:
        @functools.wraps(function)
        def command(**values: Any) -> None:
            own = {key: values.pop(key) for key in names & values.keys()}
            function(request=ModelRequest(**{**own, "options": dict(own["options"])}), **values)

        return _decorated(
            command, [_template_option, *_MODEL, root_option, _force_option(force), *_SENDING]
        )

    return decorate


def generating_options(default_output: str | None) -> Callable[[F], Callable[..., Any]]:
    """Add the options of a command that makes reports; the function gets them as one Request.

    None for a command that writes several files: it has neither `-o` nor `--template`.
    """
    one = [] if default_output is None else [output_option(default_output), _template_option]
    decorators = [
        bundle_argument,
        *one[:1],
        *_MODEL,
        *one[1:],
        root_option,
        _force_option("-f"),
        *_SENDING,
        *_PARTS,
    ]

    def decorate(function: F) -> Callable[..., Any]:
        @functools.wraps(function)
        def command(**values: Any) -> None:
            function(Request(**{**values, "options": dict(values["options"])}))

        return _decorated(command, decorators)

    return decorate


def _decorated(function: Callable[..., Any], decorators: Sequence[Any]) -> Callable[..., Any]:
    for decorator in reversed(decorators):
        function = decorator(function)
    return function


def _force_option(*short: str) -> Callable[[F], F]:
    names = (*filter(None, short), "--force")
    return click.option(
        *names,
        is_flag=True,
        help="Replace a file that sous did not write; send even if up to date.",
    )


_template_option = click.option("--template", metavar="NAME|FILE", help="Another prompt template.")
_MODEL = (
    click.option(
        "-m", "--model", metavar="NAME", help="A model or alias of llm.  [default: llm's own]"
    ),
    click.option(
        "--option",
        "options",
        type=(str, str),
        multiple=True,
        metavar="KEY VALUE",
        help="An option of the model; repeatable.",
    ),
)
OVER = "Take it over from somebody who left it claimed; asks first."
_SENDING = (
    click.option("-y", "--yes", is_flag=True, help="Answer yes to questions."),
    click.option(
        "-n",
        "--dry-run",
        is_flag=True,
        help="Show model, tokens, price and the prompt's head; send nothing.",
    ),
    click.option(
        "--context-window",
        type=click.IntRange(1),
        metavar="N",
        help="The tokens that the model reads and writes.",
    ),
    click.option(
        "--retries",
        type=click.IntRange(0),
        metavar="N",
        help="Retries after the first try.  [default: 3]",
    ),
    click.option(
        "--accept-unfinished",
        is_flag=True,
        help="Accept an answer that may be incomplete: the provider gives no reason why it ended.",
    ),
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
    notify_option,
    quiet_option,
)
_PARTS = (
    pack_option,
    click.option(
        "--split/--no-split",
        default=True,
        help="Split what does not fit the model, or stop with exit code 4.  [default: split]",
    ),
    click.option(
        "--verify",
        metavar="MODEL",
        help="Ask another model whether the proven findings are defects.",
    ),
    click.option(
        "--evidence/--no-evidence",
        default=None,
        help="Add a table of facts to the prompt: sizes, complexity, what no test reaches.  "
        "[default: no]",
    ),
    click.option(
        "--sarif",
        multiple=True,
        type=click.Path(),
        metavar="FILE",
        help="Add what linters found: SARIF, or JSON of eslint, golangci-lint or clippy. "
        "Repeatable.",
    ),
    click.option(
        "--all-findings",
        is_flag=True,
        help="Show findings that .sous/findings.jsonl dismisses, too.",
    ),
    click.option(
        "--model-required", is_flag=True, help="Fail without a model instead of static analysis."
    ),
    click.option(
        "--jobs", type=click.IntRange(1), metavar="N", help="Calls at once.  [default: 5]"
    ),
)
