"""A forge whose answers are given, in order, and which keeps what it was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sous.forge.remote import Repository

if TYPE_CHECKING:
    from sous.forge.forge import Forge
    from sous.forge.wire import Reply


class Wire:
    """Answers what it is given, in order, and keeps what it was asked."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.asked: list[tuple[str, str, Any]] = []

    def send(self, method: str, path: str, fields: Any = None) -> Reply:
        self.asked.append((method, path, fields))
        return self.replies.pop(0)


def forge(kind: type[Forge], *replies: Reply) -> tuple[Forge, Wire]:
    wire = Wire(*replies)
    return kind(Repository("git.example", "o/r"), cast("Any", wire), "https://git.example"), wire
