"""A file without its comments has the same code in the same lines."""

from __future__ import annotations

import io
import tokenize
from typing import Any

import pytest
from ast_grep_py import SgRoot
from hypothesis import given
from hypothesis import strategies as st

from sous.bundle.comments import without_comments
from sous.project.languages import syntax_at

KINDS = {"comment", "line_comment", "block_comment", "multiline_comment"}
# For each ending: pieces of code with comments in them, that can follow each other.
PIECES = {
    "js": ["let a = 1 /* x\n */ ;", "f('// no') // c", "/** d\n * e\n */", "b = `/* no */ ${c /* d */}`;", "x = /[/*]/ // r"],
    "ts": ["let a: /* t */ number = 1; // é", "type A/**/= string /* b */ | 'http://x'", "// \U0001f600"],
    "go": ['var a = "//x" // c', "/* a\n b */", "var b/**/int = 1", "//go:generate x", "var c = `\n// no\n`"],
    "rs": ['let a = r#"// no"#; // c', "/* a /* b */ c */ f();", "/// doc\nfn g() {}", "//! in"],
    "c": ['char *a = "/*"; // b', "#define A /* x\n y */ 1", "#define B 1 /* z */", "int c /* é */ = 1;", "int/**/d;",
          "// e \\\nf"],
    "java": ['String a = "// no"; // c', "/** doc */ int b;", "char c = '\"'; /* d\n*/"],
    "rb": ['a = "# no #{1}" # c', "=begin\nx\n=end", "b = <<~X # d\n  # no\nX", "c = %q(# no)"],
    "sh": ["a=b#c # d", "cat <<X # e\n# no\nX", "echo \\# '# no' # y", "echo a\\ # z", "echo ${#a} # l"],
    "css": [".a/**/.b { color: red /* c */; }", "/* d\n */", 'i { content: "/* no */" }'],
    "html": ["<p>a</p><!-- b --><i>c</i>", "<!-- d\n -->", "<script>// no\n</script>"],
    "yaml": ["- a # b", "- 'c # no'", "- |\n  # no", "# d", "- e#no"],
    "php": ["<?php $a = '# no'; # b\n// c\n/* d */ $e = 1; ?>"],
    "lua": ['a = "-- no" -- b', "--[[ c\n]]", "d = [[-- no]]"],
    "hs": ["a = 1 -- b", "{- c -} d = 2", "{-# INLINE a #-}"],
    "kt": ['val a = "// no" // b', "/* c /* d */ */ val e = 1"],
    "swift": ['let a = "// no" // b', "/* c\n */ let d = 1"],
}  # fmt: skip


def leaves(grammar: str, text: str) -> list[str]:
    """Return the texts of all tokens that are no comments."""
    found: list[str] = []
    waiting: list[Any] = [SgRoot(text, grammar).root()]
    while waiting:
        node = waiting.pop()
        if node.kind() not in KINDS:
            waiting.extend(reversed(node.children()))
            if not node.children() and node.text().strip():
                found.append(node.text().strip())
    return found


@pytest.mark.parametrize("ending", PIECES)
@given(data=st.data())
def test_the_tokens_of_code_stay_in_their_lines(ending: str, data: st.DataObject) -> None:
    pieces = data.draw(st.lists(st.sampled_from(PIECES[ending]), max_size=6))
    newline = data.draw(st.sampled_from(["\n", "\r\n", "\n\n  " if ending != "yaml" else "\n"]))
    text = newline.join(pieces)
    bare = without_comments(text, f"x.{ending}").text
    assert bare.count("\n") == text.count("\n")
    assert leaves(syntax_at(f"x.{ending}"), bare) == leaves(syntax_at(f"x.{ending}"), text)


PYTHON = [
    "x = '# no'  # a",
    '"""Doc.\n\n# not a comment\n"""',
    "# b",
    "y = f'{x}#'",
    "z = '''\n# no\n'''",
    "def f():\n    'only'",
    "def g():\n    '''doc'''  # c\n    return (1,  # d\n        # e\n    )",
    "'a'; w = 1",
    "(\n'b'\n)",
    "if x: \\\n  'c'",
    "x\\\n= 1",
]


@given(st.lists(st.sampled_from(PYTHON), max_size=6), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_the_tokens_of_python_stay_but_docstrings(pieces: list[str], newline: str, has_mark: bool) -> None:
    text = "\ufeff" * has_mark + "\n".join(pieces).replace("\n", newline)
    found = without_comments(text, "x.py")
    assert not found.whole
    assert found.text.count("\n") == text.count("\n")
    assert tokens(found.text) == tokens(text)


def tokens(text: str) -> list[str]:
    """Return all tokens but comments, ends of lines and lone strings."""
    source = io.StringIO(text.removeprefix("\ufeff")).readline
    skipped = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
    found = [one for one in tokenize.generate_tokens(source) if one.type not in skipped]
    return [one.string for one in found if not one.string.startswith(("'''", '"""', "'a'"))] + (
        [one.string for one in found if one.string.startswith("'''\n# no")]
    )


@pytest.mark.parametrize(
    ("name", "text", "left"),
    [
        ("a.py", '"""Doc."""\nx = 1  # c\n# d\n', "\nx = 1\n\n"),
        ("a.py", 'def f():\n    """Only."""\n', 'def f():\n    """Only."""\n'),
        ("a.py", "class A:\n    '''é\n    '''\n    x = 1\n", "class A:\n\n\n    x = 1\n"),
        ("a.py", "#!/usr/bin/python\n# coding: utf-8\n# c\n", "#!/usr/bin/python\n# coding: utf-8\n\n"),
        ("a.py", "print 1  # of Python 2\n", "print 1\n"),
        ("a.sh", "#!/bin/sh\n# c\necho '#' # d\n", "#!/bin/sh\n\necho '#'\n"),
        ("a.hs", "f = \\ -- c\n  x -> x\n", "f = \\ \n  x -> x\n"),
        ("a.rb", "# frozen_string_literal: true\n# c\nx = 1\n", "# frozen_string_literal: true\n\nx = 1\n"),
        ("a.rb", "x = 1\n# frozen_string_literal: true\n", "x = 1\n\n"),
        ("a.ts", "// c\n/// <reference path='a' />\n// @ts-check\nx;// d", "\n/// <reference path='a' />\n// @ts-check\nx;"),
        ("a.go", "//go:build x\n\n// c\npackage a\n//go:embed x\n", "//go:build x\n\n\npackage a\n//go:embed x\n"),
        ("a.go", 'package a\n\n// c\n\n// #include <x.h>\nimport "C"\n', 'package a\n\n\n\n// #include <x.h>\nimport "C"\n'),
        ("a.c", "int/* c */a; /* d\r\n e */\r\n", "int a;\r\n\r\n"),
        ("a.c", "#define A /* c\n */ 1\n", "#define A /* c\n */ 1\n"),
        ("a.h", 'class A { const char* a = R"(// no)"; }; // c\n', 'class A { const char* a = R"(// no)"; };\n'),
        ("a.html", "<p>a<!-- c -->b</p>\n", "<p>ab</p>\n"),
        ("a.css", ".a/* c */.b {}\n", ".a.b {}\n"),
        ("a.hs", "f = x\n  where {- c -} x = 1\n", "f = x\n  where         x = 1\n"),
        ("a.js", "let a = '\U0001f600'; // c\n", "let a = '\U0001f600';\n"),
        ("a.jsx", "<p>it's // text {/* c */}</p>;\n", "<p>it's // text {}</p>;\n"),
    ],
)  # fmt: skip
def test_what_goes_and_what_stays(name: str, text: str, left: str) -> None:
    assert without_comments(text, name) == (left, "")


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("a.md", "<!-- c -->", "no parser"),
        ("a.vue", "// c", "no parser"),
        ("a", "# c", "no parser"),
        ("a.yml", "a: |+\n  b\n# c\nd: 1\n", "not parsed"),
        ("a.js", "\0// c", "not parsed"),
        ("a.py", "print 1 # c\rprint 2\n", "not parsed"),
        ("a.js", "((( // c\n", "not parsed"),
    ],
)
def test_what_stays_whole_says_why(name: str, text: str, why: str) -> None:
    assert without_comments(text, name) == (text, why)


def test_many_comments_take_time_in_proportion() -> None:
    text = "/*c*/a=1;" * 20_000 + "// d\n" * 20_000  # asking each for its column takes minutes
    assert without_comments(text, "a.js").text == "a=1;" * 20_000 + "\n" * 20_000
