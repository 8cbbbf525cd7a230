from __future__ import annotations

import json
from typing import Any

import pytest

from sous.runner.manifest_tables import changed_table

TOML = "[project]\nname = 'a'\n[tool.pytest.ini_options]\naddopts = '-q'\n"
NPM: dict[str, Any] = {"scripts": {"test": "jest", "build": "tsc"}, "jest": {"testMatch": ["a"]}}


@pytest.mark.parametrize(
    ("path", "new", "part"),
    [
        ("pyproject.toml", TOML.replace("-q", "-k none"), "[tool.pytest]"),
        ("sub/pyproject.toml", f"{TOML}[tool.coverage]\nomit = ['*']\n", "[tool.coverage]"),
        ("pyproject.toml", TOML.replace("'a'", "'b'"), None),
        ("pyproject.toml", f"{TOML}{'.'.join('a' * 2000)} = 1\n", "a key with too many parts"),
        ("setup.toml", "", None),
    ],
    ids=["options", "a new table", "another part", "too deep to be read", "another file"],
)
def test_what_decides_the_tests_of_python(path: str, new: str, part: str | None) -> None:
    assert changed_table(path, TOML, new) == part


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"scripts": {"test": "true", "build": "tsc"}}, "scripts.test"),
        ({"scripts": {"build": "tsc"}}, "scripts.test"),
        ({"scripts": {**NPM["scripts"], "test:new": "jest"}}, None),
        ({"scripts": {**NPM["scripts"], "build": "true"}}, None),
        ({"jest": {}}, "jest"),
        ({"mocha": {"spec": "none"}}, "mocha"),
    ],
    ids=["a test", "no test", "a new test", "a build", "its options", "options of another"],
)
def test_what_decides_the_tests_of_a_package(change: dict[str, object], part: str | None) -> None:
    assert changed_table("package.json", json.dumps(NPM), json.dumps({**NPM, **change})) == part
