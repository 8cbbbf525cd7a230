"""Work that waits for a person is published, read as data, and taken off again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sous.team import saved
from sous.team.saved import Saved
from sous.team.taking import take

if TYPE_CHECKING:
    from collections.abc import Callable

    from sous.team.shared import Team


def test_others_see_what_needs_a_person_and_agents_leave_it(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    step = one.look().find("1")
    tree = one.repository.tree_with(one.look().tip, {"calc.py": b"tried\n"})
    commit = one.saved.publish(Saved(step.id, "2 tests fail", "Ann", "aider"), base=one.look().tip, tree=tree)
    assert commit
    shared = two.look()
    there = shared.find("1")
    assert (there.needs, shared.state_of(there)) == ("2 tests fail", "needs a person")
    assert there not in shared.ready
    assert two.repository.file_at(commit, "calc.py") == b"tried\n"
    assert take(two, there, agent="by hand"), "a person may"
    assert two.look().state_of(two.look().find("1")) == "claimed"
    assert there.saved
    assert not one.saved.forget(Saved(step.id, commit=shared.tip)), "it is another by now"
    assert two.saved.forget(there.saved)
    assert one.look().find("1").needs == ""


def test_work_that_is_saved_again_takes_the_place_of_the_old(member: Callable[[str], Team]) -> None:
    team = member("a")
    step, tip = team.look().find("1"), team.look().tip
    for why in ("first", "second"):
        assert team.saved.publish(Saved(step.id, why), base=tip, tree=f"{tip}^{{tree}}")
        assert team.look().find("1").needs == why


def test_hostile_saved_work_is_inert() -> None:
    text = f"wip x1y2\n\nwhy: \x1b[31mred\x1b[0m {'x' * 900}\nperson: A\nperson: B\nevil: $(id)\n"
    found = saved.read("x1y2", "c0ffee", text)
    assert "\x1b" not in found.why
    assert len(found.why) <= 300
    assert found.person == "A"
    assert saved.read("x1y2", "c0ffee", "").why == "it does not say why"
    assert saved.read("x1y2", "c0ffee", saved.written(Saved("x1y2", "a\nb", "Ann"))).why == "a b"
