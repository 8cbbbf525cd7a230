from __future__ import annotations

import pytest

from sous.runner.differences import Difference, Side
from sous.runner.omissions import elided, vanished_names


def changed(path: str, new: str | None, old: str = "") -> Difference:
    gone = Side("000000", "0")
    return Difference(path, Side("100644", "1", old), gone if new is None else Side("100644", "2", new))


ELIDED = [
    ("a.py", "    # ... rest unchanged ..."),
    ("a.py", "# ... existing code ..."),
    ("a.py", "# (rest of the file is unchanged)"),
    ("a.js", "  // ... other methods remain the same"),
    ("a.js", "/* ... existing code ... */"),
    ("a.go", "\t// rest of the function unchanged"),
    ("a.rs", "    // … remaining code …"),
    ("a.sql", "-- ... rest of query here"),
    ("a.html", "<!-- ... existing markup ... -->"),
    ("a.py", "... (rest of the code)"),
    ("a.js", "// existing imports unchanged"),
    ("a.py", "# Keep the methods above ... unchanged"),
]


@pytest.mark.parametrize(("path", "line"), ELIDED)
def test_code_that_was_left_out_is_found(path: str, line: str) -> None:
    (found,) = elided([changed(path, f"x = 1\n{line}\n")])
    assert found.startswith(f"{path}:2 says ")


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("a.py", "def f(): ..."),
        ("a.py", "    ..."),
        ("a.py", "# Wait... then look at the rest"),
        ("a.py", "# existing users keep their settings"),
        ("a.js", "const all = [...rest];"),
        ("a.js", "// spread ...args to the other function"),
        ("a.md", "<!-- ... rest unchanged ... -->"),
        ("a.go", "// the same as before, but faster"),
    ],
)
def test_code_that_only_sounds_so_is_not(path: str, line: str) -> None:
    assert elided([changed(path, line)]) == []


def test_what_was_said_before_is_not_new() -> None:
    assert elided([changed("a.py", "# ... rest unchanged\nx\n", "# ... rest unchanged\n")]) == []


GONE = [
    ("a.py", "def add(a):\n    pass\n\n\ndef _own():\n    pass\n", "add"),
    ("a.py", "class Add:\n    pass\n", "Add"),
    ("a.js", "export async function add() {}\n", "add"),
    ("a.js", "exports.add = () => 1;\n", "add"),
    ("a.ts", "export interface Adder {}\n", "Adder"),
    ("a.go", "func Add() int {\n}\n\nfunc own() {}\n", "Add"),
    ("a.rs", "pub fn add() {}\n", "add"),
]


@pytest.mark.parametrize(("path", "old", "name"), GONE)
def test_a_public_name_that_is_gone_is_told(path: str, old: str, name: str) -> None:
    assert vanished_names([changed(path, "x\n", old)], "Multiply") == [
        f"{name} is gone from {path}, and the step does not ask for that"
    ]
    assert vanished_names([changed(path, "x\n", old)], f"Take out {name}.") == []
    assert vanished_names([changed(path, "x\n", old), changed("b.x", f"{name} = 1")], "Move") == []


def test_a_file_may_go_that_the_step_removes() -> None:
    assert vanished_names([changed("old.py", None, "def f():\n    pass\n")], "Remove old.py.") == []
    assert vanished_names([changed("old.py", None, "def f():\n    pass\n")], "Look at old.py.")
    assert vanished_names([changed("tests/test_a.py", None, "def f():\n    pass\n")], "x") == []
