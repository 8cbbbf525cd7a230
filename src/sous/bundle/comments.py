"""A source file without its comments; every line stays, so that it keeps its number.

Python by its own `tokenize` and `ast`, docstrings too; other languages by ast-grep, where the extra
`languages` is installed. What no parser here knows, or cannot parse, stays whole.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from itertools import accumulate, chain
from typing import TYPE_CHECKING, NamedTuple

from sous.bundle.signatures import is_cpp_header
from sous.project.languages import syntax_at
from sous.project.parsing import comments_of, is_installed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    Span = tuple[int, int]

_BLANK = re.compile(r"[ \t\r]*(?:\n|\Z)")
_LONE_RETURN = re.compile(r"\r(?!\n)")  # the end of a line to Python, not to its grammar
_BREAK = re.compile(r"\r?\n")
_SHEBANG = "#!"
_CODING = re.compile(r"#.*?coding[:=][ \t]*[-\w.]+")  # PEP 263, as Python reads it
# What compilers and editors read: anywhere in Go, and before the first code of a file.
_DIRECTIVE = re.compile(r"//go:|//export ")
_FIRST = re.compile(
    r"(?:///?|\#|/\*+|--)[ \t]*(?:-\*-|vim?:|<(?:reference|amd-)|@(?:ts-|flow|jsx)|\+build\b|"
    r"(?:frozen_string_literal|typed|warn_indent|shareable_constant_value):)"
)
_CGO = re.compile(r'^import[ \t]+"C"', re.MULTILINE)  # the comment above it is C
_KEEPS_BLANKS = re.compile(r"[|>]\d?\+\d?[ \t]*(?:#.*)?\r?$", re.MULTILINE)  # a scalar of YAML
_APART = re.compile(r"[^\s(\[{,;][^\s)\]},;]")  # characters that could become one token
_NOT_APART = ("html", "css")  # where a blank in place of a comment would mean something
_BY_COLUMN = ("haskell", "scala")  # where the column of what stands behind a comment does


class WithoutComments(NamedTuple):
    """A text without comments; or the whole text, and `whole` says why."""

    text: str
    whole: str = ""


def without_comments(text: str, path: str) -> WithoutComments:
    """Return a text without its comments, line by line where it was."""
    grammar = syntax_at(path)
    if not grammar or not (grammar == "python" or is_installed()):
        return WithoutComments(text, "no parser")
    bare = text.removeprefix("\ufeff")
    found = _found(bare, path, grammar)
    if found is None:
        return WithoutComments(text, "not parsed")
    spans = list(_to_remove(bare, found, grammar))
    if not spans:
        return WithoutComments(text)
    mark = text[: len(text) - len(bare)]
    return WithoutComments(mark + _without(bare, spans, grammar))


def _found(text: str, path: str, grammar: str) -> list[Span] | None:
    if "\0" in text or _LONE_RETURN.search(text):
        return None
    if grammar == "yaml" and _KEEPS_BLANKS.search(text):
        return None
    if grammar == "python":
        spans = _python(text)
        if spans is not None or not is_installed():
            return spans
    return comments_of(path, text, "cpp" if is_cpp_header(path, text) else grammar)


def _to_remove(text: str, found: Sequence[Span], grammar: str) -> Iterator[Span]:
    """Yield the comments that nobody but people reads."""
    cgo = _above_cgo(text, found) if grammar == "go" else set()
    third_line = text.find("\n", text.find("\n") + 1)
    coding_until = third_line if third_line >= 0 else len(text)
    end_before = 0
    is_first = True
    for start, end in found:
        is_first = is_first and not text[end_before:start].strip()
        end_before = end
        if start in cgo or (grammar == "go" and _DIRECTIVE.match(text, start)):
            continue
        if _joins_lines(text, start, end):
            continue
        if is_first and _FIRST.match(text, start):
            continue
        if start < coding_until and _CODING.match(text, start):
            continue
        if start == 0 and text.startswith(_SHEBANG):
            continue
        yield start, end


def _joins_lines(text: str, start: int, end: int) -> bool:
    """Tell whether code goes on behind a comment of several lines: a macro of C would end."""
    if "\n" not in text[start:end]:
        return False
    before = text[text.rfind("\n", 0, start) + 1 : start]
    return bool(before.strip()) and not _BLANK.match(text, end)


def _above_cgo(text: str, found: Sequence[Span]) -> set[int]:
    """Return where the comments begin that stand right above `import "C"`."""
    importing = _CGO.search(text)
    above: set[int] = set()
    at = importing.start() if importing else 0
    for start, end in reversed(found):
        if end <= at and not text[end:at].strip() and text.count("\n", end, at) <= 1:
            above.add(start)
            at = start
    return above


def _without(text: str, spans: Iterable[Span], grammar: str) -> str:
    """Cut spans; breaks of lines in them stay, and lines that end in one are trimmed."""
    pieces: list[str] = []
    trimmed: set[int] = set()
    at = line = 0
    for start, end in spans:
        pieces.append(text[at:start])
        line += text.count("\n", at, start)
        breaks = _BREAK.findall(text, start, end)
        if breaks:
            pieces.extend(breaks)
            trimmed.add(line)
            line += len(breaks)
        if _BLANK.match(text, end):
            trimmed.add(line)
        elif grammar in _BY_COLUMN:
            pieces.append(" " * (end - max(start, text.rfind("\n", start, end) + 1)))
        elif grammar not in _NOT_APART and not breaks:
            pieces.append(" " * (start > 0 and bool(_APART.fullmatch(text[start - 1] + text[end]))))
        at = end
    pieces.append(text[at:])
    lines = "".join(pieces).split("\n")
    return "\n".join(
        _trimmed(one) if number in trimmed else one for number, one in enumerate(lines)
    )


def _trimmed(line: str) -> str:
    bare = line.rstrip(" \t\r")
    if bare.endswith("\\"):  # alone at the end of a line it would join the next one to it
        return line
    return bare + "\r" * line.endswith("\r")


def _python(text: str) -> list[Span] | None:
    """Return the comments and docstrings of Python; None for what cannot be parsed."""
    try:
        tree = ast.parse(text)
        tokens = list(tokenize.generate_tokens(io.StringIO(text, newline="\n").readline))
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
        return None
    lines = text.split("\n")
    begins = [0, *accumulate(len(line) + 1 for line in lines)]
    comments = [
        (begins[token.start[0] - 1] + token.start[1], begins[token.end[0] - 1] + token.end[1])
        for token in tokens
        if token.type == tokenize.COMMENT
    ]
    code = {  # lines with something other than a string or a comment on them
        number
        for token in tokens
        if token.type not in _NO_CODE and token.string.strip()
        for number in (token.start[0], token.end[0])
    }
    before = ["", *lines]
    strings = [
        _of_lines(lines, begins, node)
        for node in _lone_strings(tree)
        if not {node.lineno, node.end_lineno} & code and not before[node.lineno - 1].endswith("\\")
    ]
    return sorted(chain(comments, strings))


_NO_CODE = frozenset({tokenize.STRING, tokenize.COMMENT, tokenize.NEWLINE, tokenize.NL,
                      tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER})  # fmt: skip


def _of_lines(lines: Sequence[str], begins: Sequence[int], node: ast.stmt) -> Span:
    assert node.end_lineno is not None  # noqa: S101  # of all that was parsed
    end = node.end_col_offset or 0  # in bytes
    last = lines[node.end_lineno - 1].encode()[:end].decode()
    first = lines[node.lineno - 1]
    indent = len(first) - len(first.lstrip())
    return begins[node.lineno - 1] + indent, begins[node.end_lineno - 1] + len(last)


def _lone_strings(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield statements that are only a string, where the body has others too."""
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            body = getattr(node, name, None)
            if isinstance(body, list):
                strings = [one for one in body if _is_string(one)]
                if len(strings) < len(body) or node is tree:
                    yield from strings


def _is_string(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
