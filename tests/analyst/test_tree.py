"""What a tree of ast-grep tells: names, ends, and bad input."""

from __future__ import annotations

import pytest

from sous.analyst.read import read_file

GO = "package a\n\nfunc F(xs []X) {\n\tfor _, x := range xs {\n\t\tdefer x.Close()\n\t}\n}\n"
BAD = {
    "a half function": ("a.js", "function f(x) {\n  if (x) {\n"),
    "braces in text": ("a.rs", 'fn f() -> &str {\n    "}}}}"\n}\nfn g() {\n    "{"\n}\n'),
    "an error inside": ("a.go", "package a\n\nfunc F() {\n\tx := := 1\n}\n\nfunc G() {\n\treturn\n}\n"),
    "no code at all": ("a.ts", "\x00\x01 }}}} {{{{ ???"),
    "lines without end": ("a.js", "function f() {\n" + "x;" * 4_000 + "\n}\n"),
    "much nesting": ("a.js", "function f() {\n" + "if (a) {" * 500 + "}" * 500 + "\n}\n"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_function_ends_where_its_brace_is_or_is_not_there(name: str) -> None:
    path, text = BAD[name]
    lines = text.split("\n")
    for one in read_file(path, text).functions:
        assert one.name in lines[one.first - 1]
        assert "}" in lines[one.last - 1]
        assert one.first <= one.last


def test_what_stands_beside_an_error_is_read() -> None:
    assert [one.name for one in read_file(*BAD["an error inside"]).functions] == ["G"]


def test_what_the_grammar_does_not_know_is_nothing() -> None:
    assert [one.rule for one in read_file("a.go", GO).smells] == ["go-defer-in-loop"]
    assert read_file("a.go", "").functions == ()


OPENED = """package a

func F(name string) (*os.File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	%s
	return nil, nil
}
"""


@pytest.mark.parametrize("use", ["io.Copy(out, f)", "json.NewDecoder(f).Decode(&x)", "f.Write(x)"])
def test_a_file_that_is_only_used_is_never_closed(use: str) -> None:
    assert [one.rule for one in read_file("a.go", OPENED % use).smells] == ["go-never-closed"]


@pytest.mark.parametrize(
    "use",
    ["defer f.Close()", "defer func() { check(f.Close()) }()", "keep(f)", "return f, nil", "s.file = f",
     "x := T{file: f}", "return &T{f}, nil", "c <- f", "g := f"],
)  # fmt: skip
def test_a_file_that_is_closed_or_handed_on_is_let_be(use: str) -> None:
    assert read_file("a.go", OPENED % use).smells == ()


def test_a_response_is_closed_by_its_body() -> None:
    text = "package a\n\nfunc F(u string) {\n\tr, err := http.Get(u)\n\tx, err := io.ReadAll(r.Body)\n%s}\n"
    assert [one.rule for one in read_file("a.go", text % "").smells] == ["go-never-closed"]
    assert read_file("a.go", text % "\tdefer r.Body.Close()\n").smells == ()
    assert read_file("a.go", text % "\tdrain(r.Body)\n").smells == ()


@pytest.mark.parametrize(
    ("call", "found"),
    [
        ("a.removeEventListener('x', () => f())", ["js-remove-listener"]),
        ("a.off('x', this.f.bind(this))", ["js-remove-listener"]),
        ("a.off('x', this.f)", []),
        ("a.on('x', () => f())", []),
        ("a.off(() => f())", []),
    ],
)
def test_a_listener_is_removed_by_what_was_added(call: str, found: list[str]) -> None:
    assert [one.rule for one in read_file("a.js", f"{call};\n").smells] == found
