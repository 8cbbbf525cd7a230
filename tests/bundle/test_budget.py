from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sous.bundle.budget import kind_of, relevance
from sous.bundle.pack import pack_to_file
from sous.bundle.recipe import Order, PackTarget, Recipe
from sous.bundle.select import select_files
from sous.errors import OverBudget
from sous.tokens import count_tokens

if TYPE_CHECKING:
    from pathlib import Path

    from sous.bundle.summary import Packed

BODY = "\n".join(f"    value_{number} = compute({number}) + {number}" for number in range(40))


@pytest.fixture
def tree(repo: Path) -> Path:
    for number in range(6):
        (repo / "src" / f"m{number}.py").write_text(f"def function_{number}(a, b):\n{BODY}\n    return a\n")
    (repo / "src" / "core.py").write_text(f"def core():\n{BODY}\n")
    (repo / "src" / "app.py").write_text("import core\nfrom m0 import function_0\n")
    (repo / "src" / "m1.py").write_text(f"import core\n\ndef function_1():\n{BODY}\n")
    (repo / "tests").mkdir()
    (repo / "tests" / "test_core.py").write_text(f"import core\n\ndef test_core():\n{BODY}\n")
    (repo / "data.json").write_text("[\n" + "1,\n" * 3000 + "1]\n")
    return repo


def packed(tree: Path, **given: Any) -> tuple[str, Packed]:
    result = pack_to_file(tree / "output.txt", Order(tree, given=given), root=tree)
    return (tree / "output.txt").read_text(), result


@pytest.mark.parametrize("style", ["xml", "markdown", "plain", "json"])
@pytest.mark.parametrize("budget", [420, 600, 1_000, 2_500, 6_000, 15_000, 100_000])
def test_a_budget_is_never_exceeded(budget: int, style: str, tree: Path) -> None:
    text, result = packed(tree, budget=budget, style=style)
    assert count_tokens(text) <= budget
    assert abs(result.tokens - count_tokens(text)) < 30


def test_files_go_down_in_steps_by_relevance_and_it_is_said(tree: Path) -> None:
    text, result = packed(tree, budget=3_000)
    assert '<file path="src/core.py">' in text  # three files use it
    assert "    m5.py" not in text
    assert "  m5.py [signatures]" in text or "  m5.py [name only]" in text
    assert "data.json [name only]" in text
    assert "[signatures]" in text
    assert "⋮----" in text
    assert result.manifest[0] in text
    assert "Reduced to 3,000 tokens" in result.manifest[0]
    assert any("by name only" in line and "data.json" in line for line in result.manifest)


def test_what_fits_is_not_touched(tree: Path) -> None:
    with_budget, result = packed(tree, budget=1_000_000)
    assert with_budget == packed(tree)[0]
    assert result.manifest == []


def test_a_strict_budget_says_what_would_help(tree: Path) -> None:
    with pytest.raises(
        OverBudget, match=r"largest: data\.json \([\d,]+\), .*--ignore 'data\.json.*' leaves about"
    ) as error:
        packed(tree, budget=6_000, budget_strict=True)
    assert error.value.exit_code == 4
    assert not (tree / "output.txt").exists()


def test_not_even_the_summary_fits(tree: Path) -> None:
    with pytest.raises(OverBudget, match="without a single file"):
        packed(tree, budget=50)


def test_the_task_decides_what_matters(tree: Path) -> None:
    recipe = Recipe((PackTarget(tree),), tree)
    files = select_files(recipe, root=tree).files
    tests = relevance(files, task="missing-tests", commits=100)
    readme = relevance(files, task="readme", commits=100)
    assert tests["tests/test_core.py"] > tests["README.md"]
    assert readme["README.md"] > readme["tests/test_core.py"]
    assert tests["src/core.py"] > tests["src/m5.py"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("pyproject.toml", "manifest"), ("README.md", "manifest"), ("src/cli.py", "entry"), ("src/x.py", "code"),
        ("tests/test_x.py", "test"), ("x_test.go", "test"), ("a.spec.ts", "test"), ("docs/a.md", "docs"),
        ("locale/de.po", "data"), ("x.json", "data"), ("LICENSE", "manifest"), ("x.unknown", "other"),
    ],
)  # fmt: skip
def test_paths_tell_the_kind(path: str, kind: str) -> None:
    assert kind_of(path) == kind
