"""The framework that a project's tests are written in, where a new test belongs, and a first draft of it."""

from __future__ import annotations

import builtins
import keyword
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sous.analyst.languages import tag_of
from sous.analyst.manifests import manifest_of
from sous.project.manifests import TOLD_BY, test_command
from sous.project.paths import is_test_name

if TYPE_CHECKING:
    from sous.analyst.facts import Function
    from sous.analyst.survey import Code, Survey

_PYTEST = re.compile(r"^[ \t]*(?:import pytest|from pytest)|^def test_|@pytest\.", re.MULTILINE)
_SCRIPTS = ("JavaScript", "TypeScript", "Vue")


@dataclass(frozen=True)
class TestDraft:
    """A test to begin with: the file where it belongs, its code, and the tag of the fence around it."""

    file: str
    code: str
    tag: str


def draft(survey: Survey, code: Code) -> TestDraft:
    """Return a draft of a test for a function, in the framework of the tests that are there."""
    language = survey.facts[code.path].language
    if language == "Python":
        return _python(survey, code)
    if language in _SCRIPTS:
        return _script(survey, code)
    if language == "Go":
        return _go(survey, code)
    if language == "Rust":
        return _rust(code)
    return _other(survey, code, language)


def command(survey: Survey) -> str:
    """Return the command that runs the project's tests.

    Empty where nothing in the bundle says which.
    """
    languages = {survey.facts[path].language for path in survey.tests} - {""}
    if "Python" in languages:
        return "python -m pytest" if _uses_pytest(survey) else "python -m unittest"
    return test_command({path: survey.files[path].text for path in TOLD_BY if path in survey.files})


def file_for(
    survey: Survey, path: str, *, prefix: str = "", suffix: str = "", ending: str = ""
) -> str:
    """Return the test file that goes with a file: the one that names it most, else a new one beside the others."""
    folder, _, name = path.rpartition("/")
    stem = name.rpartition(".")[0].strip("_") or name
    stem = folder.rpartition("/")[2] if stem in ("init", "index", "mod", "lib") and folder else stem
    known = [
        one
        for one in sorted(survey.tests)
        if re.fullmatch(
            rf"(?:tests?_?)?{re.escape(stem)}s?(?:[_.-]?(?:test|spec)s?)?",
            _stem(one),
            re.IGNORECASE,
        )
        and survey.facts[one].language == survey.facts[path].language
        and is_test_name(one.rpartition("/")[2])
    ]
    if known:
        return min(known, key=lambda one: (-_common(one, path), one))
    new = f"{prefix}{stem}{suffix}.{ending}"
    folders = [
        one.rpartition("/")[0]
        for one in survey.tests
        if one.endswith(f".{ending}") and is_test_name(one.rpartition("/")[2])
    ]
    if not folders:
        return f"{folder}/{new}".lstrip("/") if ending == "go" else f"tests/{new}"
    if folder in folders:
        return f"{folder}/{new}".lstrip("/")
    most = max(sorted(set(folders)), key=lambda one: (folders.count(one), -len(one)))
    return f"{most}/{new}".lstrip("/")


def _stem(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0]


def _common(one: str, other: str) -> int:
    return len(set(one.split("/")) & set(other.split("/")))


# -- Python


def _uses_pytest(survey: Survey) -> bool:
    if not survey.tests:
        return True
    return any(
        path.endswith(".py") and _PYTEST.search(survey.files[path].text) for path in survey.tests
    )


def _module(path: str) -> str:
    parts = path.removesuffix(".pyi").removesuffix(".py").removesuffix("/__init__").split("/")
    while len(parts) > 1 and parts[0] in ("src", "lib", "python"):
        parts.pop(0)
    return ".".join(parts)


def _python(survey: Survey, code: Code) -> TestDraft:
    path, function = code
    names = [one.rpartition("/")[2] for one in survey.tests if one.endswith(".py")]
    plural = sum(name.startswith("tests_") for name in names) > sum(
        name.startswith("test_") for name in names
    )
    file = file_for(survey, path, prefix="tests_" if plural else "test_", ending="py")
    imported = function.owner or function.name
    given = ", ".join(f"{name}=..." for name in _own_arguments(function))
    is_property = any(
        one.rpartition(".")[2] in ("property", "cached_property") for one in function.decorators
    )
    is_free = any(one in ("staticmethod", "classmethod") for one in function.decorators)
    about = _identifier(function.qualified)
    made = [f"    subject = {function.owner}(...)"] if function.owner and not is_free else []
    target = (
        (f"subject.{function.name}" if made else f"{function.owner}.{function.name}")
        if function.owner
        else function.name
    )
    call = target if is_property else f"{target}({given})"
    call = f"await {call}" if function.is_async else call
    errors = list(dict.fromkeys(name for name, _ in function.raises))[:3]
    own = [error for error in errors if not hasattr(builtins, error) and error != imported]
    head = _imported(_module(path), [imported, *own])
    if _uses_pytest(survey):
        kind = "async def" if function.is_async else "def"
        mark = ["@pytest.mark.asyncio"] if function.is_async else []
        body = [
            *mark,
            f"{kind} test_{about}():",
            *made,
            f"    result = {call}",
            "    assert result == ...",
        ]
        for error in errors:
            body += ["", "", *mark, f"{kind} test_{about}_raises_{_identifier(error)}():", *made,
                     f"    with pytest.raises({error}):", f"        {call}"]  # fmt: skip
        head = (["import pytest", ""] if errors or function.is_async else []) + head
        return TestDraft(file, "\n".join([*head, "", "", *body]), "python")
    kind = "async def" if function.is_async else "def"
    base = "unittest.IsolatedAsyncioTestCase" if function.is_async else "unittest.TestCase"
    body = [f"class {_camel(about)}Test({base}):", f"    {kind} test_{about}(self):", *(f"    {line}" for line in made),
            f"        result = {call}", "        self.assertEqual(result, ...)"]  # fmt: skip
    for error in errors:
        body += ["", f"    {kind} test_{about}_raises_{_identifier(error)}(self):", *(f"    {line}" for line in made),
                 f"        with self.assertRaises({error}):", f"            {call}"]  # fmt: skip
    return TestDraft(file, "\n".join(["import unittest", "", *head, "", "", *body]), "python")


def _imported(module: str, names: list[str]) -> list[str]:
    """Return the lines that import names, of a module whose own name may be none that `from` takes too."""
    if all(part.isidentifier() and not keyword.iskeyword(part) for part in module.split(".")):
        return [f"from {module} import {', '.join(names)}"]
    loaded = [f'{name} = importlib.import_module("{module}").{name}' for name in names]
    return ["import importlib", "", *loaded]


def _own_arguments(function: Function) -> list[str]:
    return [name for name in function.arguments if not name.startswith("*")]


def _identifier(name: str) -> str:
    return re.sub(r"\W+|_+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)).strip("_").lower()


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


# -- others


def _script(survey: Survey, code: Code) -> TestDraft:
    path, function = code
    framework = _script_framework(survey)
    ending = path.rpartition(".")[2]
    if ending == "vue":
        ending = "js"
    tests = [one for one in survey.tests if one.endswith(f".{ending}")]
    suffix = next(
        (
            mark
            for mark in (".test", ".spec", "_test", "-test")
            if any(f"{mark}." in one for one in tests)
        ),
        "",
    )
    file = file_for(survey, path, suffix=suffix or ("" if tests else ".test"), ending=ending)
    up = "../" * file.count("/") or "./"
    module = up + (path if framework == "node" else re.sub(r"\.tsx?$", "", path))
    text = survey.files[path].text
    is_commonjs = re.search(r"\brequire\(|\bexports\b", text) and not re.search(
        r"^import |^export ", text, re.MULTILINE
    )
    given = ", ".join(f"undefined /* {name} */" for name in function.arguments)
    is_method = not re.search(
        r"\bfunction\b|=>|^\s*(?:export|const|let|var)\b", survey.lines(path)[function.first - 1]
    )
    subject = "subject" if is_method else function.name
    is_all = rf"\b(?:export default (?:async )?(?:function\*? )?|module\.exports = ){re.escape(subject)}\b"
    taken = subject if is_method or re.search(is_all, text) else f"{{ {subject} }}"
    load = (
        f'const {taken} = require("{module}");'
        if is_commonjs
        else f'import {taken} from "{module}";'
    )
    call = f"{'await ' if function.is_async else ''}{f'subject.{function.name}' if is_method else function.name}({given})"
    arrow = "async () =>" if function.is_async else "() =>"
    expect = f"expect({call}).toEqual(undefined /* what it should give */);"
    head = []
    if framework == "vitest":
        head = ['import { describe, expect, it } from "vitest";']
    elif framework in ("mocha", "node"):
        named = "node:assert/strict"
        head = [
            f'const assert = require("{named}");'
            if is_commonjs
            else f'import assert from "{named}";'
        ]
        if framework == "node":
            head.append(
                'const { describe, it } = require("node:test");'
                if is_commonjs
                else 'import { describe, it } from "node:test";'
            )
        expect = f"assert.deepEqual({call}, undefined /* what it should give */);"
    lines = [*head, load, "", f'describe("{function.name}", () => {{',
             f'  it("gives what its callers rely on", {arrow} {{', f"    {expect}", "  });", "});"]  # fmt: skip
    return TestDraft(
        file, "\n".join(lines), "typescript" if ending in ("ts", "tsx") else "javascript"
    )


def _script_framework(survey: Survey) -> str:
    manifest = manifest_of(survey, "package.json")
    for framework in ("vitest", "jest", "mocha"):
        if framework in manifest.dependencies:
            return framework
    told = manifest.commands.get("test", "")
    if "node --test" in told or any(
        "node:test" in survey.files[path].text for path in survey.tests
    ):
        return "node"
    return next((one for one in ("vitest", "jest", "mocha") if one in told), "node")


def _go(survey: Survey, code: Code) -> TestDraft:
    path, function = code
    folder, _, name = path.rpartition("/")
    file = f"{folder}/{name.removesuffix('.go')}_test.go".lstrip("/")
    package = re.search(r"^package (\w+)", survey.files[path].text, re.MULTILINE)
    head = (
        []
        if file in survey.files
        else [f"package {package[1] if package else 'main'}", "", 'import "testing"', ""]
    )
    title = f"Test{function.owner}{'_' if function.owner else ''}{function.name[:1].upper()}{function.name[1:]}"
    given = ", ".join(function.arguments)
    made = [f"\tvar subject {function.owner} // as its users make it"] if function.owner else []
    call = f"{'subject.' if function.owner else ''}{function.name}({given})"
    lines = [*head, f"func {title}(t *testing.T) {{", *made, f"\tgot := {call}",
             "\tvar want any // what it should give",
             "\tif got != want {",
             f'\t\tt.Errorf("{function.name} gave %v, not %v", got, want)', "\t}", "}"]  # fmt: skip
    return TestDraft(file, "\n".join(lines), "go")


def _rust(code: Code) -> TestDraft:
    path, function = code
    given = ", ".join(f'todo!("{name}")' for name in function.arguments if name != "self")
    target = f"{function.owner}::{function.name}" if function.owner else function.name
    lines = ["#[cfg(test)]", "mod tests {", "    use super::*;", "", "    #[test]",
             f"    fn {_identifier(function.name)}_gives_what_its_callers_rely_on() {{",
             f"        assert_eq!({target}({given}), todo!());", "    }", "}"]  # fmt: skip
    return TestDraft(path, "\n".join(lines), "rust")


def _other(survey: Survey, code: Code, language: str) -> TestDraft:
    path, function = code
    ending = path.rpartition(".")[2]
    suffix = "Test" if language in ("Java", "Kotlin", "PHP", "C#") else "_test"
    file = file_for(survey, path, suffix=suffix, ending=ending)
    given = ", ".join(_own_arguments(function))
    mark = "#" if language in ("Ruby", "Perl", "R", "Shell") else "//"
    lines = [
        f"{mark} in the form of the tests that are there:",
        f"{mark} given  {given or 'nothing'}",
        f"{mark} when   {function.qualified}({given}) is called",
        f"{mark} then   its result is what its callers rely on",
    ]
    return TestDraft(file, "\n".join(lines), tag_of(path) or "text")
