"""`sous post`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sous.commands.options import quiet_option, root_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.claims.evidence import Evidence
    from sous.forge.drafts import Extras, Wanted
    from sous.forge.forge import Forge, Issue
    from sous.forge.post import Poster, PostStep
    from sous.forge.remote import Repository


@click.command("post")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--item",
    "items",
    multiple=True,
    metavar="N",
    help="Only this item; repeatable.  [default: all open]",
)
@click.option("--limit", type=click.IntRange(0), metavar="N", help="Create at most N issues.")
@click.option(
    "--label", "labels", multiple=True, metavar="NAME", help="Add this label to each; repeatable."
)
@click.option(
    "--create-labels", is_flag=True, help="Create missing labels; without it they are left out."
)
@click.option(
    "--assignee",
    "assignees",
    multiple=True,
    metavar="NAME|@me",
    help="Assign each to this account; repeatable.",
)
@click.option("--milestone", metavar="TITLE|N", help="Set this milestone on each.")
@click.option(
    "--repo", metavar="[HOST/]OWNER/NAME", help="Where to post.  [default: what `origin` names]"
)
@click.option(
    "--unproven", is_flag=True, help="Also post items whose claims about the code are not proven."
)
@root_option
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("-n", "--dry-run", is_flag=True, help="Show what would be done; needs no token.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@quiet_option
def post(file: Path | None, root: Path | None, **options: Any) -> None:
    """Post the items of a report as issues: on GitHub, GitLab, Gitea, Forgejo or Bitbucket.

    FILE: issues.md.

    What is there already is found again by a hidden mark, open or closed: it is updated when it
    changed here, left when somebody edited it there, and never posted twice. GitHub is reached by
    gh, else with GITHUB_TOKEN.
    """
    from sous import api
    from sous.files import shown_path
    from sous.forge.access import NoWay, open_forge
    from sous.forge.post import Poster
    from sous.forge.remote import find_repository
    from sous.root import find_root
    from sous.terminal import inform, say

    folder = find_root(Path.cwd(), named=root)
    path = file or _default_file(folder)
    if not api.items(path).items:  # nothing is asked of anybody for a file without items
        inform(f"{shown_path(path)} lists no items: nothing to post")
        return
    repository = find_repository(folder, options["repo"])
    try:
        forge = open_forge(repository, folder, quiet=options["quiet"])
    except NoWay as exc:
        if not options["dry_run"]:
            raise
        _show_unasked(repository, path, folder, options, why=str(exc))
        return
    wanted = _drafts(path, folder, forge, _extras(options, path))
    poster = Poster(forge, quiet=options["quiet"])
    with poster.alone():
        steps = poster.plan(wanted, limit=options["limit"])
        new_labels, left_out = poster.labels_for(steps, create=options["create_labels"])
        plan = [*_plan(forge, path, steps), *_about_labels(new_labels, left_out)]
        if options["dry_run"]:
            _show(plan, steps, as_json=options["as_json"])
            say(f"nothing was posted; `sous items show N {shown_path(path)}` prints an item")
            return
        _agree(plan, steps, yes=options["yes"], quiet=options["quiet"])
        _carry_out(poster, steps, new_labels, as_json=options["as_json"])


def _show_unasked(
    repository: Repository, path: Path, folder: Path, options: dict[str, Any], *, why: str
) -> None:
    """Show a dry run without a token: nobody is asked what is there already."""
    from sous.files import shown_path
    from sous.forge.access import forge_to_draft_for
    from sous.forge.post import plan_unasked
    from sous.terminal import say

    forge = forge_to_draft_for(repository)
    wanted = _drafts(path, folder, forge, _extras(options, path))
    steps = plan_unasked(wanted, limit=options["limit"])
    _show(_plan(forge, path, steps), steps, as_json=options["as_json"])
    say(f"not compared with the issues that exist: {why}")
    say(f"nothing was posted; `sous items show N {shown_path(path)}` prints an item")


def _default_file(folder: Path) -> Path:
    from sous.names import REPORTS
    from sous.reports.newest import newest_report

    path = folder / REPORTS["github-issues"].output
    return path if path.is_file() else newest_report(folder)


def _extras(options: dict[str, Any], path: Path) -> Extras:
    from sous.forge.drafts import Extras

    return Extras(
        options["labels"],
        options["assignees"],
        options["milestone"],
        options["unproven"],
        _named(options["items"], path),
    )


def _named(named: Sequence[str], path: Path) -> tuple[str, ...]:
    """Return the numbers of the items that are named by numbers or ids.

    Raises SousError for one that is not there.
    """
    from sous import api
    from sous.items.tick import find_item

    items = api.items(path)
    return tuple(str(find_item(items, one, path).number) for one in named)


def _drafts(path: Path, folder: Path, forge: Forge, extras: Extras) -> list[Wanted]:
    from sous.forge.drafts import Drafter
    from sous.forge.pinned import Pinned
    from sous.plan.shape import read_markdown
    from sous.terminal import say

    pinned = Pinned(folder, forge)
    if pinned.commit is None:
        say(
            f"places in the code are no links: no remote `origin` here is {forge.repository} and "
            "has a commit of this branch"
        )
    return Drafter(path, forge, pinned, _evidence(folder), extras).drafts(read_markdown(path))


def _evidence(folder: Path) -> Evidence | None:
    """Return what the claims of items are looked up in.

    None, which is reported, where the bundle is of no known form.
    """
    from sous.bundle.obtain import project_bundle
    from sous.claims.evidence import Evidence
    from sous.names import BUNDLE, OWN_FILES
    from sous.terminal import say

    bundle = project_bundle(folder)
    if bundle.reading is None:
        say(f"{BUNDLE} has no known format, so what the items claim is not checked")
        return None
    return Evidence(bundle, without=OWN_FILES, folder=folder)


def _plan(forge: Forge, path: Path, steps: Sequence[PostStep]) -> list[str]:
    """Return the plan in lines."""
    from sous import api
    from sous.files import shown_path
    from sous.forge.post import Action, counted
    from sous.items.sure import doubt
    from sous.terminal import one_line

    unsure = doubt(api.items(path), path)
    way = f", by {forge.wire.name}" if forge.wire.name else ""
    lines = [f"{shown_path(path)} to {forge.repository}{way}: {counted(steps)}"]
    for step in steps:
        item = step.wanted.item
        issue = f" #{step.issue.number}" if step.issue else ""
        why = f" ({one_line(step.why)})" if step.why else ""
        what = "leave" if step.action is Action.SKIP else step.action.value
        lines.append(
            f"  {what:6} {item.number:>3}  {one_line(step.wanted.draft.title)[:100]}{issue}{why}"
        )
    return [*lines, f"  {unsure}"] if unsure else lines


def _about_labels(new: Sequence[str], left_out: Sequence[str]) -> list[str]:
    from sous.terminal import one_line

    if new:
        return [f"  new labels: {', '.join(map(one_line, new))}"]
    if left_out:
        names = ", ".join(map(one_line, left_out))
        return [f"  labels that do not exist are left out: {names} (--create-labels)"]
    return []


def _show(plan: Sequence[str], steps: Sequence[PostStep], *, as_json: bool) -> None:
    from sous.terminal import write_lines

    if as_json:
        _print_json([_as_data(step, step.issue) for step in steps])
    else:
        write_lines(plan)


def _agree(plan: Sequence[str], steps: Sequence[PostStep], *, yes: bool, quiet: bool) -> None:
    """Show the plan and ask. Raises SousError where nobody can be asked, or the answer is no."""
    from sous.errors import SousError
    from sous.forge.post import Action, counted
    from sous.terminal import ask_yes, is_interactive, say_lines

    if not quiet or not yes:
        say_lines(plan)
    if yes or all(step.action is Action.SKIP for step in steps):
        return
    if not is_interactive():
        raise SousError(
            "nothing was posted: there is no terminal to ask on; pass --yes (or --dry-run)"
        )
    if not ask_yes(f"Post this ({counted(steps)})?"):
        raise SousError("nothing was posted")


def _carry_out(
    poster: Poster, steps: Sequence[PostStep], new_labels: Sequence[str], *, as_json: bool
) -> None:
    """Post, and print each address as soon as it is there."""
    from sous.forge.post import Action
    from sous.terminal import inform, one_line, say, write_stdout

    done: list[tuple[PostStep, Issue]] = []
    total = sum(step.action is not Action.SKIP for step in steps)
    try:
        for step, issue in poster.carry_out(steps, new_labels=new_labels):
            done.append((step, issue))
            if not as_json and step.action is not Action.CLOSE:
                write_stdout(f"{one_line(issue.url)}\n".encode("utf-8", "replace"))
    finally:
        closed = [(step, issue) for step, issue in done if step.action is Action.CLOSE]
        if as_json:
            _print_json(_data(steps, done))
        if closed:
            told = ", ".join(f"#{issue.number} ({step.why})" for step, issue in closed)
            inform(f"closed {len(closed)} duplicate{'s' * (len(closed) != 1)}: {told}")
        left = total - len({id(step) for step, _ in done} & set(map(id, steps)))
        if sys.exc_info()[0] and left:
            say(f"{total - left} of {total} are there; run it again to continue")
    if not total:
        inform("nothing to post")


def _data(
    steps: Sequence[PostStep], done: Sequence[tuple[PostStep, Issue]]
) -> list[dict[str, Any]]:
    """Return what is known of each step, and of those that turned out to be needed."""
    issues = {id(step): issue for step, issue in done}
    more = [step for step, _ in done if all(step is not one for one in steps)]
    return [_as_data(step, issues.get(id(step), step.issue)) for step in (*steps, *more)]


def _as_data(step: PostStep, issue: Issue | None) -> dict[str, Any]:
    item = step.wanted.item
    return {
        "number": item.number,
        "id": item.id,
        "title": step.wanted.draft.title,
        "action": step.action.value,
        "why": step.why,
        "issue": issue.number if issue else None,
        "url": issue.url if issue else None,
    }


def _print_json(data: list[dict[str, Any]]) -> None:
    from sous.terminal import write_json

    write_json(data)
