"""What a syntax tree of ast-grep tells of a file: its functions, and what the patterns of rules.yaml match."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, cast

from sous.analyst.facts import Function, ScriptExport, Smell
from sous.analyst.rules import patterns
from sous.project.syntax import comment_kinds, is_kind, spans

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

# Each adds a way through its function (McCabe, 1976), whatever the grammar calls it.
_BRANCHES = tuple(
    """
    if_statement if_expression if elsif elif_clause else_if_clause elseif_statement unless if_modifier
    unless_modifier guard_statement for_statement for_in_statement for_expression foreach_statement
    enhanced_for_statement for_range_loop for while_statement while_expression while until while_modifier
    until_modifier do_statement loop_expression repeat_statement catch_clause except_clause rescue
    conditional_expression ternary_expression conditional
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
_TEST = re.compile(r"#\[(?:cfg\((?:all\()?test\b|(?:\w+::)*(?:test|rstest|quickcheck|bench)\b)")
_FAILING = ("throw_statement", "return_statement", "return_expression")
_FAILS = r"^(throw\b|return Err\(|return .*\b[eE]rr(or)?\b)"
_EXPORTS = re.compile(r"(?:module\.)?exports(?:\.([\w$]+))?")
_SCRIPTS = ("javascript", "typescript", "tsx")
_MEANT = re.compile(r"eslint-disable|nolint|NOSONAR|nosemgrep")
_TRIVIAL = 3  # lines: one between the braces


def read_tree(language: str, kinds: Sequence[str], text: str) -> dict[str, Any]:
    """Return the fields of FileFacts that the tree of a text tells; `kinds`: its nodes that are functions."""
    return _File(text, language, kinds).fields()


class _File:
    """A text with its tree."""

    def __init__(self, text: str, language: str, kinds: Sequence[str]) -> None:
        from ast_grep_py import SgRoot

        self.text, self.language = text, language
        self.root = SgRoot(text, language).root()
        self._kinds = kinds
        self._lines = text.split("\n")
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._is_script = language in _SCRIPTS

    def fields(self) -> dict[str, Any]:
        """Return the fields of FileFacts that the tree tells."""
        tests = list(self._tests())
        exports = list(_exports(self.root)) if self._is_script else []
        is_mixed = len({one.is_commonjs for one in exports}) > 1
        functions = list(self._functions(tests, {one.own for one in exports}))
        return {
            "functions": tuple(functions),
            "uses": self._uses_outside(functions),
            "smells": tuple(self._matches(tests)),
            "inline": tuple(tests),
            "exports": () if is_mixed else tuple(exports),
        }

    def line(self, at: int) -> int:
        return bisect_right(self._starts, at)

    # -- what rules see

    def _matches(self, tests: Sequence[tuple[int, int]]) -> Iterator[Smell]:
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
                    yield Smell(rule, first, last)

    # -- functions

    def _functions(
        self, tests: Sequence[tuple[int, int]], exported: Collection[str]
    ) -> Iterator[Function]:
        if self.root.kind() == "ERROR":
            return
        broken = self._spans(("ERROR",))
        ends: list[int] = []
        for node, start, end, name, at in sorted(self._named(), key=lambda one: (one[1], -one[2])):
            while ends and ends[-1] <= start:
                ends.pop()
            is_nested = bool(ends)
            ends.append(end)
            is_whole = not any(low < end and start < high for low, high in broken)
            if is_whole and not any(low <= self.line(at) <= high for low, high in tests):
                header = self.text[start : self._body_start(node, end)]
                is_public = not is_nested and (
                    name in exported or _is_public(name, node, header, self.language)
                )
                yield self._function(node, start, end, name, self.line(at))._replace(
                    is_public=is_public
                )

    def _function(self, node: Any, start: int, end: int, name: str, first: int) -> Function:
        last = self.line(end - 1)
        own, fails, sums = (
            places[bisect_right(places, start) : bisect_right(places, end)] for places in self._ways
        )
        return Function(
            name, first, last, 1 + len(own), tuple(self._arguments(node)), _owner(node),
            is_trivial=last - first < _TRIVIAL and not own + sums,
            uses=_words(self._bare[self._starts[first] : end] if last > first else ""),
            branches=tuple(sorted({self.line(at) for at in own + fails} - {first})),
        )  # fmt: skip

    @cached_property
    def _ways(self) -> tuple[list[int], list[int], list[int]]:
        """Where branches, errors that are handed on, and sums begin."""
        rule = {
            "any": [{"kind": kind} for kind in _known(self.language, _FAILING)],
            "regex": _FAILS,
        }
        found = self.root.find_all(cast("Any", {"rule": rule})) if rule["any"] else ()
        fails = sorted(node.replace("").start_pos for node in found)
        branches, sums = (
            sorted({at for at, _ in self._spans(kinds)})
            for kinds in (_BRANCHES, ("binary_expression", "binary"))
        )
        return branches, fails, sums

    # -- names

    @cached_property
    def _bare(self) -> str:
        """The text with blanks in place of its comments."""
        return _blanked(self.text, self._spans(comment_kinds(self.language)))

    def _uses_outside(self, functions: Sequence[Function]) -> tuple[str, ...]:
        """Return the names outside of functions, without those that are only imported or handed out."""
        text = self._bare
        if self._is_script:
            kinds = ("import_statement", "export_clause")
            taken = [*self._spans(kinds), *_handed_out(self.root)]
            text = _blanked(text, taken)
        inside = {number for one in functions for number in range(one.first, one.last + 1)}
        lines = text.split("\n")
        return _words(
            "\n".join(line for number, line in enumerate(lines, 1) if number not in inside)
        )

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
        """Yield the lines of what is for tests alone: by an attribute of Rust, or as Vitest has it."""
        if self._is_script:
            for start, end in self._spans(("if_statement",)):
                if self.text.startswith("if (import.meta.vitest)", start):
                    yield self.line(start), self.line(end - 1)
        for node in self.root.find_all(kind="attribute_item") if self.language == "rust" else ():
            if _TEST.match(node.text()):
                item = node.next()
                while item is not None and item.kind() in (
                    "attribute_item",
                    *comment_kinds("rust"),
                ):
                    item = item.next()
                if item is not None:
                    edit = item.replace("")
                    yield self.line(node.replace("").start_pos), self.line(max(0, edit.end_pos - 1))


def _words(text: str) -> tuple[str, ...]:
    return tuple(sorted({word for word in _WORD.findall(text) if len(word) > 2}))  # noqa: PLR2004


def _blanked(text: str, taken: Iterable[tuple[int, int]]) -> str:
    """Return a text with blanks in place of what is taken, on as many lines."""
    pieces, at = [], 0
    for start, end in sorted(taken):
        if start >= at:
            pieces += [text[at:start], re.sub(r"[^\n]", " ", text[start:end])]
            at = end
    return "".join([*pieces, text[at:]])


# -- what a module of JavaScript hands out: its own name, how, the name outside, whether by CommonJS


def _exports(root: Any) -> Iterator[ScriptExport]:
    for node in root.children():
        if node.kind() == "export_statement" and not node.field("source"):
            yield from _esm(node)
        elif node.kind() == "expression_statement":
            for key, value in _assigned(node.child(0)):
                yield from _commonjs(key, value)


def _esm(node: Any) -> Iterator[ScriptExport]:
    tokens = {child.kind() for child in node.children()}
    declared = node.field("declaration") or node.field("value")
    if declared is not None:
        for name in _declared(declared):
            yield ScriptExport(
                name, "default" if "default" in tokens else "named", name, is_commonjs=False
            )
    elif "type" not in tokens:
        for one in node.find_all(kind="export_specifier"):
            name, alias = one.field("name").text(), one.field("alias")
            outside = alias.text() if alias else name
            if not one.text().startswith("type "):
                yield ScriptExport(
                    name, "default" if outside == "default" else "named", outside, is_commonjs=False
                )


def _declared(node: Any) -> list[str]:
    """Return the names that a declaration or an expression gives."""
    if node.kind() in ("lexical_declaration", "variable_declaration"):
        named = [
            one.field("name") for one in node.children() if one.kind() == "variable_declarator"
        ]
    else:
        named = [node if node.kind() == "identifier" else node.field("name")]
    return [one.text() for one in named if one is not None and _NAME.fullmatch(one.text())]


def _assigned(node: Any) -> Iterator[tuple[str, Any]]:
    """Yield what is assigned to `exports` or a name in it, which is empty else."""
    keys = []
    while node is not None and node.kind() == "assignment_expression":
        match = _EXPORTS.fullmatch(node.field("left").text())
        keys += [match[1] or ""] if match else []
        node = node.field("right")
    yield from ((key, node) for key in keys)


def _commonjs(key: str, value: Any) -> Iterator[ScriptExport]:
    if key:
        yield from (
            ScriptExport(name, "named", key, is_commonjs=True) for name in {key, *_declared(value)}
        )
    elif value.kind() != "object":
        yield from (
            ScriptExport(name, "whole", name, is_commonjs=True)
            for name in _declared(value)
            if "call" not in value.kind()
        )
    else:
        for one in value.children():
            if one.kind() == "shorthand_property_identifier":
                yield ScriptExport(one.text(), "named", one.text(), is_commonjs=True)
            elif one.kind() == "pair" and _NAME.fullmatch(one.field("key").text()):
                for name in _declared(one.field("value")):
                    yield ScriptExport(name, "named", one.field("key").text(), is_commonjs=True)


def _handed_out(root: Any) -> Iterator[tuple[int, int]]:
    """Yield where CommonJS hands out names, or takes them from a module."""
    for node in root.children():
        is_import = "declaration" in node.kind() and "require(" in node.text()
        given = _assigned(node.child(0)) if node.kind() == "expression_statement" else ()
        if is_import or any(
            value.kind() in ("identifier", "object") and "(" not in value.text()
            for _, value in given
        ):
            edit = node.replace("")
            yield edit.start_pos, edit.end_pos


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


def _is_public(name: str, node: Any, header: str, language: str) -> bool:
    if name.startswith(("_", "$", "~")):
        return False
    if language == "go":
        return name[0].isupper()
    if language in _SCRIPTS:
        return node.kind() == "method_definition" and not re.search(r"\bprivate\b|^\W*#", header)
    if language == "rust":
        return bool(re.match(r"\s*pub\b", header))
    if language in ("java", "csharp"):
        return bool(re.search(r"\bpublic\b", header))
    return not re.search(r"\b(?:private|static|protected|fileprivate)\b", header)
