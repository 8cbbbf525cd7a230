"""Several programs run beside each other, and Ctrl-C ends each in order."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from sous.runner import crew
from sous.runner.crew import run_crew


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_lines_bear_the_number_of_their_program(capsys: pytest.CaptureFixture[str]) -> None:
    slow = python("import sys\nprint('half', end='', flush=True)\nprint(' a line\\r\\nlast')\nsys.exit(3)")
    codes = run_crew([python("print('one')"), slow], cwd=Path.cwd(), env=dict(os.environ))
    assert codes == [0, 3]
    assert sorted(capsys.readouterr().err.splitlines()) == ["[1] one", "[2] half a line", "[2] last"]


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_ctrl_c_asks_each_to_end_and_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = (
        "import pathlib, signal, sys, time\n"
        "try:\n    pathlib.Path('ready').touch()\n    time.sleep(30)\n"
        "except KeyboardInterrupt:\n    print('in order', flush=True)\n"
    )
    real, waited = crew._wait_for, []

    def wait(threads: object) -> None:
        waited.append(threads)
        if len(waited) == 1:
            while not (tmp_path / "ready").exists():
                pass
            raise KeyboardInterrupt
        real(threads)  # type: ignore[arg-type]

    monkeypatch.setattr(crew, "_wait_for", wait)
    with pytest.raises(KeyboardInterrupt):
        run_crew([python(code)], cwd=tmp_path, env=dict(os.environ))
    assert "[1] in order" in capsys.readouterr().err
