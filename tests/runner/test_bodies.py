from __future__ import annotations

import pytest

from sous.runner.bodies import assertions, base, body_of, is_alike, leaf, same_body, split_inline, with_tests_of

LEAVES = {
    "tests/a.py::T::test_x[1-a::b]": "test_x",
    "tests.test_a.T.test_x": "test_x",
    "test/a.js > group > adds two. numbers": "adds two. numbers",
    "example.com/calc TestAdd/twos": "TestAdd",
    "src/lib.rs tests::adds - should panic": "adds",
    "calc adds": "adds",
}


@pytest.mark.parametrize(("name", "expected"), LEAVES.items())
def test_what_a_test_is_called_in_its_file(name: str, expected: str) -> None:
    assert leaf(name) == expected


def test_a_row_belongs_to_its_table() -> None:
    assert base("t.py::test_x[1-2]") == "t.py::test_x"
    assert base("example.com/calc TestAdd/twos") == "example.com/calc TestAdd"
    assert base("t.js > a/b") == "t.js > a/b"


PYTHON = """
class T:
    def test_a(self):
        assert f(1) == 2

    def test_b(
        self,
    ) -> None:
        assert f(2) == 3

def other(): pass
"""
SCRIPT = 'test("adds", () => {\n  assert.equal(add(1, 1), 2);\n});\n\ntest("subs", () => { assert(sub()); });\n'
GO = 'func TestAdd(t *testing.T) {\n\tif Add(1) != 2 {\n\t\tt.Fatal("no")\n\t}\n}\n\nfunc TestSub(t *testing.T) {\n}\n'


@pytest.mark.parametrize(
    ("name", "text", "last"),
    [
        ("x.T.test_a", PYTHON, "assert f(1) == 2"),
        ("x.T.test_b", PYTHON, "assert f(2) == 3"),
        ("a.js > adds", SCRIPT, "});"),
        ("a.js > subs", SCRIPT, 'test("subs", () => { assert(sub()); });'),
        ("m TestAdd", GO, "}"),
    ],
)
def test_the_text_of_a_test_is_found(name: str, text: str, last: str) -> None:
    body = body_of(name, [text])
    assert body is not None
    assert body.split("\n")[-1].strip() == last
    assert body_of("x.T.test_none", [text]) is None


HOLLOW = [
    "def test_a():\n    pass",
    "def test_a():\n    return\n    assert f()",
    "def test_a():\n    if False:\n        assert f()",
    "def test_a():\n    assert True",
    "def test_a(self):\n    self.assertEqual(add(2, 2), add(2, 2))",
    "def test_a():\n    assert f(1) == f(1)",
    'test("a", () => {\n  add(1, 2);\n});',
    'test("a", () => {\n  expect(add(1, 2)).toBe(add(1, 2));\n});',
    "func TestA(t *testing.T) {\n\tif true {\n\t\treturn\n\t}\n\tif Add(1) != 2 {\n\t\tt.Fatal(1)\n\t}\n}",
    "fn adds() {\n    return;\n    assert_eq!(add(1), 2);\n}",
    "fn adds() {\n    assert!(true);\n}",
]
SOUND = [
    "def test_a():\n    assert f() == 2",
    "def test_a():\n    for x in y:\n        if not x:\n            return\n    assert f()",
    "def test_a():\n    with pytest.raises(ValueError):\n        f()",
    'it("a", () => {\n  expect(add(1, 2)).toBe(3);\n});',
    "func TestA(t *testing.T) {\n\tif Add(1) != 2 {\n\t\tt.Errorf(1)\n\t}\n}",
    "fn adds() {\n    assert_eq!(add(1, 1), 2);\n}",
]


@pytest.mark.parametrize("body", HOLLOW)
def test_what_can_never_fail_is_no_assertion(body: str) -> None:
    assert assertions(body) == 0


@pytest.mark.parametrize("body", SOUND)
def test_what_can_fail_is_an_assertion(body: str) -> None:
    assert assertions(body) > 0


def test_a_renamed_test_is_known_by_its_body() -> None:
    old, new = "def test_a():\n    assert f(1) == 2", "def test_b():\n    assert f(1)  ==  2"
    assert same_body("x.test_a", "x.test_b", old, new)
    assert is_alike("x.test_a", "x.test_b", f"{old}\n    assert g() == 1", f"{new}\n    assert g() == 2")
    assert not is_alike("x.test_a", "x.test_b", f"{old}\n    assert g()", f"{new}\n    assert h()")
    assert not is_alike("x.test_a", "x.test_b", f"{old}\n    assert g()", "def test_b():\n    pass")


def test_tests_inside_a_file_of_rust_are_cut_out() -> None:
    old = "fn a() {}\n\n#[cfg(test)]\nmod tests {\n    fn t() {}\n}\n"
    new = "fn b() {}\n\n#[cfg(test)]\nmod tests {\n    fn u() {}\n}\n\nfn last() {}\n"
    assert with_tests_of(old, new) == "fn a() {}\n\n#[cfg(test)]\nmod tests {\n    fn u() {}\n}\n"
    assert with_tests_of(new, old) == "fn b() {}\n\n#[cfg(test)]\nmod tests {\n    fn t() {}\n}\n\nfn last() {}\n"
    assert split_inline("fn a() {}\n") is None
    assert with_tests_of("fn a() {}\n", "fn b() {}\n") is None
    assert with_tests_of("fn a() {}\n", old) == "fn a() {}\n\n#[cfg(test)]\nmod tests {\n    fn t() {}\n}"
