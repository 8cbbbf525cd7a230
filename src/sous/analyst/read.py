"""A file's text to the facts about it: by the parser of Python, by lizard for many other languages."""

from __future__ import annotations

import re
import zlib
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from sous.analyst.facts import FileFacts, Function, Note, Variable
from sous.analyst.languages import how_generated, is_document, language_of, measured
from sous.analyst.patterns import smells_of
from sous.analyst.python import read_python
from sous.bundle.references import referred_names
from sous.bundle.secrets import MASK, mask_secrets
from sous.lines import Lines
from sous.project.languages import comments_at, is_comment
from sous.project.paths import is_test_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NOTE = re.compile(
    r"(?:#|//|/\*|^\s*\*|--|<!--|;|%)[\s/*!-]*\b(?:@?todo\b[: ]|(?P<word>TODO|FIXME|XXX|HACK|BUG)\b)"
    r"(?P<text>[^\r\n]{0,200})",
    re.MULTILINE,
)
_ENVIRONMENT = re.compile(
    r"""process\.env(?:\.([A-Z_][A-Z0-9_]+)|\[["']([A-Z_][A-Z0-9_]+)["']\])"""
    r"""|(?:os\.(?:Getenv|LookupEnv)|env::var(?:_os)?|System\.getenv|(?<![\w.])getenv|ENV\.fetch)\(\s*["']([A-Za-z_]\w+)["']"""
    r"""|\bENV\[["']([A-Za-z_]\w+)["']\]|import\.meta\.env\.([A-Z_][A-Z0-9_]+)"""
)
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_MASKED = re.compile(
    r"(?:(?:secret|token|passw(?:or)?d|passphrase|credential|api[_-]?key|access[_-]?key|auth[_-]?key|private[_-]?key)"
    r"[\w.-]{0,20}[\"']?\]?\s{0,8}(?::\s?str\s?)?(?:=>|:=|[:=])\s{0,8}[bru]?[\"']?"
    r"|://[^\s:/@]{0,64}:|PRIVATE KEY-----\s{0,4})" + re.escape(MASK),
    re.IGNORECASE,
)
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
        secrets = () if generated else tuple(_secrets(text, path))
        return FileFacts(
            language, count, sum(bool(line.strip()) for line in lines), generated, secrets=secrets
        )
    fields: dict[str, Any] = (
        read_python(text) if language == "Python" else _measured(path, text, lines, language)
    )
    quiet = fields.pop("quiet", ())
    if is_test_path(path):  # whose names count, and whose faults are no business of a review
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
        notes=tuple(_notes(text)),
        smells=tuple(smells_of(text, language)),
        refers=tuple(sorted(set(referred_names(path, text)))),
        blocks=tuple(_blocks(code, quiet)),
        secrets=tuple(_secrets(text, path)),
        **fields,
    )


def _secrets(text: str, path: str) -> Iterator[tuple[str, int]]:
    """Yield the secrets in a text, and those that a packer has masked in it."""
    if not is_document(path):
        lines = Lines(text)
        for found in mask_secrets(text, path)[1]:
            yield found.kind, found.line
        if MASK in text:
            for match in _MASKED.finditer(text):
                yield "what was masked when it was packed", lines.number(match.start())


def _notes(text: str) -> Iterator[Note]:
    if not any(word in text for word in ("TODO", "FIXME", "XXX", "HACK", "BUG")):
        return
    lines = Lines(text)
    for match in _NOTE.finditer(text):
        if match["word"]:
            yield Note(
                match["word"], lines.number(match.start("word")), match["text"].strip(" :*/->")
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


def _measured(path: str, text: str, lines: Sequence[str], language: str) -> dict[str, Any]:
    numbers = Lines(text)
    fields: dict[str, Any] = {
        "variables": tuple(
            Variable(next(filter(None, match.groups())), numbers.number(match.start()))
            for match in _ENVIRONMENT.finditer(text)
        ),
        "is_program": language == "Go" and bool(re.search(r"^package main$", text, re.MULTILINE)),
    }
    functions: tuple[Function, ...] = ()
    if language in measured() and max(map(len, lines), default=0) <= _LONGEST:
        functions = tuple(_functions(path, text, lines, language))
    marks = comments_at(path)
    inside = {number for one in functions for number in range(one.first, one.last + 1)}
    outside = "\n".join(
        "" if number in inside or is_comment(line, marks) else line
        for number, line in enumerate(lines, 1)
    )
    return {**fields, "functions": functions, "uses": _words(_HANDED_OUT.sub("", outside))}


def _words(text: str) -> tuple[str, ...]:
    return tuple(sorted({word for word in _WORD.findall(text) if len(word) > 2}))  # noqa: PLR2004


def _functions(path: str, text: str, lines: Sequence[str], language: str) -> Iterator[Function]:
    import lizard

    try:
        found = _analyzer(lizard).analyze_source_code(path, text).function_list
    except Exception:  # noqa: BLE001  # whatever its tokenizers stumble over: the file has its size then
        return
    found = sorted(
        (one for one in found if 0 < one.start_line <= one.end_line), key=lambda one: one.start_line
    )
    ends: list[int] = []
    marks = comments_at(path)
    exported = _exported(text) if language in ("JavaScript", "TypeScript", "Vue") else frozenset()
    for one in found:
        while ends and ends[-1] < one.start_line:
            ends.pop()
        name = re.split(r"::|\.", one.name)[-1].strip()
        is_nested = bool(ends)
        if not re.fullmatch(r"[A-Za-z_$~][\w$]*[?!]?", name) or name in ("anonymous", "function"):
            continue
        if re.fullmatch(r"anonymous__\d+", name):
            continue
        ends.append(one.end_line)
        first = _line_of(name, one.start_line, one.end_line, lines)
        if first is None:
            continue
        header = lines[first - 1]
        body = "\n".join(
            line for line in lines[first : one.end_line] if not is_comment(line, marks)
        )
        last = min(one.end_line, len(lines))
        yield Function(
            name,
            first,
            last,
            int(one.cyclomatic_complexity),
            tuple(filter(None, (_argument(each, language) for each in one.full_parameters))),
            _owner(one.name, header),
            is_public=not is_nested and _is_public(name, header, language, exported),
            is_trivial=last - first < 2 and one.cyclomatic_complexity == 1,  # noqa: PLR2004
            is_async="async " in header,
            uses=_words(body),
        )


_ANALYZER: list[Any] = []


def _analyzer(lizard: Any) -> Any:
    if not _ANALYZER:
        _ANALYZER.append(lizard.FileAnalyzer(lizard.get_extensions([])))
    return _ANALYZER[0]


def _line_of(name: str, start: int, end: int, lines: Sequence[str]) -> int | None:
    """Return the line near the start that holds the name: some readers begin a function at its type or its brace."""
    for number in (start, start + 1, start - 1, start + 2):
        if 0 < number <= min(end, len(lines)) and name in lines[number - 1]:
            return number
    return None


def _argument(written: str, language: str) -> str:
    """Return the name of an argument: what stands before a colon, at the end, or in Go at the beginning."""
    words = _WORD.findall(written.partition("=")[0].partition(":")[0])
    return words[0 if language == "Go" else -1] if words else ""


def _owner(name: str, header: str) -> str:
    receiver = re.match(r"func \(\s*\w*\s*\*?\s*(\w+)", header)
    if receiver:
        return receiver[1]
    return name.rpartition("::")[0].rpartition("::")[2] if "::" in name else ""


def _exported(text: str) -> frozenset[str]:
    """Return the names that a module of JavaScript hands out."""
    found: set[str] = set()
    for match in re.finditer(
        r"^[ \t]*(?:export\b|module\.exports\b|exports\b)[^\n]*(?:\{[^{}]*\})?", text, re.MULTILINE
    ):
        found.update(_WORD.findall(match[0]))
    for match in re.finditer(r"\b(?:module\.)?exports\s*=\s*\{([^{}]*)\}", text):
        found.update(_WORD.findall(match[1]))
    return frozenset(found)


def _is_public(name: str, header: str, language: str, exported: frozenset[str]) -> bool:
    if name.startswith(("_", "#", "$", "~")):
        return False
    if language == "Go":
        return name[0].isupper()
    if language in ("JavaScript", "TypeScript", "Vue"):
        is_method = not re.search(r"\bfunction\b(?!\s*\()|^\s*(?:const|let|var)\b", header)
        return name in exported or (is_method and not re.search(r"\bprivate\b|^\s*\w+\s*:", header))
    if language == "Rust":
        return "pub " in header or "pub(" in header
    if language in ("Java", "C#"):
        return "public " in header
    return not re.search(r"\b(?:private|static|protected|fileprivate)\b", header)


def functions_around(functions: Sequence[Function], line: int) -> Function | None:
    """Return the innermost function that a line is in."""
    starts = [one.first for one in functions]
    for at in range(bisect_right(starts, line) - 1, -1, -1):
        if functions[at].first <= line <= functions[at].last:
            return functions[at]
    return None
