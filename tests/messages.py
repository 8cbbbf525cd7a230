"""Lists every sentence of the source that a person can meet, for review as one text: tests/messages.txt.

`python tests/messages.py` writes it; a test fails when it is out of date, so that a change of words shows in the diff.

What counts: the text of an exception of ours, of what is said or printed, of prompts, of help, the first lines of
commands, and text that a function of these rooms builds for them. Fields are shown as `{name}`.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Path(__file__).parents[1] / "src/sous"
LIST = Path(__file__).parent / "messages.txt"
# Calls whose texts people read; what raises is known by its name.
_SHOWN = {
    "say", "say_lines", "tell", "echo", "secho", "confirm", "prompt", "option", "argument", "command", "group",
    "write_lines", "write_stdout", "refuse_with", "Choice", "working", "shown", "warn", "note", "refused",
}  # fmt: skip
_RAISED = re.compile(r"(?:Error|Problem|Exit|Refused|Failed|Missing|Answer|Budget|OutOf\w+)$")
_HELP = {"help", "epilog", "about", "why", "message", "title", "what", "hint", "reason"}
_WORD = re.compile(r"(?:(?<=[\s(])|^)[A-Za-z]['a-z]+(?=[\s,.:;)]|$)")


def messages() -> dict[str, list[str]]:
    """Return the sentences of each module that has some, in the order of the source, each once."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        texts = list(dict.fromkeys(text for text in _texts(tree, path) if _is_sentence(text)))
        if texts:
            found[path.relative_to(SOURCE).as_posix()] = texts
    return found


def rendered() -> str:
    """Return the list as it is kept."""
    parts = [f"# {name}\n" + "".join(f"{text}\n" for text in texts) for name, texts in messages().items()]
    return "\n".join(parts)


def _texts(tree: ast.Module, path: Path) -> Iterator[str]:
    """Yield texts that people meet, and all texts with fields and spaces: most of these end in one."""
    hidden = {id(node) for node in _docstrings(tree)}
    is_command = path.parent.name == "commands"
    for node in ast.walk(tree):
        if is_command and isinstance(node, ast.FunctionDef) and node.decorator_list:
            yield from (ast.get_docstring(node) or "").split("\n\n")[:1]
        for value in _shown(node):
            yield from _written(value, hidden)


def _shown(node: ast.AST) -> list[ast.expr]:
    """Return the values in a node that people may get to see."""
    if isinstance(node, ast.Call):
        if _is_shown(node):
            return [*node.args, *(word.value for word in node.keywords)]
        return [word.value for word in node.keywords if word.arg in _HELP]
    value = node.value if isinstance(node, ast.Return | ast.Yield | ast.Assign | ast.AnnAssign) else None
    is_text = isinstance(value, ast.JoinedStr | ast.IfExp | ast.Constant | ast.Dict | ast.Tuple)
    if value is None or (isinstance(node, ast.Assign | ast.AnnAssign) and not is_text):
        return []
    return [value]


def _is_shown(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in _SHOWN or bool(_RAISED.search(name))


def _written(node: ast.expr, hidden: set[int]) -> Iterator[str]:
    """Yield each literal in an expression, parts that stand side by side as one."""
    if id(node) in hidden:
        return
    if isinstance(node, ast.JoinedStr):
        yield _one_line("".join(_piece(part) for part in node.values))
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                yield from _written(part.value, hidden)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield _one_line(node.value)
    else:
        for inner in ast.iter_child_nodes(node):
            if isinstance(inner, ast.expr) and not isinstance(inner, ast.Lambda):
                yield from _written(inner, hidden)


def _piece(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    assert isinstance(part, ast.FormattedValue)
    words = re.findall(r"[A-Za-z_]\w*", ast.unparse(part.value))
    return "{" + (words[-1].strip("_") if words else "") + "}"


def _is_sentence(text: str) -> bool:
    """Tell whether a text has words side by side, and is no pattern, path or code."""
    return len(_WORD.findall(text)) > 1 and "(?" not in text


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _docstrings(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr):
                yield first.value


if __name__ == "__main__":
    LIST.write_text(rendered(), "utf-8")
