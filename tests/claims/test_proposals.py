"""Labels of what should be, in any language."""

from __future__ import annotations

import pytest

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


TRUE = ("total", "label_of", "rows")
MADE_UP = ("refund", "invoice", "voucher", "coupon")


def _in_own_shape(wrong: str, names: tuple[str, ...], *, label: str) -> str:
    place = "- **Severity:** high\n- **Location:** `src/shop.py:4`\n\n"
    return "".join(
        f"## Nothing guards number {number}\n\n{place}**{label}:** {wrong.format(name)}\n\n**How to fix:** Guard it.\n\n"
        for number, name in enumerate(names)
    )


@pytest.mark.parametrize("label", ["What is wrong", "Wrong", "Difetto", "High"])
@pytest.mark.parametrize("count", [3, 4])
def test_what_findings_claim_is_marked_whatever_their_field_is_called(label: str, count: int) -> None:
    report = _in_own_shape("`{0}_all()` reads `src/{0}.py`.", MADE_UP[:count], label=label)
    report += _in_own_shape("`{0}` has no check.", TRUE, label=label)

    assert len(_marks(f"# Review\n\n{report}")) == 2 * count


def test_the_own_field_of_what_is_wrong_is_no_proposal_where_all_of_it_is_made_up() -> None:
    report = _in_own_shape("`{0}_all()` fails.", MADE_UP, label="What is wrong")
    report += "## Sound\n\n- **Location:** `src/shop.py:5`\n- **Location:** `src/shop.py:8`\n"

    assert _marks(report) == [f"{name}_all" for name in MADE_UP]


@pytest.mark.parametrize("before", ["", "The shop (`src/shop.py:4`) is unsafe.\n\n"])
@pytest.mark.parametrize("shape", ["- `{0}_all()` fails.\n", "- **Guasto**: `{0}_all()` fails.\n"])
def test_invented_names_under_one_heading_are_marked_however_many(shape: str, before: str) -> None:
    held = "## Sound\n\n`total` and `label_of` in `src/shop.py:4`, `src/shop.py:5`, `src/shop.py:8`.\n\n"

    assert len(_marks(f"{held}## Bugs\n\n{before}" + "".join(map(shape.format, MADE_UP)))) == 4


def test_titles_in_bold_that_begin_alike_are_no_label() -> None:
    report = "".join(
        f"{number}. **Wrong sum in `{name}All()`:** it fails.\n   - **Ort**: `src/shop.py:4`\n"
        for number, name in enumerate(MADE_UP, 1)
    )

    assert len(_marks(f"# Review\n\n{report}\n`total`, `label_of`, `src/shop.py:8`\n")) == 4


@pytest.mark.parametrize(
    "label",
    [
        "Lösung", "Vorschlag", "Corrección", "Recommandation", "Sugestão", "Soluzione", "Рекомендация", "Правильно",
        "修复方案", "改进建议", "修正案", "해결 방안", "개선 제안", "Öneri", "Rozwiązanie",
    ],
)  # fmt: skip
def test_what_should_be_is_no_claim_in_any_language(label: str) -> None:
    code = "```python\ndef total_of_all(rows, tax):\n    return sum(rows) * tax\n```\n"
    report = f"### 1. `src/shop.py:4`\n\n**{label}:** `src/cart.py`\n\n{code}"

    assert _marks(report) == []


def test_names_that_are_said_to_be_fixed_need_not_be_there() -> None:
    row = "| 1 | `src/shop.py:4` | `Rows.count_all()` is slow | ✅ Fixed |\n"
    report = f"| # | Where | What | Status |\n|---|---|---|---|\n{row}\n## 1. Slow\n\n`Rows.count_all()` was called.\n"

    assert _marks(report) == []
    assert _marks(report.replace("✅ Fixed", "❌ Open")) == ["Rows.count_all", "Rows.count_all"]


AFTER = "# ✅ After\ndef total(rows):\n    return sum(rows)\n"
BEFORE = "# ❌ Before\ndef total(rows):\n    return add_up(rows)\n\n"


def test_code_that_was_replaced_by_what_is_shown_below_it_is_no_claim() -> None:
    report = "## 1. `src/shop.py`\n\n**Code:**\n\n```python\n{}```\n"

    assert _marks(report.format(BEFORE + AFTER)) == []
    assert len(_marks(report.format(BEFORE + AFTER.replace("sum", "fsum_of")))) == 1


def test_a_name_whose_ending_no_file_has_is_an_example() -> None:
    report = "### 1. `src/shop.py:4`\n\n`{}` loses its ending.\n"

    assert _marks(report.format("songs.csv")) == []
    assert _marks(report.format("song.py")) == ["song.py"]


@pytest.mark.parametrize(
    "label", ["Missing guard:", "**Missing**: a guard.", "Fehlende Prüfung:", "**缺少校验\uff1a**"]
)
def test_code_that_is_said_to_be_missing_need_not_be_there(label: str) -> None:
    code = "```python\nif not rows:\n    raise ValueError(rows)\n```\n"
    assert _marks(f"### 1. `src/shop.py:4` fails\n\n{label}\n\n{code}") == []


@pytest.mark.parametrize("first", ["# Exemple d'utilisation élégant", "# Problème: Type faux\n# Solution: Aligner"])
def test_remarks_and_examples_in_a_block_are_no_claim(first: str) -> None:
    assert _marks(f"### 1. `src/shop.py:4`\n\nOf `src/shop.py`:\n\n```python\n{first}\n```\n") == []


def test_a_line_behind_another_file_is_of_the_finding_where_that_file_is_too_short() -> None:
    files = {**FILES, "src/util.py": "A = 1\n"}
    report = "### 1. `src/shop.py:4` fails\n\nAs in `src/util.py`, it is slow. Line {} has the same.\n"
    evidence = Evidence(bundle_from(packed(files).encode(), None))

    def verdicts(line: int) -> list[str]:
        judged = check_report(report.format(line), evidence).judged
        return [one.verdict.value for one in judged if one.reference.text.startswith("Line")]

    assert verdicts(8) == ["located"]
    assert verdicts(88) == ["unproven"]


def test_a_call_with_a_keyword_may_be_an_entry_of_the_code() -> None:
    files = {"src/run.py": 'serve(**{"threads": 2, "quiet_logs": True})\n'}
    report = "### 1. `src/run.py:1`\n\n`{}=True` hides the log.\n"
    evidence = Evidence(bundle_from(packed(files).encode(), None))

    def marked(name: str) -> bool:
        judged = check_report(report.format(name), evidence).judged
        return any(one.verdict.value == "unproven" for one in judged)

    assert not marked("quiet_logs")
    assert marked("loud_logs")
