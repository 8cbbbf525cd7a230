from __future__ import annotations

import pytest

from sous.runner.judge import is_plain_test

HEAD = 'package calc\n\nimport "testing"\n\nfunc TestA(t *testing.T) {\n'
PLAIN = {
    "a new variable": ("a_test.go", HEAD + "\terr := f()\n\tvar n int\n\tn = 2\n\terr = g()\n}\n"),
    "a loop": ("a_test.go", HEAD + "\tfor i := 0; i < 3; i++ {\n\t\ti += 1\n\t}\n}\n"),
    "what it is given": ("a_test.go", HEAD + "}\n\nfunc want(n int, ok bool) {\n\tn = 2\n}\n"),
    "a table": ("a_test.go", HEAD + "}\n\nvar rows = []struct{ a int }{{1}}\n"),
    "node": ("a.test.js", 'const { add } = require("../calc.js");\ntest("a", () => assert.equal(add(1, 2), 3));\n'),
}
REACHES = {
    "a variable of the code": ("a_test.go", HEAD + "\tAdd = nil\n}\n"),
    "at the beginning": ("a_test.go", HEAD + "}\n\nvar _ = func() bool {\n\tAdd = mine\n\treturn true\n}()\n"),
    "two at once": ("a_test.go", HEAD + "\tn := 1\n\tn, add = 2, mine\n}\n"),
    "through a pointer": ("a_test.go", HEAD + '}\n\nimport "unsafe"\n'),
    "a property": ("a.test.js", "Object.assign(calc, { add: (a, b) => a + b });\n"),
    "a mock": ("a.test.js", "mock.method(calc, 'add', () => 4);\n"),
    "python's code": ("test_a.py", "calc.add.__code__ = mine.__code__\n"),
    "python's names": ("test_a.py", "vars(calc)['add'] = mine\n"),
}


@pytest.mark.parametrize(("path", "text"), PLAIN.values(), ids=PLAIN)
def test_a_file_of_tests_that_changes_nothing_else_is_plain(path: str, text: str) -> None:
    assert is_plain_test(path, text)


@pytest.mark.parametrize(("path", "text"), REACHES.values(), ids=REACHES)
def test_a_file_of_tests_that_other_tests_can_feel_is_not(path: str, text: str) -> None:
    assert not is_plain_test(path, text)
