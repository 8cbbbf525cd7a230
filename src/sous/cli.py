"""The `sous` command: a table of commands, imported when called, and the one edge for errors."""

from __future__ import annotations

import importlib
import os
import signal
import sys
from typing import TYPE_CHECKING, Any

import click

from sous import __version__
from sous.errors import SousError
from sous.names import REPORTS
from sous.terminal import isolated, one_line, say
from sous.waiting import first_line

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

GROUPS: dict[str, dict[str, str]] = {
    "From code, as in `sous bundle && sous code-review`": {
        "bundle": "Pack the files of a repository into output.txt.",
        "clean": "Delete the bundles of this project.",
        "copy-buffer": "Copy the bundle to the clipboard.",
        **{report.command: f"{report.about.removesuffix('.')}." for report in REPORTS.values()},
        "all": "Write all five reports from one bundle.",
        "fleet": "Carry out the same tasks over many repositories.",
    },
    "Reports, as in `sous items next code-review.md`": {
        "check": "Look up what a report says of the code.",
        "findings": "List what reviews found; dismiss or reopen it.",
        "items": "List the items of a report; copy, tick or choose one.",
        "post": "Post the items of a report as issues: GitHub, GitLab, Gitea, Bitbucket.",
        "ci": "Review a pull or merge request in a CI job, as one comment.",
    },
    'From an idea, as in `sous hone "a url shortener" && sous plan && sous run`': {
        "hone": "Hone an idea into spec.md, one question at a time.",
        "plan": "Turn spec.md into prompt_plan.md: steps, each with its prompt.",
        "todo": "Make todo.md from the plan, ticks kept.",
        "next": "Print the prompt of the next open step.",
        "step": "Mark steps as done, skipped or open.",
        "status": "Show how far the plan is.",
        "run": "Have an agent carry out the plan, step by step, tests first.",
        "log": "Show what the agent of `sous run` printed, or follow it.",
    },
    "Together, as in `sous team init && sous claim`": {
        "team": "Carry out a plan together: begin or join, show, leave.",
        "board": "Show who works on what, live or as a page.",
        "watch": "Notify when the team needs you.",
        "claim": "Claim a step of the team's plan, and print its prompt.",
        "release": "Give a claimed step back.",
        "land": "Put a step's commits onto the team's branch, tested there.",
        "handoff": "Publish the work on a step for somebody to continue.",
        "take": "Continue what somebody handed over.",
        "sync": "Tick in todo.md what the team has landed.",
    },
    "Setup, as in `sous install && sous doctor`": {
        "init": "Write a project's first settings; have git ignore reports.",
        "doctor": "Check what sous needs here, and say what to fix.",
        "mcp": "Serve this project to an agent: read files, reports, plan.",
        "models": "Show what models read and cost.",
        "cost": "Sum up what was spent, by task and model.",
        "install": "Install the mise tasks and the llm templates for all projects.",
        "uninstall": "Remove what `sous install` wrote.",
        "hook": "Check files before a commit, for pre-commit.",
        "tasks": "Print where the tasks for mise, make, just, Task or npm are.",
        "trust": "Let this project's settings choose models, commands and templates.",
    },
}
COMMANDS = {name: about for group in GROUPS.values() for name, about in group.items()}
# names that people try first
_GUESSES = {
    "review": "code-review",
    "security": "security-review",
    "issues": "github-issues",
    "prompts": "issue-prompts",
    "tests": "missing-tests",
    "pack": "bundle",
    "copy": "copy-buffer",
    "spec": "hone",
    "idea": "hone",
    "setup": "init",
    "config": "init",
    "spent": "cost",
    "undo": "step",
    "done": "step",
    "help": "--help",
    "version": "--version",
}


class OneLineUsageError(click.ClickException):
    """A wrong command line, told in one line."""

    exit_code = 2


class Commands(click.Group):
    """A group that knows its commands by name and imports one only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return all names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import `sous.commands.NAME` and return the command of that name."""
        if cmd_name not in COMMANDS:
            return None
        from sous.examples import EXAMPLES

        command = _command(cmd_name)
        command.epilog = f"Example: {EXAMPLES[cmd_name]}"
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the names that begin so, without importing a single command."""
        from click.shell_completion import CompletionItem

        found = [CompletionItem(name, help=COMMANDS[name]) for name in COMMANDS]
        named = [item for item in found if item.value.startswith(incomplete)]
        return [*named, *click.Command.shell_complete(self, ctx, incomplete)]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; for a name that is none, say which one may be meant."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            raise click.UsageError(f"No such command {name!r}.{_hint(name)}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the tables without importing a single command."""
        for title, commands in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl(list(commands.items()))

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Parse the group's own options."""
        try:
            return super().make_context(*args, **kwargs)
        except click.UsageError as error:
            raise _in_one_line(error) from error

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; turn what users can cause into one line and an exit code."""
        try:
            with first_line(lambda: f"sous {ctx.invoked_subcommand or ''} is at work"):
                result = super().invoke(ctx)
            if sys.stdout is not None:
                sys.stdout.flush()
        except SousError as error:
            say(f"Error: {error}")
            ctx.exit(error.exit_code)
        except click.UsageError as error:
            raise _in_one_line(error) from error
        except (KeyboardInterrupt, click.Abort):
            say("Interrupted.")
            ctx.exit(130)
        except BrokenPipeError:
            # The reader has gone (`| head -1`); nothing may be flushed to it at exit.
            _silence_stdout()
            ctx.exit(1)
        # of the place we are in: a full disk, a folder that has gone, a name too long
        except OSError as error:
            say(
                f"Error: {error.strerror or error}"
                + (f": {error.filename}" if error.filename else "")
            )
            _silence_stdout()
            ctx.exit(1)
        return result


def _command(name: str) -> click.Command:
    if name in REPORTS:
        from sous.commands.reports import report_command

        return report_command(REPORTS[name])
    module = importlib.import_module(f"sous.commands.{name.replace('-', '_')}")
    commands = (value for value in vars(module).values() if isinstance(value, click.Command))
    return next(command for command in commands if command.name == name)


def _hint(name: str) -> str:
    """Return which command may be meant by a name that is none."""
    import difflib

    meant = [_GUESSES[name]] if name in _GUESSES else difflib.get_close_matches(name, COMMANDS, 1)
    return f" Did you mean `sous {meant[0]}`?" if meant else ""


def _silence_stdout() -> None:
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _in_one_line(error: click.UsageError) -> OneLineUsageError:
    where = error.ctx.command_path if error.ctx else "sous"
    said = error.format_message().rstrip()
    end = "" if said.endswith((".", "?", "!", ")")) else "."
    return OneLineUsageError(isolated(one_line(f"{said}{end} See `{where} --help`.")))


def _show_version(ctx: click.Context) -> None:
    """Print which sous, llm and Python run, and end."""
    from importlib.metadata import PackageNotFoundError, version
    from platform import python_version

    try:
        llm = version("llm")
    except PackageNotFoundError:
        llm = "not installed"
    click.echo(f"sous {__version__} (llm {llm}, Python {python_version()})")
    ctx.exit()


@click.group(
    "sous",
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "-V",
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda ctx, _param, asked: _show_version(ctx) if asked else None,
    help="Show the versions of sous, llm and Python.",
)
@click.pass_context
def sous(ctx: click.Context) -> None:
    """Mise en place for coding with LLMs.

    Packs a repository into one file, asks a model for a review, issues, missing tests or a README,
    checks what comes back, and writes it safely. Or leads an idea to code: spec, plan, todo, run.
    """
    from sous.environment import enter
    from sous.surroundings import by_command

    enter()
    ctx.with_resource(by_command())
    if ctx.invoked_subcommand is None:
        _show_standing(ctx)


def _show_standing(ctx: click.Context) -> None:
    """Show where this project stands and what is next; in a folder that is none, the help."""
    from pathlib import Path

    from sous.root import find_root, is_project
    from sous.setup.standing import standing
    from sous.terminal import write_lines

    try:
        root = find_root(Path.cwd())
    except SousError:
        root = None
    if root is None or not (is_project(root) or any(Path.cwd().iterdir())):
        click.echo(ctx.get_help())
        return
    found = standing(root)
    write_lines([*found.lines, f"next: {found.next}", "all commands: sous --help"])


def _terminated(_number: int, _frame: object) -> None:
    """End as after Ctrl-C: partial answers are kept, no file is left half-written."""
    sys.exit(128 + signal.SIGTERM)


def main() -> None:
    """Run `sous` as a program of its own."""
    signal.signal(signal.SIGTERM, _terminated)
    if hasattr(signal, "SIGHUP"):  # the terminal was closed
        signal.signal(signal.SIGHUP, _terminated)
    try:
        sous(prog_name="sous")
    except KeyboardInterrupt:  # before or after a command ran
        sys.exit(130)
