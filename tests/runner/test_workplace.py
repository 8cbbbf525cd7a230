from __future__ import annotations

from pathlib import Path

import pytest

from sous.runner.workplace import Workplace

TOP = Path("/repo")


def test_the_list_is_beside_the_plan_unless_another_is_named() -> None:
    assert Workplace(TOP, TOP, TOP / "docs/plan.md").todo == TOP / "docs/todo.md"
    assert Workplace(TOP, TOP, TOP / "plan.md", TOP / "ticks.md").todo == TOP / "ticks.md"


def test_a_place_of_a_step_knows_the_project_itself() -> None:
    home = Workplace(TOP, TOP, TOP / "plan.md")
    assert Workplace(Path("/place"), Path("/place"), Path("/place/plan.md"), home=home).origin is home
    assert home.origin is home


@pytest.mark.parametrize(("root", "prefix"), [("", ""), ("sub/app", "sub/app/")])
def test_paths_of_the_project_are_seen_from_the_top(root: str, prefix: str) -> None:
    assert Workplace(TOP, TOP / root, TOP / root / "plan.md").prefix == prefix


@pytest.mark.parametrize(
    ("path", "is_ours"),
    [
        ("app/my-plan.md", True),
        ("app/todo.md", True),
        ("app/code-review.md", True),
        ("app/code-review.md.partial", True),
        ("app/README.md.partial", True),
        ("app/README.md", False),
        ("app/x.py.sous-tmp", True),
        ("app/.sous/run/step-1.md", True),
        ("code-review.md", False),
        (".sous/run/step-1.md", False),
        ("app/src/a.py", False),
    ],
)
def test_what_sous_writes_itself_is_ours(path: str, *, is_ours: bool) -> None:
    assert Workplace(TOP, TOP / "app", TOP / "app/my-plan.md").is_ours(path) is is_ours
