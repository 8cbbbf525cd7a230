"""`sous check`."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sous.commands.options import quiet_option, root_option

if TYPE_CHECKING:
    from sous.api import LookedAt
    from sous.claims.check import Checked

_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("check")
@click.argument("report", type=_file, required=False)
@click.option(
    "--bundle",
    type=_file,
    metavar="FILE",
    help="The bundle to check it against.  [default: output.txt]",
)
@click.option(
    "--fix", is_flag=True, help="Write marks, corrected places and the table into the report."
)
@click.option("--strict", is_flag=True, help="End with exit code 3 when anything is unproven.")
@click.option("--json", "as_json", is_flag=True, help="Print all references as JSON.")
@click.option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write an HTML page with the code beside it.",
)
@root_option
@quiet_option
def check(  # noqa: PLR0913  # one option each
    report: Path | None, *, bundle: Path | None, fix: bool, strict: bool, as_json: bool,
    html: Path | None, root: Path | None, quiet: bool,
) -> None:  # fmt: skip
    """Look up every path, line, quote and name in a report: no model is asked, nothing is packed.

    verified: a quote, a literal or a name is at the place. located: the place exists, and nothing
    else was looked up. moved: it is on another line, or in another file. ambiguous: several files
    are meant. unproven: it is nowhere. unknown: the bundle does not contain what could tell.

    REPORT: else the newest.
    """
    from sous.commands.paged import check_page, write_page
    from sous.errors import UnusableAnswer
    from sous.files import shown_path
    from sous.reports.newest import newest_report
    from sous.root import find_root
    from sous.terminal import say, write_json, write_lines

    report = report or newest_report(find_root(Path.cwd(), named=root))
    if html:
        check_page(html, "sous check")
    looked = _looked_at(report, bundle, root)
    checked = looked.checked
    if html:
        from sous.reports.page import page_of

        page = page_of(checked, looked.evidence, title=report.name)
        write_page(html, page, quiet=quiet)
    fixed = fix and _write(report, checked)
    if as_json:
        write_json(checked.as_json())
    elif not quiet:
        write_lines(_told(checked, report.name))
    if fixed and not quiet:
        say(f"{shown_path(report)}: written")
    if fix and not fixed and not quiet:
        say(f"{shown_path(report)}: nothing to correct or mark")
    unproven = checked.counts["unproven"]
    if strict and unproven:
        raise UnusableAnswer(
            f"{report.name}: {unproven:,} of {len(checked.judged):,} references are unproven"
        )


def _looked_at(report: Path, bundle: Path | None, root: Path | None) -> LookedAt:
    from sous import api
    from sous.bundle.read import files_newer_than_bundle
    from sous.names import BUNDLE
    from sous.root import find_root
    from sous.terminal import say, shown_name

    folder = find_root(Path.cwd(), named=root)
    packed = api.read_bundle(bundle or folder / BUNDLE)
    newer = [] if bundle else files_newer_than_bundle(packed, folder)
    if newer:
        more = f" and {len(newer) - 1:,} more" if len(newer) > 1 else ""
        say(f"{BUNDLE} is older than {shown_name(newer[0])}{more}: `sous bundle` packs it again")
    return api.check(report, packed, root=folder)


def _write(report: Path, checked: Checked) -> bool:
    """Write what a check found into a report; tell whether that is anything.

    One that nobody changed stays ours, a changed one stays somebody's. Raises SousError for one
    that is read-only.
    """
    from sous.errors import SousError
    from sous.files import read_file, shown_path, write_file
    from sous.output.made import remember_made, was_made_here
    from sous.output.provenance import is_unchanged, read_signature, sign
    from sous.root import project_of

    root = project_of(report)
    old = read_file(report, root=root).decode("utf-8")
    facts = read_signature(old)[1]
    text = checked.marked()
    if facts is not None and is_unchanged(old):
        text = sign(text, {key: value for key, value in facts.items() if key != "text"})
    elif facts is not None:
        text += old[old.rindex("\n<!-- sous {") :]
    if text == old:
        return False
    if not report.stat().st_mode & stat.S_IWUSR:
        raise SousError(f"{shown_path(report)} is read-only; nothing was changed")
    is_ours = root is not None and was_made_here(root, old)
    write_file(report, text.encode("utf-8", "replace"), root=root)
    if root and is_ours:
        remember_made(root, text)
    return True


def _told(checked: Checked, name: str) -> list[str]:
    """Return what came of a report, for people: the counts, then what is not as it says."""
    from sous.claims.verdict import Verdict
    from sous.terminal import one_line

    if not checked.judged:
        return [f"{name} contains no reference to the code to look up"]
    lines = [f"{name}: {checked.told()}"]
    if checked.is_about_something_else:
        lines.append(
            "  nearly nothing of it matches the bundle: "
            "it may be about another repository, or an older state"
        )
    for one in checked.judged:
        said = one_line(one.reference.text)[:160]
        if one.verdict is Verdict.UNPROVEN:
            lines.append(f"  \u26a0 line {one.reference.line}: {said}: {one_line(one.why)}")
        elif one.verdict is Verdict.AMBIGUOUS:
            lines.append(f"  ? line {one.reference.line}: {said}: {one_line(one.why)}")
        elif one.verdict is Verdict.MOVED and one.found:
            place = f"{one.found.path}:{one.found.start}"
            lines.append(f"  \u2192 line {one.reference.line}: {said}: it is {one_line(place)}")
    return lines
