"""Rules of the house that no type checker knows, read off the source."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src/sous"
MODULES = sorted(SOURCE.rglob("*.py"))

# Who writes files, makes folders or deletes, beside `files` and `folders`; each with its reason.
WRITERS = {
    "files.py": "the one writer",
    "folders.py": "what it stands on",
    "analyst/known.py": "a cache: SQLite makes its own files, in the user's cache folder",
    "cli.py": "sends stdout nowhere when its reader has gone",
    "clipboard.py": "the terminal itself is written to (OSC 52)",
    "git_copy.py": "a private view for git, in a temporary folder of ours",
    "git_view.py": "the same",
    "models/answers.py": "forgets answers in the user's state folder",
    "runner/checkpoint.py": "takes away what an agent left, and puts links and modes back",
    "runner/journal.py": "makes a folder in the user's state folder",
    "runner/run.py": "takes away what an agent left",
    "runner/sandbox.py": "makes a folder in the user's state folder",
}
_METHODS = {
    "write_text", "write_bytes", "touch", "mkdir", "rmdir", "unlink", "symlink_to", "hardlink_to", "rename", "rmtree",
    "copyfile", "copy", "copy2", "copytree", "move", "makedirs", "remove", "removedirs", "symlink", "link",
}  # fmt: skip
_FLAGS = {"O_WRONLY", "O_RDWR", "O_CREAT", "O_APPEND", "O_TRUNC"}
_OF_MODULES = {"os", "shutil"}  # whose functions of these names count; `list.remove` and `dict.copy` do not
_PATHS_ONLY = _METHODS - {"copy", "remove", "move", "rename", "link"}


def writes(call: ast.Call) -> bool:
    """Tell whether a call makes, changes or deletes a file."""
    function = call.func
    if isinstance(function, ast.Name):
        return function.id == "open" and _mode_writes(call, 1)
    if not isinstance(function, ast.Attribute):
        return False
    owner = function.value.id if isinstance(function.value, ast.Name) else ""
    if function.attr == "open":
        if owner == "os":
            return bool(_FLAGS & set(re.findall(r"\w+", ast.unparse(call))))
        return _mode_writes(call, 0)
    if function.attr == "replace":
        return owner == "os"
    return function.attr in (_METHODS if owner in _OF_MODULES else _PATHS_ONLY)


def _mode_writes(call: ast.Call, at: int) -> bool:
    modes = [one for one in call.args[at : at + 1] if isinstance(one, ast.Constant)]
    modes += [one.value for one in call.keywords if one.arg == "mode" and isinstance(one.value, ast.Constant)]
    return any(isinstance(one.value, str) and set("wax+") & set(one.value) for one in modes)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_only_the_writers_write(path: Path) -> None:
    name = path.relative_to(SOURCE).as_posix()
    lines = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and writes(node)
    ]
    if name not in WRITERS:
        assert lines == [], f"{name} writes files itself; that is for sous.files and sous.folders"
    else:
        assert lines, f"{name} writes nothing any more; take it out of WRITERS"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("open('x', 'w')", True),
        ("open('x', mode='ab')", True),
        ("open('x')", False),
        ("path.open('rb')", False),
        ("path.open('xb')", True),
        ("os.open('x', os.O_WRONLY | os.O_CREAT)", True),
        ("os.open('x', os.O_RDONLY)", False),
        ("path.write_text('x')", True),
        ("os.replace('a', 'b')", True),
        ("text.replace('a', 'b')", False),
        ("names.remove('a')", False),
        ("shutil.rmtree('a')", True),
    ],
)
def test_the_rule_knows_a_writer(code: str, *, expected: bool) -> None:
    call = ast.parse(code, mode="eval").body
    assert isinstance(call, ast.Call)
    assert writes(call) is expected
