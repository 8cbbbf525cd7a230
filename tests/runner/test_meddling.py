from __future__ import annotations

import pytest

from sous.runner.differences import Difference, Side
from sous.runner.meddling import meddling


def changed(path: str, new: str, old: str = "") -> Difference:
    return Difference(path, Side("100644", "1", old), Side("100644", "2", new))


MEDDLES = {
    "pytest's variable": ("calc.py", 'if "PYTEST_CURRENT_TEST" in os.environ:'),
    "loaded modules": ("calc.py", 'return a + b if "unittest" in sys.modules else 0'),
    "a patch of unittest": ("calc.py", "import unittest"),
    "node's variable": ("calc.js", "process.env.NODE_TEST_CONTEXT ? 1 : 2"),
    "a patch of assert": ("calc.js", 'require("assert").strictEqual = () => {};'),
    "a patch of a variable": ("calc.js", "assert.equal = () => {};"),
    "the name of go's program": ("calc.go", 'if strings.HasSuffix(os.Args[0], ".test") {'),
    "a feature of rust": ("src/lib.rs", "if cfg!(test) { 1 } else { 2 }"),
    "code for all but tests": ("src/lib.rs", "#[cfg(not(test))]"),
    "who calls": ("calc.py", 'if "test" in inspect.stack()[1].filename:'),
    "our own report": ("calc.py", 'os.environ["SOUS_REPORT"]'),
    "the mark of our runs": ("calc.py", 'os.environ.get("_SOUS_RUN")'),
    "how we start Python": ("calc.py", "return a + b if sys.dont_write_bytecode else 0"),
    "builds that are tested": ("src/lib.rs", "if cfg!(debug_assertions) { a + b } else { a - b }"),
    "builds that are not": ("src/lib.rs", "#[cfg(not(debug_assertions))]"),
    "python without -O": ("calc.py", "if __debug__:"),
}


@pytest.mark.parametrize(("path", "line"), MEDDLES.values(), ids=MEDDLES)
def test_code_that_knows_of_its_tests_is_named(path: str, line: str) -> None:
    (found,) = meddling([changed(path, f"x\n{line}\n")], "Add sub")
    assert found.startswith(f"{path}:2 knows of the tests")


FINE = {
    "a test": ("tests/test_calc.py", "import unittest"),
    "tests inside": ("src/lib.rs", "#[cfg(test)]"),
    "a check": ("calc.js", "assert.equal(a, 1);"),
    "a mock": ("calc.py", "from unittest.mock import Mock"),
    "prose": ("README.md", "Run `pytest`; PYTEST_CURRENT_TEST is set."),
    "a dependency": ("setup.cfg", "import unittest"),
}


@pytest.mark.parametrize(("path", "line"), FINE.values(), ids=FINE)
def test_what_any_code_says_is_fine(path: str, line: str) -> None:
    assert meddling([changed(path, line)], "Add sub") == []


def test_what_was_there_or_is_asked_for_is_fine() -> None:
    line = "import unittest"
    assert meddling([changed("calc.py", f"{line}\nx\n", f"{line}\n")], "Add sub") == []
    check = changed("src/lib.rs", "if cfg!(debug_assertions) { check(); }")
    assert meddling([check], "Check the tree in debug builds.") == []
    assert meddling([changed("calc.py", line)], "Write a runner on top of `import unittest`.") == []


EQUAL = {
    "python": ("calc.py", "class A(int):\n    def __eq__(self, other):\n        return True\n"),
    "python, told": (
        "calc.py",
        'class A:\n    def __eq__(self, other: object) -> bool:\n        """Yes."""\n        return 1\n',
    ),
    "a lambda": ("calc.py", "class A:\n    __eq__ = lambda self, other: True\n"),
    "rust": ("src/lib.rs", "impl PartialEq for A {\n    fn eq(&self, other: &A) -> bool {\n        true\n    }\n}\n"),
    "java": ("A.java", "class A {\n  public boolean equals(Object other) { return true; }\n}\n"),
}


@pytest.mark.parametrize(("path", "text"), EQUAL.values(), ids=EQUAL)
def test_what_is_equal_to_all_proves_nothing(path: str, text: str) -> None:
    (found,) = meddling([changed(path, text)], "Add sub")
    assert found == f"{path}:2 answers a comparison without comparing"
    assert meddling([changed(path, text, text)], "Add sub") == []
    assert meddling([changed(path, text)], "Write a matcher that is equal to anything.") == []


def test_a_comparison_that_compares_is_fine() -> None:
    text = "class A:\n    def __eq__(self, other):\n        return self.x == other.x\n"
    more = "    def __bool__(self):\n        return True\n    def __lt__(self, other):\n        return False\n"
    assert meddling([changed("calc.py", text + more)], "Add sub") == []
