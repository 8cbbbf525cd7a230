from __future__ import annotations

from typing import TYPE_CHECKING

from sous.setup.check import Check
from sous.setup.report import checks_of, lines_of

if TYPE_CHECKING:
    from pathlib import Path


def test_a_line_for_each_and_what_to_do_below_it() -> None:
    found = [Check("git", "ok", "2.43"), Check("forge", "fix", "no way", "log in")]
    assert list(lines_of(found)) == [
        "ok    git    2.43",
        "fix   forge  no way",
        "             log in",
        "1 to fix",
    ]


def test_without_a_project_the_machine_is_looked_at(home: Path) -> None:
    found = checks_of(home, None)
    assert found[-1].name == "project"
    assert found[-1].state == "note"
    assert len(found) > 5
