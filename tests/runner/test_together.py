"""A worker of a team takes steps, has them done, lands them, and leaves every claim in order."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from scene import git
from sous.errors import SousError
from sous.git_wire import RefUpdate, RemoteAway
from sous.runner.agents import find_agent
from sous.runner.branch import find_place
from sous.runner.config import RunConfig
from sous.runner.landing_tests import Red
from sous.runner.run import Runner
from sous.runner.slots import place_in
from sous.runner.together import Worker
from sous.team.claims import Claim
from sous.team.landing import land
from sous.team.member import commit_at
from sous.team.shared import Team
from sous.team.taking import take

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sous.plan.shape import Planned
    from sous.team.shared import TeamStep

# an agent that takes any mark of a conflict out, or writes what its step asks for
AGENT = """
import pathlib, re, sys
prompt = sys.stdin.read()
path = pathlib.Path('calc.py')
text = path.read_text()
marks = ('<<<<<<<', '|||||||', '=======', '>>>>>>>')
if '<<<<<<<' in text:
    path.write_text(''.join(line for line in text.splitlines(True) if not line.startswith(marks)))
elif 'Write sub' in prompt:
    path.write_text(text + 'def sub(a, b): return a - b\\n')
elif 'Make add' in prompt:
    path.write_text(text + '# add\\n')
else:
    name = 'docs.md' if 'Write docs' in prompt else 'use.py'
    pathlib.Path(name).write_text('x\\n')
"""


@pytest.fixture
def worker(tmp_path: Path, member: Callable[[str], Team]) -> Callable[..., Worker]:
    """What makes a worker of a clone, with an agent of some code."""

    def make(name: str = "a", code: str = AGENT, is_green: Callable[[str], None] = lambda _commit: None) -> Worker:
        (tmp_path / f"{name}.py").write_text(code)
        agent = find_agent(f'"{sys.executable}" "{tmp_path / f"{name}.py"}"')
        user = member(name)
        main = find_place(user.root, user.root / "prompt_plan.md")
        team = Team(user.root, user.membership, slot=1)
        return Worker(team, place_in(main, 1, "HEAD"), RunConfig(agent, None, tdd=False, retries=0), is_green)

    return make


def numbers_done(team: Team) -> list[str]:
    return [step.planned.step.number for step in team.look().steps if step.record]


def by_hand(team: Team, number: str, text: str) -> None:
    """Claim a step in a checkout, change calc.py for it, and land it."""
    step = team.look().find(number)
    assert take(team, step, agent="by hand")
    (team.root / "calc.py").write_text(text)
    git(team.root, "commit", "-qam", "by hand")
    land(team, team.look().find(number), commit_at(team.root), tests="", is_green=lambda _commit: None)


def test_all_steps_are_carried_out_and_landed(worker: Callable[..., Worker]) -> None:
    one = worker()
    one.work()
    assert len(one.landed) == 4
    assert numbers_done(one.team) == ["1", "2", "3", "4"]
    assert one.team.claims.fetch() == {}
    assert git(one.team.root, "status", "--porcelain", "--", ":!.sous") == ""
    assert git(one.team.root, "branch", "--list").split() == ["*", "main"], "the checkout is left alone"
    one.work()
    assert len(one.landed) == 4


def test_a_conflict_goes_back_with_both_sides_and_lands(worker: Callable[..., Worker], tmp_path: Path) -> None:
    seen = tmp_path / "prompts"
    seen.mkdir()
    keeping = f"\nimport os\npathlib.Path({str(seen)!r}, str(len(os.listdir({str(seen)!r})))).write_text(prompt)\n"
    one = worker("a", AGENT + keeping)
    _between(one, "3", lambda: by_hand(_other(one, worker), "1", "def add(a, b):\n    return a + b\n# end\n"))
    one.work(1)
    assert one.landed == ["Step 3: Subtract"]
    assert numbers_done(one.team) == ["1", "3"]
    again = (seen / "1").read_text()
    assert "the same lines of calc.py" in again
    assert "Step 1: Add, which has landed meanwhile, was:" in again
    assert "+    return a + b" in again
    tip = one.team.look().tip
    text = (one.team.repository.file_at(tip, "calc.py") or b"").decode()
    assert "return a + b" in text
    assert "def sub" in text
    assert "<<<<" not in text


def _other(one: Worker, worker: Callable[..., Worker]) -> Team:
    other = worker("b").team
    return Team(other.root, one.team.membership)


def _between(one: Worker, number: str, act: Callable[[], object]) -> None:
    """Have the worker begin with a step, and something happen before it lands."""
    step = one.team.look().find(number)
    assert take(one.team, step, agent="x")
    noted = one._note
    done: list[object] = []

    def note(step: TeamStep, base: str) -> None:
        noted(step, base)
        if not done:
            done.append(act())

    one._note = note  # type: ignore[method-assign]


def test_who_keeps_the_marks_gets_no_further_than_a_person(worker: Callable[..., Worker]) -> None:
    one = worker("a", AGENT.replace("if '<<<<<<<' in text:", "if '<<<<<<<' in text and 0:"))
    _between(one, "3", lambda: by_hand(_other(one, worker), "1", "def add(a, b):\n    return a + b\n# end\n"))
    one.work(1)
    assert one.failed == ["Step 3: Subtract"]
    step = one.team.look().find("3")
    assert "still holds the marks of a conflict" in step.needs
    assert step.claim is None
    assert step.work
    assert b"def sub" in (one.team.repository.file_at(step.work.commit, "calc.py") or b"")


def test_what_is_red_on_the_tip_goes_back_twice_and_then_to_a_person(
    worker: Callable[..., Worker], capsys: pytest.CaptureFixture[str]
) -> None:
    tried: list[str] = []

    def red(commit: str) -> None:
        tried.append(commit)
        raise Red("`make` fails with exit code 2 on what would land", "2 failed\n")

    one = worker(is_green=red)
    one.work(1)
    assert len(tried) == 3
    step = one.team.look().find("1")
    assert "`make` fails with exit code 2" in step.needs
    assert step.work
    assert b"# add" in (one.team.repository.file_at(step.work.commit, "calc.py") or b"")
    assert "Step 1: Add needs a person" in capsys.readouterr().err


def test_a_worker_ends_where_step_after_step_comes_to_nothing(worker: Callable[..., Worker]) -> None:
    one = worker(code="raise SystemExit(1)")
    with pytest.raises(SousError, match="2 steps in a row failed"):
        one.work()
    assert one.failed == ["Step 1: Add", "Step 3: Subtract"]


def test_what_comes_to_nothing_is_for_a_person_and_the_next_goes_on(worker: Callable[..., Worker]) -> None:
    one = worker(code=AGENT.replace("path.write_text(text + '# add\\n')", "sys.exit(3)"))
    one.work()
    assert one.failed == ["Step 1: Add"]
    assert numbers_done(one.team) == ["3", "4"], "step 2 builds on step 1"
    assert "it changed no file; it ended with exit code 3" in one.team.look().find("1").needs


def test_a_step_that_was_taken_over_ends_its_agent_and_does_not_land(
    worker: Callable[..., Worker], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    one = worker(code="import pathlib, time\npathlib.Path('x.py').write_text('x')\ntime.sleep(60)\n")
    thief = _other(one, worker)
    monkeypatch.setattr("sous.team.landing.BEAT", 0.05)
    real = one.team.claims.renew

    def robbed(claim: Claim) -> Claim | None:
        there = thief.claims.fetch().get(claim.id)
        if there and there.worker != thief.worker and (one.place.top / "x.py").exists():
            assert thief.claims.take(Claim(claim.id, thief.worker), over=there.commit)
        return real(claim)

    monkeypatch.setattr(one.team.claims, "renew", robbed)
    one.work(1)
    assert one.dropped == ["Step 1: Add"]
    assert "was taken over by somebody else: nothing landed" in capsys.readouterr().err
    assert numbers_done(one.team) == []
    assert thief.is_ours(thief.look().find("1").claim)
    assert not (one.place.top / "x.py").exists()
    assert b"x.py" in (one.place.origin.root / ".sous" / "run" / "step-1.patch").read_bytes()


def test_a_record_that_is_there_already_drops_what_was_done(
    worker: Callable[..., Worker], capsys: pytest.CaptureFixture[str]
) -> None:
    one = worker()

    def recorded() -> None:
        team = _other(one, worker)
        shared = team.look()
        step = shared.find("4")
        tree = team.repository.tree_with(shared.tip, {f".sous-plan/done/{step.id}": b"by: Bob\n"})
        commit = team.repository.commit("by hand", parents=[shared.tip], tree=tree)
        assert team.repository.push([RefUpdate("refs/heads/sous/prompt_plan", shared.tip, commit)])

    _between(one, "4", recorded)
    one.work(1)
    assert "has landed already, by Bob: nothing was changed; what was done here is dropped" in capsys.readouterr().err
    assert (one.landed, one.dropped) == ([], ["Step 4: Docs"])
    assert one.team.claims.fetch() == {}


def _edited(team: Team) -> None:
    """Ask for something else in step 4."""
    shared = team.look()
    text = (team.repository.file_at(shared.tip, "prompt_plan.md") or b"").replace(b"Write docs.", b"Write more.")
    tree = team.repository.tree_with(shared.tip, {"prompt_plan.md": text})
    commit = team.repository.commit("edit", parents=[shared.tip], tree=tree)
    assert team.repository.push([RefUpdate("refs/heads/sous/prompt_plan", shared.tip, commit)])


def test_a_step_that_was_changed_meanwhile_is_for_a_person(worker: Callable[..., Worker]) -> None:
    one = worker()
    _between(one, "4", lambda: _edited(one.team))
    one.work(1)
    step = one.team.look().find("4")
    assert "the prompt of Step 4: Docs was changed while the agent worked on it" in step.needs
    assert step.work
    assert one.team.repository.file_at(step.work.commit, "docs.md") == b"x\n"


def test_work_waits_while_the_remote_is_away(
    worker: Callable[..., Worker], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sous.runner.together._FIRST", 0.01)
    one, address = worker(), ""
    real = one.team.repository.fetch
    away = [False] * 3

    def fetch(*specs: str) -> None:
        if address and away:
            away.pop()
            raise RemoteAway("the remote cannot be asked")
        real(*specs)

    def cut() -> None:
        nonlocal address
        address = "gone"

    monkeypatch.setattr(one.team.repository, "fetch", fetch)
    _between(one, "4", cut)
    one.work(1)
    assert one.landed == ["Step 4: Docs"]
    assert capsys.readouterr().err.count("trying again") == 1, "it is said once"


def test_what_was_done_when_a_run_was_ended_lands_with_the_next(
    worker: Callable[..., Worker], capsys: pytest.CaptureFixture[str]
) -> None:
    one = worker()

    def interrupted() -> None:
        raise KeyboardInterrupt

    _between(one, "4", interrupted)
    with pytest.raises(KeyboardInterrupt):
        one.work(1)
    assert "Step 4: Docs stays claimed: `sous run` lands what was done" in capsys.readouterr().err
    assert one.team.is_ours(one.team.look().find("4").claim)
    again = Worker(one.team, one.place, one.config, one.is_green)
    again.work(0)
    assert again.landed == ["Step 4: Docs"]
    assert numbers_done(one.team) == ["4"]


def test_what_was_done_before_the_step_was_changed_is_for_a_person(worker: Callable[..., Worker]) -> None:
    one = worker()

    def interrupted() -> None:
        raise KeyboardInterrupt

    _between(one, "4", interrupted)
    with pytest.raises(KeyboardInterrupt):
        one.work(1)
    _edited(one.team)
    again = Worker(one.team, one.place, one.config, one.is_green)
    again.work(0)
    assert (again.landed, again.failed) == ([], ["Step 4: Docs"])
    assert "the prompt of Step 4: Docs was changed while the agent" in one.team.look().find("4").needs


def test_what_was_done_lands_though_the_run_ended_while_its_agent_had_it_again(
    worker: Callable[..., Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = worker("a")
    _between(one, "3", lambda: by_hand(_other(one, worker), "1", "def add(a, b):\n    return a + b\n# end\n"))
    asked: list[str] = []
    carry_out = Runner.carry_out

    def ends_again(self: Runner, step: Planned) -> None:
        asked.append(self.config.word)
        if len(asked) == 2:
            raise KeyboardInterrupt
        carry_out(self, step)

    monkeypatch.setattr(Runner, "carry_out", ends_again)
    with pytest.raises(KeyboardInterrupt):
        one.work(1)
    assert one.team.is_ours(one.team.look().find("3").claim)
    next_one = Worker(one.team, one.place, one.config, one.is_green)
    next_one.work(0)
    assert next_one.landed == ["Step 3: Subtract"]
    assert len(asked) == 3
    assert "which has landed meanwhile" in asked[2], "its agent only brings both sides together"


def test_a_remote_that_is_away_while_a_step_is_claimed_ends_no_worker(
    worker: Callable[..., Worker], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sous.runner.together._SOON", 0.01)
    one = worker()
    real, away = one.team.claims.take, [True]

    def claimed(claim: Claim, *, over: str = "") -> Claim | None:
        if away:
            away.pop()
            raise RemoteAway("the remote cannot be asked")
        return real(claim, over=over)

    monkeypatch.setattr(one.team.claims, "take", claimed)
    one.work(1)
    assert one.landed == ["Step 1: Add"]
    assert "the remote cannot be asked; trying again" in capsys.readouterr().err


def test_after_ctrl_c_a_step_in_work_is_free_again(
    worker: Callable[..., Worker], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_args: object) -> None:
        raise KeyboardInterrupt

    one = worker()
    monkeypatch.setattr("sous.runner.run.Runner._judge", interrupted)
    with pytest.raises(KeyboardInterrupt):
        one.work(1)
    assert "Step 1: Add is free again" in capsys.readouterr().err
    assert one.team.claims.fetch() == {}


def test_what_the_agent_says_that_it_cost_is_in_the_record(worker: Callable[..., Worker]) -> None:
    one = worker(code=f"{AGENT}\nprint('Tokens: 1.2k sent, 30 received. Cost: $0.25 message, $0.25 session.')\n")
    one.work(1)
    record = one.team.look().find("1").record
    assert record
    assert record.cost == "0.2500"


def test_a_claim_that_went_with_a_mirror_is_made_again(worker: Callable[..., Worker]) -> None:
    one = worker()

    def mirrored() -> None:
        claim = one.team.claims.fetch().popitem()[1]
        assert one.team.repository.push([one.team.claims.end_of(claim)])

    _between(one, "4", mirrored)
    one.work(1)
    assert one.landed == ["Step 4: Docs"]
