"""`sous hone` in a team: two clones answer one interview, and what they say is brought together."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from clones import PLAN, cloned, joined
from commands.test_hone_and_plan import SPEC
from scene import SOUS, copied, git, in_dialog
from sous.team.interviews import Interviews, SharedTurn, file_of
from sous.team.member import required_membership

if TYPE_CHECKING:
    from pathlib import Path

    from fake_model import FakeModel
    from scene import Done, Run

QUESTIONS = ("Who uses it?", "How long do links live?", "Where are they kept?")


@pytest.fixture
def pair(tmp_path: Path, home: Path, run: Run, model: FakeModel) -> list[Path]:
    """Clones of Ann and of Bob, and a model that asks three questions and sees who contradicts whom."""
    found = joined(tmp_path, home, run, "one", "two")
    git(found[1], "config", "user.name", "Bob")

    def answer(prompt: str) -> str:
        if "Write the specification that" in prompt:
            return SPEC
        if "Find pairs of answers" in prompt:
            lines = [line for line in prompt.splitlines() if line.startswith("Answer ")]
            kept, gone = ([at for at, line in enumerate(lines, 1) if word in line] for word in ("ever", "year"))
            return f"{kept[0]} x {gone[0]}: For ever, or a year?" if kept and gone else "NONE"
        return next((one for one in QUESTIONS if one not in prompt), "DONE")

    model.script = answer
    return found


def hone(run: Run, root: Path, answers: str, *args: str) -> Done:
    (root / "answers.txt").write_text(answers)
    return run("sous", "hone", *args, "--answers", "answers.txt", "-m", "scripted", cwd=root)


def of(root: Path, person: str) -> Interviews:
    found = Interviews(root, required_membership(root))
    found.person = person
    return found


def test_two_answer_other_questions_of_one_interview(pair: list[Path], run: Run, model: FakeModel) -> None:
    one, two = pair
    ann = of(one, "Ann")
    name = ann.begin("a-shortener", "A shortener.", poke=False)
    asked = SharedTurn("aaaa", QUESTIONS[0])
    ann.put(name, lambda _: file_of(asked), "a question")
    claim = ann.take("aaaa")
    assert claim

    bob = hone(run, two, "A year.\n\nIn a file.\n")
    assert (bob.code, "Ann is asked 'Who uses it?'" in bob.err) == (1, True), bob.err
    assert not (two / "spec.md").exists()
    assert "# Asked of somebody else, and not answered yet\n\n- Who uses it?" in model.prompts()[0]
    assert [(turn.question, turn.answer, turn.by) for turn in ann.find(name).answered] == [
        (QUESTIONS[1], "A year.", "Bob"),
        (QUESTIONS[2], "In a file.", "Bob"),
    ]

    told = "a-shortener: 2 answers so far: Ann is asked 'Who uses it?'; `sous hone --name a-shortener` joins in"
    for command in (("team", "status"), ("board", "--once"), ("status",)):
        assert told in run("sous", *command, cwd=two).out, command
    assert json.loads(run("sous", "board", "--json", cwd=one).out)["interviews"] == [
        {"name": name, "answers": 2, "waits": ["Ann is asked 'Who uses it?'"]}
    ]

    ann.answer(name, asked, "Me.", claim)
    done = hone(run, one, "unused\n", "--resume")
    assert done.code == 0, done.err
    assert (one / "spec.md").read_text().startswith("# Shortener\n")
    assert "Answer 3 (Ann): Me." in model.prompts()[-1]
    assert ann.look()[name].ended == "Ann"
    assert "interviews" not in run("sous", "board", "--once", cwd=one).out
    late = hone(run, two, "Late.\n", "--name", name)
    assert (late.code, "no open interview 'a-shortener'" in late.err) == (1, True), late.err


def test_a_contradiction_is_shown_to_both_before_the_spec(pair: list[Path], run: Run, model: FakeModel) -> None:
    one, two = pair
    ann = of(one, "Ann")
    name = ann.begin("links", "Links.", poke=False)
    for at, answer in enumerate(("Me.", "For ever.")):
        ann.answer(name, SharedTurn(f"turn{at}", QUESTIONS[at]), answer)
    bob = hone(run, two, "In a file, for a year.\n\nskip\n")
    assert bob.code == 1, bob.err
    assert "? Two answers contradict:\n" in bob.err.replace("sous: ", "")
    assert "- Ann, to 'How long do links live?': For ever." in bob.err
    assert "nobody has decided 'For ever, or a year?'" in bob.err
    assert not (two / "spec.md").exists()

    decided = hone(run, one, "Ten years.\n")
    assert decided.code == 0, decided.err
    assert "- Bob, to 'Where are they kept?': In a file, for a year." in decided.err
    assert "Answer 4 (Ann): Ten years." in model.prompts()[-1]
    assert (one / "spec.md").exists()


def test_who_has_not_seen_a_decision_is_waited_for(pair: list[Path], run: Run) -> None:
    one, two = pair
    ann = of(one, "Ann")
    name = ann.begin("links", "Links.", poke=False)
    for at, answer in enumerate(("Me.", "For ever.")):
        ann.answer(name, SharedTurn(f"turn{at}", QUESTIONS[at]), answer)
    bob = hone(run, two, "A year.\n\nTen years.\n")
    assert (bob.code, "Ann has not seen that Bob decided 'For ever, or a year?'" in bob.err) == (1, True), bob.err
    assert "links: 4 answers so far: Ann has not seen that" in run("sous", "status", cwd=one).out
    assert "contradict: For ever, or a year?; Bob decided: Ten years." in run("sous", "watch", "--once", cwd=one).out
    seen = hone(run, one, "skip\n")
    assert (seen.code, "Bob decided: Ten years." in seen.err) == (0, True), seen.err


def test_who_leaves_a_terminal_gives_the_question_to_the_others(pair: list[Path], run: Run, model: FakeModel) -> None:
    one, two = pair
    shown = in_dialog(
        [*SOUS, "hone", "Links.", "-m", "scripted"],
        one,
        (QUESTIONS[0], b"Me.\n\n"),
        (QUESTIONS[1], b"back\n"),
        ("your answer was:", b"All.\n\n"),
        (QUESTIONS[1], b"\x04"),
    )
    assert "1 answers are kept in links, of the team" in shown
    assert "refs/sous/asked" not in git(one, "ls-remote", "origin")
    bob = hone(run, two, "A day.\n\nenough\n")
    assert (bob.code, "? How long do links live?" in bob.err) == (0, True), bob.err
    assert [prompt for prompt in model.prompts() if "Answer 2 (Bob): A day." in prompt]


def test_now_waits_for_nobody(pair: list[Path], run: Run) -> None:
    one, two = pair
    ann = of(one, "Ann")
    name = ann.begin("links", "Links.", poke=False)
    ann.put(name, lambda _: file_of(SharedTurn("aaaa", QUESTIONS[0])), "a question")
    assert ann.take("aaaa")
    bob = hone(run, two, "A year.\n\nIn a file.\n", "--now")
    assert (bob.code, "not waited for: Ann is asked" in bob.err) == (0, True), bob.err
    assert (two / "spec.md").exists()


def test_an_answer_can_be_taken_back(pair: list[Path], run: Run, model: FakeModel) -> None:
    one, _ = pair
    done = hone(run, one, "back\n\nMe.\n\nback\n\nAll.\n\nenough\n", "Links.")
    assert done.code == 0, done.err
    assert "Answer 1 (Ann): All." in model.prompts()[-1]
    assert "Answer 2" not in model.prompts()[-1]


def test_an_answer_that_the_remote_does_not_get_is_sent_later(pair: list[Path], run: Run, tmp_path: Path) -> None:
    one, _ = pair
    ann = of(one, "Ann")
    name = ann.begin("links", "Links.", poke=False)
    turn = SharedTurn("aaaa", QUESTIONS[0])
    ann.put(name, lambda _: file_of(turn), "a question")
    (tmp_path / "away").mkdir()
    hook = tmp_path / "remote.git" / "hooks" / "update"
    hook.write_text(
        '#!/bin/sh\nif test "$1" = refs/sous/hone/links; then mv ../remote.git/HEAD ../away/HEAD; exit 1; fi\n'
    )
    hook.chmod(0o755)
    lost = hone(run, one, "Me.\n")
    assert (lost.code, "your answer is kept here" in lost.err) == (1, True), lost.err
    hook.unlink()
    (tmp_path / "away" / "HEAD").rename(tmp_path / "remote.git" / "HEAD")
    hone(run, one, "enough\n")
    assert [said.answer for said in ann.find(name).answered] == ["Me."]


def test_what_cannot_be_is_one_line(pair: list[Path], run: Run) -> None:
    one = pair[0]
    for args, told in {
        ("--name", "../x"): "not a name for an interview",
        ("--name", "nope"): "the team has no open interview 'nope'",
        ("--resume",): "the team has no open interview",
        ("--resume", "--alone"): "there is no interview to continue",
        ("--alone", "--now"): "--now is for an interview of a team",
        ("--alone", "--remote", "origin"): "--alone is an interview of your own",
        ("--remote", "fork"): "this project is in a team on origin",
    }.items():
        done = hone(run, one, "Me.\n", *args)
        assert (done.code in {1, 2}, told in done.err) == (True, True), done.err
    assert hone(run, one, "Me.\n", "Links.", "--alone").code == 0
    assert (one / ".sous" / "hone" / "links.jsonl").is_file()
    assert "refs/sous/hone" not in git(one, "ls-remote", "origin")


def test_an_interview_can_begin_before_there_is_a_plan(tmp_path: Path, home: Path, run: Run, model: FakeModel) -> None:
    model.script = lambda prompt: next((one for one in QUESTIONS if one not in prompt), "DONE")
    one = cloned(tmp_path, home, {"calc.py": "A = 1\n"})
    two = copied(one, tmp_path / "two")
    git(two, "config", "user.name", "Bob")
    assert "no remote 'fork'" in hone(run, one, "Me.\n", "Links.", "--remote", "fork").err
    hone(run, one, "Me.\n\nenough\n", "Links.", "--remote", "origin")
    joins = hone(run, two, "A year.\n\nenough\n", "--remote", "origin", "--now")
    assert "continuing links of the team: 1 answers so far" in joins.err
    (one / "prompt_plan.md").write_text(PLAN)
    git(one, "add", "prompt_plan.md")
    git(one, "commit", "-qm", "plan")
    assert run("sous", "team", "init", "--yes", cwd=one).code == 0
    assert {turn.by for turn in of(one, "Ann").find("links").answered} == {"Ann", "Bob"}


def test_several_open_interviews_need_a_name(pair: list[Path], run: Run) -> None:
    one, _ = pair
    ann = of(one, "Ann")
    ann.begin("links", "Links.", poke=False)
    ann.begin("shop", "Shop.", poke=True)
    assert "say --name, one of links, shop" in hone(run, one, "Me.\n").err
    assert hone(run, one, "enough\n", "--name", "links", "--dry-run").code == 0
