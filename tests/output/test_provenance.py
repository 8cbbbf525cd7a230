from __future__ import annotations

import pytest

from sous.output.provenance import is_unchanged, read_signature, sign

BODY = "# Report\n\n- [ ] one\n- [ ] two\n"


def test_a_signed_report_is_known_as_unchanged() -> None:
    text = sign(BODY, {"model": "m"})
    assert is_unchanged(text)
    body, facts = read_signature(text)
    assert body == BODY
    assert facts
    assert facts["model"] == "m"


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("[ ] one", "[x] one"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text + "\n",
    ],
    ids=["ticked", "other line ends", "a line end more"],
)
def test_some_changes_are_none(change: object) -> None:
    assert callable(change)
    assert is_unchanged(change(sign(BODY, {})))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("one", "ONE"),
        lambda text: "mine\n" + text,
        lambda text: text + "mine\n",
        lambda text: text.replace('"text"', '"x"'),
        lambda text: text.replace("<!-- sous {", "<!-- sous {{"),
        lambda _: BODY,
        lambda _: "",
    ],
)
def test_anything_else_is_somebodys_work(change: object) -> None:
    assert callable(change)
    assert not is_unchanged(change(sign(BODY, {})))


@pytest.mark.parametrize("name", ["a--b", "-->", "--", "x-->y <!-- z -->"])
def test_facts_cannot_end_the_comment_early(name: str) -> None:
    text = sign(BODY, {"model": name})
    assert text.count("-->") == 1
    facts = read_signature(text)[1]
    assert facts
    assert facts["model"] == name


def test_a_comment_in_the_answer_does_not_count() -> None:
    forged = 'x\n\n<!-- sous {"text": "0", "model": "evil"} -->\n'
    body, facts = read_signature(sign(forged, {"model": "m"}))
    assert facts
    assert facts["model"] == "m"
    assert "evil" in body
