"""What manifests say, of many kinds, and that none of them can break its reader."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sous.project.manifest import Manifest
from sous.project.manifests import read_manifest, reader_of
from sous.project.manifests import test_command as command_of

KINDS = [
    "pyproject.toml",
    "setup.cfg",
    "setup.py",
    "package.json",
    "Cargo.toml",
    "go.mod",
    "composer.json",
    "Gemfile",
    "x.gemspec",
    "build.gradle",
    "settings.gradle.kts",
    "pom.xml",
    "mise.toml",
    ".mise.toml",
    ".config/mise/config.toml",
    "Makefile",
    "rules.mk",
    "justfile",
    "Taskfile.yml",
]

PYPROJECT = """
[project]
name = "tool"
description = "Does it"
version = "1.2"
license = {text = "MIT"}
requires-python = ">=3.10"
dependencies = ["click>=8", "rich[jupyter]; python_version < '4'"]
[project.scripts]
tool = "tool.cli:main"
[project.optional-dependencies]
dev = ["pytest"]
"""
POM = """<project><parent><artifactId>up</artifactId><version>9</version></parent>
<!-- x --><artifactId>own</artifactId><version>1.0</version><description>Does
 it</description><dependencies><dependency><groupId>g</groupId><artifactId>junit</artifactId></dependency></dependencies>
<build><plugins><plugin><artifactId>no</artifactId></plugin></plugins></build></project>"""
GRADLE = """rootProject.name = 'app'
description = "Does it"
version '3'
tasks.register("deploy") { }
dependencies { implementation("com.x:lib:1") }
"""


@pytest.mark.parametrize(
    ("path", "content", "expected"),
    [
        (
            "pyproject.toml",
            PYPROJECT,
            {"name": "tool", "description": "Does it", "version": "1.2", "licence": "MIT", "needs": "Python >=3.10",
             "programs": {"tool": "tool.cli:main"}, "dependencies": {"click", "rich", "pytest"}},
        ),
        ("sub/pyproject.toml", '[tool.poetry]\nname = "p"\n[tool.poetry.scripts]\nx = "y:z"\n', {"name": "p", "programs": {"x": "y:z"}}),
        ("setup.cfg", "[metadata]\nname = c\n[options]\npython_requires = >=3\n", {"name": "c", "needs": "Python >=3"}),
        ("setup.py", "from setuptools import setup\nsetup(name='s', version='2')\n", {"name": "s", "version": "2"}),
        ("package.json", '{"name": "@a/b", "bin": "x.js", "scripts": {"test": "jest", "n": 1}, "devDependencies": {"jest": "1"}}',
         {"name": "@a/b", "programs": {"b": "x.js"}, "commands": {"test": "jest"}, "dependencies": {"jest"}}),
        ("Cargo.toml", '[package]\nname = "c"\n[[bin]]\nname = "run"\n[dependencies]\nserde = "1"\n',
         {"name": "c", "programs": {"run": ""}, "dependencies": {"serde"}}),
        ("go.mod", "module example.com/x/tool/v2\n\ngo 1.22\n\nrequire (\n\tgithub.com/a/b v1.0.0\n)\n",
         {"name": "tool", "needs": "Go 1.22", "dependencies": {"github.com/a/b"}}),
        ("composer.json", '{"name": "a/b", "require": {"php": ">=8", "x/y": "1"}, "scripts": {"test": "phpunit", "all": ["@test"]}}',
         {"name": "a/b", "needs": "PHP >=8", "tasks": {"test": "", "all": ""}}),
        ("x.gemspec", "Gem::Specification.new do |s|\n  s.name = 'g'\n  s.summary = \"Does it\"\n  s.add_dependency 'rack'\nend\n",
         {"name": "g", "description": "Does it", "dependencies": {"rack"}}),
        ("Gemfile", "gem 'rails', '~> 7'\n# gem 'no'\n", {"dependencies": {"rails"}}),
        ("build.gradle", GRADLE, {"name": "app", "description": "Does it", "version": "3", "tasks": {"deploy": ""}, "dependencies": {"com.x:lib"}}),
        ("pom.xml", POM, {"name": "own", "version": "1.0", "description": "Does it", "dependencies": {"junit"}}),
        (".mise.toml", '[tasks]\nlint = "ruff"\n[tasks."a:b"]\ndescription = "B"\nrun = "b"\n',
         {"tasks": {"lint": "", "a:b": "B"}, "commands": {"lint": "ruff", "a:b": "b"}}),
        ("Makefile", "A := x\nB ::= y\none two: dep ## Says it\n\techo a:b\n%.o: %.c\n.PHONY: one\ndefine T\nno: x\nendef\n  override define U =\nno: y\nendef\ndefine := z\nlast::\n",
         {"tasks": {"one": "Says it", "two": "Says it", "last": ""}}),
        ("justfile", "var := 'x:y'\nalias b := build\n# Builds it\n[private]\nbuild target='a:b':\n  echo\n@quiet:\n",
         {"tasks": {"b": "", "build": "Builds it", "quiet": ""}}),
        ("Taskfile.yml", "version: 3\ntasks:\n  build:\n    desc: Builds\n  x: echo\n", {"tasks": {"build": "Builds", "x": ""}}),
    ],
)  # fmt: skip
def test_a_manifest_says(path: str, content: str, expected: dict[str, object]) -> None:
    found = read_manifest(path, content)
    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize("path", ["README.md", "app.toml", "package-lock.json", "makefile.py", "config.toml"])
def test_another_file_is_no_manifest(path: str) -> None:
    assert reader_of(path) is None


HOSTILE = {
    "empty": "",
    "no text": "\0\0\0",
    "deep lists": "x = " + "[" * 50_000,
    "deep json": '{"scripts":' * 20_000,
    "deep yaml": "tasks: " + "[" * 5_000,
    "deep blocks": "\n".join(" " * at + "a:" for at in range(400)),
    "laughs": "a: &a [x]\n" + "".join(f"b{at}: &b{at} [*a, *a]\n" for at in range(50)) + "tasks: *b9\n",
    "keys": "tasks:\n  1: x\n  ? [a]\n  : y\n  null: z\n",
    "defines": "define x\n" * 100_000,
    "tags": "<project>" + "<build><a>" * 90_000,
    "dots": "require " + "a." * 450_000,
    "colons": "a:" * 450_000,
    "blanks": " " * 900_000,
    "words": "x " * 450_000 + ":",
    "dotted keys": ".".join("a" * 20_000) + " = 1\n",
    "more dotted keys": "\n".join(f"[{'a.' * 40}b{at}]" for at in range(5_000)),
    "quotes": "name = '" * 100_000,
    "large": "x" * 2_000_000,
    "wrong types": json.dumps(
        {"name": [], "scripts": [1], "bin": 3, "dependencies": "x", "engines": [], "license": {}}
    ),
}


@pytest.mark.parametrize("path", KINDS)
def test_no_manifest_breaks_its_reader_or_keeps_it_busy(path: str) -> None:
    for name, content in HOSTILE.items():
        began = time.monotonic()
        found = read_manifest(path, content)
        assert isinstance(found, Manifest), name
        assert time.monotonic() - began < 20, name


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
KEYS = st.sampled_from(["name", "bin", "scripts", "require", "dependencies", "engines", "license", "description"])


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["package.json", "composer.json", "Taskfile.yml"]), st.dictionaries(KEYS, VALUES, max_size=6))
def test_values_of_any_type_are_left_out_or_texts(path: str, data: dict[str, object]) -> None:
    found = read_manifest(path, json.dumps({**data, "tasks": data}))
    assert found is not None
    assert all(isinstance(one, str) for one in (found.name, found.description, found.licence, found.needs))
    said = {**found.tasks, **found.commands, **found.programs}
    assert all(isinstance(name, str) and isinstance(one, str) for name, one in said.items())


@pytest.mark.parametrize(
    ("files", "command"),
    [
        ({"package.json": '{"scripts": {"test": "x"}}', "go.mod": ""}, "npm test"),
        ({"package.json": None}, "npm test"),
        ({"package.json": "{", "go.mod": "module x"}, "go test ./..."),
        ({"Cargo.toml": ""}, "cargo test"),
        ({"Gemfile": "", "Rakefile": ""}, "bundle exec rake"),
        ({"Gemfile": ""}, "bundle exec rspec"),
        ({}, ""),
    ],
)
def test_the_command_that_runs_the_tests(files: dict[str, str | None], command: str) -> None:
    assert command_of(files) == command
