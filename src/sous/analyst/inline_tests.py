"""The words in tests: of test files, of tests inside the code (Rust, Vitest), of examples that are run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sous.analyst.survey import Survey

_WORD = re.compile(r"[A-Za-z_$][\w$]*(?:-[\w$-]+)?")
_EXAMPLE = re.compile(r"^[ \t]*(?:[#*/]+[ \t]*)?(?:>>>|\.\.\.|iex>) (.*)", re.MULTILINE)
_RUST_DOC = re.compile(r"\s*//[/!] ?(.*)")
_FENCE = re.compile(r"\s*(?:```|~~~)([\w,]*)")
_NOT_RUN = ("text", "ignore", "toml", "sh", "json", "console")
_INCLUDED = re.compile(r"doc\s*=\s*include_str!\(\s*\"(?:[^\"/]*/)*([^\"/]+)\"")
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
            lines = file.text.split("\n")
            yield from ("\n".join(lines[first - 1 : last]) for first, last in facts.inline)
            if facts.language == "Rust":
                yield from _documented(lines)
                included = tuple(_INCLUDED.findall(file.text))
                yield from (
                    one.text for name, one in survey.files.items() if name.endswith(included)
                )


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
