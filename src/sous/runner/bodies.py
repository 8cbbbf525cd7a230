"""The text of single tests in any language: found by their names, compared, weighed."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_ALIKE = 0.6  # how much of two bodies is the same when one was made from the other
_COMPARED = 4_000  # characters of a body of which the likeness is measured
_LONGEST = 20_000  # characters of a body that is compared
_DEFINES = r"\b(?:def|class|func|fn|function|sub|fun|it|test|specify|scenario)\b"
_ASSERTION = re.compile(
    r"\w*assert\w*|\bexpect\w*|\bt\.(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow)\b|\brequire\.\w+|"
    r"\bshould\w*|\bpanic!|\braises\b|\bthrows?\b|\b[Ff]ail\w*\(|\b[Cc]heck\w*\(|\b[Vv]erify\w*\(|"
    r"\bmust\w*\(|\bXCT\w+|\bis_?(?:equal|deeply|ok)\b|\bok\(|\b(?:ASSERT|EXPECT|REQUIRE|CHECK)\w*"
)
# What can never fail: the same on both sides, or nothing but constants.
_VACUOUS = re.compile(
    r"\w*[Aa]ssert\w*!?\s*\(?\s*(?:True|true|1|not False|!false)\s*\)?\s*;?\s*$|"
    r"\w*assert_?(?:eq|ne|equals?|is|same)?\w*!?\s*\(\s*(?P<one>[^,]+(?:\([^()]*\))?)\s*,\s*(?P=one)\s*\)|"
    r"\bassert\s+(?P<two>[^=\n]+?)\s*==\s*(?P=two)\s*$|"
    r"\bexpect\(\s*(?P<three>[^()\n]+(?:\([^()]*\))?)\s*\)\.\w+\(\s*(?P=three)\s*\)|"
    r"\w*[Aa]ssert\w*\.(?:ok|\w*[Ee]qual)\(\s*(?:true|(?P<four>[^,]+(?:\([^()]*\))?)\s*,\s*(?P=four))\s*\)",
    re.IGNORECASE,
)
_ENDS = re.compile(r"(?:return\b|raise \w*Skip|panic!\(\)|t\.Skip)")
_NEVER = re.compile(
    r"(?:if\s*\(?\s*(?:False|false|0|None|null)\b|while\s*\(?\s*(?:False|false|0)\b)"
)
_ALWAYS = re.compile(r"if\s*\(?\s*(?:True|true|1)\b")


def leaf(name: str) -> str:
    """Return what a test is called in its file: `tests/a.py::T::test_x[1]` is `test_x`."""
    bare = name.partition("[")[0] if "::" in name else name
    if " > " in bare:
        return bare.rpartition(" > ")[2]
    bare = bare.removesuffix(" - should panic").removesuffix(" - compile")
    bare = bare.rpartition("::")[2]
    if re.fullmatch(r"\S+ \S+", bare):
        bare = bare.partition(" ")[2].partition("/")[0]  # go, cargo
    return bare.rpartition(".")[2] if re.fullmatch(r"[\w.$#]+", bare) else bare


def base(name: str) -> str:
    """Return the name of a test without the row of its table."""
    if "::" in name and name.endswith("]"):
        return name.partition("[")[0]
    row = re.fullmatch(r"(\S+ [^\s/]+)/.*", name)  # of go
    return row[1] if row else name


def body_of(name: str, texts: Iterable[str]) -> str | None:
    """Return the text of a test, by the last place that defines it; None where none does."""
    word = re.escape(leaf(name))
    pattern = re.compile(
        rf"^[^\n]*(?:{_DEFINES}[^\n]*?\b{word}\b|\(\s*(['\"`]){word}\1)[^\n]*$", re.MULTILINE
    )
    found = None
    for text in texts:
        for match in pattern.finditer(text):
            found = block_at(text, match.start())
    return found


def block_at(text: str, start: int) -> str:
    """Return the definition that begins in a text at `start`, by how its lines are indented."""
    lines = text[start:].split("\n")
    indent = _indent(lines[0])
    kept = [lines[0]]
    if lines[0].rstrip().endswith((");", "})")) and lines[0].count("(") == lines[0].count(")"):
        return lines[0]
    for line in lines[1:]:
        if line.strip() and _indent(line) <= indent:
            closes = line.strip()[0] in "})]"
            if closes:
                kept.append(line)
            if not (closes and line.rstrip().endswith((":", "{"))):
                break
        else:
            kept.append(line)
    return "\n".join(kept).rstrip()[:_LONGEST]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def assertions(body: str) -> int:
    """Return how many lines of a body can fail it: reached, and not the same on both sides."""
    return sum(
        1
        for line in _reached(body)
        if _ASSERTION.search(line) and not _VACUOUS.search(line.strip())
    )


def _reached(body: str) -> list[str]:
    """Return the lines of a body that can be reached, as far as that is plain to see."""
    lines = [line for line in body.split("\n")[1:] if line.strip()] or body.split("\n")
    first = _indent(lines[0])
    kept: list[str] = []
    hidden: int | None = None  # the indentation of a block that is never entered
    for at, line in enumerate(lines):
        indent, bare = _indent(line), line.strip()
        if hidden is not None and indent > hidden:
            continue
        hidden = indent if _NEVER.match(bare) else None
        following = lines[at + 1].strip() if at + 1 < len(lines) else ""
        is_end = (_ENDS.match(bare) and indent <= first) or (
            _ALWAYS.match(bare) and _ENDS.match(following)
        )
        if is_end:
            break
        kept.append(line)
    return kept


def is_changed(name: str, old: Mapping[str, str], new: Mapping[str, str]) -> bool:
    """Tell whether the text of a test is another: `old`, `new` are the changed files by path."""
    before, after = body_of(name, old.values()), body_of(name, new.values())
    return before != after  # in no changed file: not changed


def same_body(name: str, other: str, old: str, new: str) -> bool:
    """Tell whether a test of another name does the same."""
    return _plain(old, name) == _plain(new, other)


def likeness(name: str, other: str, old: str, new: str) -> float:
    """Return how much of a test is in another, from 0 to 1."""
    first, second = "\n".join(_plain(old, name)), "\n".join(_plain(new, other))
    return SequenceMatcher(None, first[:_COMPARED], second[:_COMPARED], autojunk=False).ratio()


def is_alike(name: str, other: str, old: str, new: str, *, taken: str = "") -> bool:
    """Tell whether a test was plainly made from another: it still speaks of the same things.

    `taken`: a text that says which things have other names by now.
    """
    if likeness(name, other, old, new) < _ALIKE:
        return False
    gone = _words(_plain(old, name)) - _words(_plain(new, other))
    return gone <= set(re.findall(r"\w+", taken))


def _words(lines: list[str]) -> set[str]:
    text = re.sub(r"(['\"`])(?:\\.|(?!\1).)*\1", "", "\n".join(lines))
    return set(re.findall(r"[A-Za-z_]\w*", text))


def _plain(body: str, name: str) -> list[str]:
    """Return the lines of a body without its name, and without what a move changes."""
    text = re.sub(r"\((?:self|cls)(?:, *|(?=\)))", "(", body.replace(leaf(name), "\0"))
    text = re.sub(r"^\s*(?:it|test|specify)(?=\()", "test", text)
    return [re.sub(r"\s+", " ", line.strip()) for line in text.split("\n") if line.strip()]


_NAMED = re.compile(r"\b(?:fn|def|func|class|struct|enum|function)\s+(\w+)")


def defined(text: str) -> set[str]:
    """Return the names of functions and types that a text defines."""
    return set(_NAMED.findall(text))


def comes_with_code(name: str, path: str, old: str, new: str) -> bool:
    """Tell whether a test stands in the code that it tests, so that it goes where that goes.

    It is of the documentation of something new, or inside a new file of Rust and speaks of what is
    defined there.
    """
    made = defined(new) - defined(old)
    if path in name or name.startswith("doc "):
        item = name.rpartition(" - ")[2] if " - " in name else name.rpartition(".")[2]
        if item.rpartition("::")[2] in made:
            return True
    cut = split_inline(new)
    body = body_of(name, [cut[1]]) if cut and not old else None
    if cut is None or body is None or not assertions(body):
        return False
    return bool(_words(body.split("\n")) & defined(cut[0] + cut[2]))


_INLINE = re.compile(
    r"^#\[cfg\(test\)\]\s*\n(?:#\[[^\n]*\]\s*\n)*(?:pub )?mod \w+ \{", re.MULTILINE
)


def split_inline(text: str) -> tuple[str, str, str] | None:
    """Cut a file of Rust into code, its module of tests, and the code behind that; None without."""
    match = _INLINE.search(text)
    if match is None:
        return None
    end = text.find("\n}", match.end())
    stop = len(text) if end < 0 else end + 2
    return text[: match.start()], text[match.start() : stop], text[stop:]


def with_tests_of(code: str, tests: str) -> str | None:
    """Return the code of one text with the tests inside another; None where neither has any."""
    mine, theirs = split_inline(code), split_inline(tests)
    if theirs is None and mine is None:
        return None
    before, _, behind = mine or (f"{code.rstrip()}\n\n", "", "")
    return f"{before}{theirs[1] if theirs else ''}{behind}"
