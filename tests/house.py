"""What the rules of the house measure in the source; run as a program, it writes what they find today to house.toml.

`python tests/house.py` after a change that makes something better, or moves it: the difference shows what got worse.
"""

from __future__ import annotations

import ast
import json
import sys
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SOURCE = Path(__file__).parents[1] / "src/sous"
TESTS = Path(__file__).parent
RATCHETS = TESTS / "house.toml"

# Who may import whom: a room imports what is in a line below its own, and nothing beside or above it. What is in no
# line is the ground: single modules that import each other without a cycle, and no room.
LAYERS = (
    ("__main__",),
    ("plugin",),
    ("cli",),
    ("commands",),
    ("fleet", "setup", "tools"),
    ("api", "install", "runner"),
    ("forge",),
    ("asking",),
    ("team",),
    ("reports",),
    ("items",),
    ("analyst",),
    ("claims",),
    ("plan",),
    ("output",),
    ("models",),
    ("prompts",),
    ("bundle",),
    ("document", "project"),  # being built
)
MOST_COMPLEX = 15  # ways through a function, more than which nobody keeps in mind
LONGEST_COMMAND = 40  # lines of a function of `commands`
LOGIC = {"re", "sqlite3", "subprocess", "difflib", "hashlib", "urllib", "http", "markdown_it"}  # not of a recipe


@cache
def modules() -> dict[str, Path]:
    """Return each module of sous with its file: `bundle.pack`, `cli`; a package by its own name."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name or "sous"] = path
    return found


@cache
def tree(path: Path) -> ast.Module:
    """Return a file as Python reads it."""
    return ast.parse(path.read_text("utf-8"))


def imported(name: str, path: Path, known: Mapping[str, Path]) -> set[str]:
    """Return the modules of sous that one imports anywhere: at its top, in functions, for types alone."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {_inside(one.name) for one in node.names if one.name.split(".")[0] == "sous"}
        elif isinstance(node, ast.ImportFrom) and node.level:
            raise AssertionError(f"{name}:{node.lineno}: write the import out, `from sous.…`")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "sous":
            package = _inside(node.module or "")
            for one in node.names:
                inner = one.name if package == "sous" else f"{package}.{one.name}"
                found.add(inner if inner in known else package)
    return found - {name}


def _inside(dotted: str) -> str:
    return dotted.partition(".")[2] or "sous"


@cache
def arrows() -> dict[str, set[str]]:
    """Return what each module imports."""
    return {name: imported(name, path, modules()) for name, path in modules().items()}


def room(module: str) -> str:
    """Return the package, or the single module, that a module belongs to."""
    return module.partition(".")[0]


def rank(module: str) -> int:
    """Return how far down a module is; the ground is lowest."""
    return next((at for at, rooms in enumerate(LAYERS) if room(module) in rooms), len(LAYERS))


def upward() -> list[str]:
    """Return the imports that go up, or from one room to another of the same line."""
    found = []
    for name, targets in arrows().items():
        for target in sorted(targets):
            is_beside = rank(name) == rank(target) < len(LAYERS) and room(name) != room(target)
            if rank(name) > rank(target) or is_beside:
                found.append(f"{name} -> {target}")
    return sorted(found)


def cycles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Return the groups of modules that import each other, by whatever way (Tarjan)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        number[node] = low[node] = len(number)
        stack.append(node)
        for other in sorted(graph.get(node, ())):
            if other not in number:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], number[other])
        if low[node] == number[node]:
            group = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(group) > 1:
                found.append(sorted(group))

    for node in sorted(graph):
        if node not in number:
            visit(node)
    return sorted(found)


@cache
def measured() -> tuple[tuple[str, str, int, int], ...]:
    """Return each function by module and name, with its complexity and its lines of code."""
    import lizard

    rows = []
    for name, path in modules().items():
        read = lizard.analyze_file(str(path))
        rows += [(name, one.name, one.cyclomatic_complexity, one.nloc) for one in read.function_list]
    return tuple(rows)


def complex_functions() -> dict[str, int]:
    """Return the functions that are too complex, with how complex they are."""
    found: dict[str, int] = {}
    for module, function, complexity, _ in measured():
        if complexity > MOST_COMPLEX:
            key = f"{module}:{function}"
            found[key] = max(complexity, found.get(key, 0))
    return dict(sorted(found.items()))


def density() -> dict[str, float]:
    """Return how complex a hundred lines of code of a room are; the ground is one room."""
    complexity: Counter[str] = Counter()
    lines: Counter[str] = Counter()
    for module, _, ways, size in measured():
        name = room(module) if rank(module) < len(LAYERS) and "." in module else "ground"
        complexity[name] += ways
        lines[name] += size
    return {name: round(100 * complexity[name] / lines[name], 1) for name in sorted(lines)}


def shared_names() -> dict[str, list[str]]:
    """Return the names that several classes have, each with their modules."""
    places: dict[str, list[str]] = defaultdict(list)
    for module, path in modules().items():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(module)
    return {name: sorted(found) for name, found in sorted(places.items()) if len(found) > 1}


def without_test() -> list[str]:
    """Return the modules that no test module is named after: `bundle.pack` has tests/bundle/test_pack.py."""
    return sorted(name for name in modules() if not _is_package(name) and not _test_of(name).is_file())


def _is_package(name: str) -> bool:
    return name in ("sous", "__main__") or modules()[name].name == "__init__.py"


def _test_of(name: str) -> Path:
    *folders, last = name.split(".")
    return TESTS.joinpath(*folders, f"test_{last}.py")


def long_commands() -> dict[str, int]:
    """Return the functions of `commands` that are too long for what only calls others, with their lines."""
    found = {}
    for module, path in modules().items():
        if room(module) == "commands":
            for node in _functions(tree(path)):
                size = (node.end_lineno or 0) - node.lineno + 1
                if size > LONGEST_COMMAND:
                    found[f"{module}:{node.name}"] = size
    return found


def logic() -> dict[str, list[str]]:
    """Return the commands that use a library for what a room should do for them."""
    found = {}
    for module, path in modules().items():
        used: set[str] = set()
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Import):
                used |= {one.name.split(".")[0] for one in node.names}
            elif isinstance(node, ast.ImportFrom):
                used.add((node.module or "").split(".")[0])
        if room(module) == "commands" and used & LOGIC:
            found[module] = sorted(used & LOGIC)
    return found


def _functions(node: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (one for one in ast.walk(node) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))


RULES = {
    "complexity": (complex_functions, f"functions with more than {MOST_COMPLEX} ways through"),
    "density": (density, "complexity of a hundred lines of code, a room; no more than this"),
    "classes": (shared_names, "class names that stand for several things"),
    "upward": (upward, "imports against the layers"),
    "untested": (without_test, "modules without a test module of their name"),
    "commands": (long_commands, f"functions of commands with more than {LONGEST_COMMAND} lines"),
    "libraries": (logic, "commands with patterns, a database, programs, the net of their own"),
}


def recorded(rule: str) -> Any:
    """Return what is listed for a rule: what was found when the list was written."""
    return tomllib.loads(RATCHETS.read_text("utf-8"))[rule]


def main() -> None:
    """Write what is found today."""
    parts = ["# What breaks a rule of the house today. Written by `python tests/house.py`; the lists get shorter.\n"]
    for name, (find, what) in RULES.items():
        lines = (f"{json.dumps(key)} = {json.dumps(value)}\n" for key, value in as_table(find()).items())
        parts.append(f"\n[{name}]  # {what}\n{''.join(lines)}")
    RATCHETS.write_text("".join(parts), "utf-8", newline="\n")


def as_table(found: Any) -> dict[str, Any]:
    """Return what a rule finds as a table: one line for each, so that two changes seldom touch the same."""
    return found if isinstance(found, dict) else dict.fromkeys(found, True)


if __name__ == "__main__":
    main()
