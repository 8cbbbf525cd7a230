"""What goes over the wire so that a provider's prefix cache serves the second task: real llm, real plugin, loopback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from scene import CHECKOUT, missing

if TYPE_CHECKING:
    from pathlib import Path

    from fake_model import FakeModel
    from scene import Run

PLUGIN = CHECKOUT / ".tools" / "anthropic"


def blocks(body: dict[str, Any]) -> Any:
    return next(one for one in body.get("messages") or body["input"] if one["role"] == "user")["content"]


@pytest.mark.parametrize("model_name", ["gpt-5.6-luna", "gpt-6-luna"])
def test_newer_models_of_openai_get_a_mark_behind_the_bundle(
    model_name: str, repo: Path, run: Run, model: FakeModel
) -> None:
    env = {"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "x"}
    for command in ("code-review", "github-issues"):
        done = run("sous", command, "-m", model_name, cwd=repo, env=env)
        assert done.code == 0, done.err
        assert "(640 cached, 64%)" in done.err
    one, two = model.requests
    assert blocks(one)[0] == blocks(two)[0]
    assert blocks(one)[0]["prompt_cache_breakpoint"] == {"mode": "explicit"}
    assert blocks(one)[0]["text"].endswith("</files>\n")
    assert one["prompt_cache_options"] == {"mode": "explicit"}
    assert one["prompt_cache_key"] == two["prompt_cache_key"]
    assert "prompt_cache_breakpoint" not in blocks(one)[1]


def test_older_models_and_other_endpoints_get_one_text(repo: Path, run: Run, model: FakeModel) -> None:
    env = {"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "x"}
    run("sous", "code-review", "-m", "gpt-4o-mini", cwd=repo, env=env)
    run("sous", "github-issues", "-m", "ok", cwd=repo)
    assert all(isinstance(blocks(body), str) for body in model.requests)
    assert not any("prompt_cache_key" in body for body in model.requests)


def test_anthropic_gets_a_mark_behind_the_bundle_and_its_cache_is_reported(
    repo: Path, run: Run, model: FakeModel
) -> None:
    if not PLUGIN.is_dir():
        missing("llm-anthropic")
    env = {"PYTHONPATH": str(PLUGIN), "ANTHROPIC_BASE_URL": model.url.removesuffix("/v1"), "ANTHROPIC_API_KEY": "x"}
    done = run("sous", "code-review", "-m", "claude-sonnet-4.5", cwd=repo, env=env)
    assert done.code == 0, done.err
    assert "1,000 tokens in (600 cached, 60%), 50 out (provider's count), $0." in done.err
    first, second = blocks(model.requests[0])
    assert first["cache_control"] == {"type": "ephemeral"}
    assert first["text"].endswith("</files>\n")
    assert "cache_control" not in second
