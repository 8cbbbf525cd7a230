from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from sous.prompts.find import shipped_template

if TYPE_CHECKING:
    from pathlib import Path

    from fake_model import FakeModel
    from scene import Run

LLM = (sys.executable, "-m", "llm")


def test_importing_it_loads_nothing_heavy(run: Run, tmp_path: Path) -> None:
    code = "import llm, sys; before = {*sys.modules}; import sous.plugin; print(sorted({*sys.modules} - before))"
    assert run(sys.executable, "-c", code, cwd=tmp_path).out.strip() == "['sous', 'sous.plugin']"


@pytest.mark.parametrize("name", ["code-review-gen", "code-review", "github-issue-gen", "github-issues"])
def test_llm_finds_our_templates_by_prefix(name: str, run: Run, tmp_path: Path, model: FakeModel) -> None:
    done = run(*LLM, "-m", "ok", "-t", f"sous:{name}", cwd=tmp_path, input="the bundle\n")
    assert done.code == 0, done.err
    assert model.prompts() == [f"the bundle\n {shipped_template(name).prompt}"]


def test_an_unknown_template_is_one_line(run: Run, tmp_path: Path) -> None:
    done = run(*LLM, "-t", "sous:nope", cwd=tmp_path, input="x")
    assert done.code == 1
    assert "no template nope; known are" in done.err


def test_a_fragment_is_a_bundle_of_that_path(run: Run, repo: Path, model: FakeModel) -> None:
    assert run(*LLM, "-m", "ok", "-f", "bundle:src", "what is it?", cwd=repo).code == 0
    bundle = run("sous", "bundle", "src", "-o", "-", cwd=repo).out
    assert model.prompts() == [f"{bundle}\nwhat is it?"]


def test_a_fragment_never_packs_the_home_folder(run: Run, home: Path, model: FakeModel) -> None:
    done = run(*LLM, "-m", "ok", "-f", "bundle:.", "x", cwd=home)
    assert done.code == 1
    assert "home folder" in done.err
    assert not model.requests


def test_a_command_through_llm_is_the_same_command(run: Run, repo: Path, model: FakeModel) -> None:
    assert run(*LLM, "sous", "code-review", "-m", "ok", "-o", "r.md", cwd=repo).code == 0
    assert (repo / "r.md").exists()
    assert run(*LLM, "sous", "code-review", "-m", "length", "-o", "r2.md", cwd=repo).code == 3
    assert len(model.requests) == 2
