"""Answers that the remote does not have yet: kept, forgotten one by one, shown where nobody takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sous.asking.unsent import Moves, Unsent, show_orphans
from sous.team.interviews import SharedInterview, SharedTurn

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from sous.team.shared import Team


def test_what_is_kept_is_had_until_it_is_dropped(member: Callable[[str], Team]) -> None:
    root = member("a").root
    first, second = SharedTurn("aaaa", "Who?"), SharedTurn("bbbb", "Which?", between=("cccc", "dddd"))
    Unsent(root, "links").keep(first, "Me.")
    Unsent(root, "links").keep(second, "Both,\nin turn.")
    assert Unsent(root, "links").all() == [(first, "Me."), (second, "Both,\nin turn.")]
    assert Unsent(root, "shop").all() == []
    Unsent(root, "links").drop(first)
    assert Unsent(root, "links").all() == [(second, "Both,\nin turn.")]


def test_only_what_cannot_be_sent_is_shown(member: Callable[[str], Team], capsys: pytest.CaptureFixture[str]) -> None:
    root = member("a").root
    for name in ("open", "over", "gone", "empty"):
        Unsent(root, name).keep(SharedTurn("aaaa", f"{name}?"), f"To {name}. \x1b[31m")
    Unsent(root, "empty").drop(SharedTurn("aaaa", "empty?"))
    show_orphans(root, {"open": SharedInterview("open", "Links."), "over": SharedInterview("over", ended="Bob")})
    shown = capsys.readouterr().err
    assert ("To over." in shown, "To gone." in shown, "To open." in shown, "empty" in shown) == (
        True,
        True,
        False,
        False,
    )
    assert "\x1b" not in shown


def test_each_clone_keeps_what_it_said_else_it_is_what_was_answered(member: Callable[[str], Team]) -> None:
    root = member("a").root
    answered = [SharedTurn("aaaa", "Who?", "Me.", "Ann")]
    assert Moves(root, "links", "w1").said(answered) == [("answer", "Me.")]
    Moves(root, "links", "w1").keep([("answer", "You."), ("back", "")])
    assert Moves(root, "links", "w1").said(answered) == [("answer", "You."), ("back", "")]
    assert Moves(root, "links", "w2").said([]) == []
    Moves(root, "links", "w1").keep([])
    assert Moves(root, "links", "w1").said(answered) == []
