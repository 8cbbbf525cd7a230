"""A README without a model: what the files say, and nothing that they do not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from sous.analyst.readme import about_file, readme

if TYPE_CHECKING:
    from collections.abc import Callable

    from sous.analyst.survey import Survey

PACKAGE = '[project]\nname = "Nice-Tool"\n'
APACHE = "Apache License\nVersion 2.0\n"
MIT = "Permission is hereby granted, free of charge, to any person\n"
BODY = "def f(x):\n    return x + 1\n"


def written(survey: Survey) -> str:
    return "".join(readme(survey))


@pytest.mark.parametrize(
    ("files", "about"),
    [
        ({"src/nice_tool/__init__.py": '"""It is nice."""\n', "src/nice_tool/a.py": f'"""Parts."""\n{BODY}'}, "It is nice."),
        ({"tool.py": f'"""One file."""\n{BODY}'}, "One file."),
        ({"helpers/__init__.py": '"""Helpers."""\n', "main.py": BODY}, "TODO: describe in one sentence"),
        ({"a.py": f'"""Of this file."""\n{BODY}', "b.py": BODY}, "TODO: describe in one sentence"),
    ],
)  # fmt: skip
def test_what_it_is_for_is_told_by_the_package_itself_alone(
    files: dict[str, str], about: str, survey: Callable[..., Survey]
) -> None:
    assert about in "".join(readme(survey({"pyproject.toml": PACKAGE, **files}))).split("##")[0]


@pytest.mark.parametrize(("text", "told"), [(APACHE, "Apache License, see"), (APACHE + MIT, "See `LICENSE`")])
def test_a_licence_is_named_when_there_is_one(text: str, told: str, survey: Callable[..., Survey]) -> None:
    assert told in written(survey({"LICENSE": text, "a.py": BODY}))


def test_targets_of_make_are_rules_and_nothing_else(survey: Callable[..., Survey]) -> None:
    make = (
        "one: two ## Builds it\n\techo\nsimple := 1\nposix ::= 1\nnow :::= 1\ndefine text\ninside: x\nendef\n"
        "with: X=1\ndouble::\n"
    )
    found = "".join(readme(survey({"Makefile": make, "a.py": BODY})))
    assert set(re.findall(r"`(make \w+)`", found)) == {"make one", "make with", "make double"}
    assert "- `make one`: Builds it\n- `make with`, `make double`\n" in found


def test_text_of_a_project_is_no_markdown_of_ours(survey: Callable[..., Survey]) -> None:
    manifest = '[project]\nname = "# big"\ndescription = "[click](javascript:x) @team <b> ![i](u)"\n'
    found = "".join(readme(survey({"pyproject.toml": manifest, "a.py": BODY})))
    assert "\n# big\n" in found
    assert "\\[click\\](javascript:x) @\u2060team b !\\[i\\](u)" in found


def test_what_is_not_known_has_no_section_and_no_empty_cell(survey: Callable[..., Survey]) -> None:
    found = written(survey({"a.py": BODY, "dist/b.py": BODY, "x.egg-info/c.py": BODY, "lib/d.py": BODY}))
    assert re.findall(r"^## (.*)", found, re.MULTILINE) == ["Usage"]
    assert found.count("TODO: describe") == 3  # the name, what it does, how it is used
    assert "|" not in found


def test_scripts_run_by_the_package_manager_that_is_named(survey: Callable[..., Survey]) -> None:
    package = '{"name": "a", "packageManager": "pnpm@9.1.0", "scripts": {"test": "x", "pretest": "y", "lint": "eslint .", "go": "a && b"}}'
    found = written(survey({"package.json": package, "a.js": "x()\n"}))
    assert "pnpm install" in found
    assert "```sh\npnpm test\n```\n\nOther tasks:\n\n- `pnpm run lint`, `pnpm run go`\n" in found
    odd = written(survey({"package.json": '{"name": "a", "packageManager": ["pnpm"]}', "a.js": "x()\n"}))
    assert "npm install" in odd


def test_variables_of_the_system_are_no_settings(survey: Callable[..., Survey]) -> None:
    code = "import os\n\nA = os.environ['HOME']\nB = os.environ.get('APP_PORT', '80')\nC = os.environ['APP_KEY']\n"
    found = written(survey({"a.py": code}))
    assert "- `APP_KEY`, read in `a.py:5`\n- `APP_PORT` (default `80`), read in `a.py:4`\n" in found
    assert "HOME" not in found


def test_a_module_of_go_is_got_by_its_path_and_a_program_installed(survey: Callable[..., Survey]) -> None:
    module = {"go.mod": "module example.org/you/tool\n\ngo 1.22\n", "a.go": "// Package tool works.\npackage tool\n"}
    found = written(survey(module))
    assert "\nPackage tool works.\n" in found
    assert "```sh\ngo get example.org/you/tool\n```" in found
    assert "```sh\ngo install .\n```" in written(survey({**module, "a.go": "package main\n"}))


@pytest.mark.parametrize(
    "text", ["//\n" * 50_000 + "package a\n", "/*\n" * 50_000, "//! x\n" * 50_000, "// \u202e <b>@a `x`\npackage a\n"]
)
def test_what_a_file_says_of_itself_is_bounded_and_plain(text: str, survey: Callable[..., Survey]) -> None:
    for path in ("doc.go", "src/lib.rs"):
        told = about_file(survey({path: text}), path)
        assert len(told) <= 300
        assert not set(told) & set("<>`\u202e")
