"""Declarations that a changed test needs, cut out of files of Go, Rust and JavaScript.

A test in its new form that fails on the old code only as it lacks a helper proves nothing, and a
helper for another test may need code that is not there: so only what the test comes to is taken.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sous.runner.bodies import block_at, split_inline

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_JS = (".js", ".cjs", ".mjs", ".jsx", ".ts", ".cts", ".mts", ".tsx")
_STARTS = {
    ".go": re.compile(
        r"^(?:func (?!(?:Test|Benchmark|Example|Fuzz)(?![a-z]))"
        r"(?:\((?:\w+ +)?\*?(?P<owner>\w+)[^)\n]*\) *)?"
        r"|type |var |const )(?P<name>\w+)?",
        re.MULTILINE,
    ),
    ".rs": re.compile(
        r"^(?P<indent>[ \t]*)(?:pub(?:\([^)\n]*\))? )?(?:(?:const |async |unsafe )*fn|struct|enum|"
        r"trait|type|const|static|mod|macro_rules!|impl(?:<[^>\n]*>)?"
        r"(?: [\w:<>]+ for)?) +(?P<name>\w+)",
        re.MULTILINE,
    ),
    ".js": re.compile(
        r"^(?:export )?(?:default )?(?:async )?"
        r"(?:function\*? *|class |const |let |var )(?P<name>\w+)",
        re.MULTILINE,
    ),
}
_IS_TEST = re.compile(r"#\[(?:\w+::)*test\b|#\[rstest\b|#\[cfg\(test\)\]")
_USE = re.compile(
    r"^[ \t]*use\s+([\w:]+)(?:::\{([^{}]*)\}|\s+as\s+(\w+)|::\*)?;[ \t]*$", re.MULTILINE
)
_IMPORT = re.compile(
    r"^import\s+(?P<what>[^;'\"]+?)\s+from\s+(?P<of>['\"][^'\"]+['\"]);?", re.MULTILINE
)
_REQUIRE = re.compile(
    r"^(?:const|let|var)\s+(?P<what>\w+|\{[^{}]*\})\s*=\s*require\((?P<of>['\"][^'\"\n]+['\"])\);?",
    re.MULTILINE,
)
_GO_IMPORTS = re.compile(r"^import\s*(?:\((.*?)^\)|([^\n(]+))[ \t]*$", re.MULTILINE | re.DOTALL)
_GO_IMPORT = re.compile(r"(?:([\w.]+)\s+)?\"([^\"\n]+)\"")
_PACKAGE = re.compile(r"^package \w+[^\n]*\n", re.MULTILINE)


class Declared(NamedTuple):
    """A declaration on the top level of a file, or of the module of tests inside one of Rust."""

    name: str
    text: str
    owner: str = ""  # the type whose method it is


def language_of(path: str) -> str:
    """Return `.go`, `.rs` or `.js`; empty for a file of another language."""
    suffix = f".{path.rpartition('.')[2]}"
    return ".js" if suffix in _JS else suffix if suffix in _STARTS else ""


def with_pieces(
    found: Mapping[str, str], forms: Iterable[str], olds: Mapping[str, str], news: Mapping[str, str]
) -> dict[str, str]:
    """Return files with what tests in their new form need of the new files.

    `found`: old files with these forms in them; `olds`, `news`: the changed files that may help.
    """
    result: dict[str, str] = dict(found)
    reached = _reached(forms, {path: pieces_of(path, text) for path, text in news.items()})
    for path, pieces in reached.items():
        before = result.get(path, olds.get(path, ""))
        known = pieces_of(path, before)
        added = [one for one in pieces if one not in known]
        names = set(re.findall(r"\w+", "\n".join([*forms, *(one.text for one in added)])))
        if added or path in found:
            text = _put(path, before, known, added)
            result[path] = with_imports(path, text, news[path], names)
    return result


def _reached(
    forms: Iterable[str], known: Mapping[str, list[Declared]]
) -> dict[str, list[Declared]]:
    """Return the pieces of each file that tests come to, by their names."""
    names = set(re.findall(r"\w+", "\n".join(forms)))
    found: dict[str, list[Declared]] = {path: [] for path in known}
    is_more = True
    while is_more:
        is_more = False
        for path, pieces in known.items():
            for piece in pieces:
                if {piece.name, piece.owner} & names and piece not in found[path]:
                    found[path].append(piece)
                    names.update(re.findall(r"\w+", piece.text))
                    is_more = True
    return found


def pieces_of(path: str, text: str) -> list[Declared]:
    """Return the declarations of a file that are no tests."""
    language = language_of(path)
    if not language:
        return []
    inside = split_inline(text) if language == ".rs" else None
    scope = inside[1].partition("{")[2] if inside else text
    return list(_pieces(language, scope))


def declared_in(language: str, text: str) -> list[Declared]:
    """Return the declarations of a text in a language, as `language_of` calls it."""
    return list(_pieces(language, text)) if language else []


def _pieces(language: str, text: str) -> Iterator[Declared]:
    end = 0
    for match in _STARTS[language].finditer(text):
        if match.start() < end:  # inside of the one before
            continue
        start = match.start()
        before = _attributes(text, end, start) if language == ".rs" else ""
        block = block_at(text, start)
        end = start + len(block)
        if _IS_TEST.search(before):
            continue
        start -= len(before)
        for name in _names_in(match["name"], block):
            owner = match["owner"] if language == ".go" else None
            yield Declared(name, text[start:end], owner or "")


def _attributes(text: str, first: int, start: int) -> str:
    """Return the lines of attributes and comments just above a declaration, not before `first`."""
    at = start
    while at > first:
        line = text.rfind("\n", first, at - 1) + 1 or first
        if not text[line:at].lstrip(" \t").startswith(("#[", "//")):
            break
        at = line
    return text[at:start]


def _names_in(name: str | None, block: str) -> list[str]:
    """Return what a declaration declares: `var ( … )` of Go each of its lines."""
    return [name] if name else re.findall(r"^[ \t]+(\w+)", block, re.MULTILINE)


def _put(path: str, text: str, known: Iterable[Declared], added: Iterable[Declared]) -> str:
    """Put declarations into a file, in the place of those of the same name."""
    new = list(dict.fromkeys(one.text for one in added))
    for piece in known:
        same = [one for one in added if (one.name, one.owner) == (piece.name, piece.owner)]
        if same and piece.text in text:
            text = text.replace(piece.text, same[0].text, 1)
            new = [one for one in new if one != same[0].text]
    if not new:
        return text
    joined = "\n\n".join(new) + "\n"
    if language_of(path) != ".rs":
        return f"{text.rstrip()}\n\n{joined}"
    return _on_top(path, text, joined)  # macros have to stand above what uses them


def _on_top(path: str, text: str, added: str) -> str:
    """Return a file with lines at its beginning, or at that of the tests inside one of Rust."""
    inside = split_inline(text) if path.endswith(".rs") else None
    if inside:
        head, brace, rest = inside[1].partition("{")
        return f"{inside[0]}{head}{brace}\n{added}{rest}{inside[2]}"
    begin = re.match(r"(?:\s*(?:#!\[?[^\n]*|//![^\n]*)\n)*", text)
    at = begin.end() if begin else 0
    return f"{text[:at]}{added}{text[at:]}"


def with_imports(path: str, text: str, new: str, names: set[str]) -> str:
    """Return a file with the imports of a newer one that names in it need."""
    language = language_of(path)
    if language == ".go":
        return _go_imports(text, new)
    added = _uses(text, new, names) if language == ".rs" else _js_imports(text, new, names)
    return _on_top(path, text, added) if added else text


def _uses(text: str, new: str, names: set[str]) -> str:
    """Return the `use` lines of a newer file of Rust, as far as names in it are used."""
    known = {name for name, _ in _used(text)}
    return "".join(
        f"use {path};\n"
        for name, path in _used(new)
        if name not in known and (name in names or name.endswith("*"))
    )


def _used(text: str) -> Iterator[tuple[str, str]]:
    inside = split_inline(text)
    for match in _USE.finditer(inside[1] if inside else text):
        path, several, alias = match.groups()
        if match[0].rstrip().endswith("::*;"):
            yield f"{path}::*", f"{path}::*"
        elif several is None:
            yield alias or path.rpartition("::")[2], f"{path} as {alias}" if alias else path
        else:
            for entry in filter(None, map(str.strip, several.split(","))):
                yield re.findall(r"\w+|\*", entry)[-1], f"{path}::{entry}"


def _js_imports(text: str, new: str, names: set[str]) -> str:
    """Return the imports of a newer file of JavaScript, as far as names in it are used."""
    both = ((_IMPORT, "import {} from {};\n"), (_REQUIRE, "const {} = require({});\n"))
    there = [one["what"] for pattern, _ in both for one in pattern.finditer(text)]
    known = set(re.findall(r"\w+", " ".join(there)))
    found = []
    for match, form in ((one, form) for pattern, form in both for one in pattern.finditer(new)):
        several = re.fullmatch(r"\{(.*)\}", match["what"].strip(), re.DOTALL)
        parts = several[1].split(",") if several else [match["what"]]
        wanted = [one.strip() for one in parts if (bound := re.findall(r"\w+", one))
                  and bound[-1] in names and bound[-1] not in known]  # fmt: skip
        if wanted:
            what = f"{{ {', '.join(wanted)} }}" if several else wanted[0]
            found.append(form.format(what, match["of"]))
    return "".join(found)


def _go_imports(text: str, new: str) -> str:
    """Return a file of Go with the imports that it needs: one that is not used is an error."""
    body = _GO_IMPORTS.sub("", text)
    if not _PACKAGE.search(body):
        package = _PACKAGE.search(new)
        body = f"{package[0] if package else ''}\n{body}"
    found = {}
    for alias, path in [*_go_imported(text), *_go_imported(new)]:
        name = alias or _go_name(path)
        if name in ("_", ".") or re.search(rf"\b{re.escape(name)}\.", body):
            found[name if name not in ("_", ".") else path] = f'\t{alias} "{path}"\n'
    begin = _PACKAGE.search(body)
    if not found or begin is None:
        return body
    at = begin.end()
    return f"{body[:at]}\nimport (\n{''.join(found.values())})\n{body[at:]}"


def _go_imported(text: str) -> list[tuple[str, str]]:
    pieces = "\n".join(one or other for one, other in _GO_IMPORTS.findall(text))
    return _GO_IMPORT.findall(pieces)


def _go_name(path: str) -> str:
    """Return the name that a package of Go usually has by its path."""
    parts = re.sub(r"/v\d+$", "", path).rpartition("/")[2]
    return re.sub(r"^go-|[.-]go$|\.v\d+$", "", parts)
