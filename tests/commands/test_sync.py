"""`sous team add` and `dismiss`, and `sous sync`: items of a report go the way of steps."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from clones import joined

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run

REPORT = """# Issues

## Adding is wrong

- **Location:** `calc.py:1-2`

It is.

## Nothing is tested

- **Location:** `calc.py:2`

No.
"""


def test_items_of_a_report_are_shared_claimed_and_dismissed(tmp_path: Path, home: Path, run: Run) -> None:
    one, two = joined(tmp_path, home, run, "one", "two")
    for folder in (one, two):
        (folder / "issues.md").write_text(REPORT)
    assert "issues.md: 2 items to claim" in run("sous", "team", "add", "issues.md", cwd=one).err
    assert "0 items to claim, 2 were there already" in run("sous", "team", "add", "issues.md", cwd=two).err
    rows = json.loads(run("sous", "team", "status", "--json", cwd=two).out)
    items = {row["title"]: row["id"] for row in rows if row["number"] == row["id"]}
    assert set(items) == {"Adding is wrong", "Nothing is tested"}
    claimed = run("sous", "claim", items["Adding is wrong"], cwd=two)
    assert (claimed.code, "Adding is wrong" in claimed.out) == (0, True)
    refused = run("sous", "team", "dismiss", items["Adding is wrong"], "--why", "no", cwd=one)
    assert (refused.code, "is claimed by Ann" in refused.err) == (1, True)
    done = run("sous", "team", "dismiss", items["Nothing is tested"], "--why", "it is", cwd=one)
    assert (done.code, "Nothing is tested: dismissed" in done.err) == (0, True)
    assert "dismissed: it is" in run("sous", "board", cwd=one).out
    assert "Nothing is tested: landed, ticked" in run("sous", "sync", cwd=two).err
    assert "## [x] Nothing is tested" in (two / "issues.md").read_text()


def test_what_an_action_does_not_take_is_told(tmp_path: Path, home: Path, run: Run) -> None:
    (one,) = joined(tmp_path, home, run, "one")
    for line in ("add", "dismiss 1", "dismiss --why x", "status 1", "init x", "add a.md --why x"):
        assert (line, run("sous", "team", *line.split(), cwd=one).code) == (line, 2)
    gone = run("sous", "team", "add", "gone.md", cwd=one)
    assert (gone.code, len(gone.err.splitlines())) == (1, 1)


def test_what_was_done_is_said_before_a_report_that_breaks(tmp_path: Path, home: Path, run: Run) -> None:
    (one,) = joined(tmp_path, home, run, "one")
    (one / "issues.md").write_text(REPORT)
    run("sous", "team", "add", "issues.md", cwd=one)
    (one / "issues.md").write_text("Some prose.\n")
    run("sous", "step", "done", "1", cwd=one)
    done = run("sous", "sync", cwd=one)
    lines = done.err.splitlines()
    assert done.code == 0
    assert lines[0] == "Step 1: Add: ticked by hand, reported to the team"
    assert "issues.md lists no items" in lines[1]
    again = run("sous", "sync", cwd=one).err.splitlines()
    assert ["issues.md lists no items" in line for line in again] == [True]
