"""`sous install`."""

from __future__ import annotations

import click


@click.command("install")
@click.option("-n", "--dry-run", is_flag=True, help="Show what would be done.")
@click.pass_context
def install(ctx: click.Context, dry_run: bool) -> None:  # noqa: FBT001
    """Install the LLM tasks for mise and the templates for llm.

    Writes conf.d/sous.toml beside your mise configuration and the templates into the template
    folder of llm. Files that sous did not write, or that you changed, are left alone. Running it
    again changes nothing.
    """
    from sous import install as installer
    from sous.errors import SousError
    from sous.terminal import write_lines

    through_llm = ctx.find_root().info_name != "sous" and ctx.find_root().command.name != "sous"
    for item in installer.items(through_llm=through_llm):
        outcome = installer.install(item, dry_run=dry_run)
        write_lines([f"{outcome.path}: {outcome.what}"])
        if item.needed and not outcome.ours:
            raise SousError(
                f"{outcome.path} is not ours, so the tasks are not installed; "
                "move it away and run this again"
            )
