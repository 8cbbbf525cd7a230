"""What `sous plan --adopt` and `sous items --adopt` have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sous.request import ModelRequest


def refuse_with(given: Mapping[str, object]) -> None:
    """Raise UsageProblem for what does not go with --adopt."""
    from sous.errors import UsageProblem

    wrong = [name for name, value in given.items() if value is not None]
    if wrong:
        raise UsageProblem(f"--adopt does not go with {wrong[0]}")


def adopt_file(path: Path, what: str, request: ModelRequest, output: str | None) -> None:
    """Have a model mark the steps or items of a file, and write them beside it in our shape."""
    from sous.asking.adopting import Original, deliver, left_in_words
    from sous.asking.own_file import delivery_to
    from sous.asking.session import Session
    from sous.commands.generated import show_request
    from sous.errors import SousError
    from sous.files import shown_path
    from sous.terminal import inform, say

    if not path.is_file():
        raise SousError(f"there is no {shown_path(path)}")
    session = Session.of(request)
    source = Original.read(path, session, what)
    if request.dry_run:
        show_request(session.choice, session.fitted(source.template, source.sent, what))
        return
    with session.logged(), delivery_to(session, what, str(source.beside), output) as delivery:
        if not request.force and delivery.is_up_to_date(source.facts(session)):
            same = "same file, template and model"
            inform(f"{delivery.name} is up to date: {same}; --force asks again")
            return
        made = source.ask(delivery, session)
        name = deliver(made, source, delivery, session)
        noun = {"plan": "step", "items": "item"}[what]
        if not request.quiet:
            count = f"{made.count} {noun}{'s' * (made.count != 1)}"
            say(f"{name}: {count} of {shown_path(path)}, word for word; {session.used()}")
        left = left_in_words(made)
        if left:
            say(left)
        session.notify(f"{what} adopted")
