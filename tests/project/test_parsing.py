from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from sous.project import parsing
from sous.project.languages import grammar_at, languages
from sous.project.parsing import Parser, functions_at

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEP = 100_000
GO = "func f() {\n\tg()\n}\n"


@pytest.fixture
def parser() -> Iterator[Parser]:
    found = Parser(seconds=3)
    yield found
    found.close()


def asked(parser: Parser, path: str, text: str) -> int | None:
    grammar = grammar_at(path)
    assert grammar
    found = parser.functions(grammar, path, text)
    return None if found is None else len(found)


def test_a_file_is_parsed_by_its_ending() -> None:
    assert [len(functions_at(path, GO) or ()) for path in ("a.go", "a.md", "a.rs")] == [1, 0, 0]


@pytest.mark.parametrize(
    "text",
    ["(" * DEEP, "[" * DEEP + "]" * DEEP, "{" * DEEP, "f() {" * DEEP + "}" * DEEP, "a<" * DEEP, '"${' * DEEP],
    ids=["parentheses", "brackets", "braces", "functions", "generics", "templates"],
)
@pytest.mark.parametrize("ending", ["java", "kt", "ts"])
def test_a_crafted_file_does_no_harm(parser: Parser, ending: str, text: str) -> None:
    begun = time.monotonic()
    asked(parser, f"x.{ending}", text)  # a grammar may abort, or ask for all memory
    assert time.monotonic() - begun < 20
    assert asked(parser, "a.go", GO) == 1


@pytest.mark.parametrize("text", ["\ud800", "\0", "\r", "\ufeff", "", "\U0001f600" * 1000, "\n" * 1000])
def test_odd_text_is_an_answer(parser: Parser, text: str) -> None:
    assert all(asked(parser, f"x.{one.endings[0]}", text) == 0 for one in languages().values() if one.grammar)


def test_a_file_that_takes_too_long_is_named(capfd: pytest.CaptureFixture[str]) -> None:
    parser = Parser(seconds=0.01)
    assert asked(parser, "slow.go", GO * 10_000) is None
    parser.close()
    assert "slow.go cannot be parsed within its time and memory, so it stays whole" in capfd.readouterr().err


def test_after_three_failures_nothing_is_parsed(capfd: pytest.CaptureFixture[str]) -> None:
    parser = Parser(seconds=0.01)
    for number in range(5):
        assert asked(parser, f"{number}.go", GO * 10_000) is None
    errors = capfd.readouterr().err
    assert errors.count("cannot be parsed") == 3
    assert "2.go cannot be parsed within its time and memory, so it stays whole; so do the files after it" in errors


def test_a_parser_that_is_not_installed_is_named_once(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(parsing, "is_installed", lambda: False)
    parsing._say_missing.cache_clear()
    assert functions_at("a.go", GO) is functions_at("b.go", GO) is None
    parsing._say_missing.cache_clear()
    assert capfd.readouterr().err.count("-m pip install ast-grep-py") == 1
