"""`sous findings`."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import click

from sous.commands.options import root_option

if TYPE_CHECKING:
    from pathlib import Path

    from sous.reports.memory import RememberedFinding


@click.command("findings")
@click.argument(
    "action", required=False, type=click.Choice(["list", "dismiss", "reopen"]), default="list"
)
@click.argument("ids", nargs=-1, metavar="[ID…]")
@click.option("--why", default="", metavar="TEXT", help="Why it is dismissed; required.")
@click.option("--all", "every", is_flag=True, help="List dismissed and fixed ones too.")
@click.option("--json", "as_json", is_flag=True, help="Print all of them as JSON.")
@root_option
def findings(
    action: str, ids: tuple[str, ...], why: str, *, every: bool, as_json: bool, root: Path | None
) -> None:
    """List findings, or decide: `sous findings dismiss ID --why TEXT`, `sous findings reopen ID`.

    They are kept in .sous/findings.jsonl, to be committed. A dismissed one is marked as skipped
    in the reports that list it; reports made from then on leave it out, unless the code that it
    quotes has changed. Any report notes as fixed those whose quote is gone.
    """
    from pathlib import Path

    from sous.errors import UsageProblem
    from sous.root import find_root

    folder = find_root(Path.cwd(), named=root)
    if action != "list":
        _decide(folder, action, ids, why.strip())
    elif ids:
        raise UsageProblem(f"no such action: {ids[0]}; there are list, dismiss and reopen")
    else:
        _list(folder, every=every, as_json=as_json)


def _decide(folder: Path, action: str, ids: tuple[str, ...], why: str) -> None:
    """Dismiss findings or open them again."""
    from sous.errors import UsageProblem
    from sous.reports.memory import DISMISSED, OPEN, decide
    from sous.terminal import one_line, say

    is_dismissed = action == "dismiss"
    if not ids:
        raise UsageProblem(f"say which: sous findings {action} ID; `sous findings` lists them")
    if is_dismissed and not why:
        raise UsageProblem("say why it is dismissed: --why TEXT")
    state = DISMISSED if is_dismissed else OPEN
    decided = decide(folder, ids, state, why if is_dismissed else "")
    for finding in decided:
        say(f"{finding.id}: {finding.state}: {one_line(finding.title)}")
    marked = _mark(folder, {finding.id for finding in decided}, is_dismissed=is_dismissed)
    if marked:
        say(f"marked as {'skipped' if is_dismissed else 'open'} in {', '.join(marked)}")
    if is_dismissed:
        say("reports that are made from now on leave them out")
    elif not marked:
        for command in sorted({finding.report for finding in decided}):
            say(f"`sous {command} --force` lists them again")


def _mark(folder: Path, ids: set[str], *, is_dismissed: bool) -> list[str]:
    """Mark findings in the reports that list them; return the names of those reports."""
    from sous import api
    from sous.errors import SousError
    from sous.items.read import OPEN, SKIPPED
    from sous.names import REPORTS
    from sous.runner.by_hand import set_items
    from sous.terminal import say

    before, after = (OPEN, SKIPPED) if is_dismissed else (SKIPPED, OPEN)
    marked = []
    for report in REPORTS.values():
        path = folder / report.output
        if report.is_document or not path.is_file():
            continue
        try:
            items = api.items(path).items
        except SousError:  # it lists none of them
            continue
        known = [one.id for one in items if one.id in ids and one.state == before and one.tick]
        try:
            if known:
                set_items(path, known, after)
                marked.append(path.name)
        except SousError as exc:
            say(f"not marked in {path.name}: {exc}")
    return marked


def _list(folder: Path, *, every: bool, as_json: bool) -> None:
    """Print the findings that are open, or every one."""
    from sous.reports.memory import OPEN, read_memory
    from sous.terminal import say, write_json, write_lines

    known = list(read_memory(folder).values())
    if as_json:
        write_json([dataclasses.asdict(finding) for finding in known])
        return
    shown = [finding for finding in known if every or finding.state == OPEN]
    write_lines(_line(finding) for finding in sorted(shown, key=_rank))
    if not known:
        say("no review has found anything yet: `sous code-review`")
    elif not shown:
        say("no findings are open")


def _rank(finding: RememberedFinding) -> tuple[str, int, str]:
    from sous.reports.findings import SEVERITIES

    is_known = finding.severity in SEVERITIES
    rank = SEVERITIES.index(finding.severity) if is_known else len(SEVERITIES)
    return finding.state, rank, finding.path or ""


def _line(finding: RememberedFinding) -> str:
    from sous.terminal import one_line

    place = finding.path or "-"
    if finding.path and finding.line:
        place = f"{finding.path}:{finding.line}"
    why = f" ({one_line(finding.why)})" if finding.why else ""
    state = "" if finding.state == "open" else f"{finding.state}{why}  "
    severity, title = one_line(finding.severity or "-"), one_line(finding.title)
    return f"{finding.id}  {state}{severity:8}  {one_line(place)}  {title}"
