"""The words in tests: of test files, of tests inside the code (Rust, Vitest), of examples that are run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sous.analyst.survey import Survey

_WORD = re.compile(r"[A-Za-z_$][\w$]*(?:-[\w$-]+)?")
_EXAMPLE = re.compile(r"^[ \t]*(?:[#*/]+[ \t]*)?(?:>>>|\.\.\.|iex>) (.*)", re.MULTILINE)
_RUST_TEST = re.compile(
    r"\s*#\[(?:cfg\((?:all\()?test\b|(?:\w+::)*(?:test|rstest|quickcheck|bench)\b)"
)
_RUST_DOC = re.compile(r"\s*//[/!] ?(.*)")
_FENCE = re.compile(r"\s*(?:```|~~~)([\w,]*)")
_NOT_RUN = ("text", "ignore", "toml", "sh", "json", "console")
_INCLUDED = re.compile(r"doc\s*=\s*include_str!\(\s*\"(?:[^\"/]*/)*([^\"/]+)\"")
_IN_SOURCE = re.compile(r"^\s*if \(import\.meta\.vitest\)", re.MULTILINE)
_MOST = 1_500_000  # characters of a file that is looked into


def words_of_tests(survey: Survey) -> set[str]:
    """Return every word that stands in a test, also in two parts where a dash joins them."""
    if "words of tests" not in survey.memo:
        found: set[str] = set()
        for text in _texts(survey):
            for word in _WORD.findall(text):
                found.add(word)
                found.update(word.split("-"))
        survey.memo["words of tests"] = found
    words: set[str] = survey.memo["words of tests"]
    return words


def _texts(survey: Survey) -> Iterator[str]:
    for path, file in survey.files.items():
        facts = survey.facts[path]
        if path in survey.tests:
            if facts.language:
                yield file.text
        elif len(file.text) <= _MOST and not facts.generated:
            yield from _EXAMPLE.findall(file.text)
            if facts.language == "Rust":
                yield from _rust(survey, file.text)
            elif (found := _IN_SOURCE.search(file.text)) is not None:
                yield file.text[found.start() :]


def _rust(survey: Survey, text: str) -> Iterator[str]:
    """Yield the inline tests of a file, the examples in its documentation, and those that it includes."""
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        if _RUST_TEST.match(lines[at]):
            end = _end_of_item(lines, at)
            yield "\n".join(lines[at:end])
            at = end
        else:
            at += 1
    yield from _documented(lines)
    for name in _INCLUDED.findall(text):
        yield from (file.text for path, file in survey.files.items() if path.endswith(name))


def _end_of_item(lines: list[str], at: int) -> int:
    """Return the line behind an item of Rust, by its indentation, as rustfmt writes it."""
    indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
    for number in range(at, len(lines)):
        line = lines[number].rstrip()
        is_attribute = line.lstrip().startswith(("#[", "//"))
        if line in (f"{indent}}}", f"{indent}}};"):
            return number + 1
        ends = line.startswith(indent) and line.endswith((";", "}")) and not is_attribute
        if ends and not line[len(indent) : len(indent) + 1].isspace():
            return number + 1
    return len(lines)


def _documented(lines: list[str]) -> Iterator[str]:
    """Yield the lines of code in comments that document, which `cargo test` runs."""
    is_code = is_run = False
    for line in lines:
        comment = _RUST_DOC.match(line)
        if comment is None:
            is_code = False
        elif fence := _FENCE.match(comment[1]):
            is_code = not is_code
            is_run = not any(word in _NOT_RUN for word in fence[1].split(","))
        elif is_code and is_run:
            yield comment[1]
