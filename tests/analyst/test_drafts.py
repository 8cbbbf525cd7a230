"""First drafts of tests: in the project's own framework, and code that its language can read."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from scene import write_tree
from sous.analyst.write import missing_tests
from sous.programs import find_program

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sous.analyst.survey import Survey

BODY = " {\n  const y = x;\n  if (y) { return y; }\n  return 2;\n}\n"

DRAFTS = [
    ({"a.py": "def f(x):\n    if x:\n        raise KeyError\n    return 2\n", "test_b.py": "import pytest\n"}, "pytest.raises(KeyError)"),
    ({"a.py": "def f(x):\n    y = 1\n    return y\n", "test_b.py": "import unittest\n"}, "unittest.TestCase"),
    ({"src/p/a.py": "async def f(x):\n    y = 1\n    return y\n"}, "from p.a import f"),
    ({"lib/a.js": "export function f(x) {\n  const y = 1;\n  return y;\n}\n", "package.json": '{"devDependencies": {"vitest": "1"}}'}, 'from "vitest"'),
    ({"lib/a.js": "exports.f = function f(x) {\n  const y = 1;\n  return y;\n}\n", "package.json": '{"devDependencies": {"jest": "1"}}'}, 'require("../lib/a.js")'),
    ({"a.go": "package a\n\nfunc F(x int) int {\n\ty := 1\n\treturn y\n}\n"}, "func TestF(t *testing.T) {"),
    ({"src/a.rs": "pub fn f(x: u8) -> u8 {\n    let y = 1;\n    y\n}\n"}, "#[test]"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "wanted"), DRAFTS)
def test_a_draft_is_in_the_framework_of_the_project(
    files: dict[str, str], wanted: str, survey: Callable[..., Survey]
) -> None:
    assert wanted in "".join(missing_tests(survey(files)))


def test_a_draft_of_pytest_is_code_that_compiles(survey: Callable[..., Survey]) -> None:
    text = "class A:\n    async def go(self, x, *more, deep=1):\n        if x:\n            raise ValueError(x)\n        return 1\n"
    report = "".join(missing_tests(survey({"a.py": text, "test_b.py": "import pytest\n"})))
    draft = re.findall(r"```python\n(.*?)```", report, re.DOTALL)[1]
    compile(draft, "draft", "exec")
    assert "await subject.go(x=..., deep=...)" in draft


@pytest.mark.parametrize("path", ["my-app/main.py", "app/class.py", "1st.py"])
def test_a_module_that_no_statement_can_import_is_loaded_by_its_name(path: str, survey: Callable[..., Survey]) -> None:
    code = "def f(x):\n    if x:\n        raise OSError\n    return 2\n"
    report = "".join(missing_tests(survey({path: code, "test_b.py": "import pytest\n"})))
    draft = re.findall(r"```python\n(.*?)```", report, re.DOTALL)[1]
    compile(draft, "draft", "exec")
    assert f'f = importlib.import_module("{path.removesuffix(".py").replace("/", ".")}").f' in draft


SCRIPTS = [
    ("lib/a.js", f"function f(x){BODY}module.exports = {{ f }};\n", "{}", 'const { f } = require("../lib/a.js");'),
    ("lib/a.js", f"function f(x){BODY}module.exports = f;\n", "{}", 'const f = require("../lib/a.js");'),
    ("lib/a.mjs", f"export default function f(x){BODY}", "{}", 'import f from "../lib/a.mjs";'),
    ("lib/a.ts", f"export function f(x){BODY}", '{"devDependencies": {"jest": "1"}}', 'import { f } from "../lib/a";'),
]


@pytest.mark.parametrize(("path", "code", "manifest", "load"), SCRIPTS)
def test_a_draft_of_javascript_can_be_read_and_takes_what_is_handed_out(
    path: str, code: str, manifest: str, load: str, survey: Callable[..., Survey], tmp_path: Path
) -> None:
    report = "".join(missing_tests(survey({path: code, "package.json": manifest})))
    draft = re.findall(r"```(?:java|type)script\n(.*?)```", report, re.DOTALL)[1]
    assert load in draft
    node = find_program("node")
    assert node
    written = "tests/draft.cjs" if "require(" in draft else "tests/draft.mjs"
    write_tree(tmp_path, {path: code, written: draft, "package.json": "{}"})
    checked = subprocess.run([node, "--check", tmp_path / written], capture_output=True, text=True, check=False)
    assert checked.stderr == ""
    if not path.endswith(".ts"):  # what is missing is the value alone
        ran = subprocess.run([node, "--test", tmp_path / written], capture_output=True, text=True, check=False)
        assert "# fail 1" in ran.stdout
        assert "ERR_ASSERTION" in ran.stdout


def test_a_draft_of_go_names_its_arguments(survey: Callable[..., Survey]) -> None:
    report = "".join(missing_tests(survey({"a.go": "package a\n\nfunc F(x, y int) int {\n\tz := 1\n\treturn z\n}\n"})))
    assert "\tgot := F(x, y)\n\tvar want any // what it should give\n" in report


def test_what_cannot_be_shown_is_not_quoted(survey: Callable[..., Survey]) -> None:
    report = "".join(missing_tests(survey({"a.py": "def f(x):\n    y = '\u202e'\n    return y + x\n"})))
    assert "`f` is run by no test" in report
    assert "**Quote:**" not in report
    assert "\u202e" not in report
