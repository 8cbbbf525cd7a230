"""`sous team`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sous.commands.options import plan_option, root_option

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sous.team.shared import Shared


@click.command("team")
@click.argument("action", type=click.Choice(["init", "status", "add", "dismiss", "off"]))
@click.argument("names", nargs=-1, metavar="[REPORT|ID…]")
@plan_option
@click.option("--remote", default="origin", show_default=True, metavar="NAME")
@click.option("--branch", metavar="NAME", help="Where steps land.  [default: sous/<plan>]")
@click.option("--why", default="", metavar="TEXT", help="Why nothing is to be done, for dismiss.")
@root_option
@click.option("-y", "--yes", is_flag=True, help="Do not ask before anything is pushed.")
@click.option("--json", "as_json", is_flag=True, help="As JSON: the steps, with status.")
def team(  # noqa: PLR0913, PLR0917  # one option each
    action: str,
    names: tuple[str, ...],
    plan: Path | None,
    remote: str,
    branch: str | None,
    why: str,
    root: Path | None,
    *,
    yes: bool,
    as_json: bool,
) -> None:
    """Carry out a plan together: init begins or joins a team, status shows it, off leaves it.

    add puts the open items of reports there, to be claimed and landed like steps; dismiss notes
    that nothing is to be done for an item, or a step.
    Steps are claimed with `sous claim` and land with `sous land`, over the git remote alone.
    """
    from sous.commands.teamed import looked, open_interviews
    from sous.root import find_root
    from sous.team.member import keep_membership, required_membership
    from sous.team.shared import Team
    from sous.terminal import say, write_json, write_lines

    base = find_root(Path.cwd(), named=root)
    _check(action, names, why)
    if action == "init":
        _begin(base, plan, remote, branch, yes=yes)
    elif action == "off":
        required_membership(base)
        keep_membership(base, None)
        say("this project left the team; the branch on the remote is kept")
    elif action in ("add", "dismiss"):
        _change(base, action, names, why.strip())
    else:
        ours = Team(base, required_membership(base))
        shared = looked(ours)
        if as_json:
            write_json(data_of(shared))
        else:
            write_lines(lines_of(shared))
            write_lines([one.told for one in open_interviews(base, ours.membership)])


def _check(action: str, names: tuple[str, ...], why: str) -> None:
    """Raise UsageProblem for what an action does not take, or needs."""
    from sous.errors import UsageProblem

    if names and action not in ("add", "dismiss"):
        raise UsageProblem(f"`sous team {action}` cannot be combined with {names[0]!r}")
    if not names and action == "add":
        raise UsageProblem("say which report: `sous team add issues.md`")
    if action == "dismiss" and not (names and why.strip()):
        raise UsageProblem("say which, and why: `sous team dismiss ID --why TEXT`")
    if why and action != "dismiss":
        raise UsageProblem("--why is for `sous team dismiss`")


def _change(root: Path, action: str, names: tuple[str, ...], why: str) -> None:
    from sous.files import shown_path
    from sous.runner.work import items_to_share
    from sous.team.adding import add_items, dismiss
    from sous.team.member import required_membership
    from sous.team.shared import Team
    from sous.terminal import say

    ours = Team(root, required_membership(root))
    for name in names:
        if action == "dismiss":
            say(f"{dismiss(ours, name, why)}: dismissed")
            continue
        items = items_to_share(Path(name))
        added = add_items(ours, items)
        there = f", {len(items) - len(added)} were there already" if len(added) < len(items) else ""
        say(f"{shown_path(Path(name))}: {len(added)} items to claim{there}")


def _begin(root: Path, plan: Path | None, remote: str, branch: str | None, *, yes: bool) -> None:
    from sous.commands.planned import plan_path
    from sous.errors import SousError, UsageProblem
    from sous.git_place import find_checkout
    from sous.reports.memory import split_memory
    from sous.runner.branch import default_branch
    from sous.team.begin import agreed, begin
    from sous.team.member import Membership, keep_membership
    from sous.terminal import ask_yes, is_interactive, say

    path = plan_path(plan, root).resolve()
    top = find_checkout(root).top
    if not path.is_relative_to(top):
        raise SousError(f"{path} lies outside the repository {top}: move it there")
    name = branch or default_branch(path)
    if not yes:
        if not is_interactive():
            raise UsageProblem(f"this pushes {name} to {remote}: pass --yes to agree")
        if not ask_yes(f"Push {name}, and references of claims, to {remote}?"):
            raise SousError("nothing was done")
    found = agreed(root, Membership(remote, path.relative_to(top).as_posix(), name))
    if not found.may_push:
        keep_membership(root, found.membership)
        say(
            f"{remote} refuses your push: you can only watch, with `sous team status` and "
            "`sous sync`"
        )
        return
    begun = begin(root, found.membership, path)
    keep_membership(root, found.membership)
    given = f", {begun.given} steps got an id" if begun.given else ""
    kept = f", {begun.kept} were done before" if begun.kept else ""
    say(f"{'began' if begun.is_new else 'joined'} {remote}/{name}{given}{kept}")
    if split_memory(root):
        say(".sous/findings.jsonl is now .sous/findings/, one file each: commit them")
    say(f"`git pull --rebase {remote} {name}` brings the plan here, then `sous claim`")


def data_of(shared: Shared) -> list[dict[str, object]]:
    """Return the steps for machines: who has what, and what is done."""
    return [
        {
            "id": step.id,
            "number": step.planned.step.number,
            "title": step.planned.step.title,
            "state": shared.state_of(step),
            "by": step.record.by if step.record else step.claim.person if step.claim else "",
            "needs": step.needs,
            "unchanged": round(step.unchanged) if step.claim else None,
        }
        for step in shared.steps
    ]


def lines_of(shared: Shared) -> Iterator[str]:
    """Yield a line for each step: who has it, or what it waits for."""
    from sous.terminal import table

    rows = []
    for step in shared.steps:
        state, more = shared.state_of(step), ""
        if step.record:
            more = step.record.by
        elif step.claim:
            more = f"{step.claim.person}@{step.claim.host}, {step.since}"
        elif state == "needs a person":
            more = step.needs
        elif state == "blocked":
            more = f"waits for {', '.join(one.id for one in shared.waits_for(step))}"
        rows.append((step.id, step.planned.name, state, more))
    yield from table(rows, names=4)
