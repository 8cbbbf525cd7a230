"""`sous cost`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("cost")
@click.option("--since", metavar="DATE", help="Only calls since that day (2026-01-31).")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write it as an HTML page with the cost of each day.",
)
def cost(since: str | None, *, as_json: bool, html: Path | None) -> None:
    """Sum up what sous has spent, by task and model, from llm's log.

    Tokens are those that the providers counted, prices those of genai-prices today. Calls that were
    made while llm's log was off are not in it.
    """
    import json

    from sous.models.spent import read_spent, spent_lines
    from sous.terminal import write_stdout

    if html:
        _write_page(html, since)
        return
    found = read_spent(since)
    text = (
        json.dumps([one.as_json() for one in found], indent=2)
        if as_json
        else "\n".join(spent_lines(found))
    )
    write_stdout(f"{text}\n".encode("utf-8", "replace"))


def _write_page(path: Path, since: str | None) -> None:
    from sous.commands.paged import check_page, write_page
    from sous.models.spent import read_spent, read_spent_by_day
    from sous.models.spent_page import MADE_BY, page_of_spent

    check_page(path, MADE_BY)
    write_page(path, page_of_spent(read_spent(since), read_spent_by_day(since), since=since))
