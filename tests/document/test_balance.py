"""Whether the fences of a text are sound."""

from __future__ import annotations

import pytest

from sous.document.balance import inside_of, sound_fences
from sous.document.markdown import parse


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("a\n", []),
        ("```\nx\n```\n", [(0, 3)]),
        ("```text\n```js\ny\n```\nz\n```\n", [(0, 6)]),
        ("````md\n```js\ny\n```\n````\n", [(0, 5)]),
        ("~~~\n```\n~~~\n", [(0, 3)]),
        ("- a\n\n  ```\n  x\n  ```\n", [(2, 5)]),
        ("```text\nx\n", None),
        ("```text\n```js\ny\n```\n", None),
    ],
)
def test_blocks_are_told_where_every_fence_has_its_end(text: str, spans: list[tuple[int, int]] | None) -> None:
    assert sound_fences(parse(text)) == spans


def test_each_line_knows_its_block() -> None:
    spans = sound_fences(parse("a\n```\nx\n```\n")) or []
    assert [span is not None for span in inside_of(spans, 4)] == [False, True, True, True]
