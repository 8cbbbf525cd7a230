"""Calls for several jobs, with a model of llm that answers in this process."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any

import llm
import pytest

from sous.asking.expected import Expectation
from sous.asking.job import Job
from sous.asking.round import Round
from sous.errors import UnusableAnswer
from sous.models.choose import Choice
from sous.models.crew import DeadlinePassed
from sous.prompts.render import Prompt
from sous.reports.fit import Fitted
from sous.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NEVER = threading.Event()


class Echo(llm.Model):
    """Answers with the prompt; after `stall` it says no more."""

    model_id = "echo"
    can_stream = True

    def execute(self, prompt: llm.Prompt, *_: Any, **_more: Any) -> Iterator[str]:
        yield prompt.prompt
        if "stall" in prompt.prompt:
            NEVER.wait()


def job(*texts: str, rest: Path | None = None, **fields: Any) -> Job:
    prompts = tuple(Prompt("", text, name="test") for text in texts)
    return Job(texts[0], Choice(Echo()), Fitted(prompts, (1,) * len(prompts), None), rest, **fields)


def settings(**given: Any) -> Settings:
    return Settings(**{"jobs": 2, "timeout": 20.0, "retries": 0, **given})


def test_each_job_is_yielded_once_with_all_of_its_answers() -> None:
    jobs = [job("a", "b", "c"), job("d")]
    ended = list(Round(jobs, settings(), quiet=True).ended())
    assert sorted(one.name for one in ended) == ["a", "d"]
    assert jobs[0].texts == {0: "a", 1: "b", 2: "c"}


def test_a_job_that_has_all_its_answers_asks_nothing() -> None:
    known = job("a", texts={0: "known"})
    assert list(Round([known], settings(), quiet=True).ended()) == [known]
    assert not known.bill.answers


def test_an_answer_that_is_not_as_expected_fails_alone_and_is_kept(tmp_path: Path) -> None:
    bad = job("bad", rest=tmp_path / "bad.partial", expectation=Expectation(lambda _text: "sent no plan"))
    good = job("good")
    list(Round([bad, good], settings(), quiet=True).ended())
    assert isinstance(bad.error, UnusableAnswer)
    assert "echo sent no plan. The answer is saved in" in str(bad.error)
    assert (tmp_path / "bad.partial").read_text() == "bad"
    assert good.text() == "good"


def test_out_of_time_what_has_come_is_kept(tmp_path: Path) -> None:
    slow = job("stall", rest=tmp_path / "slow.partial")
    with pytest.raises(DeadlinePassed, match="The answer is saved in"):
        list(Round([slow], settings(timeout=0.5), quiet=True).ended())
    assert (tmp_path / "slow.partial").read_text() == "stall"


def test_where_nobody_takes_the_jobs_any_more_their_texts_are_kept(tmp_path: Path) -> None:
    names = ("a", "b", "stall")
    jobs = [job(name, rest=tmp_path / name) for name in names]
    calls = Round(jobs, settings(jobs=3), quiet=True)
    with pytest.raises(KeyboardInterrupt), contextlib.closing(calls.ended()) as ended:
        next(ended)
        threading.Event().wait(0.5)
        raise KeyboardInterrupt
    kept = {path.name for path in tmp_path.iterdir()}
    assert len(kept & {"a", "b"}) == 1  # the other was taken
    assert "stall" in kept


def test_nothing_is_sent_once_the_limit_is_passed() -> None:
    jobs = [job("a", "b")]
    list(Round(jobs, settings(jobs=1, max_cost=-1.0), quiet=True).ended())
    assert "no more is sent" in str(jobs[0].error)
    assert len(jobs[0].bill.answers) == 1
