"""A first test of a function, only where the code proves that it can be imported; it fails until it is written."""

from __future__ import annotations

import json
import posixpath
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sous.analyst.exports import (
    SCRIPTS,
    is_compiled,
    python_module,
    script_export,
    script_subject,
)
from sous.analyst.frameworks import file_for, script_framework, uses_pytest
from sous.project.data import read_json
from sous.terminal import UNSAFE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sous.analyst.facts import Function, ScriptExport
    from sous.analyst.survey import Code, Survey

_GO = re.compile(r"func (?:\((?:\w+ )?\*?(?P<owner>\w+)\) )?(?P<name>\w+)\(")
_GO_PLATFORM = re.compile(
    r"_(?:aix|android|darwin|freebsd|illumos|ios|js|linux|netbsd|openbsd|plan9|solaris|unix|wasip1|windows|386|amd64"
    r"|arm|arm64|loong64|mips\w*|ppc64\w*|riscv64|s390x|wasm)\.go$"
)
_LIFETIMES = r"(?:<'\w+(?:: ?'\w+)?(?:, ?'\w+(?:: ?'\w+)?)*,?>)?"
_RUST = re.compile(rf"(\s*)pub (?:(?:async|const|unsafe) )*fn (\w+){_LIFETIMES}\(")
_RUST_IMPL = re.compile(rf"impl{_LIFETIMES} (\w+){_LIFETIMES} \{{")
_RUST_ITEM = re.compile(r"[A-Za-z]")
_SELF = ("self", "cls")
_MAVEN = "src/main/"
_PLAIN_NAME = re.compile(r"[^\W\d][\w$.]*|\$[\w$.]*")
_ENDS_A_STRING = re.compile(rf"{UNSAFE.pattern}|[\"'`\\\t\n]")  # of an import, with code behind it
_RELATIVE = re.compile(r"^import\b[^;\"']*[\"'](\.{1,2}/[^\"'\n]+)[\"']", re.MULTILINE)


@dataclass(frozen=True)
class TestDraft:
    """A test to begin with, as a file of its own (of Rust: a module), and the tag of the fence around it."""

    file: str
    code: str
    tag: str


def draft(survey: Survey, code: Code) -> TestDraft | None:
    """Return a test that loads a function and fails until it is written; None where nothing proves that it loads."""
    if not _PLAIN_NAME.fullmatch(code.function.qualified):  # it becomes code
        return None
    language = survey.facts[code.path].language
    if language == "Python":
        return _python(survey, code)
    if language in SCRIPTS:
        return _script(survey, code)
    if language == "Go":
        return _go(survey, code)
    return _rust(survey, code) if language == "Rust" else None


def file_of_test(survey: Survey, code: Code) -> str:
    """Return where a test of a function belongs."""
    path = code.path
    language, ending = survey.facts[path].language, path.rpartition(".")[2]
    if language == "Python":
        names = [one.rpartition("/")[2] for one in survey.tests if one.endswith(".py")]
        is_plural = sum(one.startswith("tests_") for one in names) > len(names) // 2
        return file_for(survey, path, prefix="tests_" if is_plural else "test_", ending="py")
    if language in SCRIPTS:
        return file_for(survey, path, suffix=_script_suffix(survey), ending=ending)
    if language == "Go":
        return f"{path.removesuffix('.go')}_test.go"
    if language == "Rust":
        return path
    if f"/{_MAVEN}" in f"/{path}":  # as Maven and Gradle lay out a project
        stem, _, ending = path.replace(_MAVEN, "src/test/", 1).rpartition(".")
        return f"{stem}Test.{ending}"
    suffix = "Test" if language in ("Java", "Kotlin", "PHP", "C#") else "_test"
    return file_for(survey, path, suffix=suffix, ending=ending)


def _unwritten(function: Function) -> str:
    """Return what a test says that is not written: plain words, that no language has to escape."""
    given = ", ".join(one for one in function.arguments if not (function.owner and one in _SELF))
    words = re.sub(r"[^\w.,* ()]", "", f"{function.name}({given})")
    return f"no case is written yet: call {words} and check what it does"


# -- Python


def _python(survey: Survey, code: Code) -> TestDraft | None:
    path, function = code
    module = python_module(survey, path)
    name = function.owner or function.name
    is_at_margin = re.search(
        rf"^(?:class|(?:async )?def) {re.escape(name)}\b", survey.files[path].text, re.MULTILINE
    )
    is_pytest = uses_pytest(survey)
    if not (module and is_at_margin) or (not is_pytest and "manage.py" in survey.files):
        return None
    about = _identifier(function.qualified)
    head = ["import pytest" if is_pytest else "import unittest", "", f"from {module} import {name}"]
    target = f'hasattr({name}, "{function.name}")' if function.owner else f"callable({name})"
    if is_pytest:
        body = [f"def test_{about}():", f"    assert {target}", f'    pytest.fail("{_unwritten(function)}")']  # fmt: skip
    else:
        title = "".join(part.capitalize() for part in about.split("_"))
        body = [f"class {title}Test(unittest.TestCase):", f"    def test_{about}(self):",
                f"        self.assertTrue({target})", f'        self.fail("{_unwritten(function)}")']  # fmt: skip
    return TestDraft(file_of_test(survey, code), "\n".join([*head, "", "", *body]), "python")


def _identifier(name: str) -> str:
    return re.sub(r"\W+|_+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)).strip("_").lower()


# -- JavaScript and TypeScript

# By framework: its module and what is taken of it, the call around a test, what that gives the test, and a check.
_FORMS = {
    "vitest": ("vitest", "{ expect, test }", "test", "()", "expect({0}).toBe(true)"),
    "jest": ("", "", "test", "()", "expect({0}).toBe(true)"),
    "jasmine": ("", "", "it", "()", "expect({0}).toBe(true)"),
    "mocha": ("node:assert", "assert", "it", "()", "assert.ok({0})"),
    "node": ("node:test", "test", "test", "()", "assert.ok({0})"),
    "ava": ("ava", "test", "test", "(t)", "t.true({0})"),
    "tap": ("tap", "tap", "tap.test", "async (t)", "t.ok({0})"),
    "tape": ("tape", "test", "test", "async (t)", "t.ok({0})"),
}


def _script_suffix(survey: Survey) -> str:
    tests = [one for one in survey.tests if survey.facts[one].language in SCRIPTS]
    marks = (".test", ".spec", "_test", "-test", "_spec", "-spec")
    found = Counter(mark for one in tests for mark in marks if f"{mark}." in one)
    return found.most_common(1)[0][0] if found else "" if tests else ".test"


def _script(survey: Survey, code: Code) -> TestDraft | None:
    path, function = code
    framework = script_framework(survey)
    name = script_subject(survey, code)
    export = script_export(survey, path, name)
    is_program = survey.files[path].text.startswith("#!")
    if framework not in _FORMS or export is None or is_program or path.endswith((".d.ts", "x")):
        return None
    checked = _checked(survey, code, own=name)
    if (
        _is_ill_matched(survey, path, framework, export)
        or not checked
        or _ENDS_A_STRING.search(path)
    ):
        return None
    file = file_of_test(survey, code)
    source = posixpath.relpath(path, posixpath.dirname(file) or ".")
    module = _as_imported(survey, source if source.startswith(".") else f"./{source}")
    own = name if export.kind in ("default", "whole") else export.name
    taken = own if export.kind in ("default", "whole") else f"{{ {own} }}"
    _, _, call, given, check = _FORMS[framework]
    lines = [*_heads(framework, export), _load(module, taken, export), "",
             f'{call}("{function.name}", {given} => {{', f"  {check.format(checked.format(own))};",
             f'  throw new Error("{_unwritten(function)}");', "});"]  # fmt: skip
    is_typed = file.rpartition(".")[2] in ("ts", "mts", "cts")
    return TestDraft(file, "\n".join(lines), "typescript" if is_typed else "javascript")


_METHOD = r"\s+(?:(?:public|override|async|get|set) )*(?P<static>static )?(?:(?:override|async|get|set) )*\*?{}[ ]*[<(]"


def _checked(survey: Survey, code: Code, *, own: str) -> str:
    """Return what is true where a function was loaded, `{0}` for what it is loaded by; empty for what is no method."""
    function = code.function
    if function.name == own:
        return 'typeof {0} === "function"'
    line = survey.lines(code.path)[function.first - 1]
    match = re.match(_METHOD.format(re.escape(function.name)), line)
    if match is None:
        return ""
    return f'"{function.name}" in {{0}}{"" if match["static"] else ".prototype"}'


def _heads(framework: str, export: ScriptExport) -> Iterator[str]:
    """Yield what loads a framework; that of Node.js has its checks elsewhere."""
    module, taken = _FORMS[framework][:2]
    if framework == "node":
        yield _load("node:assert", "assert", export)
    if module:
        yield _load(module, taken, export)


def _load(module: str, taken: str, export: ScriptExport) -> str:
    quoted = json.dumps(module, ensure_ascii=False)
    return (
        f"const {taken} = require({quoted});"
        if export.is_commonjs
        else f"import {taken} from {quoted};"
    )


def _is_ill_matched(survey: Survey, path: str, framework: str, export: ScriptExport) -> bool:
    """Tell whether the kind of module is not the one that a test beside the others is read as."""
    ending = path.rpartition(".")[2]
    is_module = ending in ("mjs", "mts") or (ending in ("js", "ts") and _is_module(survey, path))
    if export.is_commonjs:
        return is_module or ending in ("ts", "mts", "cts") or framework in ("vitest", "ava")
    is_translated = framework == "vitest" or bool(_relative_imports(survey, ending))
    if ending in ("ts", "mts", "cts"):
        return not is_translated
    return not (is_module or is_translated)


def _is_module(survey: Survey, path: str) -> bool:
    """Tell whether the nearest package.json says that .js files are modules of ECMAScript."""
    folder = path
    while folder:
        folder = folder.rpartition("/")[0]
        manifest = survey.files.get(f"{folder}/package.json".lstrip("/"))
        if manifest is not None:
            return read_json(manifest.text).get("type") == "module"
    return False


def _relative_imports(survey: Survey, ending: str) -> list[str]:
    """Return what tests with an ending import from files of the project."""
    tests = [one for one in survey.tests if one.endswith(f".{ending}")]
    return [module for one in tests for module in _RELATIVE.findall(survey.files[one].text)]


def _as_imported(survey: Survey, source: str) -> str:
    """Return a path as tests import it: with its ending, or of TypeScript as the tests there do."""
    ending = source.rpartition(".")[2]
    if ending not in ("ts", "mts", "cts"):
        return source
    shown = [one.rpartition("/")[2] for one in _relative_imports(survey, ending)]
    marks = Counter(
        "js" if one.endswith("js") else "ts" if one.endswith("ts") else "" for one in shown
    )
    mark = marks.most_common(1)[0][0] if marks else ""
    stem = source.removesuffix(f".{ending}")
    return source if mark == "ts" else f"{stem}.{ending.replace('t', 'j')}" if mark else stem


# -- Go and Rust


def _go(survey: Survey, code: Code) -> TestDraft | None:
    path, function = code
    text = survey.files[path].text
    match = _GO.match(survey.lines(path)[function.first - 1])
    package = re.search(r"^package (\w+)", text, re.MULTILINE)
    is_conditional = re.search(r'^//(?:go:build| \+build)|^import "C"', text, re.MULTILINE)
    above = [path[:at] for at, letter in enumerate(path) if letter == "/"]
    has_module = any(f"{one}/go.mod".lstrip("/") in survey.files for one in ("", *above))
    if not (match and package and has_module) or is_conditional or _GO_PLATFORM.search(path):
        return None
    folder = path.rpartition("/")[0]
    title = f"Test{match['owner'] or ''}{function.name[:1].upper()}{function.name[1:]}"
    title += "Cases" * any(
        f"func {title}(" in survey.files[one].text
        for one in survey.tests
        if one.rpartition("/")[0] == folder
    )
    target = f"(*{match['owner']}).{function.name}" if match["owner"] else function.name
    lines = [f"package {package[1]}", "", 'import "testing"', "", f"func {title}(t *testing.T) {{",
             f"\t_ = {target}", f'\tt.Fatal("{_unwritten(function)}")', "}"]  # fmt: skip
    return TestDraft(file_of_test(survey, code), "\n".join(lines), "go")


def _rust(survey: Survey, code: Code) -> TestDraft | None:
    path, function = code
    lines = survey.lines(path)
    match = _RUST.match(lines[function.first - 1])
    if match is None or not is_compiled(survey, path) or _is_generic(lines, function.first):
        return None
    owner = "" if not match[1] else _rust_owner(lines, function.first)
    if owner is None or any(
        "cfg" in one for one in lines[max(0, function.first - 4) : function.first - 1]
    ):
        return None
    target = f"super::{owner}::{match[2]}" if owner else f"super::{match[2]}"
    draft_lines = ["#[cfg(test)]", f"mod {match[2]}_tests {{", "    #[test]", f"    fn {match[2]}() {{",
                   f"        let _ = {target};", f'        panic!("{_unwritten(function)}");', "    }", "}"]  # fmt: skip
    return TestDraft(path, "\n".join(draft_lines), "rust")


def _is_generic(lines: list[str], first: int) -> bool:
    """Tell whether a signature leaves types open, so that the name alone has none."""
    signature = " ".join(_until_brace(lines, first))
    return bool(re.search(r"\bimpl\b|\bwhere\b", signature))


def _until_brace(lines: list[str], first: int) -> Iterator[str]:
    for line in lines[first - 1 : first + 19]:
        yield line
        if "{" in line:
            return


def _rust_owner(lines: list[str], first: int) -> str | None:
    """Return the type whose plain `impl` block a method is in; None for any other place."""
    for number in range(first - 2, -1, -1):
        if _RUST_ITEM.match(lines[number]):
            match = _RUST_IMPL.match(lines[number])
            is_conditional = number and "cfg" in lines[number - 1]
            return match[1] if match and not is_conditional else None
    return None
