"""A file that one session makes: locked while it is made, signed, put in its place, then logged."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sous.asking.delivery import Delivery
from sous.names import Report
from sous.output.lock import holding
from sous.output.place import destination_of
from sous.output.provenance import sign

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sous.asking.session import Session


def place_of(session: Session, default: str, output: str | None) -> Path:
    """Return where the file is: as named with -o, else in the project."""
    is_file = output is not None and output != "-"
    return Path(str(output)).absolute() if is_file else session.root / default


@contextlib.contextmanager
def delivery_to(
    session: Session, task: str, default: str, output: str | None
) -> Iterator[Delivery]:
    """Lock the file of a task, decide how it may be written, and log the calls at the end.

    Raises SousError when a text of the user would be lost.
    """
    path, named = place_of(session, default, output), output is not None
    paths = [] if output == "-" else [path]
    with holding(paths, who=task, timeout=session.settings.timeout):
        destination = None
        if paths:
            destination = destination_of(
                Report(task, default),
                path,
                root=session.root,
                named=named,
                force=session.request.force,
            )
        yield Delivery(path, destination, session.root, named)


def signed(body: str, facts: Mapping[str, Any], session: Session) -> str:
    """Return a text with its provenance: what it was made from, and what that took."""
    return sign(body, {**facts, "model": session.choice.name, **session.bill.facts()})
