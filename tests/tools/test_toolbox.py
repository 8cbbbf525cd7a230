"""The tools of a project as those of a model of llm."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from sous.tools.toolbox import Sous

if TYPE_CHECKING:
    from pathlib import Path

    from fake_model import FakeModel
    from scene import Run


def test_a_model_is_offered_the_tools(run: Run, repo: Path, home: Path, model: FakeModel) -> None:
    known = home / "llm" / "extra-openai-models.yaml"
    known.write_text(json.dumps([{**one, "supports_tools": True} for one in json.loads(known.read_text())]))
    assert run(sys.executable, "-m", "llm", "-m", "ok", "-T", "Sous", "what is here?", cwd=repo).code == 0
    offered = {tool["function"]["name"] for tool in model.requests[-1]["tools"]}
    assert {"sous_read_files", "sous_next_step"} <= offered
    assert "sous_mark_step" not in offered


def test_a_call_gives_json_and_an_error_is_one(repo: Path) -> None:
    tools = {tool.name: tool for tool in Sous(str(repo), allow_write=True).tools()}
    assert "sous_mark_step" in tools
    read = tools["sous_read_files"].implementation
    assert read
    assert "return a - b" in json.loads(read(paths=["src"]))["text"]
    assert "outside of the project" in json.loads(read(paths=["../x"]))["error"]
