"""`sous watch --exec`: the user's command gets others' words in variables."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from clones import joined

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run


def test_a_command_of_the_user_is_run_for_what_needs_them(tmp_path: Path, home: Path, run: Run) -> None:
    one, two = joined(tmp_path, home, run, "one", "two")
    script = tmp_path / "tell.py"
    script.write_text("import os\nopen('told', 'a').write(os.environ['SOUS_EVENT'] + ' ' + os.environ['SOUS_TEXT'])\n")
    command = f'"{sys.executable}" "{script}"'
    run("sous", "claim", "1", cwd=two)
    assert run("sous", "watch", "--once", "--exec", command, cwd=one).out == ""
    run("sous", "handoff", "--say", "$(touch pwned) `touch pwned`; touch pwned", cwd=two)
    done = run("sous", "watch", "--once", "--exec", command, cwd=one)
    assert (done.code, done.out.startswith("Ann, Step 1: Add: $(touch pwned)")) == (0, True)
    assert (one / "told").read_text() == "needs Ann, Step 1: Add: $(touch pwned) `touch pwned`; touch pwned"
    assert not (one / "pwned").exists()
    assert run("sous", "watch", "--once", cwd=one).out == ""
    run("sous", "claim", "3", cwd=two)
    run("sous", "handoff", "3", cwd=two)
    failed = run("sous", "watch", "--once", "--exec", "exit 3", cwd=one)
    assert (failed.code, "`exit 3`: exit code 3" in failed.err) == (0, True)
    assert run("sous", "watch", "--every", "0", cwd=one).code == 2
