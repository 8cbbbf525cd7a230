"""Put a report in its place, in the way that was decided before the model was asked."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sous.errors import SousError
from sous.files import (
    bounds_of,
    cannot_write,
    read_file,
    refuse_dangerous,
    remove_file,
    shown_path,
    write_file,
)
from sous.items.tick import carried_over
from sous.names import STATIC
from sous.reports import readme
from sous.reports.made import remember_made, was_made_here
from sous.reports.provenance import is_unchanged, read_signature
from sous.reports.target import Plan, Way, check_target, fingerprint, read_existing
from sous.state import change_state, read_state, state_folder
from sous.terminal import ask_yes, is_interactive, say, say_lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sous.names import Report


_PARTIALS = "partials.json"
_WRITTEN: set[Path] = set()  # by this run, which overwrites none of its own


def plan_report(
    report: Report,
    path: Path,
    *,
    root: Path,
    named: bool,
    force: bool,
    yes: bool,
    static: bool = False,
) -> Plan:
    """Decide where a report may go. Raises SousError when something of the user's would be lost.

    `static`: it comes from static analysis, which replaces no README but its own.
    """
    if report.command != "readme":
        return Plan(check_target(path, root=root, force=force, named=named))
    if static and not named and (plan := readme.aside_if_not(STATIC, path, root=root, force=force)):
        return plan
    return readme.plan_readme(
        path, root=root, force=force, named=named, yes=yes, interactive=is_interactive()
    )


def facts_in_place(plan: Plan, root: Path) -> dict[str, object] | None:
    """Return the facts that the report in place was made from.

    None where there is none, or it was changed, or it was not made here, which is said.
    """
    if not plan.target.path.exists():
        return None
    text = read_existing(plan.target.path)
    if plan.way is Way.MARKED:
        text = readme.marked_text(text)
    if was_made_here(root, text):
        return read_signature(text)[1]
    if is_unchanged(text):
        name = shown_path(plan.target.path)
        say(
            f"{name} was not made by sous on this machine, so it is not taken for an answer: asking again"
        )
    return None


def place_report(plan: Plan, text: str, *, root: Path, named: bool) -> str:
    """Write a report and return its name for people; what cannot be written is kept beside it.

    Raises SousError.
    """
    path, made = plan.target.path, text
    try:
        _check_again(plan, root=root, named=named)
        if plan.way is Way.ASK:
            path = _settle(path, text, root)
        elif plan.way is Way.MARKED:
            old = read_file(path, root=bounds_of(path, root)).decode("utf-8", "surrogateescape")
            text = readme.between_markers(old, text)
        elif (
            plan.way is Way.WHOLE
            and path.is_file()
            and (read_signature(text)[1] or {}).get("task") != "readme"
        ):
            text = carried_over(read_existing(path), text)
        write_file(path, text.encode("utf-8", "surrogateescape"), root=bounds_of(path, root))
    except (SousError, OSError, click.Abort) as exc:
        say(keep_somewhere(plan.partial, text, what="The whole answer"))  # it is paid for
        if isinstance(exc, OSError):
            raise cannot_write(path, exc) from exc
        raise
    remember_made(root, made)
    drop_partial(plan.partial)
    name = shown_path(path)
    if plan.target.in_git:
        say(
            f"{name} was replaced; `git diff -- {name}` shows what changed, `git checkout -- {name}` goes back"
        )
    if plan.way is Way.ASIDE:
        kept = "left as it is" if path.with_name("README.md").exists() else "not written"
        say(f"README.md was {kept}, {plan.why}; the text is in {name}")
    return name


def _check_again(plan: Plan, *, root: Path, named: bool) -> None:
    """Raise SousError when the place is not what it was before the model was asked."""
    path = plan.target.path
    refuse_dangerous(path, root=root, named=named)
    if plan.way is not Way.MARKED and not plan.target.is_as_before():
        raise SousError(
            f"{path.name} was changed while the model was working, so it was left as it is"
        )


def keep_partial(partial: Path, text: str) -> Path:
    """Write what came of an answer and return where it is.

    Raises SousError.

    Never through a link, which a repository could have laid, nor over a file that is not ours or
    was changed: then a number is put behind the name.
    """
    with change_state(_PARTIALS) as known:
        names = (
            partial,
            *(partial.with_name(f"{partial.name}.{number}") for number in range(1, 100)),
        )
        free = next(
            (
                path
                for path in names
                if not os.path.lexists(path)
                or (path not in _WRITTEN and _is_our_partial(path, known))
            ),
            None,
        )
        if free is None:
            raise SousError(f"{partial} and a hundred like it are there already; move them away")
        write_file(free, text.encode("utf-8", "replace"), root=free.parent)
        gone = [path for path in known if not Path(path).exists()]
        for path in gone:
            del known[path]
        known[str(free)] = fingerprint(free)
        _WRITTEN.add(free)
    return free


def drop_partial(partial: Path) -> None:
    """Delete what an earlier answer left, if it is ours and nobody changed it."""
    if _is_our_partial(partial, read_state(_PARTIALS)):
        remove_file(partial)


def _is_our_partial(path: Path, known: Mapping[str, object]) -> bool:
    return path.is_file() and not path.is_symlink() and known.get(str(path)) == fingerprint(path)


def keep_somewhere(partial: Path, text: str, *, what: str) -> str:
    """Keep a text beside its report, else among our state; return in words where it is."""
    for path in (partial, state_folder() / "rescued" / partial.name):
        try:
            return f"{what} is kept in {shown_path(keep_partial(path, text))}"
        except (SousError, OSError) as exc:
            failed = exc
    return f"{what} could not be kept: {failed}"


def _settle(path: Path, text: str, root: Path) -> Path:
    """Show the difference to the README that is there and ask; a no puts the text beside it."""
    say_lines(readme.difference(read_existing(path), text, path.name))
    if ask_yes(f"Replace {path.name}, which git does not hold in this form?"):
        return path
    return readme.aside(path, root=root, force=False).path
