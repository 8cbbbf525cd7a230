from __future__ import annotations

import pytest

from sous.runner.names import helper_of, with_names

OLD = """\"\"\"Tests.\"\"\"
from __future__ import annotations
from operator import add


def test_add():
    assert add(2, 2) == near(4)
"""
ADDED = {
    "an import": "import pytest",
    "an import of what is not there": "from operator import add, no_such_name",
    "a constant": "TEXT = '''\nx\n  y\n'''",
    "a helper": "def near(n):\n    return n",
    "a class without tests": "class Near:\n    def is_near(self):\n        return True",
}


@pytest.mark.parametrize("added", ADDED.values(), ids=ADDED)
def test_the_file_of_before_gets_what_the_new_one_has_beside_tests(added: str) -> None:
    new = f"from operator import add\n{added}\n\n\ndef test_sub():\n    assert sub(1, 1) == 0\n"
    text = with_names(OLD, new)
    assert "test_sub" not in text
    assert text.count("def test_add") == 1
    names: dict[str, object] = {}
    exec(text, names)  # noqa: S102
    if "TEXT" in added:
        assert names["TEXT"] == "\nx\n  y\n"
    if "near" in added.lower():
        assert "near" in names or "Near" in names


def test_a_file_without_new_names_stays() -> None:
    assert with_names(OLD, OLD.replace("near(4)", "5")) == OLD
    go = "package calc\n\nfunc TestAdd(t *testing.T) {\n"
    assert with_names(go, f"{go}\t_ = 1\n") == go


def test_what_a_file_of_node_requires_is_there_if_it_can_be() -> None:
    old = 'const test = require("node:test");\n\ntest("adds", () => {});\n'
    new = old + 'const { near, far } = require("./near.js");\nconst test = require("node:test");\n'
    text = with_names(old, new)
    assert text.startswith(
        'var { near, far } = (() => { try { return require("./near.js"); } catch { return {}; } })();\n'
    )
    assert text.endswith(old)


def test_a_file_that_serves_tests_is_loaded_without_the_new_code() -> None:
    text = helper_of("tests/near.py", "from operator import no_such_name\n\n\ndef near(n):\n    return n\n")
    names: dict[str, object] = {}
    exec(text or "", names)  # noqa: S102
    assert "near" in names
    assert helper_of("test/near.js", "exports.near = 1;\n") == "exports.near = 1;\n"


@pytest.mark.parametrize(
    "path", ["tests/test_x.py", "pkg/near.py", "tests/conftest.py", "near_test.go", "tests/near.rb"]
)
def test_a_file_that_is_no_helper_is_left_out(path: str) -> None:
    assert helper_of(path, "def test_x():\n    pass\n" if "test_x" in path else "x = 1\n") is None
