from __future__ import annotations

import pytest

from sous.claims.mentions import Mention
from sous.claims.symbols import Symbols


def named(text: str) -> list[tuple[str, bool]]:
    return [(symbol.name, symbol.is_firm) for symbol in Symbols(text, []).all]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("`handle()` and `run(a, b)`", [("handle", True), ("run", True)]),
        ("`Server.handle`", [("Server.handle", True)]),
        ("`Server::handle`, `a->b`, `A#b`, `a?.b()`", [("Server::handle", True), ("a->b", True), ("A#b", True), ("a?.b", True)]),
        ("`handle_all`, `readFile`", [("handle_all", True), ("readFile", True)]),
        ("`handle`", [("handle", False)]),
        ("the function `handle`", [("handle", True)]),
        ("`save!` and `valid?`", [("save!", False), ("valid?", False)]),
        ("`vec![1]`, `x = 1`, `a b`", []),
        ("`it`, `x`", []),
        ("`It`, `x1`", [("It", False), ("x1", True)]),
        ("it calls run_all() and go()", [("run_all", True), ("go", False)]),
        ("./run_all() and $x() and a.b.run()", [("$x", False), ("a.b.run", True)]),
    ],
)  # fmt: skip
def test_names_in_a_text(text: str, names: list[tuple[str, bool]]) -> None:
    assert named(text) == names


def mention(text: str, said: str) -> Mention:
    start = text.index(said)
    return Mention(start, start + len(said), "app.py", [(12, 12)], said)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("`run` (app.py:12)", "run"),
        ("`run()` at app.py:12", "run"),
        ("`run`: app.py:12", "run"),
        ("`run()` is defined in app.py:12", "run"),
        ("app.py:12 `run`", "run"),
        ("app.py:12 - function `run`", "run"),
        ("`run` calls app.py:12", None),
        ("app.py:12 calls `run`", None),
        ("`run` (see `stop`, app.py:12)", "stop"),
    ],
)
def test_the_name_that_lines_belong_to(text: str, name: str | None) -> None:
    place = mention(text, "app.py:12")
    assert Symbols(text, [place]).bound_to(place) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("`run()` in app.py", "run"),
        ("`run()` (app.py)", "run"),
        ("the `run_all` method in app.py", "run_all"),
        ("`word` in app.py", None),
        ("Add `run()` in app.py", None),
        ("app.py has `run()`", None),
    ],
)
def test_the_name_that_is_claimed_to_be_in_a_file(text: str, name: str | None) -> None:
    place = mention(text, "app.py")
    assert Symbols(text, [place]).in_file(place) == name


def test_a_list_between_slashes_is_names_that_need_not_be_there() -> None:
    names = Symbols("`load/save/drop` fail", []).all
    assert [(name.name, name.is_firm, name.is_listed) for name in names] == [
        ("load", False, True), ("save", False, True), ("drop", False, True),
    ]  # fmt: skip
