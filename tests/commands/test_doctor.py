from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run


def test_nothing_to_fix_is_exit_code_0(repo: Path, run: Run) -> None:
    done = run("sous", "doctor", cwd=repo)
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith("nothing to fix\n")


def test_something_to_fix_is_exit_code_1_and_json_says_which(repo: Path, run: Run) -> None:
    done = run("sous", "doctor", "--json", cwd=repo, env={"SOUS_MODEL": "no-such-model"})
    assert done.code == 1
    assert [check["name"] for check in json.loads(done.out) if check["state"] == "fix"] == ["model"]
