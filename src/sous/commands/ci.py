"""`sous ci`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sous.commands.options import root_option

if TYPE_CHECKING:
    from sous.bundle.read import Bundle
    from sous.forge.pull_in_ci import PullInCi

_REPORTS = ("code-review", "security-review", "missing-tests")


@click.command("ci")
@click.argument("report", default="code-review", type=click.Choice(_REPORTS))
@click.option("-m", "--model", metavar="MODEL", help="The model.  [default: static analysis]")
@click.option(
    "--max-cost", type=click.FloatRange(min=0), metavar="USD", help="Spend at most this much."
)
@click.option("--no-comment", is_flag=True, help="Only write the file.")
@root_option
def ci(
    report: str, *, model: str | None, max_cost: float | None, no_comment: bool, root: Path | None
) -> None:
    """Review a pull or merge request in a CI job: write the report, and post it as one comment.

    Packs what changed since the base (and what uses it). The next run renews the comment. For a
    pull request from a fork or Dependabot no model is asked. Of the project's settings only those
    that narrow what is packed are used. Findings do not fail the job; having no report does.
    """
    from sous import api
    from sous.errors import SousError
    from sous.forge.pull_in_ci import pull_in_ci
    from sous.forge.unreviewed import note_of, unreviewed
    from sous.names import REPORTS
    from sous.output.target import check_target
    from sous.root import find_root
    from sous.settings import Settings
    from sous.terminal import say

    base = find_root(Path.cwd(), named=root)
    pull = pull_in_ci(os.environ)
    path = base / REPORTS[report].output
    check_target(path, root=base, force=False, named=False)
    asked = None if pull.is_foreign else model or None
    if model and pull.is_foreign:
        say("the pull request comes from a fork or from Dependabot, so no model is asked")
        if not REPORTS[report].is_static:
            say(f"no {report}: it cannot be made by static analysis alone")
            return
    if asked is None and not REPORTS[report].is_static:
        raise SousError(f"{report} needs a model; use code-review, or name one with --model")
    since = pull.compared_with(base)
    bundle = _packed(base, since)
    left_out = note_of(unreviewed(base, since, bundle.files if bundle else ()))
    if bundle is None:
        told = f"nothing that can be packed changed since {since[:12]}"
        say(told)
        if not no_comment:  # what an earlier push brought is no longer there
            told = f"{told.capitalize()}.\n\n{left_out}".rstrip()
            _comment(pull, report, told, base, renews_only=not left_out)
        return
    made = api.report(
        bundle,
        report,
        model=asked,
        root=base,
        settings=Settings(max_cost=max_cost),
        on_message=say,
    )
    _write(path, made.text, made.model, base)
    if not no_comment:
        _comment(pull, report, f"{left_out}\n{made.text}".lstrip(), base)


def _packed(root: Path, since: str) -> Bundle | None:
    """Return the bundle of what changed, None if nothing did. Raises SousError."""
    from sous import api
    from sous.bundle.recipe import Order
    from sous.bundle.since import NothingChanged

    order = Order(root, project=True, given={"since": since})
    try:
        return api.read_bundle(api.pack(root, order=order, counting=False).text or "")
    except NothingChanged:
        return None


def _write(path: Path, text: str, model: str, root: Path) -> None:
    from sous.files import shown_path, write_file
    from sous.output.made import remember_made
    from sous.output.provenance import sign
    from sous.terminal import say

    text = sign(text, {"model": model})
    write_file(path, text.encode("utf-8", "replace"), root=root)
    remember_made(root, text)
    say(f"wrote {shown_path(path)}")


def _comment(
    pull: PullInCi, report: str, text: str, root: Path, *, renews_only: bool = False
) -> None:
    """Post the report, or say why not where nobody expects the job to be allowed to."""
    from sous.errors import SousError
    from sous.forge.access import open_forge
    from sous.forge.comment import put_comment
    from sous.terminal import say

    more = "The report is longer than a comment can be: the rest is in the job's artifact."
    try:
        forge = open_forge(pull.repository, root, quiet=False)
        done = put_comment(forge, pull.number, report, text, more=more, renews_only=renews_only)
    except SousError as exc:
        if not pull.is_foreign:
            raise
        say(f"no comment posted, as usual for a fork or Dependabot: {exc}")
        return
    say(f"comment on #{pull.number}: {done}")
