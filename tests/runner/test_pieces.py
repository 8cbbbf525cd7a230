from __future__ import annotations

import pytest

from sous.runner.pieces import pieces_of, with_pieces

GO = 'package calc\n\nimport (\n\t"reflect"\n\t"testing"\n)\n\nfunc TestAdd(t *testing.T) {\n\tcheck(t, Add(2, 2))\n}\n'
GO_NEW = (
    'package calc\n\nimport (\n\t"math"\n\t"os"\n\t"testing"\n)\n\nvar (\n\tmost = 5.0\n)\n\n'
    "func check(t *testing.T, got int) {\n\tif math.Abs(float64(got)) > most {\n\t\tt.Fatal(got)\n\t}\n}\n\n"
    "func other() int { return os.Getpid() + NewOnly() }\n\nfunc TestAdd(t *testing.T) {\n\tcheck(t, Add(2, 2))\n}\n\n"
    "func TestNew(t *testing.T) {\n\t_ = NewOnly()\n}\n"
)
GO_FORM = "func TestAdd(t *testing.T) {\n\tcheck(t, Add(2, 2))\n}"


def test_a_test_of_go_gets_what_it_calls_and_the_imports_that_this_needs() -> None:
    text = with_pieces({"a_test.go": GO}, [GO_FORM], {"a_test.go": GO}, {"a_test.go": GO_NEW})["a_test.go"]
    assert text.startswith('package calc\n\nimport (\n\t "testing"\n\t "math"\n)\n')
    assert text.count("func check(") == text.count("most = 5.0") == 1
    for gone in ("reflect", "NewOnly", '"os"'):
        assert gone not in text


def test_what_is_in_another_file_comes_along_there() -> None:
    new = {"a_test.go": GO, "b_test.go": GO_NEW.replace("TestAdd", "TestOther")}
    found = with_pieces({"a_test.go": GO}, [GO_FORM], {"a_test.go": GO}, new)
    assert found["b_test.go"].startswith("package calc\n")
    assert "func check(" in found["b_test.go"]
    assert "TestNew" not in found["b_test.go"]


def test_a_method_comes_with_its_type_and_a_changed_helper_replaces_the_old_one() -> None:
    old = f"{GO}\nfunc check(t *testing.T, got int) {{\n\tt.Fatal(clock{{}})\n}}\n"
    new = "package calc\n\ntype clock struct{}\n\nfunc (c clock) Now() int { return 1 }\n\n"
    new += "func check(t *testing.T, got int) {\n\tt.Log(clock{})\n}\n"
    text = with_pieces({"a_test.go": old}, [GO_FORM], {"a_test.go": old}, {"a_test.go": new})["a_test.go"]
    assert "t.Log(clock{})" in text
    assert "t.Fatal(clock{})" not in text
    assert "func (c clock) Now()" in text


RUST = "use calc::add;\n\n#[test]\nfn adds() {\n    assert_near(add(2, 2), 4);\n}\n"
RUST_HELPER = "#[track_caller]\nfn assert_near(got: i64, want: i64) {\n    assert!(got <= want + most!());\n}\n"
RUST_REST = "macro_rules! most {\n    () => {\n        100\n    };\n}\n\n#[test]\nfn subs() {\n    assert_eq!(sub(1, 1), 0);\n}\n"


def test_a_test_of_rust_gets_what_it_calls_above_it() -> None:
    new = RUST.replace("calc::add", "calc::{add, sub}") + RUST_HELPER + RUST_REST
    text = with_pieces({"tests/a.rs": RUST}, [RUST], {"tests/a.rs": RUST}, {"tests/a.rs": new})["tests/a.rs"]
    assert text.count(RUST_HELPER.rstrip()) == 1
    assert text.index("macro_rules! most") < text.index("fn adds()")
    assert "sub" not in text
    assert text.count("use calc::add;") == 1


def test_inside_of_a_file_of_rust_only_the_tests_get_more() -> None:
    inside = "\n#[cfg(test)]\nmod tests {\n    use super::*;\n\n    #[test]\n    fn adds() {\n        near(add(2, 2));\n    }\n"
    old = f"pub fn add(a: i64, b: i64) -> i64 {{\n    a + b\n}}\n{inside}}}\n"
    helper = "    fn near(got: i64) {\n        assert!(got < max(4, 5));\n    }\n"
    new = f"pub fn add(a: i64, b: i64) -> i64 {{\n    a - b\n}}\n{inside}\n{helper}}}\n".replace(
        "use super::*;", "use super::*;\n    use std::cmp::{max, min};"
    )
    text = with_pieces({"a.rs": old}, ["near(add(2, 2));"], {"a.rs": old}, {"a.rs": new})["a.rs"]
    assert "a + b" in text
    assert text.index("mod tests {") < text.index("fn near(")
    assert text.count("use super::*;") == 1
    assert "use std::cmp::max;" in text
    assert "min" not in text


JS = {
    "a function": "export async function near(got) {\n  return got;\n}\n",
    "a function with an arrow": "const near = (got) => got;\n",
    "an import": 'import { near, far } from "./near.mjs";\n',
    "an import of all": "import near from './near.mjs';\n",
    "a require": 'const { near, far } = require("./near");\n',
    "a require of all": "const near = require('./near');\n",
}


@pytest.mark.parametrize("helper", JS.values(), ids=JS)
def test_a_test_of_javascript_gets_what_it_calls(helper: str) -> None:
    old = 'import test from "node:test";\n\ntest("adds", () => {\n  near(add(2, 2));\n});\n'
    found = with_pieces({"a.mjs": old}, [old], {"a.mjs": old}, {"a.mjs": helper + old})
    assert found["a.mjs"].replace("{ near }", "{ near, far }").count(helper.strip()) == 1
    assert with_pieces(found, [old], found, {"a.mjs": helper + old}) == found


def test_files_of_other_languages_stay() -> None:
    assert pieces_of("a.rb", "def near\nend\n") == []
    assert with_pieces({"a.rb": "x"}, ["near"], {}, {"a.rb": "def near\nend\n"}) == {"a.rb": "x"}


def test_long_comments_of_rust_belong_to_what_is_below_them() -> None:
    about = "/// Doubles.\n" * 2000 + "#[inline]\n"
    text = f"// a file\n\nstruct One;\n{about}fn twice(of: u8) -> u8 {{\n    of * 2\n}}\n#[test]\nfn proves() {{}}\n"
    pieces = pieces_of("src/lib.rs", text)
    assert [one.name for one in pieces] == ["One", "twice"]
    assert pieces[1].text.startswith(f"{about}fn twice")
