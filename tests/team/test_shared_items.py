"""Items of reports are steps of a team: read as data, ready at once, landed once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scene import git
from sous.errors import SousError
from sous.team.adding import add_items
from sous.team.claims import Claim
from sous.team.landing import land
from sous.team.member import commit_at
from sous.team.shared_items import SharedItem, read, written

if TYPE_CHECKING:
    from collections.abc import Callable

    from sous.team.shared import Team

LINE = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=30)
ITEM = SharedItem("0123456789ab", "Adding is wrong", "issues.md", "", ("calc.py",), "Make it right.\n\nAll of it.")


@given(
    LINE, LINE, st.lists(LINE, max_size=3), st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"]))
)
def test_what_is_written_is_read(title: str, report: str, files: list[str], prompt: str) -> None:
    item = SharedItem("0123456789ab", title, report, "test", tuple(files), prompt.strip("\n"))
    found = read(item.id, written(item))
    assert (found.title, found.report, found.kind, found.files) == (title or item.id, report, "test", tuple(files))
    assert found.prompt == item.prompt


@pytest.mark.parametrize("text", ["", "no lines", "title: \x1b[31mred\nfile: ../../x\n\nDo it.", "\n\n\n"])
def test_any_text_is_an_item(text: str) -> None:
    found = read("0123456789ab", text)
    assert found.title
    assert "\x1b" not in found.title
    assert found.as_step().name == f"Item 0123456789ab: {found.title}"


def test_an_item_is_claimed_and_landed_like_a_step(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    assert [item.id for item in add_items(one, [ITEM])] == [ITEM.id]
    assert add_items(two, [ITEM]) == []
    step = two.look().find(ITEM.id)
    assert (step.planned.step.prompt, step.planned.files) == (ITEM.prompt, ("calc.py",))
    assert [ready.planned.step.number for ready in two.look().ready] == ["1", "3", "4", ITEM.id]
    assert two.claims.take(Claim(step.id, two.worker))
    (two.root / "calc.py").write_text("x = 1\n")
    git(two.root, "commit", "-qam", "work")
    land(two, two.look().find(step.id), commit_at(two.root), tests="", is_green=lambda _: None)
    assert one.look().find(ITEM.id).record


def test_work_that_changes_items_does_not_land(member: Callable[[str], Team]) -> None:
    team = member("a")
    step = team.look().find("1")
    assert team.claims.take(Claim(step.id, team.worker))
    (team.root / ".sous-plan" / "items").mkdir(parents=True)
    (team.root / ".sous-plan" / "items" / "abcd").write_text("title: mine\n\nDo it.\n")
    git(team.root, "add", ".sous-plan")
    git(team.root, "commit", "-qm", "work")
    with pytest.raises(SousError, match="changes .sous-plan/items/abcd"):
        land(team, step, commit_at(team.root), tests="", is_green=lambda _: None)
