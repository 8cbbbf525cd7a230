from __future__ import annotations

import pytest

from sous.asking.shapes import has_contents, is_cut, is_excuse

FINDING = "## Wrong\n\n- **Severity:** high\n\n**Quote:**\n\n```python\nx\n```\n\n**How to fix:** Do it.\n"


@pytest.mark.parametrize("text", ["I can't see any code.\n", "Desculpe.\n\nNão posso.\n", "请粘贴代码。"])
def test_a_few_sentences_are_an_excuse(text: str) -> None:
    assert is_excuse(text)


@pytest.mark.parametrize(
    "text",
    ["# A\n\nText.\n", "- `a.py` is wrong\n", "See a.py:3.\n", "| a |\n| - |\n| b |\n", "```\nx\n```\n", "Text. " * 300,
     "No issues found.\n"],
)  # fmt: skip
def test_what_names_or_shows_something_is_none(text: str) -> None:
    assert not is_excuse(text)


def test_headings_need_text() -> None:
    assert not has_contents("# A\n\n## B\n\n---\n")
    assert not has_contents("```\nx\n```\n")
    assert has_contents("# A\n\n```\nDo it.\n```\n")
    assert has_contents("## No findings\n")


@pytest.mark.parametrize(
    "text",
    [
        FINDING,
        FINDING * 2,
        "## No findings\n",
        "# A\n\n- one\n- two\n",
        "# A\n\n| a |\n| - |\n| b |\n",
        "# A\n\n完了。\n",
    ],
)
def test_a_text_with_an_end(text: str) -> None:
    assert not is_cut(text)


@pytest.mark.parametrize("end", ["\n## Wro", "\n## Wrong\n\n- **Severity:** hi", "\nIt goes on and", "\n```python\nx"])
def test_a_text_that_ends_in_the_midst(end: str) -> None:
    assert is_cut(FINDING + end)


def test_each_cut_of_the_last_finding_is_seen() -> None:
    text = f"{FINDING}\n{FINDING}"
    cuts = range(len(FINDING) + 6, len(text) - 3)
    assert [at for at in cuts if not is_cut(text[:at])] == []
