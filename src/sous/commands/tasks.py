"""`sous tasks`."""

from __future__ import annotations

import click


@click.command("tasks")
@click.option(
    "--mise", "kind", flag_value="llm.toml", default=True, help="The file for mise (default)."
)
@click.option("--make", "kind", flag_value="llm.mk", help="The file for make: `include`.")
@click.option("--just", "kind", flag_value="llm.just", help="The file for just: `import`.")
@click.option(
    "--taskfile", "kind", flag_value="llm.Taskfile.yml", help="The file for Task: `includes`."
)
@click.option(
    "--npm",
    "kind",
    flag_value="llm.npm.cjs",
    help="A program that adds scripts to package.json: `node FILE`.",
)
def tasks(kind: str) -> None:
    """Print the path of the file with the tasks, for one runner."""
    from sous.resources import resource_folder

    click.echo(resource_folder("tasks") / kind)
