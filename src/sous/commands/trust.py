"""`sous trust`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from sous.commands.options import root_option


@click.command("trust")
@root_option
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("--revoke", is_flag=True, help="Trust this project no longer.")
@click.option("--show", is_flag=True, help="Only show the settings and whether they are trusted.")
def trust(root: Path | None, yes: bool, revoke: bool, show: bool) -> None:  # noqa: FBT001
    """Show the project's settings, then let them choose models, commands and templates.

    Trust holds for this folder and these settings: when they change, you are asked again.
    """
    from sous import trust as store
    from sous.errors import SousError
    from sous.root import find_root
    from sous.settings import load_settings, project_layers, trusted_facts
    from sous.terminal import is_interactive, say, write_lines

    root = find_root(Path.cwd(), named=root)
    if revoke:
        store.distrust(root)
        say(f"{root} is not trusted any more")
        return
    load_settings(root)  # a broken file is told before it is trusted
    layers = project_layers(root)
    facts = trusted_facts(layers, root)
    if not layers:
        say(f"{root} has no settings of sous; there is nothing to trust")
        return
    for layer in layers:
        write_lines([layer.source])
        for key, value in layer.values.items():
            write_lines([f"  {key} = {json.dumps(value, ensure_ascii=False, default=str)}"])
    if store.is_trusted(root, facts):
        say("trusted as it is")
        return
    if show:
        say("not trusted")
        return
    if not yes and not is_interactive():
        raise SousError("nobody to ask here; look at the settings above, then run `sous trust --yes`")
    if yes or click.confirm("Trust these settings?", default=False, err=True):
        store.trust(root, facts)
        say(f"trusted: {root}")
    else:
        raise SousError("not trusted; nothing was changed")
