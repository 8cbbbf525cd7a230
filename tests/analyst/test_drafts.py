"""First drafts of tests: only where the import is proved, in the project's own framework, and they run."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scene import write_tree
from sous.analyst.drafts import draft, file_of_test
from sous.analyst.untested import untested
from sous.programs import find_program

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from sous.analyst.drafts import TestDraft
    from sous.analyst.survey import Survey

PY = "def f(x):\n    if x:\n        raise KeyError\n    return 2\n"
JS = "(x) {\n  const y = x;\n  if (y) { return y; }\n  return 2;\n}\n"
RUST = "pub fn f(x: u8) -> u8 {\n    let y = x;\n    y\n}\n"
GO = "package a\n\nfunc F(x int) int {\n\ty := x\n\treturn y\n}\n"
PYTEST = {"test_b.py": "import pytest\n"}
CARGO = '[package]\nname = "a"\n'
TYPED = {"package.json": '{"type": "module", "devDependencies": {"vitest": "1"}}'}
MOCHA = '{"scripts": {"test": "mocha"}}'


def drafted(survey: Survey) -> TestDraft | None:
    """Return the draft of the first function without a test."""
    return draft(survey, untested(survey).found[0])


PROVED = {
    "pytest": ({"a.py": PY, **PYTEST}, "from a import f"),
    "unittest": ({"a.py": PY, "test_b.py": "import unittest\n"}, "unittest.TestCase"),
    "src that is installed": ({"src/p/a.py": PY, "pyproject.toml": '[project]\nname = "p"\n'}, "from p.a import f"),
    "src that a test loads": ({"src/p/a.py": PY, "tests/test_p.py": "import p\n"}, "from p.a import f"),
    "src as a package": ({"src/a.py": PY, "tests/test_p.py": "from src import b\n"}, "from src.a import f"),
    "a folder that pytest is told": (
        {"code/a.py": PY, "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["code"]\n'},
        "from a import f",
    ),
    "vitest": ({"lib/a.ts": f"export function f{JS}", **TYPED}, 'import { f } from "../lib/a";'),
    "as tests import": (
        {"lib/a.ts": f"export function f{JS}", "test/b.test.ts": 'import { b } from "../lib/b.js";\n', **TYPED},
        'import { f } from "../lib/a.js";',
    ),
    "mocha": ({"lib/a.js": f"exports.f = function f{JS}", "package.json": MOCHA}, 'const { f } = require("../lib/a.js");'),
    "renamed": ({"lib/a.js": f"function f{JS}module.exports = {{ g: f }};\n", "package.json": MOCHA}, "const { g } = require"),
    "a list": ({"lib/a.mjs": f"function f{JS}export {{ f as g }};\n", "package.json": "{}"}, 'import { g } from "../lib/a.mjs"'),
    "a method": (
        {"lib/a.ts": "export default class A {\n  static async go<T>(x: T) {\n    const y = x;\n    return y;\n  }\n}\n", **TYPED},
        'import A from "../lib/a";\n\ntest("go", () => {\n  expect("go" in A).toBe(true);',
    ),
    "go": ({"a.go": GO, "go.mod": "module a\n"}, "\t_ = F\n"),
    "go, external tests": ({"a.go": GO, "go.mod": "module a\n", "a_test.go": "package a_test\n"}, "package a\n"),
    "rust": ({"src/lib.rs": RUST, "Cargo.toml": CARGO}, "let _ = super::f;"),
    "rust, a module": ({"src/lib.rs": "mod a;\n", "src/a.rs": RUST, "Cargo.toml": CARGO}, "let _ = super::f;"),
}  # fmt: skip


@pytest.mark.parametrize("kind", PROVED)
def test_what_is_proved_to_load_is_drafted(kind: str, survey: Callable[..., Survey]) -> None:
    files, wanted = PROVED[kind]
    found = drafted(survey(files))
    assert found
    assert wanted in found.code


UNPROVED: Mapping[str, dict[str, str]] = {
    "no statement imports it": {"my-app/main.py": PY},
    "a keyword": {"app/class.py": PY},
    "src that nothing installs": {"src/p/a.py": PY},
    "what it needs is not declared": {"a.py": f"import elsewhere\n{PY}"},
    "a function in a branch": {"a.py": "import sys\nif sys.argv:\n" + "".join(f"    {line}\n" for line in PY.split("\n"))},
    "a framework that is not known": {"a.js": f"exports.f = function f{JS}", "test.js": "import 'mine'", "package.json": "{}"},
    "CommonJS in a module": {"a.js": f"exports.f = function f{JS}", "package.json": '{"type": "module"}'},
    "a module that nothing translates": {"a.js": f"export function f{JS}", "package.json": MOCHA},
    "TypeScript that nothing translates": {"a.ts": f"export function f{JS}", "package.json": MOCHA},
    "a script": {"a.js": f"#!/usr/bin/env node\nexports.f = function f{JS}", "package.json": MOCHA},
    "a method of a class that is not handed out": {"a.js": "class A {\n  go(x) {\n    const y = x;\n    return y;\n  }\n}\n", "package.json": "{}"},
    "go for one system": {"a_windows.go": GO, "go.mod": "module a\n"},
    "go with a condition": {"a.go": f"//go:build tools\n\n{GO}", "go.mod": "module a\n"},
    "go, generic": {"a.go": GO.replace("F(", "F[T any]("), "go.mod": "module a\n"},
    "rust behind a feature": {"src/lib.rs": '#[cfg(feature = "x")]\nmod a;\n', "src/a.rs": RUST, "Cargo.toml": CARGO},
    "rust, generic": {"src/lib.rs": RUST.replace("f(x: u8)", "f(x: impl Into<u8>)"), "Cargo.toml": CARGO},
    "rust, generic behind a lifetime": {"src/lib.rs": RUST.replace("f(", "f<'a, T: Copy>("), "Cargo.toml": CARGO},
    "rust, in no crate": {"src/lib.rs": "", "src/a.rs": RUST, "Cargo.toml": CARGO},
    "another language": {"A.java": "public class A {\n  public int f(int x) {\n    int y = x;\n    return y;\n  }\n}\n"},
}  # fmt: skip


@pytest.mark.parametrize("kind", UNPROVED)
def test_what_may_not_load_is_not_drafted(kind: str, survey: Callable[..., Survey]) -> None:
    known = survey(UNPROVED[kind])
    for one in untested(known).found:
        assert draft(known, one) is None
        assert file_of_test(known, one)


def test_a_draft_of_python_runs_and_fails_for_the_reason_it_names(
    survey: Callable[..., Survey], tmp_path: Path
) -> None:
    files = {
        "pkg/a.py": f"class A:\n    def go(self, x):\n        y = x\n        return y\n\n{PY}",
        "pkg/__init__.py": "",
    }
    known = survey({**files, "test_b.py": "import unittest\n"})
    drafts = [draft(known, one) for one in untested(known).found]
    write_tree(tmp_path, {**files, **{f"test_{at}.py": one.code for at, one in enumerate(drafts) if one}})
    done = subprocess.run([sys.executable, "-m", "unittest"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Ran 2 tests" in done.stderr
    assert "FAILED (failures=2)" in done.stderr
    assert set(re.findall(r"AssertionError: (.*)", done.stderr)) == {
        "no case is written yet: call f(x) and check what it does",
        "no case is written yet: call go(x) and check what it does",
    }


SCRIPTS = {
    "lib/a.js": f"function f{JS}module.exports = {{ f }};\n",
    "lib/b.js": f"function f{JS}module.exports = f;\n",
    "lib/c.mjs": f"export default function f{JS}",
}


def test_drafts_of_javascript_run_and_fail_for_the_reason_they_name(
    survey: Callable[..., Survey], tmp_path: Path
) -> None:
    node = find_program("node")
    assert node
    known = survey({**SCRIPTS, "package.json": "{}"})
    drafts = [draft(known, one) for one in untested(known).found]
    write_tree(tmp_path, {**SCRIPTS, "package.json": "{}", **{one.file: one.code for one in drafts if one}})
    ran = subprocess.run([node, "--test", "tests/"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "# fail 3" in ran.stdout, ran.stdout
    assert ran.stdout.count("error: 'no case is written yet: call f(x) and check what it does'") == 3


def test_what_a_name_says_breaks_out_of_no_draft(survey: Callable[..., Survey]) -> None:
    found = drafted(survey({"a.js": 'exports.f = function f(a = "\\"`${b}", c) {\n  const d = a;\n  return d + c;\n}\n', "package.json": "{}"}))  # fmt: skip
    assert found
    assert re.search(r'new Error\("[\w.,:* ()]+"\)', found.code)


@pytest.mark.parametrize("name", ['a";globalThis.pwn=1;"', "a');pwn();('", "a\\", "a\tb"])
def test_what_a_file_is_called_breaks_out_of_no_draft(name: str, survey: Callable[..., Survey]) -> None:
    manifest = {"package.json": '{"type": "module"}'}
    known = survey({f"src/{name}.js": f"export function f{JS}", **manifest})
    assert [draft(known, one) for one in untested(known).found] == [None]
    known = survey({f"src/{name}/b.cjs": f"exports.f = function f{JS}", **manifest})
    assert [draft(known, one) for one in untested(known).found] == [None]


@pytest.mark.parametrize("name", ["$id", "[slug]", "a b", "é"])
def test_what_a_file_may_be_called_is_imported_as_it_is(name: str, survey: Callable[..., Survey]) -> None:
    found = drafted(survey({f"src/{name}.js": f"export function f{JS}", "package.json": '{"type": "module"}'}))
    assert found
    assert f'import {{ f }} from "../src/{name}.js";' in found.code


@pytest.mark.parametrize("name", ["f(); pwn", 'f"); pwn(("', "f-g", ""])
@pytest.mark.parametrize(("path", "code"), [("a.py", PY), ("a.js", f"exports.f = function f{JS}"), ("a.go", GO)])
def test_a_function_with_a_name_that_is_no_name_is_not_drafted(
    name: str, path: str, code: str, survey: Callable[..., Survey]
) -> None:
    known = survey({path: code, "package.json": "{}", "go.mod": "module a\n"})
    one = untested(known).found[0]
    assert draft(known, one)
    assert draft(known, one._replace(function=one.function._replace(name=name))) is None


def test_a_test_of_java_stands_where_its_builder_looks(survey: Callable[..., Survey]) -> None:
    code = "public class A {\n  public int f(int x) {\n    int y = x;\n    return y;\n  }\n}\n"
    known = survey({"app/src/main/java/a/A.java": code})
    assert file_of_test(known, untested(known).found[0]) == "app/src/test/java/a/ATest.java"


def test_a_new_test_is_put_where_the_tests_of_that_folder_are(survey: Callable[..., Survey]) -> None:
    tests = {f"tests/{name}.py": "import pytest\n" for name in ("utils/test_x", "cli/test_y", "cli/test_z")}
    found = survey({"src/p/utils/a.py": PY, **tests, "pyproject.toml": '[project]\nname = "p"\n'})
    assert [file_of_test(found, code) for code in untested(found).found] == ["tests/utils/test_a.py"]
