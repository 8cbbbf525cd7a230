"""A file's text to the facts about it: by the parser of Python, by ast-grep for many other languages."""

from __future__ import annotations

import atexit
import json
import os
import re
import zlib
from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sous.analyst.facts import FileFacts, Function, Smell, Variable
from sous.analyst.languages import how_generated, language_of
from sous.analyst.python import read_python
from sous.analyst.tree import Tree, TreeFunction
from sous.bundle.references import referred_names
from sous.effort import OutOfTime
from sous.lines import Lines
from sous.project.languages import comments_at, grammar_at, is_comment
from sous.project.parsing import Parser, is_installed
from sous.project.paths import is_test_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ENVIRONMENT = re.compile(
    r"""process\.env(?:\.([A-Z_][A-Z0-9_]+)|\[["']([A-Z_][A-Z0-9_]+)["']\])"""
    r"""|(?:os\.(?:Getenv|LookupEnv)|env::var(?:_os)?|System\.getenv|(?<![\w.])getenv|ENV\.fetch)\(\s*["']([A-Za-z_]\w+)["']"""
    r"""|\bENV\[["']([A-Za-z_]\w+)["']\]|import\.meta\.env\.([A-Z_][A-Z0-9_]+)"""
)
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_IMPORT = re.compile(
    r"\s*(?:import|from|use|using|#\s*include|require|package|export \{|module|end\b|\}|\]|\))"
)
# Names that a module of JavaScript hands out, or takes in: no use of them.
_HANDED_OUT = re.compile(
    r"^[ \t]*(?:export\s*(?:type\s*)?\{[^{}]*\}|import\b[^;]*?from\b|(?:module\.)?exports\b[^\n{]*=\s*\{[^{}]*\}|"
    r"exports\.\w+\s*=\s*\w+;?$|(?:const|let|var)\s*\{[^{}]*\}\s*=\s*require)",
    re.MULTILINE,
)
_WINDOW = 8  # lines of code that make a block
_BASE, _MODULUS = 1_000_003, (1 << 61) - 1
_FALLEN_OUT = pow(_BASE, _WINDOW, _MODULUS)  # what the line weighs that leaves the window
_TELLING = 3  # characters of a line that counts
_SAMPLE = 4  # one of so many blocks is kept
_VARIETY = 6  # different lines of those in a window
_MOST_FAILURES = (
    20  # files that end the parser or take all of their time, until all others are skipped
)
_LONGEST = 5_000  # characters of a line beyond which no function is looked for


def read_file(path: str, text: str, *, is_whole: bool = True) -> FileFacts:
    """Return what is known of a file.

    Not `is_whole`: only signatures are there, so that it cannot be parsed.
    """
    language = language_of(path)
    lines = text.split("\n")
    count = len(lines) - (not lines[-1]) if text else 0
    generated = how_generated(path, text)
    if not language or generated or not is_whole:
        return FileFacts(language, count, sum(bool(line.strip()) for line in lines), generated)
    fields: dict[str, Any] = (
        read_python(text) if language == "Python" else _from_tree(path, text, lines, language)
    )
    quiet = fields.pop("quiet", ())
    if is_test_path(path):  # whose names count, and whose faults are no business of a review
        fields.pop("smells", None)
        return FileFacts(
            language, count, 0, refers=tuple(sorted(set(referred_names(path, text)))), **fields
        )
    marks = comments_at(path)
    code = [
        (at, bare)
        for at, line in enumerate(lines, 1)
        if (bare := line.strip()) and not is_comment(bare, marks)
    ]
    return FileFacts(
        language,
        count,
        len(code),
        refers=tuple(sorted(set(referred_names(path, text)))),
        blocks=tuple(_blocks(code, quiet)),
        **fields,
    )


def _blocks(
    code: Sequence[tuple[int, str]], quiet: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """Yield hashes of runs of lines of code, one in four by its own value (content-defined), each with its first line.

    `code`: lines with their numbers, without white space around them; lines in `quiet` do not count. The hash is that
    of Rabin and Karp (1987), rolled over the lines.
    """
    skipped = {number for first, last in quiet for number in range(first, last + 1)}
    kept = [
        (number, zlib.crc32(bare.encode("utf-8", "replace")))
        for number, bare in code
        if len(bare) >= _TELLING and number not in skipped and not _IMPORT.match(bare)
    ]
    value = 0
    for at, (_, line) in enumerate(kept):
        value = (value * _BASE + line) % _MODULUS
        if at >= _WINDOW:
            value = (value - kept[at - _WINDOW][1] * _FALLEN_OUT) % _MODULUS
        first = at - _WINDOW + 1
        if (
            first >= 0
            and value % _SAMPLE == 0
            and len({one for _, one in kept[first : at + 1]}) >= _VARIETY
        ):
            yield value, kept[first][0]


# -- other languages than Python


@lru_cache(maxsize=1)
def _trees(_process: int) -> Parser:
    """Return what asks for trees; a forked child has another than its parent."""
    parser = Parser(module="sous.analyst.tree", stays="is skipped", most=_MOST_FAILURES)
    atexit.register(parser.close)
    return parser


def _from_tree(path: str, text: str, lines: Sequence[str], language: str) -> dict[str, Any]:
    numbers = Lines(text)
    tree = _tree_of(path, text, lines)
    marks = comments_at(path)
    bare = ["" if is_comment(line, marks) else line for line in lines]
    functions = tuple(
        Function(
            one.name, one.first, min(one.last, len(lines)), one.complexity, tuple(one.arguments), one.owner,
            is_public=one.is_public, is_trivial=one.is_trivial,
            uses=_words("\n".join(bare[one.first : one.last])), arms=one.arms,
        )
        for one in tree.functions
    )  # fmt: skip
    inside = {number for one in functions for number in range(one.first, one.last + 1)}
    outside = "\n".join("" if number in inside else line for number, line in enumerate(bare, 1))
    return {
        "functions": functions,
        "uses": _words(_HANDED_OUT.sub("", outside)),
        "variables": tuple(
            Variable(next(filter(None, match.groups())), numbers.number(match.start()))
            for match in _ENVIRONMENT.finditer(text)
        ),
        "is_program": language == "Go" and bool(re.search(r"^package main$", text, re.MULTILINE)),
        "smells": tuple(Smell(rule, first, last) for rule, first, last in tree.matches),
        "quiet": tree.tests,
    }


def _tree_of(path: str, text: str, lines: Sequence[str]) -> Tree:
    grammar = grammar_at(path)
    if grammar is None or not is_installed() or max(map(len, lines), default=0) > _LONGEST:
        return Tree()
    told = _trees(os.getpid()).ask(path, [grammar.name, grammar.functions, text])
    if told is None:
        raise OutOfTime(f"{path} is not parsed within its time and memory")
    answer = json.loads(told)
    if answer is None:
        return Tree()
    functions, matches, tests = answer
    return Tree(
        tuple(TreeFunction(*one) for one in functions),
        tuple((rule, first, last) for rule, first, last in matches),
        tuple((first, last) for first, last in tests),
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(sorted({word for word in _WORD.findall(text) if len(word) > 2}))  # noqa: PLR2004


def functions_around(functions: Sequence[Function], line: int) -> Function | None:
    """Return the innermost function that a line is in."""
    starts = [one.first for one in functions]
    for at in range(bisect_right(starts, line) - 1, -1, -1):
        if functions[at].first <= line <= functions[at].last:
            return functions[at]
    return None
