"""Items and dismissals of many people at once: none is lost, none conflicts."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from scene import examples, git
from sous.errors import SousError
from sous.items.tick import read_file
from sous.team import adding
from sous.team.adding import add_items, dismiss, sync_items
from sous.team.claims import Claim
from sous.team.shared_items import ID_LENGTH, SharedItem
from sous.team.syncing import Synced

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sous.team.shared import Team

REPORT = """# Issues

## Adding is wrong

- **Location:** `calc.py:1-2`

It is.

## Nothing is tested

- **Location:** `calc.py:2`

No.
"""


def items_of(path: Path) -> list[SharedItem]:
    return [SharedItem(one.identity[:ID_LENGTH], one.title, path.name, prompt="Do.") for one in read_file(path).items]


def test_an_item_is_dismissed_once_and_not_over_somebodys_head(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    add_items(one, [SharedItem("0123456789ab", "A", prompt="x")])
    step = two.look().find("1")
    claim = two.claims.take(Claim(step.id, two.worker, "Bob"))
    assert claim
    with pytest.raises(SousError, match="is claimed by Bob"):
        dismiss(one, "1", "no")
    assert dismiss(one, "0123456789ab", "not\nours") == "Item 0123456789ab: A"
    record = two.look().find("0123456789ab").record
    assert record
    assert (record.by, record.agent, record.dismissed) == ("Ann", "dismissed", "not ours")
    with pytest.raises(SousError, match="is done, by Ann"):
        dismiss(two, "0123456789ab", "again")


def test_reports_and_the_branch_come_together(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    for team in (one, two):
        (team.root / "issues.md").write_text(REPORT)
    first, second = items_of(one.root / "issues.md")
    add_items(one, [first, second])
    dismiss(two, first.id, "it is right")
    path = one.root / "issues.md"
    path.write_text(REPORT.replace("## Nothing", "## [x] Nothing"))
    assert sync_items(one, one.look()) == Synced(("Adding is wrong",), ("Nothing is tested",))
    assert [item.state for item in read_file(path).items] == ["done", "done"]
    assert sync_items(one, one.look()) == Synced()
    assert all(one.look().find(item.id).record for item in (first, second))


def test_a_report_that_a_branch_names_is_one_of_ours(member: Callable[[str], Team]) -> None:
    team = member("a")
    (team.root / "mine.md").write_text(REPORT)
    found = items_of(team.root / "mine.md")
    add_items(team, found)
    dismiss(team, found[0].id, "no")
    assert sync_items(team, team.look()) == Synced()
    assert (team.root / "mine.md").read_text() == REPORT


def test_changes_of_many_at_once_are_all_there(member: Callable[[str], Team], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adding, "_TRIES", 100)
    teams = [member(name) for name in "abc"]
    add_items(teams[0], [SharedItem(f"item{number:03}", f"T{number}", prompt="x") for number in range(6)])
    names = [f"item{number:03}" for number in range(6)]
    for seed in range(examples(4)):
        left = [step.id for step in teams[0].look().steps if step.id in names and not step.record]
        random.Random(seed).shuffle(left)  # noqa: S311
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda pair: dismiss(pair[0], pair[1], "no"), zip(teams, left[:3], strict=False)))
    assert all(step.record for step in teams[1].look().steps if step.id in names)


def test_a_branch_that_refuses_is_told(member: Callable[[str], Team], tmp_path: Path) -> None:
    team = member("a")
    hook = tmp_path / "remote.git" / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(SousError, match="or the remote refuses"):
        dismiss(team, "1", "no")


def test_an_item_that_was_opened_again_is_unticked(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    for team in (one, two):
        (team.root / "issues.md").write_text(REPORT)
    first, second = items_of(one.root / "issues.md")
    add_items(one, [first, second])
    (one.root / "issues.md").write_text(REPORT.replace("## Nothing", "## [x] Nothing"))
    assert sync_items(one, one.look()) == Synced((), ("Nothing is tested",))
    assert sync_items(two, two.look()) == Synced(("Nothing is tested",))
    reopen(two, second.id)
    for team in (one, two):
        assert sync_items(team, team.look()) == Synced(reopened=("Nothing is tested",))
        assert sync_items(team, team.look()) == Synced()
        assert (team.root / "issues.md").read_text() == REPORT
    (two.root / "issues.md").write_text(REPORT.replace("## Nothing", "## [x] Nothing"))
    assert sync_items(two, two.look()) == Synced((), ("Nothing is tested",)), "it was done again"


def test_a_report_that_cannot_be_read_keeps_no_other_from_it(member: Callable[[str], Team]) -> None:
    team = member("a")
    for name in ("code-review.md", "issues.md"):
        (team.root / name).write_text(REPORT)
    add_items(team, items_of(team.root / "issues.md")[:1])
    add_items(team, [SharedItem("0123456789ab", "Gone", "code-review.md", prompt="x")])
    dismiss(team, items_of(team.root / "issues.md")[0].id, "no")
    (team.root / "code-review.md").write_text("Some prose, and nothing to do.\n")
    done = sync_items(team, team.look())
    assert done.ticked == ("Adding is wrong",)
    assert ["lists no items" in one for one in done.problems] == [True]
    (team.root / "code-review.md").write_bytes(b"")
    assert sync_items(team, team.look()).ticked == ()


def test_items_of_who_may_not_push_are_ticked(member: Callable[[str], Team], tmp_path: Path) -> None:
    team = member("a")
    (team.root / "issues.md").write_text(REPORT)
    first, second = items_of(team.root / "issues.md")
    add_items(team, [first, second])
    dismiss(team, first.id, "no")
    hook = tmp_path / "remote.git" / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    (team.root / "issues.md").write_text(REPORT.replace("## Nothing", "## [x] Nothing"))
    done = sync_items(team, team.look())
    assert (done.ticked, done.recorded) == (("Adding is wrong",), ())
    assert [one.startswith("Nothing is tested: ticked by hand: ") for one in done.problems] == [True]


def reopen(team: Team, own: str) -> None:
    """Delete the record of a step or an item on the branch, as a person does."""
    git(team.root, "fetch", "-q", "origin")
    git(team.root, "switch", "-qC", "edit", "origin/sous/prompt_plan")
    git(team.root, "rm", "-q", f".sous-plan/done/{own}")
    git(team.root, "commit", "-qm", "open it again")
    git(team.root, "push", "-q", "origin", "HEAD:sous/prompt_plan")
