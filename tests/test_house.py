"""Rules of the house that no type checker knows, read off the source."""

from __future__ import annotations

import ast
import importlib
import re
from typing import TYPE_CHECKING

import pytest

import house
from house import LAYERS, SOURCE, arrows, as_table, cycles, density, imported, modules, recorded, room

if TYPE_CHECKING:
    from pathlib import Path

MODULES = sorted(SOURCE.rglob("*.py"))
RATCHETS = ("complexity", "classes", "upward", "untested", "commands", "libraries")

# Who writes files, makes folders or deletes, beside `files` and `folders`; each with its reason.
WRITERS = {
    "files.py": "the one writer",
    "folders.py": "what it stands on",
    "cli.py": "sends stdout nowhere when its reader has gone",
    "clipboard.py": "the terminal itself is written to (OSC 52)",
    "fleet/child.py": "sends the streams of a child of its own nowhere",
    "git_clone.py": "puts a clone of ours in the place of the one before",
    "git_copy.py": "a private view for git, in a temporary folder of ours",
    "git_view.py": "the same",
    "runner/checkpoint.py": "makes index files outside the repository",
    "runner/clean.py": "makes and deletes a checkout of its own in the user's state folder",
    "runner/jobplace.py": "makes a folder in the user's state folder",
    "runner/journal.py": "makes a folder in the user's state folder",
    "runner/reporting/sitecustomize.py": "runs in other people's Python: no import of sous",
    "runner/putback.py": "takes away what an agent left, and puts links and modes back",
    "runner/sandbox.py": "makes folders in the user's state folder",
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


@pytest.mark.parametrize("rule", RATCHETS)
def test_what_breaks_a_rule_is_listed_and_nothing_else(rule: str) -> None:
    find, what = house.RULES[rule]
    found, listed = as_table(find()), recorded(rule)
    worse = {key: value for key, value in found.items() if _is_worse(value, listed.get(key))}
    assert worse == {}, f"{what}: mend these"
    better = {key: value for key, value in listed.items() if found.get(key) != value}
    assert better == {}, "these got better: `python tests/house.py` takes them out of house.toml"


def _is_worse(value: object, listed: object) -> bool:
    if isinstance(value, int) and isinstance(listed, int):
        return value > listed
    if isinstance(value, list) and isinstance(listed, list):
        return len(value) > len(listed)
    return listed is None


def test_no_room_gets_denser() -> None:
    listed = recorded("density")
    most = max(listed.values())
    assert {name: value for name, value in density().items() if value > listed.get(name, most)} == {}


@pytest.mark.parametrize(
    ("module", "function"),
    [
        ("plan.progress", "read_progress"),  # api.plan
        ("items.tick", "read_file"),  # api.items
        ("bundle.read", "read_bundle"),  # api.read_bundle, or obtain.project_bundle
        ("bundle.pack", "pack_to_file"),  # api.pack
        ("claims.check", "check_report"),  # api.check
        ("asking.making", "Making"),  # api.reports
    ],
)
def test_commands_use_the_library(module: str, function: str) -> None:
    """What sous.api does is done by it, so that a program and a command never differ."""
    assert hasattr(importlib.import_module(f"sous.{module}"), function)
    asks = f"from sous.{module} import "
    users = [
        f"{path.name}: {line.strip()}"
        for path in sorted((SOURCE / "commands").glob("*.py"))
        for line in path.read_text("utf-8").splitlines()
        if line.strip().startswith(asks) and function in line
    ]
    assert users == []


def test_no_modules_import_each_other() -> None:
    """Not at their tops, not in functions, not for types alone."""
    assert cycles(arrows()) == []


def test_each_room_is_in_a_layer() -> None:
    """A new package has to say who may import it, in house.LAYERS and docs/architecture.md."""
    rooms = {room(name) for name in modules() if "." in name}
    assert rooms - {one for layer in LAYERS for one in layer} == set()


@pytest.mark.parametrize("name", [one for layer in LAYERS for one in layer])
def test_each_room_is_described(name: str) -> None:
    assert name in (house.TESTS.parent / "docs/architecture.md").read_text("utf-8")


def test_the_ground_imports_no_room() -> None:
    rooms = {one for layer in LAYERS for one in layer}
    found = {f"{name} -> {one}" for name, targets in arrows().items() for one in targets if room(one) in rooms}
    assert {one for one in found if room(one.split(" -> ")[0]) not in rooms} == set()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import sous.files", {"files"}),
        ("from sous import files", {"files"}),
        ("from sous.files import read", {"files"}),
        ("from sous.bundle import pack", {"bundle.pack"}),
        ("from sous.bundle.pack import pack_repo", {"bundle.pack"}),
        ("from sous import __version__", {"sous"}),
        ("def f():\n    from sous.files import read", {"files"}),
        ("if TYPE_CHECKING:\n    from sous.files import read", {"files"}),
        ("import os, souse.files", set()),
    ],
)
def test_the_rule_knows_an_import(code: str, expected: set[str], tmp_path: Path) -> None:
    (tmp_path / "new.py").write_text(code)
    assert imported("new", tmp_path / "new.py", modules()) == expected


@pytest.mark.parametrize(
    ("graph", "expected"),
    [
        ({"a": {"b"}, "b": {"c"}, "c": set()}, []),
        ({"a": {"b"}, "b": {"a"}}, [["a", "b"]]),
        ({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}, [["a", "b", "c"]]),
        ({"a": {"b", "c"}, "b": {"d"}, "c": {"d"}, "d": set()}, []),
    ],
    ids=["a line", "two", "three", "a diamond"],
)
def test_the_rule_knows_a_cycle(graph: dict[str, set[str]], expected: list[list[str]]) -> None:
    assert cycles(graph) == expected
