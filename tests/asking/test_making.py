"""Reports that are made together: each goes where the sink says, whatever became of the others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fake_model import REPLY
from scene import packed
from sous import api
from sous.models.window import Window

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fake_model import FakeModel
    from sous.asking.report import ReportJob
    from sous.names import Report
    from sous.reports.fit import Fitted
    from sous.reports.looked_up import LookedUp

pytestmark = pytest.mark.usefixtures("home")
CODE = {"src/app.py": "def add(a, b):\n    return a - b\n"}


class Listening(api.Sink):
    """Notes all that it hears; `refused` by command are not made, `unsent` not sent."""

    def __init__(self, *, refused: Sequence[str] = (), unsent: Sequence[str] = ()) -> None:
        self.refused, self.unsent = refused, unsent
        self.known: dict[str, Mapping[str, Any]] = {}
        self.begun: list[str] = []
        self.texts: dict[str, str] = {}
        self.errors: dict[str, str] = {}
        self.ended: list[str] = []

    def facts(self, report: Report) -> Mapping[str, Any]:
        return {"own": report.command}

    def wants(self, report: Report, facts: Mapping[str, Any]) -> bool:
        self.known[report.command] = facts
        return report.command not in self.refused

    def agrees(self, report: Report, fitted: Fitted) -> bool:
        assert len(fitted.prompts) == 1
        return report.command not in self.unsent

    def begins(self, job: ReportJob, *, kept: int) -> None:
        assert kept == 0
        self.begun.append(job.name)

    def place(self, job: ReportJob, looked: LookedUp) -> None:
        self.texts[job.name] = looked.text

    def fails(self, report: Report, error: api.SousError) -> None:
        self.errors[report.command] = str(error)

    def ends(self, jobs: Sequence[ReportJob]) -> None:
        self.ended += [job.name for job in jobs]


def made(
    model: str, commands: Sequence[str], sink: Listening, *, code: Mapping[str, str] = CODE, **options: Any
) -> Listening:
    how = api.terms(model=model, settings=api.Settings(retries=0, **options))
    api.reports(api.read_bundle(packed(code)), commands, how, sink)
    return sink


def test_what_is_not_wanted_is_not_sent(model: FakeModel) -> None:
    sink = Listening(refused=["github-issues"], unsent=["missing-tests"])
    made("ok", ["github-issues", "code-review", "missing-tests"], sink)
    assert sink.begun == list(sink.texts) == sink.ended == ["code-review"]
    assert len(model.requests) == 1


@pytest.mark.usefixtures("model")
def test_facts_of_the_sink_decide_too() -> None:
    sink = made("ok", ["code-review"], Listening(refused=["code-review"]))
    facts = sink.known["code-review"]
    assert facts["own"] == facts["task"] == "code-review"
    assert facts["model"] == "ok"
    assert sink.ended == []


def test_one_that_fails_does_not_stop_the_others(model: FakeModel) -> None:
    answers = iter(["That is nice code.", REPLY])
    model.script = lambda _: next(answers)
    sink = made("scripted", ["code-review", "github-issues"], Listening(), jobs=1)
    assert list(sink.errors) == ["code-review"]
    assert list(sink.texts) == ["github-issues"]
    assert sink.ended == ["code-review", "github-issues"]


def test_all_of_them_share_one_limit(model: FakeModel) -> None:
    sink = Listening()
    with pytest.raises(api.OverBudget, match="the price of ok is not known"):
        made("ok", ["code-review", "readme"], sink, max_cost=1.0)
    assert model.requests == []
    assert sink.ended == ["code-review", "readme"]


def test_what_static_analysis_cannot_make_fails_alone() -> None:
    sink = made("sous-static", ["security-review", "code-review"], Listening())
    assert "makes no security-review" in sink.errors["security-review"]
    assert list(sink.texts) == ["code-review"]


def test_an_answer_about_other_code_is_refused_for_a_program_too(model: FakeModel) -> None:
    """As for a command: the library once took it."""
    places = "".join(
        f"## Defect {name}\n\n- **Severity:** high\n- **Location:** `web/{name}.ts:1-2`\n\nIt is wrong.\n\n"
        for name in "abcd"
    )
    model.script = lambda _: places
    with pytest.raises(api.UnusableAnswer, match="none of which was sent") as caught:
        api.report(api.read_bundle(packed(CODE)), "code-review", model="scripted", settings=api.Settings(retries=0))
    assert len(caught.value.paid) == 1


@pytest.mark.usefixtures("model")
def test_what_is_too_long_can_be_made_smaller_for_a_program_too() -> None:
    """As for a command: the library once gave up when a model told that its window is smaller."""
    prompts: list[int] = []

    class Refitting(Listening):
        def begins(self, job: ReportJob, *, kept: int) -> None:
            super().begins(job, kept=kept)
            assert job.refit
            prompts.append(len(job.refit(None, Window(6_000, "told")).prompts))

    code = {f"src/m{number}.py": f"value_{number} = {number}\n" * 150 for number in range(12)}
    made("ok", ["code-review"], Refitting(), code=code)
    assert prompts[0] > 1


def test_a_price_is_of_what_can_be_made() -> None:
    with pytest.raises(api.UsageProblem, match="makes no security-review"):
        api.price(api.read_bundle(packed(CODE)), "security-review")


@pytest.mark.parametrize("root", [None, Path("no such folder")])
def test_terms_are_of_a_project_that_is_there(root: Path | None) -> None:
    if root is None:
        assert api.terms(root=root).choice.is_static
        return
    with pytest.raises(api.UsageProblem, match="is not a folder"):
        api.terms(root=root)
