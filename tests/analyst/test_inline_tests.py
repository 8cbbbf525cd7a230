"""Words in tests inside the code: those of Rust and Vitest, and examples that are run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sous.analyst.inline_tests import words_of_tests

if TYPE_CHECKING:
    from collections.abc import Callable

    from sous.analyst.survey import Survey

RUST = """\
#[cfg(test)]
use std::early;

pub fn plain() {
    outside();
}

#[cfg(test)]
mod tests {
    fn inside() {
        first();
    }

    #[test]
    fn case() {}
}

/// Adds.
///
/// ```
/// documented();
/// ```
/// ```text
/// prose();
/// ```
pub fn last() {}

#[tokio::test]
async fn alone() {
    second();
}

pub fn behind() {}
"""


def test_inline_tests_of_rust_end_where_they_end(survey: Callable[..., Survey]) -> None:
    words = words_of_tests(survey({"src/lib.rs": RUST}))
    assert {"early", "inside", "first", "case", "documented", "second"} <= words
    assert words.isdisjoint({"plain", "outside", "prose", "last", "behind", "Adds"})


@pytest.mark.parametrize(
    ("path", "text", "word"),
    [
        ("a.py", 'def f():\n    """It.\n\n    >>> called(1)\n    """\n', "called"),
        ("README.md", "Use:\n\n>>> import a\n>>> a.called(2)\n", "called"),
        ("a.ts", "export const a = 1;\nif (import.meta.vitest) {\n  called();\n}\n", "called"),
        ("a.ex", "# iex> called(1)\n", "called"),
        ("tests/run.sh", "prog sub-command\n", "sub-command"),
    ],
)
def test_examples_that_are_run_are_tests(path: str, text: str, word: str, survey: Callable[..., Survey]) -> None:
    assert word in words_of_tests(survey({path: text}))


def test_a_readme_that_rust_includes_is_a_test(survey: Callable[..., Survey]) -> None:
    files = {"README.md": "```\ncalled();\n```\n", "src/lib.rs": '#![doc = include_str!("../README.md")]\n'}
    assert "called" in words_of_tests(survey(files))
    assert words_of_tests(survey({**files, "src/lib.rs": ""})) == set()


@pytest.mark.parametrize(
    "text",
    ["#[test]\n" * 5_000, "#[cfg(test)]\nmod a {" + "{" * 9_000, "/// ```\n" * 5_001, '#[test]\nfn a() { r#"\n}\n"# }'],
)
def test_what_never_ends_is_read_once(text: str, survey: Callable[..., Survey]) -> None:
    assert "b" not in words_of_tests(survey({"src/lib.rs": text}))
