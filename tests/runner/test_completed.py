"""Old code gets the new names that helpers of tests need, and nothing else of the new code."""

from __future__ import annotations

import pytest

from sous.runner.completed import completed, declared

GO = "package calc\n\nfunc Add(a, b int) int {\n\treturn a + b\n}\n"
GO_NEW = (
    'package calc\n\nimport "math"\n\nfunc Add(a, b int) int {\n\treturn 0\n}\n\n'
    "func Sub(a, b int) int {\n\treturn most(a)\n}\n\n"
    "func most(a int) int {\n\treturn int(math.Abs(float64(a)))\n}\n\nfunc Other() {}\n"
)


def test_go_gets_what_is_needed_with_what_that_needs() -> None:
    text = completed("calc.go", GO, GO_NEW, needed={"Sub"}, named=set())
    assert text is not None
    assert text.count("func Add(") == text.count("func Sub(") == text.count("func most(") == 1
    assert "return a + b" in text
    assert '"math"' in text
    assert "Other" not in text


@pytest.mark.parametrize(("needed", "named"), [({"Add"}, ()), ({"Sub"}, ("Sub",)), ((), ())])
def test_what_was_there_or_a_test_names_itself_is_not_added(needed: set[str], named: tuple[str, ...]) -> None:
    assert completed("calc.go", GO, GO_NEW, needed=needed, named=named) is None


def test_a_new_file_comes_whole_or_not_at_all() -> None:
    assert completed("calc.go", None, GO_NEW, needed={"Sub"}, named=()) == GO_NEW
    assert completed("calc.go", None, GO_NEW, needed={"Sub"}, named={"Add"}) is None
    assert completed("calc.go", None, GO_NEW, needed={"x"}, named=()) is None


def test_python_keeps_its_old_functions() -> None:
    old = "def add(a, b):\n    return a + b\n"
    new = "import os as system\n\nLIMIT = 3\n\n\ndef add(a, b):\n    return LIMIT\n\n\ndef sub(a):\n    return system, LIMIT\n"
    text = completed("calc.py", old, new, needed={"sub"}, named=())
    assert text is not None
    space: dict[str, object] = {}
    exec(text, space)  # noqa: S102
    assert eval("add(1, 2), sub(1)[1]", space) == (3, 3)  # noqa: S307
    assert completed("calc.py", old, "def broken(:\n", needed={"broken"}, named=()) is None


def test_rust_gets_it_above_the_tests_inside() -> None:
    old = "pub fn add() -> i64 {\n    4\n}\n\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn adds() {}\n}\n"
    new = "use std::cmp::max;\n\npub fn add() -> i64 {\n    0\n}\n\npub fn sub() -> i64 {\n    max(1, 2)\n}\n"
    text = completed("src/lib.rs", old, new, needed={"sub"}, named=())
    assert text is not None
    assert text.index("pub fn sub()") < text.index("mod tests")
    assert "    4\n" in text
    outside = completed("src/lib.rs", old[: old.index("#[cfg")], new, needed={"sub"}, named=())
    assert "use std::cmp::max;" in str(outside)


def test_javascript_gets_what_a_module_exports() -> None:
    old, new = "exports.add = (a, b) => a + b;\n", "exports.add = () => 0;\nexports.sub = () => {\n  return 42;\n};\n"
    text = completed("calc.js", old, new, needed={"sub"}, named=())
    assert text == f"{old}\nexports.sub = () => {{\n  return 42;\n}};\n"


def test_other_languages_declare_nothing() -> None:
    assert declared("a.rb", "def near\nend\n") == set()
    assert completed("a.rb", "", "def near\nend\n", needed={"near"}, named=()) is None
