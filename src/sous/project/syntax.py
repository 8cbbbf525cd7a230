"""Source code of many languages as ast-grep parses it: where functions are, to the character.

A process of its own does the parsing (`python -m sous.project.syntax`, JSON lines in and out): a
crafted file can make a grammar run for minutes, take all memory or abort. `project.parsing` asks.
"""

from __future__ import annotations

import contextlib
import json
import sys
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_COMMENTS = (  # what nodes that are comments are called in the grammars
    "comment",
    "line_comment",
    "block_comment",
    "multiline_comment",
    "haddock",
    "html_comment",
)
_MEMORY = 1 << 30  # bytes of the process; 3 MB of TypeScript need 200 MB


@dataclass(frozen=True)
class Grammar:
    """A grammar by ast-grep's name, and the kinds of nodes in it that are functions.

    A function's body is the field of that name, else its children of the kinds in `bodies`.
    `begins`: where functions are calls like others, the words that they begin with.
    """

    name: str
    functions: tuple[str, ...]
    bodies: tuple[str, ...] = ()
    begins: tuple[str, ...] = ()


class Point(NamedTuple):
    """A place in a text: the line from 1, the characters before it in the line."""

    line: int
    column: int


class ParsedFunction(NamedTuple):
    """A function from its first character to the one after its last, and the same of its body."""

    start: Point
    end: Point
    body_start: Point
    body_end: Point


def outer_functions(grammar: Grammar, text: str) -> list[ParsedFunction]:
    """Return the functions that span lines and have a body, without those inside another."""
    from ast_grep_py import SgRoot

    found: list[ParsedFunction] = []
    for node in SgRoot(text, grammar.name).root().find_all(**_rule(grammar)):
        if found and _point(node.range().start) < found[-1].end:
            continue
        function = _function(node, grammar)
        if function:
            found.append(function)
    return found


def comments_in(name: str, text: str) -> list[tuple[int, int]] | None:
    """Return where comments begin and end, in characters; None where nothing is parsed.

    Without those in what the grammar does not understand, to the end of its line.
    """
    from ast_grep_py import SgRoot

    root = SgRoot(text, name).root()
    found = sorted(span for kind in comment_kinds(name) for span in spans(root, kind))
    broken = sorted((start, _line_end(text, end)) for start, end in spans(root, "ERROR"))
    kept: list[tuple[int, int]] = []
    at = until = 0
    for start, end in found:
        while at < len(broken) and broken[at][0] < end:
            until = max(until, broken[at][1])
            at += 1
        if start >= until and (not kept or start >= kept[-1][1]):
            kept.append((start, start + len(text[start:end].rstrip("\r\n"))))
    return kept if kept or not found else None


@lru_cache(maxsize=64)
def comment_kinds(name: str) -> tuple[str, ...]:
    """Return what the nodes of a grammar that are comments are called."""
    from ast_grep_py import SgRoot

    return tuple(kind for kind in _COMMENTS if is_kind(SgRoot("", name).root(), kind))


def is_kind(root: Any, kind: str) -> bool:
    """Tell whether a grammar, by the root of any text, has nodes of this kind."""
    try:
        root.find_all(kind=kind)
    except RuntimeError:
        return False
    return True


def spans(root: Any, kind: str) -> Iterator[tuple[int, int]]:
    """Yield where the nodes of a kind begin and end, in characters."""
    # Unlike a range, an edit is not asked for its column, which takes time by the line's length.
    for node in root.find_all(kind=kind):
        edit = node.replace("")
        yield edit.start_pos, edit.end_pos


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _rule(grammar: Grammar) -> Any:
    # Asking ast-grep for a position takes time in proportion to the length of the line, and a
    # minified file has thousands of functions on one line: match only those that span lines.
    words = rf"\A(?:{'|'.join(grammar.begins)})\b[\s\S]*" if grammar.begins else ""
    return {"any": [{"kind": kind} for kind in grammar.functions], "regex": rf"{words}\n"}


def _function(node: Any, grammar: Grammar) -> ParsedFunction | None:
    field = node.field("body")
    body = [field] if field else _children(node, grammar.bodies)
    if not body:
        return None
    start, end = body[0].range().start, body[-1].range().end
    whole = node.range()
    return ParsedFunction(_point(whole.start), _point(whole.end), _point(start), _point(end))


def _children(node: Any, kinds: tuple[str, ...]) -> list[Any]:
    return [child for child in node.children() if child.kind() in kinds] if kinds else []


def _point(place: Any) -> Point:
    return Point(place.line + 1, place.column)


def main() -> None:
    """Answer each line of stdin with what it asks for, or `null`.

    A grammar's fields and a text: its functions. A grammar's name and a text: its comments.
    """
    limit_memory()
    for line in sys.stdin.buffer:
        *fields, text = json.loads(line)
        print(json.dumps(_answer(fields, text)), flush=True)  # noqa: T201  # the protocol


def _answer(fields: Iterable[Any], text: str) -> object:
    name, *kinds = fields
    try:
        if not kinds:
            return comments_in(name, text)
        return outer_functions(Grammar(name, *map(tuple, kinds)), text)
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001  # a panic of ast-grep is no Exception
        return None


def limit_memory() -> None:
    """Give this process no more memory than any source file needs."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for kind, most in ((resource.RLIMIT_AS, _MEMORY), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(OSError, ValueError):  # macOS has no limit of memory
            resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    main()
