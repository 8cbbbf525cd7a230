"""A README without a model: what the files say, and nothing that they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sous.analyst.readme import readme

if TYPE_CHECKING:
    from collections.abc import Callable

    from sous.analyst.survey import Survey

PACKAGE = '[project]\nname = "Nice-Tool"\n'
APACHE = "Apache License\nVersion 2.0\n"
MIT = "Permission is hereby granted, free of charge, to any person\n"
BODY = "def f(x):\n    return x + 1\n"


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
    assert told in "".join(readme(survey({"LICENSE": text, "a.py": BODY})))


def test_targets_of_make_are_rules_and_nothing_else(survey: Callable[..., Survey]) -> None:
    make = (
        "one: two ## Builds it\n\techo\nsimple := 1\nposix ::= 1\nnow :::= 1\ndefine text\ninside: x\nendef\n"
        "with: X=1\ndouble::\n"
    )
    found = "".join(readme(survey({"Makefile": make, "a.py": BODY})))
    assert {line.split("`")[1] for line in found.splitlines() if "`make " in line} == {
        "make one", "make with", "make double",
    }  # fmt: skip
    assert "| `make one` | Builds it |" in found


def test_text_of_a_project_is_no_markdown_of_ours(survey: Callable[..., Survey]) -> None:
    manifest = '[project]\nname = "# big"\ndescription = "[click](javascript:x) @team <b> ![i](u)"\n'
    found = "".join(readme(survey({"pyproject.toml": manifest, "a.py": BODY})))
    assert "\n# big\n" in found
    assert "\\[click\\](javascript:x) @\u2060team b !\\[i\\](u)" in found
