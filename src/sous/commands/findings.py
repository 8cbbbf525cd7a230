"""`sous findings`."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import click

from sous.commands.options import root_option

if TYPE_CHECKING:
    from pathlib import Path

    from sous.reports.memory import Known


@click.command("findings")
@click.argument(
    "action", required=False, type=click.Choice(["list", "dismiss", "reopen"]), default="list"
)
@click.argument("ids", nargs=-1, metavar="[ID…]")
@click.option(
    "--why", default="", metavar="TEXT", help="Why it is dismissed, for those who come later."
)
@click.option("--all", "every", is_flag=True, help="List dismissed and fixed ones too.")
@click.option("--json", "as_json", is_flag=True, help="Print all of them, for machines.")
@root_option
def findings(
    action: str, ids: tuple[str, ...], why: str, *, every: bool, as_json: bool, root: Path | None
) -> None:
    """List what reviews found, or decide about it: `sous findings dismiss ID --why TEXT`, `sous findings reopen ID`.

    They are kept in .sous/findings.jsonl, to be committed. The next review leaves dismissed ones out, unless the code
    that they quote has changed, and notes as fixed those whose quote is gone.
    """
    from pathlib import Path

    from sous.errors import UsageProblem
    from sous.reports.memory import DISMISSED, OPEN, decide, read_memory
    from sous.root import find_root
    from sous.terminal import one_line, say, write_json, write_lines

    folder = find_root(Path.cwd(), named=root)
    if action != "list":
        if not ids:
            raise UsageProblem(f"say which: sous findings {action} ID; `sous findings` lists them")
        if action == "dismiss" and not why.strip():
            raise UsageProblem("say why, for those who come later: --why TEXT")
        state = DISMISSED if action == "dismiss" else OPEN
        for one in decide(folder, ids, state, why.strip() if state == DISMISSED else ""):
            say(f"{one.id}: {one.state}: {one_line(one.title)}")
        say(
            f"reports {'leave them out' if state == DISMISSED else 'have them again'} when they are next made"
        )
        return
    if ids:
        raise UsageProblem(f"no such action: {ids[0]}; there are list, dismiss and reopen")
    known = list(read_memory(folder).values())
    if as_json:
        data = [dataclasses.asdict(one) for one in known]
        write_json(data)
        return
    shown = [one for one in known if every or one.state == OPEN]
    write_lines(_line(one) for one in sorted(shown, key=_rank))
    if not shown:
        say(
            "no findings are open"
            if known
            else "no review has found anything yet: `sous code-review`"
        )


def _rank(one: Known) -> tuple[str, int, str]:
    from sous.reports.findings import SEVERITIES

    known = one.severity in SEVERITIES
    return one.state, SEVERITIES.index(one.severity) if known else len(SEVERITIES), one.path or ""


def _line(one: Known) -> str:
    from sous.terminal import one_line

    place = f"{one.path}:{one.line}" if one.path and one.line else one.path or "-"
    why = f" ({one_line(one.why)})" if one.why else ""
    state = "" if one.state == "open" else f"{one.state}{why}  "
    return f"{one.id}  {state}{one_line(one.severity or '-'):8}  {one_line(place)}  {one_line(one.title)}"
