"""What the scene of the tests decides by itself."""

from __future__ import annotations

import pytest

from scene import runs_exhaustive


@pytest.mark.parametrize(
    ("marks", "named", "profile", "wanted"),
    [
        pytest.param("", [], "quick", False, id="plain"),
        pytest.param("not real", ["tests/commands"], "quick", False, id="without real programs"),
        pytest.param("exhaustive", [], "quick", True, id="asked for"),
        pytest.param("", ["tests/test_x.py::test_y"], "quick", True, id="a single test"),
        pytest.param("", [], "ci", True, id="in CI"),
        pytest.param("not real", [], "deep", True, id="deep"),
    ],
)
def test_when_the_exhaustive_tests_run(marks: str, named: list[str], profile: str, wanted: bool) -> None:
    assert runs_exhaustive(marks, named, profile) is wanted
