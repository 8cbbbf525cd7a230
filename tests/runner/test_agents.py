from __future__ import annotations

from pathlib import Path

import pytest

from sous.errors import SousError
from sous.runner.agents import AGENTS, files_once, find_agent


def test_aider_summarises_no_chat_and_keeps_its_histories_out_of_the_project() -> None:
    argv = AGENTS["aider"].arguments(Path("/logs/step-1.prompt.md"), "m", ["a.py"])
    assert "--max-chat-history-tokens=1000000" in argv
    assert "--chat-history-file" in " ".join(argv)
    assert all("/logs/" in one for one in argv if "history-file" in one)


def test_a_file_is_given_once_however_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.py").touch()
    (tmp_path.parent / "out.py").touch()
    names = ("src/a.py", "./src/a.py", "src/../src/a.py", "--yes", "../out.py", "gone.py")
    assert files_once(tmp_path, names) == ["src/a.py"]


@pytest.mark.parametrize(
    ("named", "says"),
    [("", "--agent is empty"), ("'", "is not a command line"), ("no-such-agent x", "is not installed")],
)
def test_an_agent_that_cannot_be_started_is_refused(named: str, says: str) -> None:
    with pytest.raises(SousError, match=says):
        find_agent(named)
