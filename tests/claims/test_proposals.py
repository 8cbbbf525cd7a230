"""Labels of what should be, in any language."""

from __future__ import annotations

from scene import packed
from sous.bundle.read import bundle_from
from sous.claims.check import check_report
from sous.claims.evidence import Evidence

FILES = {
    "src/shop.py": "LIMIT = 3\n\n\ndef total(rows):\n    return sum(rows)\n\n\ndef label_of(row):\n    return row.label\n"
}
FOUND = "- **Ubicazione**: `src/shop.py:4`\n- **Difetto**: `label_of()` e `total()` non controllano.\n"
IDEA = "- **Idea**: `src/{0}.py` con `{0}_all()`\n"
NAMES = ("cart", "tax", "bill", "stock")


def _marks(report: str) -> list[str]:
    judged = check_report(report, Evidence(bundle_from(packed(FILES).encode(), None))).judged
    return [one.reference.text for one in judged if one.verdict.value == "unproven"]


def test_what_stands_under_a_label_of_proposals_is_not_marked() -> None:
    report = "".join(f"### {name}\n\n{FOUND}{IDEA.format(name)}\n" for name in NAMES)

    assert _marks(report) == []


def test_one_thing_that_is_not_there_is_marked_whatever_its_label() -> None:
    report = "".join(f"### {name}\n\n{FOUND}\n" for name in NAMES)

    assert _marks(f"{report}{IDEA.format('cart')}") == ["src/cart.py", "cart_all"]


def test_a_report_of_which_nothing_is_there_is_about_something_else() -> None:
    report = "".join(f"### {name}\n\n- **Luogo**: `lib/{name}.py`\n{IDEA.format(name)}\n" for name in NAMES)

    assert len(_marks(report)) == 12


def test_lines_of_a_file_that_is_not_there_are_marked_under_any_label() -> None:
    report = "".join(f"### {name}\n\n{FOUND}- **Idea**: `lib/{name}.py:3`\n" for name in NAMES)

    assert _marks(report) == [f"lib/{name}.py:3" for name in NAMES]


def test_a_comment_in_code_is_no_label() -> None:
    report = "".join(
        f"### {name}\n\n{FOUND}\n```python\n# **Idea**:\nLIMIT = 3\n```\n\n`{name}_all()` fails.\n" for name in NAMES
    )

    assert _marks(report) == [f"{name}_all" for name in NAMES]


def test_a_label_is_known_by_its_first_words() -> None:
    ideas = (f"- **Idea per il negozio `{name}`**: `src/{name}.py` con `{name}_all()`\n" for name in NAMES)
    report = "".join(f"### {name}\n\n{FOUND}{idea}\n" for name, idea in zip(NAMES, ideas, strict=True))

    assert _marks(report) == []
