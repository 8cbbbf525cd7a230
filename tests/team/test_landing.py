"""A step lands once, on the newest tip, tested there; who lost it cannot land it."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import pytest

from scene import git
from sous.errors import SousError
from sous.git_wire import RemoteAway
from sous.team import lease
from sous.team.claims import WAITING, Claim
from sous.team.landing import Conflict, NotOurs, beating, land
from sous.team.member import commit_at
from sous.team.shared import LANDING, Team

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from sous.git_wire import RefUpdate
    from sous.team.shared import TeamStep


def fine(_commit: str) -> None:
    """The tests pass."""


def work(team: Team, number: str, name: str, text: str) -> TeamStep:
    """Claim a step and commit something for it."""
    step = team.look().find(number)
    claim = team.claims.take(Claim(step.id, team.worker, team.root.name, agent="by hand", files=step.planned.files))
    assert claim is not None
    (team.root / name).write_text(text)
    git(team.root, "add", name)
    git(team.root, "commit", "-qm", "work")
    return team.look().find(number)


def test_a_step_lands_as_one_commit_with_its_record(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    step = work(one, "1", "calc.py", "def add(a, b):\n    return a + b\n")
    other = work(two, "4", "docs.md", "# Docs\n")
    seen: list[str] = []
    landed = land(one, step, commit_at(one.root), tests="pytest", is_green=seen.append)
    assert seen == [landed.commit]
    land(two, other, commit_at(two.root), tests="pytest", is_green=fine)
    shared = two.look()
    assert [bool(one.record) for one in shared.steps] == [True, False, False, True]
    assert one.claims.fetch() == {}
    git(one.root, "fetch", "-q", "origin")
    log = git(one.root, "log", "--format=%s|%an", "origin/sous/prompt_plan").splitlines()
    assert log[:2] == ["Step 4: Docs|Ann", "Step 1: Add|Ann"]
    assert git(one.root, "show", "origin/sous/prompt_plan:calc.py").endswith("return a + b\n")
    with pytest.raises(SousError, match="has landed already, by Ann"):
        land(one, step, commit_at(one.root), tests="pytest", is_green=fine)


def test_what_is_red_on_the_tip_does_not_land(member: Callable[[str], Team]) -> None:
    team = member("a")
    step = work(team, "1", "calc.py", "x = 1\n")
    before = team.look().tip

    def red(_commit: str) -> None:
        raise SousError("red")

    with pytest.raises(SousError, match="red"):
        land(team, step, commit_at(team.root), tests="pytest", is_green=red)
    assert team.look().tip == before
    assert list(team.claims.fetch()) == [step.id], "the step is still ours, the token is given back"


def test_a_todo_md_of_one_clone_does_not_land(member: Callable[[str], Team]) -> None:
    team = member("a")
    (team.root / ".gitignore").write_text("")
    step = work(team, "1", "todo.md", "- [x] Step 1: Add\n")
    with pytest.raises(SousError, match="adds todo.md, which each clone keeps for itself: `git rm --cached"):
        land(team, step, commit_at(team.root), tests="pytest", is_green=fine)


def test_a_conflict_is_told_by_its_files(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    first = work(one, "1", "calc.py", "def add(a, b):\n    return a + b\n")
    second = work(two, "3", "calc.py", "def add(a, b):\n    return 1\n")
    land(one, first, commit_at(one.root), tests="", is_green=fine)
    with pytest.raises(Conflict, match="the same lines of calc.py"):
        land(two, second, commit_at(two.root), tests="", is_green=fine)


def test_who_lost_the_step_while_its_tests_ran_cannot_land(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    step = work(one, "1", "calc.py", "x = 1\n")
    before = one.look().tip

    def robbed(_commit: str) -> None:
        claim = two.claims.fetch()[step.id]
        assert two.claims.take(Claim(step.id, two.worker), over=claim.commit)

    with pytest.raises(SousError, match="is claimed by|is not claimed|was taken over"):
        land(one, step, commit_at(one.root), tests="", is_green=robbed)
    assert two.look().tip == before


def test_a_tip_that_moved_is_tested_again(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    step = work(one, "1", "calc.py", "x = 1\n")
    seen: list[str] = []

    def moving(commit: str) -> None:
        seen.append(commit)
        if len(seen) == 1:  # a person commits on the branch, without sous
            git(two.root, "fetch", "-q", "origin")
            git(two.root, "switch", "-qC", "by-hand", "origin/sous/prompt_plan")
            (two.root / "more.md").write_text("more\n")
            git(two.root, "add", ".")
            git(two.root, "commit", "-qm", "by hand")
            git(two.root, "push", "-q", "origin", "HEAD:sous/prompt_plan")

    landed = land(one, step, commit_at(one.root), tests="", is_green=moving)
    assert len(seen) == 2
    assert landed.commit == seen[1]


def test_the_token_of_one_who_is_gone_is_taken_over(
    member: Callable[[str], Team], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = member("a"), member("b")
    step = work(one, "1", "calc.py", "x = 1\n")
    assert two.claims.take(Claim(LANDING, two.worker))
    monkeypatch.setattr("sous.team.landing.LEASE", 0.0)
    land(one, step, commit_at(one.root), tests="", is_green=fine)
    assert one.claims.fetch() == {}


def test_a_claim_is_renewed_while_it_waits_for_the_token(
    member: Callable[[str], Team], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = member("a"), member("b")
    step = work(one, "1", "calc.py", "x = 1\n")
    token = two.claims.take(Claim(LANDING, two.worker))
    assert token is not None
    fetch, beats = one.claims.fetch, iter(range(1000))

    def waiting(*more: str) -> dict[str, Claim]:
        seen = fetch(*more)
        if LANDING in seen and seen[step.id] != step.claim and next(beats) == 0:
            two.claims.release(token)
        return seen

    monkeypatch.setattr("sous.team.landing._LOOK", 0.01)
    monkeypatch.setattr(one.claims, "fetch", waiting)
    monkeypatch.setattr("sous.team.landing.beating", partial(beating, every=0.01))
    land(one, step, commit_at(one.root), tests="", is_green=fine)
    assert next(beats) > 0, "the token was given back once the claim of the step had been renewed"


def test_a_zombie_claims_nothing_that_has_landed(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    step = work(one, "1", "calc.py", "x = 1\n")
    assert step.claim is not None
    assert two.claims.take(Claim(step.id, two.worker), over=two.claims.fetch()[step.id].commit)
    (two.root / "calc.py").write_text("y = 1\n")
    git(two.root, "commit", "-qam", "work")
    land(two, two.look().find("1"), commit_at(two.root), tests="", is_green=fine)
    assert one.renew(step.claim) is None
    with pytest.raises(SousError, match="has landed already"):
        land(one, step, commit_at(one.root), tests="", is_green=fine)
    assert two.claims.fetch() == {}


def test_a_claim_that_a_mirror_deleted_is_made_again_and_lands(member: Callable[[str], Team]) -> None:
    team = member("a")
    step = work(team, "1", "calc.py", "x = 1\n")
    claims = "refs/sous/claims"

    def mirror(_commit: str = "") -> None:
        for name in git(team.root, "ls-remote", "origin", f"{claims}/*").split()[1::2]:
            git(team.root, "push", "-q", "origin", f":{name}")

    mirror()
    seen: list[str] = []

    def tests(commit: str) -> None:
        seen.append(commit)
        if len(seen) == 1:
            mirror()

    assert land(team, step, commit_at(team.root), tests="", is_green=tests).record.id == step.id
    assert len(seen) == 2, "the second try has claims again"
    assert team.claims.fetch() == {}


def test_an_answer_that_is_lost_at_the_end_is_no_failure(
    member: Callable[[str], Team], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = member("a"), member("b")
    step = work(one, "1", "calc.py", "x = 1\n")
    push = one.repository.push

    def lost(moves: list[RefUpdate]) -> bool:
        done = push(moves)
        if len(moves) < 3:
            return done
        other = work(two, "4", "docs.md", "# Docs\n")  # and somebody lands on it before we look
        land(two, other, commit_at(two.root), tests="", is_green=fine)
        return False

    monkeypatch.setattr(one.repository, "push", lost)
    landed = land(one, step, commit_at(one.root), tests="", is_green=fine)
    assert landed.record.id == step.id


def test_two_landings_of_one_checkout_wait_for_each_other(
    member: Callable[[str], Team], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sous.team.landing._LOOK", 0.02)
    team = member("a")
    steps = [work(team, number, f"{number}.txt", number) for number in ("1", "4")]
    heads = [commit_at(team.root, "HEAD~1"), commit_at(team.root)]
    second = Team(team.root, team.membership)
    seen: list[str] = []
    with ThreadPoolExecutor(1) as pool:

        def slow(commit: str) -> None:
            if not seen:
                seen.append(commit)
                other = pool.submit(land, second, steps[1], heads[1], tests="", is_green=seen.append)
                with pytest.raises(TimeoutError):
                    other.result(timeout=0.3)

        land(team, steps[0], heads[0], tests="", is_green=slow)
    assert len(seen) == 2
    assert team.claims.fetch() == {}


@pytest.mark.parametrize("is_new_look", [False, True])
def test_what_landed_when_the_answer_was_lost_is_known(
    member: Callable[[str], Team], monkeypatch: pytest.MonkeyPatch, *, is_new_look: bool
) -> None:
    team = member("a")
    step = work(team, "1", "calc.py", "x = 1\n")
    push, fetch = team.repository.push, team.repository.fetch
    lost: list[bool] = []

    def cut(moves: Iterable[RefUpdate]) -> bool:
        wanted = list(moves)
        done = push(wanted)
        if done and len(wanted) == 3:
            lost.append(True)
            return False
        return done

    def away(*specs: str) -> None:
        if lost and lost.pop():
            raise RemoteAway("away")
        fetch(*specs)

    monkeypatch.setattr(team.repository, "push", cut)
    monkeypatch.setattr(team.repository, "fetch", away)
    with pytest.raises(RemoteAway):
        land(team, step, commit_at(team.root), tests="", is_green=fine)
    again = team.look().find("1") if is_new_look else step
    landed = land(team, again, commit_at(team.root), tests="", is_green=fine)
    assert landed.commit == team.look().tip
    assert team.claims.fetch() == {}


def test_several_who_land_at_once_all_land(member: Callable[[str], Team], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sous.team.landing._LOOK", 0.02)
    teams = [member(name) for name in "abc"]
    steps = [work(team, number, f"{number}.txt", number) for team, number in zip(teams, "134", strict=True)]
    with ThreadPoolExecutor(3) as pool:
        list(
            pool.map(
                lambda pair: land(pair[0], pair[1], commit_at(pair[0].root), tests="", is_green=fine),
                zip(teams, steps, strict=True),
            )
        )
    shared = teams[0].look()
    assert [bool(step.record) for step in shared.steps] == [True, False, True, True]


def test_nothing_to_land_is_told(member: Callable[[str], Team]) -> None:
    team = member("a")
    step = team.look().find("1")
    assert team.claims.take(Claim(step.id, team.worker))
    with pytest.raises(SousError, match="changes nothing: commit its work first"):
        land(team, step, commit_at(team.root), tests="", is_green=fine)


def test_work_that_somebody_else_landed_too_is_recorded(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    first, second = work(one, "1", "same.py", "A = 1\n"), work(two, "4", "same.py", "A = 1\n")
    land(one, first, commit_at(one.root), tests="", is_green=fine)
    commit = land(two, second, commit_at(two.root), tests="", is_green=fine).commit
    assert [bool(step.record) for step in two.look().steps] == [True, False, False, True]
    git(one.root, "fetch", "-q", "origin")
    assert git(one.root, "show", "--format=", "--name-only", commit).split() == [f".sous-plan/done/{second.id}"]
    assert "The same change landed before" in git(one.root, "log", "-1", "--format=%b", commit)


def test_claims_are_renewed_while_something_goes_on(member: Callable[[str], Team]) -> None:
    team = member("a")
    mine = team.claims.take(Claim("k7f3", team.worker))
    assert mine is not None
    renewed = mine
    with beating(team, [mine], every=0.01) as alive:
        while renewed.commit == mine.commit:
            renewed = alive[0] if alive else renewed
    assert lease.BEAT * 5 < lease.LEASE
    assert team.claims.fetch()["k7f3"].commit == alive[0].commit


def test_a_remote_that_refuses_ends_the_landing(
    member: Callable[[str], Team], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sous.team.landing._LOOK", 0.0)
    team = member("a")
    step = work(team, "1", "calc.py", "x = 1\n")
    hook = tmp_path / "remote.git" / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(SousError, match="the remote refused the claim for landing"):
        land(team, step, commit_at(team.root), tests="", is_green=fine)


def test_work_that_says_that_steps_are_done_does_not_land(member: Callable[[str], Team]) -> None:
    team = member("a")
    other = team.look().find("2").id
    (team.root / ".sous-plan" / "done").mkdir(parents=True)
    step = work(team, "1", f".sous-plan/done/{other}", "by: me\n")
    with pytest.raises(SousError, match=f"changes .sous-plan/done/{other}"):
        land(team, step, commit_at(team.root), tests="", is_green=fine)


def test_work_that_doubles_an_id_does_not_land(member: Callable[[str], Team]) -> None:
    team = member("a")
    git(team.root, "fetch", "-q", "origin")
    git(team.root, "switch", "-q", "sous/prompt_plan")
    text = (team.root / "prompt_plan.md").read_text()
    step = work(team, "1", "prompt_plan.md", text + text[text.index("## Step 4") :].replace("Step 4", "Step 5"))
    with pytest.raises(SousError, match="has the id of the step in line"):
        land(team, step, commit_at(team.root), tests="", is_green=fine)


def test_a_remote_that_goes_away_hides_nothing(member: Callable[[str], Team], tmp_path: Path) -> None:
    team = member("a")
    step = work(team, "1", "calc.py", "x = 1\n")

    def red(_commit: str) -> None:
        (tmp_path / "remote.git").rename(tmp_path / "gone.git")
        raise SousError("the tests are red")

    with pytest.raises(SousError, match="the tests are red"):
        land(team, step, commit_at(team.root), tests="", is_green=red)


def test_a_branch_that_is_protected_is_told_and_the_claim_is_kept(
    member: Callable[[str], Team], tmp_path: Path
) -> None:
    team = member("a")
    step = work(team, "1", "calc.py", "x = 1\n")
    before = team.look().tip
    hook = tmp_path / "remote.git" / "hooks" / "update"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text('#!/bin/sh\ncase "$1" in refs/heads/*) exit 1;; esac\n')
    hook.chmod(0o755)
    seen: list[str] = []
    with pytest.raises(SousError, match="refuses to move sous/prompt_plan: is it protected"):
        land(team, step, commit_at(team.root), tests="", is_green=seen.append)
    assert len(seen) == 2
    assert (team.look().tip, list(team.claims.fetch())) == (before, [step.id])


def test_who_waits_to_land_says_so_and_what_it_cost(
    member: Callable[[str], Team], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sous.team.landing._LOOK", 0.02)
    one, two = member("a"), member("b")
    step = work(one, "1", "calc.py", "x = 1\n")
    token = two.claims.take(Claim(LANDING, two.worker))
    assert token
    assert step.claim
    with beating(one, [step.claim]) as alive, alive.lock:
        alive.say(one, step.id, {"cost": "0.5", "last": "a\nb\x1b[1m"})
        assert alive[0].commit != step.claim.commit
        alive.say(one, step.id, {"cost": "0.5"})
        assert one.claims.fetch()[step.id] == alive[0], "nothing is pushed where it says the same"
    assert two.claims.fetch()[step.id].last == "a b\\x1b[1m"
    with ThreadPoolExecutor(1) as pool:
        landing = pool.submit(land, one, one.look().find("1"), commit_at(one.root), tests="", is_green=fine)
        while two.claims.fetch()[step.id].doing != WAITING:
            assert not landing.done()
        assert two.claims.release(token)
        assert landing.result(60).record.cost == "0.5"


def test_what_did_not_land_waits_no_longer(member: Callable[[str], Team], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sous.team.landing.LEASE", 0.0)  # the token of the other is taken over, after a wait
    one, two = member("a"), member("b")
    step = work(one, "1", "calc.py", "x = 1\n")
    assert two.claims.take(Claim(LANDING, two.worker))
    seen: list[str] = []

    def red(_commit: str) -> None:
        seen.append(two.claims.fetch()[step.id].doing)
        raise SousError("red")

    with pytest.raises(SousError, match="red"):
        land(one, step, commit_at(one.root), tests="", is_green=red)
    assert (seen, two.claims.fetch()[step.id].doing) == ([WAITING], "")


def test_a_renewal_says_how_far_it_is(member: Callable[[str], Team]) -> None:
    team = member("a")
    mine = team.claims.take(Claim("k7f3", team.worker))
    assert mine
    with beating(team, [mine], every=0.01, at=lambda: {"last": "writing", "attempt": "2"}) as alive:
        while not (alive and alive[0].last):
            pass
    found = team.claims.fetch()["k7f3"]
    assert (found.last, found.attempt, found.doing) == ("writing", "2", "")


def test_a_step_that_nobody_has_lands_and_one_that_builds_on_others_does_not(member: Callable[[str], Team]) -> None:
    team = member("a")
    (team.root / "calc.py").write_text("x = 1\n")
    git(team.root, "commit", "-qam", "work")
    with pytest.raises(NotOurs, match="Step 2: Use it is not claimed"):
        land(team, team.look().find("2"), commit_at(team.root), tests="", is_green=fine)
    assert land(team, team.look().find("1"), commit_at(team.root), tests="", is_green=fine).record.number == "1"
    assert team.claims.fetch() == {}


def test_the_claim_that_landing_makes_is_one_by_hand(member: Callable[[str], Team]) -> None:
    one, two = member("a"), member("b")
    (one.root / "docs.md").write_text("# Docs\n")
    git(one.root, "add", ".")
    git(one.root, "commit", "-qm", "work")
    seen: list[Claim] = []
    shared = one.look()
    landed = land(
        one,
        shared.find("4"),
        commit_at(one.root),
        tests="",
        is_green=lambda _commit: seen.append(two.claims.fetch()[shared.find("4").id]),
    )
    claim = seen[0]
    assert (claim.agent, claim.host, claim.base) == ("by hand", socket.gethostname(), shared.tip)
    assert claim.files == shared.find("4").planned.files != ()
    assert landed.record.agent == "by hand"
