"""`sous cost`."""

from __future__ import annotations

import click


@click.command("cost")
@click.option("--since", metavar="DATE", help="Only calls from that day on, as 2026-01-31.")
@click.option("--json", "as_json", is_flag=True, help="Say it as JSON.")
def cost(since: str | None, as_json: bool) -> None:  # noqa: FBT001  # click calls with keywords
    """Sum up what sous has spent, by task and model, from llm's log.

    Tokens are those that the providers counted, prices those of genai-prices today. Calls that were
    made while llm's log was off are not in it.
    """
    import json

    from sous.models.spent import read_spent, spent_lines
    from sous.terminal import write_stdout

    found = read_spent(since)
    text = (
        json.dumps([one.as_json() for one in found], indent=2)
        if as_json
        else "\n".join(spent_lines(found))
    )
    write_stdout(f"{text}\n".encode("utf-8", "replace"))
