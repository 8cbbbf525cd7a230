"""What runs when, and that the list of what takes long names tests that there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import CHECKOUT
from tiers import Tier, left_out, listed, mark, measured, tier

if TYPE_CHECKING:
    from pathlib import Path

ALL = Tier(slow=True, exhaustive=True)


@pytest.mark.parametrize(
    ("marks", "named", "profile", "wanted"),
    [
        pytest.param("", [], "quick", Tier(slow=True, exhaustive=False), id="plain"),
        pytest.param("not real", ["tests/plan"], "quick", Tier(slow=False, exhaustive=False), id="while one works"),
        pytest.param("exhaustive", [], "quick", ALL, id="asked for"),
        pytest.param("not real and exhaustive", [], "quick", ALL, id="the rest without real programs"),
        pytest.param("", ["tests/test_x.py::test_y"], "quick", ALL, id="a single test"),
        pytest.param("not real", ["tests/test_x.py"], "quick", ALL, id="a file"),
        pytest.param("", [], "ci", ALL, id="in CI"),
        pytest.param("not real", [], "deep", ALL, id="deep"),
    ],
)
def test_which_tests_run(marks: str, named: list[str], profile: str, wanted: Tier) -> None:
    assert tier(marks, named, profile) == wanted


def test_of_what_takes_long_the_first_case_stays(request: pytest.FixtureRequest) -> None:
    here = request.node.path
    names = ["quick", "long", "long[2]", "longest"]
    items = [pytest.Function.from_parent(request.node.parent, name=name, callobj=lambda: None) for name in names]
    for item in items:
        item.originalname = item.name.partition("[")[0]
    mark(items, here.parent, {f"{here.name}::long": 0.3, f"{here.name}::longest": 9.0})
    assert [one.name for one in left_out(items, Tier(slow=True, exhaustive=False))] == ["long[2]", "longest"]
    assert [one.name for one in left_out(items, Tier(slow=False, exhaustive=False))] == names[1:]
    assert not list(left_out(items, ALL))


def test_the_mean_of_a_functions_cases_decides(tmp_path: Path) -> None:
    cases = [("a.test_x", "test_a[1]", 0.1), ("a.test_x", "test_a[2]", 0.5), ("test_y.TestZ", "test_b", 0.4)]
    rows = (f'<testcase classname="tests.{module}" name="{name}" time="{time}"/>' for module, name, time in cases)
    (tmp_path / "run.xml").write_text(f"<testsuites>{''.join(rows)}</testsuites>")
    assert measured(tmp_path / "run.xml") == {"a/test_x.py::test_a": 0.3, "test_y.py::test_b": 0.4}


def test_what_the_list_names_is_there() -> None:
    for test in listed():
        path, name = test.split("::")
        assert f"def {name}(" in (CHECKOUT / "tests" / path).read_text(encoding="utf-8"), test
