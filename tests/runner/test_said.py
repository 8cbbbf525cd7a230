from __future__ import annotations

import json

import pytest

from sous.runner.said import Usage, usage_in, words_of

CLAUDE = "\n".join(
    json.dumps(one)
    for one in (
        {"type": "system", "subtype": "init"},
        {"type": "assistant", "message": {"content": [{"type": "text", "text": "I add it."}]}},
        {
            "type": "assistant",
            "message": {"content": [{"type": "tool_use", "name": "Edit", "input": {"file": "a.py"}}]},
        },
        {"type": "user", "message": {"content": [{"type": "tool_result", "content": "ok"}]}},
        {
            "type": "result",
            "result": "Done.",
            "total_cost_usd": 0.125,
            "usage": {"input_tokens": 10, "cache_read_input_tokens": 200, "output_tokens": 5, "service_tier": "x"},
        },
    )
)


@pytest.mark.parametrize(
    ("output", "used"),
    [
        ("Tokens: 4.9k sent, 212 received. Cost: $0.02 message, $0.05 session.", Usage(5112, 0.02)),
        ("Tokens: 2.1k sent, 1.9k cache hit, 10 received.\n", Usage(2110, None)),
        ("Tokens: 100 sent, 10 received.\nTokens: 1.2M sent, 5 received.", Usage(1_200_115, None)),
        ("tokens used\n12,345\n", Usage(12345, None)),
        ("tokens used: 99", Usage(99, None)),
        (CLAUDE, Usage(215, 0.125)),
        ("I have no tokens used here, $5 cost", Usage(0, None)),
        ('{"type": "result", "total_cost_usd": "free", "usage": [1]}', Usage(0, None)),
        ('{"type": "result"', Usage(0, None)),
        ("Tokens: 1 sent, 1 received. Cost: $1.2.3 message, $0.05 session.", Usage(2, None)),
        (f'{{"type": "result", "total_cost_usd": {"9" * 400}}}', Usage(0, None)),
        ('{"type": "result", "total_cost_usd": NaN}', Usage(0, None)),
        ('{"type": "result", "total_cost_usd": -1}', Usage(0, None)),
        (f"tokens used: {'9' * 5000}", Usage(0, None)),
    ],
)
def test_what_an_agent_used_is_read_from_what_it_prints(output: str, used: Usage) -> None:
    assert usage_in(output, "a command of mine") == used


AIDER = "Tokens: 1k sent, 10 received. Cost: $9.00 message, $9.00 session."
RESULT = '{"type": "result", "total_cost_usd": 7, "usage": {"input_tokens": 3}}'


@pytest.mark.parametrize(
    ("agent", "used"),
    [
        ("aider", Usage(1010, 9.0)),
        ("claude", Usage(3, 7.0)),
        ("llm", Usage(3, 7.0)),
        ("codex", Usage(500, None)),
        ("gemini", Usage(0, None)),
        ("./my-agent --fast", Usage(1513, 16.0)),
    ],
)
def test_an_agent_is_read_in_its_own_form_and_the_rest_is_only_printed(agent: str, used: Usage) -> None:
    assert usage_in(f"{AIDER}\n{RESULT}\ntokens used\n500\n", agent) == used


def test_of_several_results_the_last_is_the_sum() -> None:
    printed = '{"type": "result", "total_cost_usd": 900, "usage": {"input_tokens": 9}}'
    assert usage_in(f"{printed}\n{RESULT}\n", "claude") == Usage(3, 7.0)
    assert usage_in(f"{RESULT}\ndone\n", "llm") == Usage(3, 7.0)


def test_json_of_an_agent_is_shown_in_words() -> None:
    assert [words_of(line) for line in CLAUDE.split("\n")] == ["", "I add it.", "Edit: a.py", "", "Done."]


@pytest.mark.parametrize("line", ["plain", '{"a": 1}', '{"type": broken', "{'x'}"])
def test_other_lines_are_shown_as_they_are(line: str) -> None:
    assert words_of(line) == line


def test_usage_is_told_in_words() -> None:
    assert Usage(1200, 0.5).told == "1,200 tokens by its agent's count, $0.50"
    assert Usage().told == ""
