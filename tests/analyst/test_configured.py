"""What a project's own configuration says of rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sous.analyst.configured import caps_python, ignored_rules

if TYPE_CHECKING:
    from collections.abc import Callable

    from sous.analyst.survey import Survey


@pytest.mark.parametrize(
    ("said", "is_capped"),
    [("<3.13", True), (">=3.9,<3.12", True), ("<4", False), (">=3.13", False), ("<3.14", False), ("~=3.9", False)],
)
def test_a_cap_of_python_is_read(said: str, survey: Callable[..., Survey], *, is_capped: bool) -> None:
    found = survey({"pyproject.toml": f'[project]\nrequires-python = "{said}"\n'})
    assert caps_python(found, "3.13") is is_capped


@pytest.mark.parametrize("text", ["[tool", "[tool]\nruff = 1\n", "[tool.ruff]\nlint = 3\nignore = 'S'\n", "[project]\nrequires-python = 3\n"])  # fmt: skip
def test_a_configuration_of_another_shape_says_nothing(text: str, survey: Callable[..., Survey]) -> None:
    found = survey({"pyproject.toml": text})
    assert not ignored_rules(found)("a.py", "S113")
    assert not caps_python(found, "3.13")
