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
METHOD = "class Sum:\n    def add(self):\n        return 7\n\n    def near(self):\n        return 9\n"


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


@pytest.mark.parametrize(
    ("new", "needed", "asked", "value"),
    [
        ("LIMIT, MOST = 3, 4\n", "MOST", "MOST", 4),
        ("if True:\n    LIMIT = 3\nelse:\n    LIMIT = 4\n", "LIMIT", "LIMIT", 3),
        ("@str\nclass Limit:\n    pass\n", "Limit", "type(Limit)", str),
        ("class Sum:\n    @staticmethod\n    def near():\n        return 9\n", "near", "Sum.near()", 9),
        (METHOD, "near", "Sum().near() - Sum().add()", 7),
    ],
    ids=["pair", "branch", "decorator", "static method", "method"],
)  # fmt: skip
def test_python_gets_names_however_they_are_bound(new: str, needed: str, asked: str, value: object) -> None:
    old = "class Sum:\n    def add(self):\n        return 2\n"
    text = completed("calc.py", old, new, needed={needed}, named=())
    assert text is not None
    space: dict[str, object] = {}
    exec(text, space)  # noqa: S102
    assert eval(asked, space) == value  # noqa: S307
    assert completed("calc.py", old, new, needed={needed}, named={needed}) is None


def test_names_inside_of_functions_are_none_of_the_file() -> None:
    text = "A = [b for b in range(3)]\n\n\ndef c():\n    d = 1\n"
    assert declared("calc.py", text) == {"A", "c"}


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


@pytest.mark.parametrize(
    ("form", "line"), [("module.exports = { add%s };", "module.exports.sub = sub;"), ("export { add%s };", "export { sub };")]
)  # fmt: skip
def test_javascript_gives_out_what_the_new_file_does(form: str, line: str) -> None:
    old = f"function add() {{\n  return 4;\n}}\n{form % ''}\n"
    new = old.replace("4", "0").replace(
        form % "", "function sub() {\n  return 9;\n}\nfunction other() {}\n" + form % ", sub"
    )
    text = completed("calc.js", old, new, needed={"sub"}, named=())
    assert text == f"{old}\nfunction sub() {{\n  return 9;\n}}\n\n{line}\n"


def test_other_languages_declare_nothing() -> None:
    assert declared("a.rb", "def near\nend\n") == set()
    assert completed("a.rb", "", "def near\nend\n", needed={"near"}, named=()) is None
