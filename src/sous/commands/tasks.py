"""`sous tasks`."""

from __future__ import annotations

import click


@click.command("tasks")
@click.option(
    "--mise", "kind", flag_value="llm.toml", default=True, help="The file for mise (default)."
)
@click.option("--make", "kind", flag_value="llm.mk", help="The file for make.")
def tasks(kind: str) -> None:
    """Print the path of the file with the tasks, for mise or for make."""
    from sous.resources import resource_folder

    click.echo(resource_folder("tasks") / kind)
