from __future__ import annotations

import pytest

from sous.project.languages import languages
from sous.project.syntax import Grammar, ParsedFunction, Point, outer_functions

GO = Grammar("go", ("function_declaration", "func_literal"))


def test_a_function_is_found_with_its_true_ends() -> None:
    text = 'package a\nfunc f(x int) int {\n\treturn "}é"\n} // end\n'
    assert outer_functions(GO, text) == [ParsedFunction(Point(2, 0), Point(4, 1), Point(2, 18), Point(4, 1))]


def test_what_is_inside_a_function_is_a_part_of_it() -> None:
    text = "func f() {\n\tg(func() {\n\t})\n}\nfunc h() {\n}\n"
    assert [one.start.line for one in outer_functions(GO, text)] == [1, 5]


def test_a_function_within_one_line_is_left_out() -> None:
    assert not outer_functions(GO, "func f() { return }\n")


def test_a_call_that_defines_is_told_from_others() -> None:
    grammar = Grammar("elixir", ("call",), ("do_block",), ("def", "defp"))
    text = "if a do\n  b\nend\ndef f do\n  c\nend\ndefault d do\n  e\nend\n"
    assert [one.start.line for one in outer_functions(grammar, text)] == [4]


def test_a_long_line_of_many_functions_takes_no_longer_than_reading_it() -> None:
    grammar = Grammar("javascript", ("function_declaration",))
    text = "function f(a){return a}" * 20_000  # asking each for its place takes minutes
    assert not outer_functions(grammar, text)


@pytest.mark.parametrize("name", [name for name, one in languages().items() if one.grammar])
def test_a_language_names_kinds_of_its_grammar(name: str) -> None:
    one = languages()[name]
    for grammar in {one.grammar, *one.grammars.values()} - {""}:
        for kind in (*one.functions, *one.bodies):
            outer_functions(Grammar(grammar, (kind,)), "x")
