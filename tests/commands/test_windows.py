"""Windows that only an error tells, prompts that were not read whole, and keys, as a user meets them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from scene import git
from windows import Case, cases, serve

if TYPE_CHECKING:
    from pathlib import Path

    from fake_model import FakeModel
    from scene import Run

SOME = [case for case in cases() if case.name in ("OpenAI", "Gemini", "Bedrock", "HTTP 413", "vLLM")]


@pytest.fixture
def large(repo: Path) -> Path:
    """A repository of some three windows; a fault is planted in every file."""
    for number in range(12):
        lines = [f"def function_{number}_{at}(value): return value + {at}\n" for at in range(90)]
        lines[number] = f"x = {number}  # PLANTED high\n"
        (repo / "src" / f"m{number}.py").write_text("".join(lines))
    git(repo, "add", ".")
    git(repo, "commit", "-qm", "large")
    return repo


@pytest.mark.parametrize("case", SOME, ids=lambda case: case.model)
def test_a_window_is_learned_split_by_and_kept(case: Case, large: Path, run: Run, model: FakeModel, home: Path) -> None:
    serve(model, home / "llm", SOME)
    done = run("sous", "code-review", "-m", case.model, cwd=large)
    assert done.code == 0, done.err
    assert (large / "code-review.md").read_text().count("Something is wrong in") == 12
    refused = len(model.refused)
    assert run("sous", "code-review", "-m", case.model, "--force", cwd=large).code == 0
    assert len(model.refused) == refused


def test_the_number_is_said(large: Path, run: Run, model: FakeModel, home: Path) -> None:
    serve(model, home / "llm", SOME)
    assert "w-openai reports a limit of 6,000 tokens" in run("sous", "code-review", "-m", "w-openai", cwd=large).err


def test_where_it_may_not_be_split_the_reason_is_said(large: Path, run: Run, model: FakeModel, home: Path) -> None:
    serve(model, home / "llm", SOME)
    done = run("sous", "code-review", "-m", "w-openai", "--no-split", cwd=large)
    assert done.code == 4
    assert "it reads 6,000 tokens (learned)" in done.err
    assert "maximum context length is 6000 tokens" in done.err


def test_a_server_that_is_near_is_asked_before_anything_is_sent(large: Path, run: Run, model: FakeModel) -> None:
    model.pages["/props"] = {"default_generation_settings": {"n_ctx": 6000}}
    done = run("sous", "code-review", "-m", "planted", cwd=large)
    assert done.code == 0, done.err
    assert "since its context window is 6,000 tokens (by llama.cpp)" in done.err


def test_a_prompt_that_was_cut_gives_no_report(large: Path, run: Run, model: FakeModel) -> None:
    model.counts = 2048
    done = run("sous", "code-review", "-m", "counts", cwd=large)
    assert done.code == 3
    assert "it counted 2,048" in done.err
    assert not (large / "code-review.md").exists()
    assert (large / "code-review.md.partial").exists()


@pytest.mark.parametrize("text", ["{", "[]", '{"openai": "x"} x', "\ufeff{}"])
def test_a_broken_file_of_keys_is_named(text: str, repo: Path, run: Run, model: FakeModel, home: Path) -> None:
    (home / "llm" / "keys.json").write_text(text, "utf-8")
    done = run("sous", "code-review", "-m", "gpt-4o", "--retries", "2", cwd=repo)
    assert done.code == 1
    assert "keys.json" in done.err
    assert "trying again" not in done.err


@pytest.mark.parametrize("key", ["sk-x\n", "sk-\u00e9", "sk-\x07"])
def test_a_key_that_no_header_may_hold_is_named(key: str, repo: Path, run: Run, model: FakeModel, home: Path) -> None:
    (home / "llm" / "keys.json").write_text(json.dumps({"openai": key}))
    done = run("sous", "code-review", "-m", "gpt-4o", cwd=repo)
    assert done.code == 1
    assert "the key openai has a line end" in done.err
    assert "sk-" not in done.err


def test_a_missing_key_is_noticed_before_anything_is_packed(repo: Path, run: Run, model: FakeModel) -> None:
    done = run("sous", "code-review", "-m", "gpt-4o", cwd=repo)
    ways = "`llm keys set openai`, or set OPENAI_API_KEY. Without a key: -m sous-static, which sends nothing"
    assert done.err == f"Error: no key for gpt-4o: {ways}\n"
    assert not (repo / "output.txt").exists()


def test_a_dry_run_needs_no_key(repo: Path, run: Run, model: FakeModel) -> None:
    assert run("sous", "code-review", "-m", "gpt-4o", "--dry-run", cwd=repo).code == 0
