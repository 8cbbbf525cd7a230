"""Put a text of ours in its place, in the way that was decided before the model was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sous.errors import SousError
from sous.files import bounds_of, cannot_write, read_file, refuse_dangerous, shown_path, write_file
from sous.output import readme
from sous.output.made import remember_made, was_made_here
from sous.output.partial import drop_partial, keep_somewhere, partial_path
from sous.output.provenance import is_unchanged, read_signature
from sous.output.target import Destination, Placing, check_target, read_existing
from sous.terminal import ask_yes, inform, is_interactive, say, say_lines

if TYPE_CHECKING:
    from pathlib import Path

    from sous.names import Report


def destination_of(
    report: Report,
    path: Path,
    *,
    root: Path,
    named: bool,
    force: bool,
    yes: bool = False,
    only_over: str | None = None,
) -> Destination:
    """Decide where a report may go. Raises SousError when a text of the user would be lost.

    `only_over`: no README is replaced but one that this model made for us; empty: any model.
    """
    if not report.is_document:
        return Destination(check_target(path, root=root, force=force, named=named))
    if only_over is not None and not named:
        aside = readme.aside_if_not(only_over, path, root=root, force=force)
        if aside:
            return aside
    return readme.plan_readme(
        path, root=root, force=force, named=named, yes=yes, interactive=is_interactive()
    )


def facts_in_place(destination: Destination, root: Path) -> dict[str, object] | None:
    """Return the facts that the text in place was made from.

    None where there is none, it was changed, or it was not made here, which is reported.
    """
    path = destination.path
    if not path.exists():
        return None
    text = read_existing(path)
    if destination.placing is Placing.MARKED:
        text = readme.marked_text(text)
    if was_made_here(root, text):
        return read_signature(text)[1]
    if is_unchanged(text):
        say(
            f"{shown_path(path)} was not made by sous on this machine, so it is not taken "
            "for an answer: asking again"
        )
    return None


def put_in_place(destination: Destination, text: str, *, root: Path, named: bool) -> str:
    """Write a text and return the name of its file. Raises SousError; the text is then kept."""
    path = destination.path
    try:
        _check_again(destination, root=root, named=named)
        if destination.placing is Placing.ASK:
            path = _settle(path, text, root)
        data = _bytes_for(path, text, destination.placing, root)
        write_file(path, data, root=bounds_of(path, root))
    except (SousError, OSError, click.Abort) as exc:
        partial = partial_path(destination.path)
        say(keep_somewhere(partial, text, what="The whole answer"))  # it is paid for
        if isinstance(exc, OSError):
            raise cannot_write(path, exc) from exc
        raise
    remember_made(root, text)
    drop_partial(partial_path(destination.path))
    _say_what_became(destination, path)
    return shown_path(path)


def _check_again(destination: Destination, *, root: Path, named: bool) -> None:
    """Raise SousError when the place is not what it was before the model was asked."""
    path = destination.path
    refuse_dangerous(path, root=root, named=named)
    if destination.placing is not Placing.MARKED and not destination.file.is_as_before():
        raise SousError(
            f"{path.name} was changed while the model was working, so it was left as it is"
        )


def _settle(path: Path, text: str, root: Path) -> Path:
    """Show the difference to the README that is there and ask; a no puts the text beside it."""
    say_lines(readme.difference(read_existing(path), text, path.name))
    if ask_yes(f"Replace {path.name}, which git does not hold in this form?"):
        return path
    return readme.aside(path, root=root, force=False).path


def _bytes_for(path: Path, text: str, placing: Placing, root: Path) -> bytes:
    """Return what to write: a part between markers stands in the rest of its file."""
    if placing is Placing.MARKED:
        old = read_file(path, root=bounds_of(path, root)).decode("utf-8", "surrogateescape")
        text = readme.between_markers(old, text)
    return text.encode("utf-8", "surrogateescape")


def _say_what_became(destination: Destination, path: Path) -> None:
    name = shown_path(path)
    if destination.file.in_git:
        inform(
            f"{name} was replaced; `git diff -- {name}` shows what changed, "
            f"`git checkout -- {name}` goes back"
        )
    if destination.placing is Placing.ASIDE:
        kept = "left as it is" if path.with_name("README.md").exists() else "not written"
        inform(f"README.md was {kept}, {destination.why}; the text is in {name}")
