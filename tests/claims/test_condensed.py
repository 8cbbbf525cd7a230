from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import packed
from sous.bundle.read import bundle_from
from sous.claims.check import check_report
from sous.claims.condensed import is_condensed, is_retold
from sous.claims.evidence import Evidence

if TYPE_CHECKING:
    from sous.claims.source import Source

CODE = """\
const LIMIT = 5;

const getSecret = () => {
  const secret = process.env.SECRET;
  if (!secret) {
    throw new Error('SECRET is not set');
  }
  return secret;
};

const load = async (path) => {
  const text = await read(path, {
    encoding: 'utf-8',
    flag: 'r'
  });
  return parse(text) || fallback(text);
};
"""
ONE_LINE_IF = """\
const getSecret = () => {
  const secret = process.env.SECRET;
  if (!secret) throw new Error('SECRET is not set');
  return secret;
};"""
LEFT_OUT = """\
const load = async (path) => {
  const text = await read(path, { /* options */ });
  // ... errors ...
};"""
ONE_LINE = "const text = await read(path, { ... });  // all of it in memory"


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return Evidence(bundle_from(packed({"src/load.js": CODE}).encode(), None))


@pytest.fixture(scope="module")
def source(evidence: Evidence) -> Source:
    found = evidence.source("src/load.js")
    assert found
    return found


SECOND_CALL = """\
const load = async (path) => {
  return parse(text) || fallback(text);"""
BEGUN_LATER = """\
// ...
  if (!secret) {
    throw new Error('SECRET is not set');"""
SAME_WORD = "... const text = await read(path, {"
_ALIKE = [SECOND_CALL, BEGUN_LATER, SAME_WORD]


@pytest.mark.parametrize("quote", [ONE_LINE_IF, LEFT_OUT, ONE_LINE, *_ALIKE])
def test_code_in_another_form_is_what_is_told(source: Source, quote: str) -> None:
    assert is_condensed(source, quote, 1, 17)


@pytest.mark.parametrize(
    ("quote", "old", "new"),
    [
        (ONE_LINE_IF, "SECRET is", "TOKEN is"),
        (ONE_LINE_IF, "!secret", "secret"),
        (ONE_LINE_IF, "return secret", "return other"),
        (LEFT_OUT, "await read", "await fetch"),
        (LEFT_OUT, "// ... errors ...", "return parse(text);"),
        (ONE_LINE, "path", "name"),
    ],
)
def test_code_that_says_something_else_is_not(source: Source, quote: str, old: str, new: str) -> None:
    assert old in quote
    assert not is_condensed(source, quote.replace(old, new), 1, 17)


def test_only_the_lines_that_are_cited_count(source: Source) -> None:
    assert not is_condensed(source, ONE_LINE_IF, 10, 17)


def test_a_short_quote_tells_nothing(source: Source) -> None:
    assert not is_condensed(source, "return secret;\n}", 1, 17)


def test_lines_with_such_code_are_located_and_those_with_another_are_marked(
    evidence: Evidence,
) -> None:
    def verdict(code: str) -> str:
        report = f"## A finding\n\n```javascript\n// src/load.js:3-9\n{code}\n```\n"
        return check_report(report, evidence).judged[0].verdict.value

    assert verdict(ONE_LINE_IF) == "located"
    assert verdict("const vault = openVault(name, 3);\nvault.drop(name);") == "unproven"


RETOLD = """\
const getSecret = (name) => {
  // 1. read it
  const secret = process.env.SECRET;
  if (!secret) { throw new Error('SECRET is not set'); }
  return secret;
};
const load = async (path) => {
  return parse(text) || fallback(text);
};"""


def test_code_whose_lines_are_told_shorter_is_there_and_with_another_word_is_not(source: Source) -> None:
    told = RETOLD.replace("(name)", "()")
    assert not is_condensed(source, told.replace("(text);", "();"), 1, 17)
    assert is_retold(source, told.replace("(text);", "();"), 3, 9)
    assert not is_retold(source, RETOLD, 3, 9)
    assert not is_retold(source, told.replace("parse", "decode"), 3, 9)
    assert not is_retold(source, "const text = 1;\nconst path = 2;\nconst flag = 3;", 1, 17)
