from __future__ import annotations

import pytest

from sous.asking.chatter import extracted, unfenced, without_chat
from sous.asking.expected import Form

BODY = "# demo\n\nA small tool.\n\n## Usage\n\n```sh\ndemo\n```\n\n## Tests\n\nRun them.\n"
FINDING = "## It is wrong\n\n- **Location:** `a.py:1-2`\n\n**Quote:**\n\n```python\nx\n```\n\n**Acceptance:** a test.\n"


@pytest.mark.parametrize("body", [BODY, FINDING, f"{FINDING}\n{FINDING}"], ids=["document", "finding", "two"])
@pytest.mark.parametrize("fence", ["```markdown", "````md", "~~~markdown", "```", "``` Markdown"])
@pytest.mark.parametrize("before", ["", "Sure! Here it is:\n\n", "Voici :\n"])
@pytest.mark.parametrize("behind", ["", "\n\nLet me know!\n", "\n\nRun it:\n\n```sh\nx\n```\n"])
def test_one_fence_around_all_but_chat_goes(body: str, fence: str, before: str, behind: str) -> None:
    marks = fence.rstrip("Mmarkdown ")
    assert unfenced(f"{before}{fence}\n{body}{marks}{behind}", Form.FINDINGS).strip() == body.strip()


@pytest.mark.parametrize(
    "text",
    [
        BODY,
        "```python\nx\n```\n",
        "```\nx\n```\n",
        f"```markdown\n{FINDING}```\n\ntext\n\n```markdown\n{FINDING}```\n",
        f"# Code\n\n```markdown\n{FINDING}```\n",
        "Run:\n\n```sh\n# install\nx\n```\n\n## Then\n\ntext\n",
        "",
    ],
)
def test_fences_that_are_a_part_of_the_answer_stay(text: str) -> None:
    assert unfenced(text, Form.FINDINGS) == text


def test_a_fence_that_was_not_closed_goes() -> None:
    assert unfenced(f"```markdown\n{BODY}", Form.DOCUMENT).strip() == BODY.strip()


@pytest.mark.parametrize("form", [Form.FINDINGS, Form.DOCUMENT])
@pytest.mark.parametrize(
    "before", ["Sure! Here it is:\n\n", "Okay.\n\nHere is what I found:\n\n---\n\n", "Hier ist es:\n\n"]
)
@pytest.mark.parametrize(
    "behind",
    ["", "\n---\n\nLet me know if you want more!\n", "\nSoll ich es ändern?\n", "\n他に質問はありますか\uff1f\n"],
)
def test_greeting_and_offer_go(form: Form, before: str, behind: str) -> None:
    body = FINDING if form is Form.FINDINGS else BODY
    assert without_chat(f"{before}{body}{behind}", form) == body


@pytest.mark.parametrize(
    "text",
    [
        BODY,
        '<p align="center">demo</p>\n\n# demo\n\nText.\n',
        "[![badge](x)](y)\n\n# demo\n\nText.\n",
        "demo\n====\n\nIt is small.\n\n## Usage\n\nText.\n",
        "It is a small tool.\n\n## Usage\n\nText.\n",
        "# demo\n\n## License\n\nFeel free to use it.\n",
        "# demo\n\nText.\n\nContributions are welcome!\n",
        "---\ntitle: x\n---\n\nText:\n\n# demo\n\nText.\n",
    ],
)
def test_what_an_author_wrote_stays(text: str) -> None:
    assert without_chat(text, Form.DOCUMENT) == text


@pytest.mark.parametrize(
    "text",
    [
        f"Both are in `a.py:3`.\n\n{FINDING}",
        f"{FINDING}\nIs `x` right?\n",
        "## No findings\n\nNothing is wrong!\n",
        f"```python\nx\n```\n\n{FINDING}",
    ],
)
def test_what_names_code_stays(text: str) -> None:
    assert without_chat(text, Form.FINDINGS) == text


@pytest.mark.parametrize(
    "behind",
    [
        "Also rotate the signing key at once, and end all sessions.",
        "The same is wrong in the second loader; mend both together.",
        "Danach die Schlüssel tauschen und alle Sitzungen beenden.",
    ],
)
def test_a_second_paragraph_of_the_last_field_stays(behind: str) -> None:
    text = f"{FINDING}\n{FINDING}\n{behind}\n"
    assert without_chat(text, Form.FINDINGS) == text
    assert without_chat(f"{text}\nWould you like me to mend it?\n", Form.FINDINGS) == text


@pytest.mark.parametrize("behind", ["All in all, it is well made.", "Insgesamt gut.", "总之\uff0c代码不错。"])
def test_what_sums_up_behind_the_last_field_goes(behind: str) -> None:
    body = f"{FINDING}\n{FINDING}"
    assert without_chat(f"{body}\n{behind}\n", Form.FINDINGS) == body


def test_lines_have_no_chat_around_them() -> None:
    assert without_chat("Sure:\n\n1: real: x\n", Form.LINES) == "Sure:\n\n1: real: x\n"
    assert unfenced("Sure:\n\n```\n1: real: x\n```\n", Form.LINES) == "1: real: x\n"


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("Sure:\n\n```python\nx = 1\n```\n\nor\n\n~~~\ny\n~~~\n", "x = 1\n", "y\n"),
        ("````md\n```\ninner\n```\n````\n", "```\ninner\n```\n", "```\ninner\n```\n"),
        ("No code.\n", "No code.\n", "No code.\n"),
    ],
)
def test_a_template_may_ask_for_the_code_alone(text: str, first: str, last: str) -> None:
    assert (extracted(text, "first"), extracted(text, "last"), extracted(text, "")) == (first, last, text)
