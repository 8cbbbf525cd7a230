"""Who meets whom, in files and in lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sous.team.claims import Claim
from sous.team.handover import Handover
from sous.team.member import commit_at
from sous.team.overlap import before_claim, changed_files, common, conflicting, overlaps

if TYPE_CHECKING:
    from collections.abc import Callable

    from sous.team.shared import Team


@pytest.mark.parametrize(
    ("ones", "others", "expected"),
    [
        (("a.py",), ("a.py", "b.py"), ("a.py",)),
        (("a.py",), ("b.py",), ()),
        (("src/a.py",), ("src/",), ("src/a.py",)),
        (("src",), ("src/a.py", "srcs/b.py"), ("src/a.py",)),
        (("src/*.py",), ("src/a.py", "docs/a.md"), ("src/a.py",)),
        ((), ("a.py",), ()),
    ],
)
def test_files_meet_by_name_folder_and_pattern(
    ones: tuple[str, ...], others: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert common(ones, others) == common(others, ones) == expected


def published(team: Team, number: str, text: str, *, more: str = "") -> str:
    """Claim a step and publish work on it; return the commit."""
    step = team.look().find(number)
    assert team.claims.take(Claim(step.id, team.worker, team.root.name, files=step.planned.files))
    base = commit_at(team.root)
    files: dict[str, bytes | None] = {"calc.py": text.encode()}
    if more:
        files = {more: b"x\n"}
    tree = team.repository.tree_with(base, files)
    made = team.handovers.made(Handover(step.id, team.worker, team.root.name, base=base, tree=tree))
    team.look()
    assert team.repository.push([team.handovers.update_to(made)])
    return made.commit


def test_work_that_cannot_be_merged_is_told_by_who_and_what(member: Callable[[str], Team]) -> None:
    one, two = member("ann"), member("bob")
    published(one, "1", "def add(a, b):\n    return 1\n")
    assert overlaps(one, one.look()) == []
    published(two, "3", "def add(a, b):\n    return 2\n")
    (found,) = overlaps(one, one.look())
    assert found.is_conflict
    assert found.told == "your Step 1: Add and Step 3: Subtract of bob change the same lines of calc.py"
    (seen,) = overlaps(two, two.look())
    assert seen.told == "Step 1: Add of ann and your Step 3: Subtract change the same lines of calc.py"


def test_what_merges_meets_only_in_its_files(member: Callable[[str], Team]) -> None:
    one, two = member("ann"), member("bob")
    published(one, "1", "def add(a, b):\n    return 1\n")
    published(two, "3", "", more="other.py")
    assert overlaps(one, one.look()) == [], "what is published counts, not what the plan said"
    here = one.repository.commit(
        "here",
        parents=[commit_at(one.root)],
        tree=one.repository.tree_with(commit_at(one.root), {"other.py": b"y\n"}),
    )
    (found,) = overlaps(one, one.look(), {one.look().find("1").id: here})
    assert (found.is_conflict, found.files) == (True, ("other.py",))


def test_a_step_is_compared_before_it_is_claimed(member: Callable[[str], Team]) -> None:
    one, two = member("ann"), member("bob")
    step = one.look().find("1")
    assert one.claims.take(Claim(step.id, one.worker, "Ann", files=step.planned.files))
    shared = two.look()
    (found,) = before_claim(two, shared, shared.find("3"))
    assert found.told == "your Step 3: Subtract and Step 1: Add of Ann both change calc.py"
    assert before_claim(two, shared, shared.find("4")) == []


def test_works_that_change_the_same_lines_are_known_by_their_files(member: Callable[[str], Team]) -> None:
    team = member("a")
    base = commit_at(team.root)
    trees = [
        team.repository.tree_with(base, {"calc.py": f"def add(a, b):\n    return {n}\n".encode(), f"{n}.py": b"x\n"})
        for n in (1, 2)
    ]
    one, two = (team.repository.commit("w", parents=[base], tree=tree) for tree in trees)
    assert conflicting(team.repository, one, two) == ("calc.py",)
    assert conflicting(team.repository, one, base) == ()
    assert conflicting(team.repository, one, "0" * 40) == ()
    assert changed_files(team.repository, one, base) == {"calc.py", "1.py"}
    assert changed_files(team.repository, "0" * 40, base) == frozenset()
