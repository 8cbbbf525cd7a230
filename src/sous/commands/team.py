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
@click.argument("action", type=click.Choice(["init", "status", "off"]))
@plan_option
@click.option("--remote", default="origin", show_default=True, metavar="NAME")
@click.option("--branch", metavar="NAME", help="Where steps land.  [default: sous/<plan>]")
@root_option
@click.option("-y", "--yes", is_flag=True, help="Do not ask before anything is pushed.")
@click.option("--json", "as_json", is_flag=True, help="For machines: the steps, with status.")
def team(
    action: str,
    plan: Path | None,
    remote: str,
    branch: str | None,
    root: Path | None,
    *,
    yes: bool,
    as_json: bool,
) -> None:
    """Carry out a plan together: init begins or joins a team, status shows it, off leaves it.

    Steps are claimed with `sous claim` and land with `sous land`, over the git remote alone.
    """
    from sous.root import find_root
    from sous.team.member import keep_membership, required_membership
    from sous.team.shared import Team
    from sous.terminal import say, write_json, write_lines

    base = find_root(Path.cwd(), named=root)
    if action == "init":
        _begin(base, plan, remote, branch, yes=yes)
    elif action == "off":
        required_membership(base)
        keep_membership(base, None)
        say("this project takes part no longer; what is on the remote stays there")
    else:
        ours = Team(base, required_membership(base))
        shared = ours.look()
        if as_json:
            write_json(_data(shared))
        else:
            write_lines(_lines(shared))


def _begin(root: Path, plan: Path | None, remote: str, branch: str | None, *, yes: bool) -> None:
    from sous.commands.planned import plan_path
    from sous.errors import SousError, UsageProblem
    from sous.git_place import find_checkout
    from sous.runner.branch import default_branch
    from sous.team.begin import agreed, begin
    from sous.team.member import Membership, keep_membership
    from sous.terminal import ask_yes, is_interactive, say

    path = plan_path(plan, root).resolve()
    top = find_checkout(root).top
    if not path.is_relative_to(top):
        raise SousError(f"{path} lies outside of the repository {top}: move it there")
    name = branch or default_branch(path)
    if not yes:
        if not is_interactive():
            raise UsageProblem(f"this pushes {name} to {remote}: say --yes")
        if not ask_yes(f"Push {name}, and references of claims, to {remote}?"):
            raise SousError("nothing was done")
    found = agreed(root, Membership(remote, path.relative_to(top).as_posix(), name))
    if not found.may_push:
        keep_membership(root, found.membership)
        say(
            f"{remote} takes no push of yours: you look on, with `sous team status` and `sous sync`"
        )
        return
    begun = begin(root, found.membership, path)
    keep_membership(root, found.membership)
    given = f", {begun.given} steps got an id" if begun.given else ""
    kept = f", {begun.kept} were done before" if begun.kept else ""
    say(f"{'began' if begun.is_new else 'joined'} {remote}/{name}{given}{kept}")
    say(f"the plan is on {remote}/{name}: `git fetch {remote}`, then `sous claim`")


def _data(shared: Shared) -> list[dict[str, object]]:
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


def _lines(shared: Shared) -> Iterator[str]:
    from sous.terminal import table

    rows = []
    for step in shared.steps:
        state, more = shared.state_of(step), ""
        if step.record:
            more = step.record.by
        elif step.claim:
            minutes = int(step.unchanged // 60)
            more = f"{step.claim.person}@{step.claim.host}, unchanged for {minutes} min"
        elif state == "needs a person":
            more = step.needs
        elif state == "blocked":
            more = f"waits for {', '.join(one.id for one in shared.waits_for(step))}"
        rows.append((step.id, step.planned.name, state, more))
    yield from table(rows, names=4)
