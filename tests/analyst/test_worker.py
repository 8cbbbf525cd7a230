"""The process that reads files speaks JSON lines."""

from __future__ import annotations

import json
import subprocess
import sys


def test_each_line_is_answered_and_nonsense_by_an_empty_one() -> None:
    rows = [
        ["a.py", "x = '\u2028'\n", True],
        ["b.go", "package b\n", True],
        ["c.py", 1, True],
        ["d.py", "def f(:\n", True],
    ]
    asked = "".join(f"{json.dumps(row)}\n" for row in rows)
    done = subprocess.run(
        [sys.executable, "-m", "sous.analyst.worker"], input=asked.encode(), capture_output=True, check=True
    )
    said = [line and json.loads(line)[0] for line in done.stdout.split(b"\n")]
    assert said == ["Python", "Go", b"", "Python", b""]
