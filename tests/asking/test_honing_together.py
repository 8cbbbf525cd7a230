"""Several people answer one interview at once: no question is asked twice, no answer is lost."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, cast

import pytest

from sous.asking.honing_together import HoningTogether
from sous.asking.interview import Move, meant
from sous.asking.unsent import show_orphans
from sous.commands.answers import FromFile
from sous.errors import SousError
from sous.git_wire import ABSENT, RefUpdate
from sous.plan.hone import DECIDE
from sous.team.interviews import Interviews

if TYPE_CHECKING:
    from collections.abc import Callable

    from sous.asking.delivery import Delivery
    from sous.asking.session import Session
    from sous.team.shared import Team


class Scripted:
    """A session whose model asks so many questions, and says that some answers contradict."""

    def __init__(self, questions: int, pairs: str = "NONE") -> None:
        self.questions = questions
        self.pairs = pairs
        self.sent: list[str] = []

    def template(self, name: str, *, own: bool = False) -> str:
        """Return the name: what is asked for is told from it."""
        return name if own or name else ""

    def ask(self, template: str, text: str, **_more: object) -> str:
        """Answer."""
        self.sent.append(text)
        if template == "contradictions-gen":
            return self.pairs
        return next((f"Q{at}?" for at in range(self.questions) if f"Q{at}?" not in text), "DONE")


def taking_part(team: Team, person: str, session: Scripted, name: str) -> HoningTogether:
    interviews = Interviews(team.root, team.membership)
    interviews.person = person
    return HoningTogether(cast("Session", session), interviews, interviews.find(name))


@pytest.fixture
def people(member: Callable[[str], Team]) -> Callable[[Scripted], list[HoningTogether]]:
    """What makes Ann and Bob, in two clones, go on with one interview."""

    def make(session: Scripted) -> list[HoningTogether]:
        teams = [member("a"), member("b")]
        name = Interviews(teams[0].root, teams[0].membership).begin("links", "Links.", poke=False)
        return [taking_part(team, who, session, name) for team, who in zip(teams, ("Ann", "Bob"), strict=True)]

    return make


def asked(one: HoningTogether) -> list[str]:
    """Return what one is asked next, nothing where it has to wait or is done."""
    try:
        return [next(one.questions())]
    except (StopIteration, SousError):
        return []


@pytest.mark.parametrize("seed", range(3))
def test_whoever_is_faster_each_question_is_asked_once(
    people: Callable[[Scripted], list[HoningTogether]], seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311
    session = Scripted(questions=5)
    both = people(session)
    open_: dict[int, str] = {}
    given: list[str] = []
    with both[0].begun(), both[1].begun():
        while True:
            at = chance.randrange(2)
            if at in open_:
                given.append(open_.pop(at))
                both[at].take(f"answer to {given[-1]}")
            elif new := asked(both[at]):
                assert new[0] not in open_.values(), "asked of two at once"
                open_[at] = new[0]
            elif not open_:
                break
        there = both[0].interviews.find("links")
        assert sorted(given) == [f"Q{at}?" for at in range(5)]
        assert [(turn.question, turn.answer) for turn in there.answered] == [(one, f"answer to {one}") for one in given]
        assert list(both[1].questions()) == []


def test_what_the_other_was_asked_meanwhile_is_not_put_again(
    people: Callable[[Scripted], list[HoningTogether]],
) -> None:
    session = Scripted(questions=2)
    one, two = people(session)
    with one.begun(), two.begun():
        late = session.ask

        def ask(template: str, text: str, **_more: object) -> str:
            session.ask = late  # type: ignore[method-assign]  # Bob is faster while the model thinks
            assert asked(two) == ["Q0?"]
            return late(template, text)

        session.ask = ask  # type: ignore[method-assign]  # as above
        assert asked(one) == ["Q1?"]


def test_who_leaves_gives_the_question_to_the_other(people: Callable[[Scripted], list[HoningTogether]]) -> None:
    one, two = people(Scripted(questions=1))
    with pytest.raises(KeyboardInterrupt), one.begun():
        assert asked(one) == ["Q0?"]
        raise KeyboardInterrupt
    with two.begun():
        assert asked(two) == ["Q0?"]
        two.take(Move.ENOUGH)
    with one.begun():
        assert asked(one) == ["Q0?"]


def test_both_are_asked_which_answer_holds(people: Callable[[Scripted], list[HoningTogether]]) -> None:
    one, two = people(Scripted(questions=2, pairs="1 x 2: Which holds?"))
    with one.begun(), two.begun():
        for each in (one, two):
            assert asked(each)
        one.take("For ever.")
        two.take("A year.")
        assert "Two answers contradict" in asked(one)[0]
        assert asked(two) == [], "Ann is asked"
        one.take("Ten years.")
        with pytest.raises(SousError, match="Bob has not seen that Ann decided 'Which holds\\?'"):
            next(one.questions())
        assert asked(two)[0].endswith("Ann decided: Ten years.\nSay which is right, or skip to agree.")
        two.take(DECIDE)
        assert list(one.questions()) == []
        assert one.interview.answered[-1].by == "Ann"


def test_one_of_a_clone_at_a_time(people: Callable[[Scripted], list[HoningTogether]]) -> None:
    one, _ = people(Scripted(questions=1))
    with one.begun(), pytest.raises(SousError, match="another `sous hone` here"), one.begun():
        pass


@pytest.mark.parametrize(
    "failure", [SousError("the token has expired"), KeyboardInterrupt()], ids=["refused", "Ctrl-C"]
)
def test_an_answer_outlives_a_push_that_fails(
    people: Callable[[Scripted], list[HoningTogether]], failure: BaseException, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = people(Scripted(questions=1))

    def fails(_moves: object) -> bool:
        raise failure

    with pytest.raises(type(failure)), one.begun(), pytest.MonkeyPatch.context() as broken:
        assert asked(one) == ["Q0?"]
        broken.setattr(one.interviews.repository, "push", fails)
        one.take("Typed for an hour.")
    assert "your answer is kept here" in capsys.readouterr().err
    with one.begun():
        assert [turn.answer for turn in two.interviews.find("links").answered] == ["Typed for an hour."]
    assert one._unsent.all() == []


def test_an_answer_that_came_after_all_is_not_sent_twice(people: Callable[[Scripted], list[HoningTogether]]) -> None:
    one, two = people(Scripted(questions=2))
    with one.begun():
        assert asked(one) == ["Q0?"]
        turn = one._asked
        one.take("Once.")
    assert turn
    one._unsent.keep(turn, "Once.")  # as where it is killed right behind the push
    with two.begun():
        assert asked(two) == ["Q1?"]
        two.take("Later.")
    with one.begun():
        there = one.interviews.find("links")
        assert [(turn.answer, turn.at) for turn in there.answered] == [("Once.", 1), ("Later.", 2)]


@pytest.mark.parametrize("way", ["has ended", "was deleted"])
def test_an_answer_to_an_interview_that_is_over_is_kept_and_shown(
    people: Callable[[Scripted], list[HoningTogether]], way: str, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = people(Scripted(questions=1))
    with pytest.raises(SousError, match="has ended: Bob|no interview 'links'"), one.begun():
        assert asked(one) == ["Q0?"]
        there = two.interviews.find("links")
        if way == "has ended":
            two.interviews.put("links", lambda _: {"ended": b"Bob\n"}, "it has ended")
        else:
            two.interviews.repository.push([RefUpdate(f"{two.interviews.below}/links", there.tip, ABSENT)])
        one.take("Too late,\nby a minute.")
    assert two.interviews.look().get("links", there).answered == []
    capsys.readouterr()
    show_orphans(one.interviews.root, one.interviews.look())
    shown = capsys.readouterr().err
    for part in (f"the interview links {way}", str(one._unsent.path), "? Q0?", "> Too late,", "by a minute."):
        assert part in shown
    assert one._unsent.all()


def test_who_git_does_not_know_is_told_before_anything_is_typed(
    people: Callable[[Scripted], list[HoningTogether]], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _ = people(Scripted(questions=1))

    def unknown(_root: object) -> None:
        raise SousError("git does not know who you are")

    monkeypatch.setattr("sous.team.interviews.author_of", unknown)
    with pytest.raises(SousError, match="who you are"), one.begun():
        pytest.fail("a question is asked")


class Delivered:
    """A delivery that keeps what it gets."""

    partial = None

    def __init__(self) -> None:
        self.texts: list[str] = []

    def deliver(self, text: str) -> str:
        """Keep it."""
        self.texts.append(text)
        return "spec.md"


@pytest.mark.parametrize("way", ["answered", "taken back"])
def test_a_spec_without_the_answers_given_meanwhile_ends_nothing(
    people: Callable[[Scripted], list[HoningTogether]], way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sous.asking.honing_together.signed", lambda spec, *_: spec)
    one, two = people(Scripted(questions=3))
    one.now = True
    delivered = Delivered()
    delivery = cast("Delivery", delivered)
    with one.begun(), two.begun():
        assert asked(two) == ["Q0?"]
        two.take("Before.")
        assert asked(two) == ["Q1?"]
        assert asked(one) == ["Q2?"]
        one.take(Move.ENOUGH)
        assert list(one.questions()) == []
        spec = one.specification(delivery)
        two.take("Meanwhile." if way == "answered" else Move.BACK)
        question = "Q1" if way == "answered" else "Q0"
        with pytest.raises(SousError, match=f"answers that were given while it was written, to '{question}.'"):
            one.deliver(spec, delivery)
        assert one.interviews.find("links").ended == ""
        one.deliver(one.specification(delivery), delivery)
        assert one.interviews.find("links").ended == "Ann"
        assert len(delivered.texts) == 2


def test_specs_of_two_interviews_are_written_at_once(people: Callable[[Scripted], list[HoningTogether]]) -> None:
    one, two = people(Scripted(questions=0))
    two.interviews.begin("shop", "Shop.", poke=False)
    two.interview = two.interviews.find("shop")
    delivery = cast("Delivery", Delivered())
    with one.begun(), two.begun():
        assert one.specification(delivery)
        assert two.specification(delivery)
        two.interview = two.interviews.find("links")
        with pytest.raises(SousError, match="Ann is having spec.md written"):
            two.specification(delivery)


@pytest.mark.parametrize("pairs", ["1 x 2: Which holds?", "1 x 2: Which holds?\n2 x 3: Which first?"])
def test_two_who_look_at_once_ask_each_contradiction_once(
    people: Callable[[Scripted], list[HoningTogether]], pairs: str
) -> None:
    session = Scripted(questions=3, pairs=pairs)
    one, two = people(session)
    with one.begun(), two.begun():
        for each in (one, two, one):
            assert asked(each)
            each.take(f"answer of {each.interviews.person}")
        at_once = session.ask

        def ask(template: str, text: str, **_more: object) -> str:
            if template == "contradictions-gen":  # Bob has them looked for while the model thinks
                paid.append(text)
                with pytest.raises(SousError, match="Ann has the answers searched for contradictions now"):
                    next(two.questions())
            return at_once(template, text)

        session.ask = ask  # type: ignore[method-assign]
        paid: list[str] = []
        assert "Two answers contradict" in asked(one)[0]
        assert len(asked(two)) == pairs.count("x") - 1, "Ann is asked the first"
        assert len(paid) == 1
        there = one.interviews.find("links")
        assert len([turn for turn in there.turns.values() if turn.between]) == pairs.count("x")


def next_of_file(one: HoningTogether, answers: str) -> str | Move:
    """Return what a file of answers gives first where the clone goes on with the interview."""
    path = one.interviews.root / "answers.txt"
    path.write_text(answers)
    again = HoningTogether(one.session, one.interviews, one.interviews.find("links"))
    return FromFile(path, again.mine).to("What?")


def say_all(one: HoningTogether, *said: str) -> None:
    """Say that to one question after another."""
    for text in said:
        assert asked(one)
        one.take(meant(text))


@pytest.mark.parametrize(
    "said",
    [["one"], ["one", "back", "uno"], ["back", "one"], ["back", "one", "back", "back", "skip", "two"]],
    ids=["answers", "taken back", "back at the first", "all"],
)
def test_a_file_of_answers_goes_on_behind_all_that_was_said(
    people: Callable[[Scripted], list[HoningTogether]], said: list[str]
) -> None:
    one, two = people(Scripted(questions=9))
    with one.begun(), two.begun():
        say_all(two, "of Bob")
        say_all(one, *said)
    assert next_of_file(one, "\n\n".join([*said, "next", "last"])) == "next"
    assert next_of_file(one, "other\n\nnext") == "other"


def test_a_file_of_answers_goes_on_behind_one_that_was_not_sent(
    people: Callable[[Scripted], list[HoningTogether]],
) -> None:
    one, _ = people(Scripted(questions=3))

    def fails(_moves: object) -> bool:
        raise SousError("the token has expired")

    with pytest.raises(SousError, match="expired"), one.begun(), pytest.MonkeyPatch.context() as broken:
        say_all(one, "one")
        assert asked(one)
        broken.setattr(one.interviews.repository, "push", fails)
        one.take("two")
    assert next_of_file(one, "one\n\ntwo\n\nthree\n") == "three"


def test_a_file_of_answers_goes_on_behind_a_contradiction_left_to_others(
    people: Callable[[Scripted], list[HoningTogether]],
) -> None:
    one, two = people(Scripted(questions=2, pairs="1 x 2: Which holds?"))
    with one.begun(), two.begun():
        say_all(one, "For ever.")
        say_all(two, "A year.")
        say_all(one, "skip")
    assert next_of_file(one, "For ever.\n\nskip\n\nnext") == "next"


def test_a_new_interview_of_an_old_name_has_had_no_answers(
    people: Callable[[Scripted], list[HoningTogether]],
) -> None:
    one, _ = people(Scripted(questions=2))
    with one.begun():
        say_all(one, "one")
    there = one.interviews.find("links")
    one.interviews.repository.push([RefUpdate(f"{one.interviews.below}/links", there.tip, ABSENT)])
    assert one.interviews.begin("links", "Links.", poke=False) == "links"
    again = HoningTogether(one.session, one.interviews, one.interviews.find("links"))
    with again.begun():
        assert asked(again) == ["Q0?"]
    assert next_of_file(again, "one\n\ntwo\n") == "one"


def test_it_is_told_which_pairs_of_the_model_are_not_asked(
    people: Callable[[Scripted], list[HoningTogether]], capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = people(Scripted(questions=2, pairs="1 x 2: Which holds?\n2 x 7: And that?"))
    with one.begun(), two.begun():
        for each in (one, two):
            assert asked(each)
        one.take("For ever.")
        two.take("A year.")
        assert "Which holds?" in asked(one)[0]
    assert "the model also compared 2 x 7, and there are 2 answers: not asked" in capsys.readouterr().err
