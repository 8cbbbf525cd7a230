"""`sous install`."""

from __future__ import annotations

import click

from sous.completion import SHELLS


@click.command("install")
@click.option("-n", "--dry-run", is_flag=True, help="Show what would be done.")
@click.option(
    "--completion",
    type=click.Choice([*SHELLS, "none"]),
    help="Set up tab completion for this shell, or do not ask about it.  "
    "[default: ask on a terminal]",
)
@click.pass_context
def install(ctx: click.Context, dry_run: bool, completion: str | None) -> None:  # noqa: FBT001
    """Install the LLM tasks for mise and the templates for llm.

    Writes conf.d/sous.toml beside your mise configuration and the templates into the template
    folder of llm. `llm sous install` also puts `sous` beside `llm`, as a link, where PATH has only
    `llm`. Files that sous did not write, or that you changed, are left alone. Running it again
    changes nothing. `sous uninstall` removes all of it.

    Completion is a marked block in ~/.bashrc, ~/.zshrc, fish's completions/sous.fish or
    PowerShell's profile.ps1.
    """
    from sous import install as installer
    from sous.errors import SousError
    from sous.programs import find_program
    from sous.terminal import say, write_lines

    through_llm = ctx.find_root().info_name != "sous" and ctx.find_root().command.name != "sous"
    for item in installer.items(through_llm=through_llm):
        outcome = installer.install(item, dry_run=dry_run)
        write_lines([f"{outcome.path}: {outcome.what}"])
        if item.needed and not outcome.ours:
            raise SousError(
                f"{outcome.path} is not ours, so the tasks are not installed; "
                "move it away and run this again"
            )
    if through_llm:
        _link(dry_run=dry_run)
    own = "llm sous" if through_llm and not find_program("sous") else "sous"
    _complete(completion, dry_run=dry_run)
    if not dry_run:
        say(f"next: go to a project and run `{own} doctor`. To undo: `{own} uninstall`.")


def _link(*, dry_run: bool) -> None:
    """Put `sous` beside `llm`, where PATH lacks it."""
    from sous import install as installer
    from sous.errors import SousError
    from sous.terminal import say, write_lines

    try:
        outcome = installer.link(dry_run=dry_run)
    except SousError as exc:
        say(f"{exc}; use `llm sous` instead of `sous`")
        return
    if outcome:
        write_lines([f"{outcome.path}: {outcome.what}"])


def _complete(named: str | None, *, dry_run: bool) -> None:
    """Set up completion for the shell that was named, or agreed to."""
    from sous.completion import add_completion, completion_file, users_shell
    from sous.terminal import say, write_lines

    shell = named or _agreed(dry_run=dry_run)
    if shell is None or shell == "none":
        if named is None and not dry_run and _can_be_set_up(shell := users_shell()):
            say(f"tab completion: `sous install --completion {shell}`")
        return
    path = completion_file(shell)
    what = add_completion(shell, dry_run=dry_run)
    write_lines([f"{path}: {what}"])
    if what == "written":
        say(f"completion for {shell} works in new shells; {path} has it as a marked block")


def _agreed(*, dry_run: bool) -> str | None:
    """Ask about the user's shell where somebody can answer and it is not set up."""
    from sous.completion import completion_file, users_shell
    from sous.terminal import ask_yes, is_interactive

    shell = users_shell()
    if dry_run or shell is None or not is_interactive() or not _can_be_set_up(shell):
        return None
    question = f"Set up tab completion for {shell} in {completion_file(shell)}?"
    return shell if ask_yes(question) else None


def _can_be_set_up(shell: str | None) -> bool:
    from sous.completion import add_completion

    return shell is not None and add_completion(shell, dry_run=True) != "is up to date"
