"""The framework that a project's tests are written in, the command that runs them, where a new one belongs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.analyst.manifests import manifest_of
from sous.project.manifests import TOLD_BY, test_command
from sous.project.paths import is_test_name

if TYPE_CHECKING:
    from sous.analyst.survey import Survey

_PYTEST = re.compile(r"^[ \t]*(?:import pytest|from pytest)|^def test_|@pytest\.", re.MULTILINE)
_SCRIPT_ENDINGS = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx")
_SCRIPT_FRAMEWORKS = ("vitest", "jest", "mocha", "ava", "tap", "tape", "jasmine")


def command(survey: Survey) -> str:
    """Return the command that runs the project's tests.

    Empty where nothing in the bundle says which.
    """
    languages = {survey.facts[path].language for path in survey.tests} - {""}
    if "Python" in languages:
        return "python -m pytest" if uses_pytest(survey) else "python -m unittest"
    return test_command({path: survey.files[path].text for path in TOLD_BY if path in survey.files})


def uses_pytest(survey: Survey) -> bool:
    """Tell whether the tests of Python are those of pytest, or there are none yet."""
    tests = [path for path in survey.tests if path.endswith(".py")]
    return not tests or any(_PYTEST.search(survey.files[path].text) for path in tests)


def script_framework(survey: Survey) -> str:
    """Return what runs the tests of JavaScript; empty where nothing says it."""
    manifest = manifest_of(survey, "package.json")
    told = manifest.commands.get("test", "")
    for framework in _SCRIPT_FRAMEWORKS:
        if re.search(rf"\b{framework}\b", told):
            return framework
    if "node --test" in told or _imports(survey, "node:test"):
        return "node"
    for framework in _SCRIPT_FRAMEWORKS:
        if framework in manifest.dependencies or _imports(survey, framework):
            return framework
    tests = (one for one in survey.tests if one.endswith(_SCRIPT_ENDINGS))
    return "" if any(tests) else "node"  # which is built in


def _imports(survey: Survey, module: str) -> bool:
    pattern = re.compile(rf"(?:\bfrom|\brequire\()\s*[\"']{re.escape(module)}[\"']")
    return any(pattern.search(survey.files[path].text) for path in survey.tests)


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
        return f"tests/{new}"
    if folder in folders:
        return f"{folder}/{new}".lstrip("/")
    most = max(
        sorted(set(folders)),
        key=lambda one: (_common(one, folder), folders.count(one), -len(one)),
    )
    return f"{most}/{new}".lstrip("/")


def _stem(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0]


def _common(one: str, other: str) -> int:
    return len(set(one.split("/")) & set(other.split("/")))
