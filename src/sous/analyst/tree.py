"""What a syntax tree of ast-grep tells of a file: its functions, and what the patterns of rules.yaml match.

A process of its own does it (`python -m sous.analyst.tree`, JSON lines in and out), as a crafted
file can make a grammar run for minutes, take all memory or abort. `Trees` asks.
"""

from __future__ import annotations

import json
import re
import sys
from bisect import bisect_right
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from sous.analyst.rules import patterns
from sous.project.syntax import is_kind, limit_memory, spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Each adds a way through its function (McCabe, 1976), whatever the grammar calls it.
_BRANCHES = tuple(
    """
    if_statement if_expression if elsif elif_clause else_if_clause elseif_statement unless if_modifier
    unless_modifier guard_statement for_statement for_in_statement for_expression foreach_statement
    enhanced_for_statement for_range_loop for while_statement while_expression while until while_modifier
    until_modifier do_statement loop_expression repeat_statement catch_clause except_clause rescue
    conditional_expression ternary_expression conditional
    """.split()  # noqa: SIM905
)
_ARMS = tuple(
    """
    switch_case expression_case type_case communication_case case_statement switch_block_statement_group
    switch_rule match_arm when_entry case_clause switch_section switch_entry match_conditional_expression when
    """.split()  # noqa: SIM905
)
# What gives a function without a name of its own one: the kind of node it is in, and the field.
_NAMED_BY = {
    "variable_declarator": "name",
    "pair": "key",
    "assignment_expression": "left",
    "field_definition": "property",
    "public_field_definition": "name",
}
_CLASSES = (
    "class_declaration", "class", "class_definition", "class_specifier", "struct_specifier", "interface_declaration",
    "impl_item", "trait_item", "object_declaration", "enum_declaration", "struct_declaration", "record_declaration",
)  # fmt: skip
_NAME = re.compile(r"[A-Za-z_$~#][\w$]*[?!]?")
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_TEST = re.compile(r"#\[(?:\w+::)*(?:test|bench|cfg\(test\)|cfg\(all\(test\b.*)")
_MEANT = re.compile(r"eslint-disable|nolint|NOSONAR|nosemgrep")
_TRIVIAL = 2  # lines


class TreeFunction(NamedTuple):
    """A function, with its lines from 1; `is_test`: an attribute of Rust says that it is one."""

    name: str
    first: int
    last: int
    complexity: int
    arms: int
    arguments: tuple[str, ...]
    owner: str
    is_public: bool
    is_trivial: bool


class Tree(NamedTuple):
    """Functions, matches (the rule, first and last line), and lines that hold tests."""

    functions: tuple[TreeFunction, ...] = ()
    matches: tuple[tuple[str, int, int], ...] = ()
    tests: tuple[tuple[int, int], ...] = ()


class _File:
    """A text with its tree."""

    def __init__(self, text: str, language: str, kinds: Sequence[str]) -> None:
        from ast_grep_py import SgRoot

        self.text, self.language = text, language
        self.root = SgRoot(text, language).root()
        self._kinds = kinds
        self._lines = text.split("\n")
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def tree(self) -> Tree:
        tests = list(self._tests()) if self.language == "rust" else []
        return Tree(tuple(self._functions(tests)), tuple(self._matches(tests)), tuple(tests))

    def line(self, at: int) -> int:
        return bisect_right(self._starts, at)

    # -- what rules see

    def _matches(self, tests: Sequence[tuple[int, int]]) -> Iterator[tuple[str, int, int]]:
        for rule, pattern in patterns(self.language):
            for node in self.root.find_all(cast("Any", {"rule": pattern})):
                edit = node.replace("")
                first, last = (
                    self.line(edit.start_pos),
                    self.line(max(edit.start_pos, edit.end_pos - 1)),
                )
                is_meant = any(
                    _MEANT.search(line) for line in self._lines[max(0, first - 2) : first]
                )
                if not is_meant and not any(low <= first <= high for low, high in tests):
                    yield rule, first, last

    # -- functions

    def _functions(self, tests: Sequence[tuple[int, int]]) -> Iterator[TreeFunction]:
        if self.root.kind() == "ERROR":
            return
        broken = self._spans(("ERROR",))
        is_script = self.language in ("javascript", "typescript", "tsx")
        exported = self._exported() if is_script else None
        ends: list[int] = []
        for node, start, end, name, at in sorted(self._named(), key=lambda one: (one[1], -one[2])):
            while ends and ends[-1] <= start:
                ends.pop()
            is_nested = bool(ends)
            ends.append(end)
            is_whole = not any(low < end and start < high for low, high in broken)
            if is_whole and not any(low <= self.line(at) <= high for low, high in tests):
                header = self.text[start : self._body_start(node, end)]
                is_public = _is_public(name, node, header, self.language, exported)
                found = self._function(node, start, end, name, self.line(at))
                yield found._replace(is_public=is_public and not is_nested)

    def _function(self, node: Any, start: int, end: int, name: str, first: int) -> TreeFunction:
        last = self.line(end - 1)
        own, cases = (
            bisect_right(places, end) - bisect_right(places, start) for places in self._ways
        )
        return TreeFunction(
            name, first, last, 1 + own + cases, cases, tuple(self._arguments(node)), _owner(node),
            is_public=True, is_trivial=last - first < _TRIVIAL and not own + cases,
        )  # fmt: skip

    @cached_property
    def _ways(self) -> tuple[list[int], list[int]]:
        """Where branches and where cases of switches begin."""
        branches, arms = (
            sorted({at for at, _ in self._spans(kinds)}) for kinds in (_BRANCHES, _ARMS)
        )
        return branches, arms

    def _spans(self, kinds: Sequence[str]) -> list[tuple[int, int]]:
        return [
            one for kind in _known(self.language, tuple(kinds)) for one in spans(self.root, kind)
        ]

    def _named(self) -> Iterator[tuple[Any, int, int, str, int]]:
        """Yield the functions with a name and a body that ends with a closing bracket or word."""
        for kind in _known(self.language, tuple(self._kinds)):
            for node in self.root.find_all(kind=kind):
                named = _named(node)
                name = re.split(r"::|\.", named.text())[-1].strip() if named is not None else ""
                edit = node.replace("")
                start, end = edit.start_pos, edit.end_pos
                text = self.text[start:end].rstrip()
                if _NAME.fullmatch(name) and (text.endswith(("}", "end")) or "=>" in text):
                    at = named.replace("").end_pos - 1
                    yield node, start, start + len(text), name.lstrip("#"), at

    def _body_start(self, node: Any, end: int) -> int:
        body = node.field("body")
        return body.replace("").start_pos if body else end

    def _arguments(self, node: Any) -> Iterator[str]:
        """Yield names of arguments: before a colon, else at the end."""
        declared = node.field("parameters") or getattr(
            node.field("declarator"), "field", lambda _: None
        )("parameters")
        for child in declared.children() if declared else ():
            if self.language == "go":
                yield from (one.text() for one in child.children() if one.kind() == "identifier")
            elif child.is_named() and "comment" not in child.kind():
                words = _WORD.findall(child.text().partition("=")[0].partition(":")[0])
                if words:
                    yield words[-1]

    def _tests(self) -> Iterator[tuple[int, int]]:
        """Yield the lines of what an attribute of Rust says is for tests alone."""
        for node in self.root.find_all(kind="attribute_item"):
            if _TEST.match(node.text()):
                item = node.next()
                while item is not None and item.kind() in (
                    "attribute_item",
                    "line_comment",
                    "block_comment",
                ):
                    item = item.next()
                if item is not None:
                    edit = item.replace("")
                    yield self.line(node.replace("").start_pos), self.line(max(0, edit.end_pos - 1))

    def _exported(self) -> frozenset[str]:
        """Return the names that a module of JavaScript hands out."""
        found: set[str] = set()
        for node in self.root.find_all(kind="export_statement"):
            named = node.field("declaration")
            text = (
                named.text().split("{")[0] if named and "class" not in named.kind() else node.text()
            )
            found.update(_WORD.findall(text))
        left = {"field": "left", "regex": r"^(module\.)?exports\b"}
        handed: Any = {"rule": {"kind": "assignment_expression", "has": left}}
        for node in self.root.find_all(handed):
            found.update(_WORD.findall(node.text().split("=>")[0]))
        return frozenset(found)


@lru_cache(maxsize=64)
def _known(language: str, kinds: tuple[str, ...]) -> tuple[str, ...]:
    from ast_grep_py import SgRoot

    root = SgRoot("", language).root()
    return tuple(kind for kind in kinds if is_kind(root, kind))


def _named(node: Any) -> Any:
    """Return the node with the name of a function: its own, its declarator's, or what it is assigned to."""
    named = node.field("name")
    declarator = node.field("declarator")
    while named is None and declarator is not None:  # int *put(int x)
        inner = declarator.field("declarator")
        named, declarator = (None, inner) if inner is not None else (declarator, None)
    if named is None:
        parent = node.parent()
        named = (
            parent.field(_NAMED_BY[parent.kind()])
            if parent and parent.kind() in _NAMED_BY
            else None
        )
    return named


def _owner(node: Any) -> str:
    receiver = node.field("receiver")
    if receiver is not None:
        words = _WORD.findall(receiver.text().partition("[")[0])
        return str(words[-1]) if words else ""
    for parent in node.ancestors():
        if parent.kind() in _CLASSES:
            named = parent.field("type") or parent.field("name")
            return re.split(r"[<\s]", named.text())[0] if named is not None else ""
    return ""


def _is_public(
    name: str, node: Any, header: str, language: str, exported: frozenset[str] | None
) -> bool:
    if name.startswith(("_", "$", "~")):
        return False
    if language == "go":
        return name[0].isupper()
    if exported is not None:
        is_method = node.kind() == "method_definition"
        return name in exported or (is_method and not re.search(r"\bprivate\b|^\W*#", header))
    if language == "rust":
        return bool(re.match(r"\s*pub\b", header))
    if language in ("java", "csharp"):
        return bool(re.search(r"\bpublic\b", header))
    return not re.search(r"\b(?:private|static|protected|fileprivate)\b", header)


def main() -> None:
    """Answer each line of stdin, a grammar, kinds of functions and a text, with its Tree, or `null`."""
    limit_memory()
    for line in sys.stdin.buffer:
        language, kinds, text = json.loads(line)
        print(json.dumps(_answer(language, kinds, text)), flush=True)  # noqa: T201  # the protocol


def _answer(language: str, kinds: Sequence[str], text: str) -> object:
    try:
        return _File(text, language, kinds).tree()
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001  # a panic of ast-grep is no Exception
        return None


if __name__ == "__main__":
    main()
