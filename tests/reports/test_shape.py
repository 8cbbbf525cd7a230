from __future__ import annotations

import pytest

from fake_model import REPLY
from sous.reports.shape import count_findings, unwrap


@pytest.mark.parametrize("fence", ["```", "````", "~~~"])
@pytest.mark.parametrize("language", ["markdown", "md"])
def test_a_fence_around_the_whole_goes(fence: str, language: str) -> None:
    assert unwrap(f"{fence}{language}\n# T\n\ntext\n{fence}\n") == "# T\n\ntext\n"
    assert unwrap(f"\n{fence}{language}\n{REPLY}{fence}\n\n").strip() == REPLY.strip()


@pytest.mark.parametrize(
    "text",
    [
        "# T\n\ntext\n",
        "```python\nx\n```\n",
        "```\nx\n```\n",
        "```markdown\nA\n```\n\ntext\n\n```markdown\nB\n```\n",
        "```markdown\nA\n```\n\ntext\n",
        "text\n\n```markdown\nA\n```\n",
        "",
    ],
)
def test_anything_else_stays_as_it_is(text: str) -> None:
    assert unwrap(text) == text


def test_findings_are_sections_that_say_where() -> None:
    assert count_findings(REPLY + "\n" + REPLY) == 2
    assert count_findings("# T\n\n## A thought\n\ntext\n") == 0
    assert count_findings("```\n" + REPLY + "\n") == 0
    assert count_findings("") == 0
