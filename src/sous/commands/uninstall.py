"""`sous uninstall`."""

from __future__ import annotations

import click


@click.command("uninstall")
@click.option("-n", "--dry-run", is_flag=True, help="Show what would be done.")
@click.pass_context
def uninstall(ctx: click.Context, dry_run: bool) -> None:  # noqa: FBT001
    """Remove what `sous install` wrote; files that you changed stay."""
    from sous import install as installer
    from sous.completion import SHELLS, completion_file, remove_completion
    from sous.state import cache_folder, state_folder
    from sous.terminal import say, write_lines

    through_llm = ctx.find_root().info_name != "sous" and ctx.find_root().command.name != "sous"
    for item in installer.items(through_llm=through_llm):
        outcome = installer.uninstall(item, dry_run=dry_run)
        write_lines([f"{outcome.path}: {outcome.what}"])
    for outcome in installer.remove_links(dry_run=dry_run):
        write_lines([f"{outcome.path}: {outcome.what}"])
    for shell in SHELLS:
        if what := remove_completion(shell, dry_run=dry_run):
            write_lines([f"{completion_file(shell)}: completion for {shell} {what}"])
    if not dry_run:
        say(
            f"what stays: {cache_folder()}, {state_folder()}, and what is in your projects. To "
            "remove the program: `llm uninstall llm-sous`, or llm-sous by what installed it"
        )
