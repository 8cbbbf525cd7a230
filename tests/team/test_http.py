"""The same over smart http: claims are won once, steps land, and a remote that goes away is told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import pytest

from git_server import GitServer
from scene import git
from sous.errors import SousError
from sous.git_wire import RemoteAway
from sous.team.begin import agreed, begin
from sous.team.claims import Claim, Claims
from sous.team.landing import land
from sous.team.member import Membership, commit_at, keep_membership, open_repository
from sous.team.shared import Team
from sous.team.taking import take_chosen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MEMBER = Membership("origin", "prompt_plan.md", "sous/prompt_plan")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitServer]:
    with GitServer(tmp_path) as found:
        yield found


@pytest.fixture
def over_http(clone: Callable[[str], Path], server: GitServer) -> Callable[[str], Path]:
    """What makes a clone whose remote is the server."""

    def make(name: str) -> Path:
        root = clone(name)
        git(root, "remote", "set-url", "origin", f"{server.address}/remote.git")
        return root

    return make


def joined(root: Path) -> Team:
    membership = agreed(root, MEMBER).membership
    begin(root, membership, root / "prompt_plan.md")
    keep_membership(root, membership)
    return Team(root, membership)


def test_of_eight_who_claim_at_once_one_wins_and_of_eight_who_take_over(over_http: Callable[[str], Path]) -> None:
    clones = [Claims(open_repository(over_http(f"c{at}"), "origin")) for at in range(8)]
    with ThreadPoolExecutor(8) as pool:
        won = [one for one in pool.map(partial(Claims.take, claim=Claim("aaaa", "same")), clones) if one]
        assert len(won) == 1
        for _ in pool.map(Claims.fetch, clones):
            pass
        again = pool.map(partial(Claims.take, claim=Claim("aaaa", "same"), over=won[0].commit), clones)
        over = [one for one in again if one]
    assert len(over) == 1
    assert clones[0].fetch()["aaaa"].commit == over[0].commit


def test_two_clones_land(over_http: Callable[[str], Path]) -> None:
    one, two = joined(over_http("a")), joined(over_http("b"))
    for team, name in ((one, "calc.py"), (two, "docs.md")):
        _, step = take_chosen(team)
        (team.root / name).write_text("x = 1\n")
        git(team.root, "add", name)
        git(team.root, "commit", "-qm", "work")
        land(team, team.look().find(step.id), commit_at(team.root), tests="", is_green=lambda _commit: None)
    assert [bool(step.record) for step in one.look().steps] == [True, True, False, False]
    assert one.claims.fetch() == {}


def test_a_remote_that_takes_no_push_is_looked_at(over_http: Callable[[str], Path], server: GitServer) -> None:
    joined(over_http("a"))
    server.refused = True
    root = over_http("b")
    found = agreed(root, MEMBER)
    assert not found.may_push
    team = Team(root, found.membership)
    assert len(team.look().ready) == 3
    with pytest.raises(SousError, match="check your access"):
        take_chosen(team)


def test_a_server_that_is_away_is_told_and_the_claim_is_kept(
    over_http: Callable[[str], Path], server: GitServer
) -> None:
    team = joined(over_http("a"))
    _, step = take_chosen(team)
    claim = team.claims.fetch()[step.id]
    server.is_away = True
    with pytest.raises(RemoteAway, match="cannot be asked"):
        team.renew(claim)
    with pytest.raises(RemoteAway, match="cannot be asked"):
        land(team, step, commit_at(team.root), tests="", is_green=lambda _commit: None)
    server.is_away = False
    renewed = team.renew(claim)
    assert renewed is not None
    assert team.claims.release(renewed)
