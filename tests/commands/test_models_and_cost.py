from __future__ import annotations

import json
import sqlite3
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fake_model import FakeModel
    from scene import Run


def test_models_shows_what_is_known_guessed_and_not_known(repo: Path, run: Run, model: FakeModel) -> None:
    done = run("sous", "models", "gpt-4o-mini", "gpt-4-turbo-2024-04-09", "ok", cwd=repo)
    assert done.code == 0, done.err
    rows = [line.split() for line in done.out.splitlines()[1:]]
    assert rows[0] == ["gpt-4o-mini", "128,000", "94,080", "0.15", "0.60"]
    assert rows[1][1].startswith("~")
    assert rows[2] == ["ok", "?", "?", "?", "?"]
    assert not model.requests


def test_models_lists_all_that_llm_has(repo: Path, run: Run) -> None:
    found = json.loads(run("sous", "models", "--json", cwd=repo).out)
    assert {"model": "gpt-4o-mini", "window": 128_000, "window_source": "known", "room": 94_080,
            "usd_per_million_in": 0.15, "usd_per_million_out": 0.6} in found  # fmt: skip


def test_a_price_is_that_of_a_usual_prompt_not_of_the_longest(repo: Path, run: Run) -> None:
    (row,) = json.loads(run("sous", "models", "gpt-6-luna", "--json", cwd=repo).out)
    assert (row["usd_per_million_in"], row["usd_per_million_out"]) == (0.1, 0.5), "0.2 from 272,000 tokens on"


def test_an_unknown_model_is_said(repo: Path, run: Run) -> None:
    done = run("sous", "models", "nobody", cwd=repo)
    assert done.code == 1
    assert "unknown model nobody" in done.err


def test_cost_sums_by_task_and_model(repo: Path, run: Run, model: FakeModel) -> None:
    env = {"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "x"}
    run("sous", "code-review", "-m", "gpt-4o-mini", cwd=repo, env=env)
    run("sous", "code-review", "-m", "gpt-4o-mini", "--force", cwd=repo, env=env)
    run("sous", "github-issues", "-m", "ok", cwd=repo)
    run(Path(sys.executable).parent / "llm", "-m", "ok", "not ours", cwd=repo)
    done = run("sous", "cost", cwd=repo)
    rows = [line.split() for line in done.out.splitlines()]
    assert rows[1][:6] == ["code-review", "gpt-4o-mini", "2", "2,000", "1,280", "100"]
    assert rows[2] == ["github-issues", "ok", "1", "1,000", "640", "50", "price", "unknown"]
    assert done.out.splitlines()[-1] == "together $0.0003 and what is not known"
    first = json.loads(run("sous", "cost", "--json", cwd=repo).out)[0]
    assert 0.0002 < first.pop("dollars") < 0.0004
    assert first == {
        "task": "code-review", "model": "gpt-4o-mini", "calls": 2, "read": 2000, "cached": 1280, "written": 100,
    }  # fmt: skip
    assert "nothing yet" in run("sous", "cost", "--since", "2999-01-01", cwd=repo).out
    (repo / "mine.html").write_text("mine")
    assert run("sous", "cost", "--html", "cost.html", cwd=repo).err == "cost.html: written\n"
    page = (repo / "cost.html").read_text("utf-8")
    assert ">gpt-4o-mini<" in page
    assert ">2,000<" in page
    assert page.count("<rect") == 1  # one day
    assert run("sous", "cost", "--html", "cost.html", cwd=repo).code == 0
    kept = run("sous", "cost", "--html", "mine.html", cwd=repo)
    assert kept.code == 1
    assert "exists and is not a page of sous" in kept.err


def test_cost_without_a_log_with_a_wrong_date_and_with_another_log(repo: Path, home: Path, run: Run) -> None:
    assert run("sous", "cost", cwd=repo).out == "nothing yet: llm's log has no call of sous\n"
    assert run("sous", "cost", "--since", "yesterday", cwd=repo).code == 2
    (home / "llm").mkdir(exist_ok=True)
    sqlite3.connect(home / "llm" / "logs.db").execute("create table x (y)")
    done = run("sous", "cost", cwd=repo)
    assert done.code == 1
    assert "needs the tables of llm 0.36" in done.err


def test_settings_of_the_calls_hold_and_wrong_ones_are_told(repo: Path, run: Run, model: FakeModel) -> None:
    for name, value in (("SOUS_JOBS", "0"), ("SOUS_TIMEOUT", "nan"), ("SOUS_MAX_COST", "-1"), ("SOUS_RETRIES", "x")):
        done = run("sous", "code-review", "-m", "ok", cwd=repo, env={name: value})
        assert done.code == 1
        assert f"the environment: {name} must be a number" in done.err
    done = run("sous", "code-review", "-m", "ok", cwd=repo, env={"SOUS_CONTEXT_WINDOW": "100"})
    assert done.code == 4
    assert not model.requests


def test_a_project_may_not_set_limits_without_trust(repo: Path, run: Run, model: FakeModel) -> None:
    (repo / ".mise.toml").write_text("[_.sous]\nmax_cost = 1000\n")
    done = run("sous", "code-review", "-m", "ok", cwd=repo)
    assert done.code == 1
    assert "sets `max_cost`, which an untrusted project may not" in done.err
    assert not model.requests
