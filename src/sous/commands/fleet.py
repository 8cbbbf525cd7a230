"""`sous fleet`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sous.commands.options import quiet_option

if TYPE_CHECKING:
    from sous.fleet.index import FleetIndex
    from sous.fleet.place import FleetFolder
    from sous.fleet.posting import RepositoryIssues

_PEM = click.Path(dir_okay=False, path_type=Path)
_SEVERITIES = ["critical", "high", "medium", "low", "info"]


class _Tasks(click.Group):
    """A group whose other words are the tasks of a run."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Have `run` be what is meant where no command is named."""
        if args and args[0] not in (*self.commands, "-h", "--help"):
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group(
    "fleet",
    cls=_Tasks,
    no_args_is_help=True,
    subcommand_metavar="TASK... REPOS... | status | post",
)
def fleet() -> None:
    """Carry out the same tasks over many repositories.

    TASK: code-review, security-review, github-issues, issue-prompts, missing-tests, readme, bundle,
    check. REPOS: a file with an address a line, a repos.toml, folders, addresses, or - for a list
    on stdin, as `gh repo list --json` prints it. `sous fleet run --help` has the options.
    """


@fleet.command("run")
@click.argument("words", nargs=-1, required=True, metavar="TASK... REPOS...")
@click.option(
    "-o", "--output", "out", default="fleet", show_default=True, metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path), help="The folder of the results.",
)  # fmt: skip
@click.option("-m", "--model", metavar="NAME", help="The model to ask; sous-static asks none.")
@click.option("--verify", metavar="MODEL",
              help="Ask another model whether the proven findings are defects.")  # fmt: skip
@click.option("--tag", "tags", multiple=True, help="Only repositories with this tag; repeatable.")
@click.option(
    "--only",
    multiple=True,
    metavar="GLOB",
    help="Only repositories whose name matches; repeatable.",
)
@click.option("--failed", "only_failed", is_flag=True, help="Only what failed or was not done.")
@click.option("--since", metavar="DATE", help="Only repositories with a commit since that day.")
@click.option("-j", "--jobs", default=5, show_default=True, type=click.IntRange(1, 512),
              metavar="N", help="Repositories at once, each with one call.")  # fmt: skip
@click.option("--max-cost", type=click.FloatRange(0), metavar="USD",
              help="The most that all may cost, including an interrupted run before.")  # fmt: skip
@click.option("--timeout", default=1800.0, show_default=True, metavar="SECONDS",
              type=click.FloatRange(1), help="The most seconds for one repository.")  # fmt: skip
@click.option("--max-size", default=2000, show_default=True, metavar="MB",
              type=click.IntRange(1), help="The largest repository to clone; a larger one "
                  "fails.")  # fmt: skip
@click.option("--force", "afresh", is_flag=True, help="Redo tasks that are done already.")
@click.option(
    "--scheduler", metavar="WHERE",
    help="Run it on Dask workers: tls://HOST:PORT, a scheduler's file, or dask.",
)  # fmt: skip
@click.option("--tls-ca", type=_PEM, help="The authority of the scheduler's certificates.")
@click.option(
    "--tls-cert",
    type=_PEM,
    help="The certificate of this machine. [default: that of Dask's configuration]",
)
@click.option("--tls-key", type=_PEM, help="The key of --tls-cert.")
@click.option(
    "--fail-on",
    type=click.Choice(_SEVERITIES),
    help="Exit with an error if a finding is this severe or worse.",
)
@click.option("-n", "--dry-run", "is_dry", is_flag=True, help="Show what it would do and cost.")
@click.option("--json", "as_json", is_flag=True, help="Print the index as JSON.")
@quiet_option
def run(fail_on: str | None, *, as_json: bool, **options: Any) -> None:
    """Carry out tasks over repositories; results that exist are kept.

    Each repository is fetched one commit deep and worked on in a process of its own. The folder has
    index.html to look at, index.json, and each report. Run it again to go on after a failure, a
    limit or Ctrl-C.
    """
    from sous.fleet.running import FleetRequest, dry_lines, refuse_findings, run_fleet
    from sous.terminal import say, write_json, write_lines

    request = FleetRequest(**options)
    ran = run_fleet(request, here=Path.cwd())
    if request.is_dry:
        lines = dry_lines(ran, is_open=request.verify is not None and request.max_cost is None)
        write_json([row.as_json() for row in ran.rows]) if as_json else write_lines(lines)
        ran.check()
        return
    if as_json:
        write_json(ran.index.as_json())
    if not request.quiet:
        say(ran.words(Path.cwd() / request.out))
    if ran.was_stopped:
        raise KeyboardInterrupt
    ran.check()
    if fail_on:
        refuse_findings(ran.index, fail_on)


@fleet.command("status")
@click.argument("out", default="fleet", metavar="DIR",
                type=click.Path(file_okay=False, path_type=Path))  # fmt: skip
@click.option(
    "--fail-on",
    type=click.Choice(_SEVERITIES),
    help="Exit with an error if a finding is this severe or worse.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the index as JSON.")
def status(out: Path, fail_on: str | None, *, as_json: bool) -> None:
    """Show the results of a fleet's repositories, worst first."""
    from sous.fleet.running import refuse_failed, refuse_findings, write_index
    from sous.terminal import write_json, write_lines

    index = write_index(_folder(out))
    write_json(index.as_json()) if as_json else write_lines(_status_lines(index))
    if index.rows and index.totals["states"].get("failed") == len(index.rows):
        refuse_failed(len(index.rows))
    if fail_on:
        refuse_findings(index, fail_on)


@fleet.command("post")
@click.argument("out", default="fleet", metavar="DIR",
                type=click.Path(file_okay=False, path_type=Path))  # fmt: skip
@click.option(
    "--only",
    multiple=True,
    metavar="GLOB",
    help="Only to repositories whose name matches; repeatable.",
)
@click.option(
    "--limit", type=click.IntRange(0), metavar="N", help="Create at most this many in each."
)
@click.option("--label", "labels", multiple=True, metavar="NAME", help="Add this label to each.")
@click.option("--create-labels", is_flag=True, help="Create missing labels.")
@click.option("--unproven", is_flag=True, help="Also post items whose claims are not proven.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("-n", "--dry-run", is_flag=True, help="Show what would be done.")
def post(out: Path, only: tuple[str, ...], limit: int | None, **options: Any) -> None:
    """Post the issues that a fleet's github-issues found, each to its repository.

    A plan of all comes first. Then one repository follows the other, by the rules of `sous post`:
    what is there already is found again, and nothing is posted twice.
    """
    from sous.errors import SousError
    from sous.fleet.index import read_index
    from sous.fleet.posting import carry_out_posts, planned_posts, sum_line
    from sous.fleet.rows import counted_repositories
    from sous.forge.drafts import Extras
    from sous.terminal import say, say_lines, write_lines

    folder = _folder(out)
    extras = Extras(options["labels"], unproven=options["unproven"])
    show = write_lines if options["dry_run"] else say_lines
    posts: list[RepositoryIssues] = []
    for one in planned_posts(folder, read_index(folder), extras, only=only, limit=limit):
        posts.append(one)
        show(one.lines())
    if len(posts) > 1:
        show([sum_line(posts)])
    to_do, failed = [one for one in posts if one.has_work], sum(bool(one.why) for one in posts)
    if options["dry_run"] or not to_do:
        say("nothing was posted" if to_do else "nothing to post")
        if failed:
            raise SousError(f"{failed} of {len(posts)} cannot be posted to; they are named above")
        return
    _agree(len(to_do), yes=options["yes"])
    create = options["create_labels"]
    for name, url, why in carry_out_posts(to_do, extras, limit=limit, create_labels=create):
        failed += bool(why)
        write_lines([url]) if url else say(f"{name} failed: {why}")
    if failed:
        raise SousError(
            f"posting to {failed} of {counted_repositories(len(posts))} is incomplete; run it again"
        )


def _agree(count: int, *, yes: bool) -> None:
    """Ask. Raises SousError where nobody can be asked, or the answer is no."""
    from sous.errors import SousError
    from sous.fleet.rows import counted_repositories
    from sous.terminal import ask_yes, is_interactive

    if not yes and not is_interactive():
        raise SousError(
            "nothing was posted: there is no terminal to ask on; pass --yes (or --dry-run)"
        )
    if not yes and not ask_yes(f"Post to {counted_repositories(count)}?"):
        raise SousError("nothing was posted")


def _folder(out: Path) -> FleetFolder:
    """Return the folder of a fleet. Raises SousError where it is none."""
    from sous.errors import SousError
    from sous.fleet.place import FleetFolder

    folder = FleetFolder(out.resolve())
    if folder.read("fleet.json") is None:
        raise SousError(f"{out} contains no results of a fleet; name their folder")
    return folder


def _status_lines(index: FleetIndex) -> list[str]:
    from sous.items.finding import SEVERITIES
    from sous.terminal import one_line, table

    shown = SEVERITIES[:-1]
    rows = [["repository", "state", *shown, "unproven"]]
    for row in index.rows:
        counts = [str(row["severities"].get(name) or "") for name in shown]
        state = "not done" if row["state"] == "left" else row["state"]
        rows.append([one_line(row["name"]), state, *counts, str(row["unproven"] or "")])
    lines = list(table(rows, names=2))
    lines += [
        f"{one_line(row['name'])}: {one_line(row['reason'])}" for row in index.rows if row["reason"]
    ]
    lines += [f"{one['count']} share: {one_line(one['title'])}" for one in index.shared[:10]]
    return lines
