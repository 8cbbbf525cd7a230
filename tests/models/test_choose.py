from __future__ import annotations

import json
from typing import TYPE_CHECKING

import llm
import pytest

from sous.errors import SousError, UsageProblem
from sous.models.choose import Choice, choose_model, ready

if TYPE_CHECKING:
    from pathlib import Path


class Keyed(llm.KeyModel):
    """A model that llm hands its key to."""

    model_id = "keyed"
    needs_key = "keyed"

    def execute(self, *_args: object, **_more: object) -> None: ...  # type: ignore[override]


class OwnWay(llm.Model):
    """A model that asks for its key itself, and may go on without one."""

    model_id = "own-way"
    needs_key = "own-way"

    def execute(self, *_args: object, **_more: object) -> None: ...  # type: ignore[override]


def test_only_a_model_that_llm_hands_its_key_to_must_have_one() -> None:
    with pytest.raises(SousError, match="no key for keyed"):
        ready(Choice(Keyed()))  # type: ignore[arg-type]  # llm has no type for both
    assert ready(Choice(OwnWay())).name == "own-way"


def test_without_a_name_llms_default_holds(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "llm").mkdir()
    (home / "llm" / "default_model.txt").write_text("gpt-4o\n")
    assert choose_model(None, {}).name == "gpt-4o"
    monkeypatch.setenv("LLM_MODEL", "gpt-4o-mini")
    assert choose_model(None, {}).name == "gpt-4o-mini"


def test_aliases_of_llm_hold(home: Path) -> None:
    (home / "llm").mkdir()
    (home / "llm" / "aliases.json").write_text('{"mine": "gpt-4o"}')
    assert choose_model("mine", {}).name == "gpt-4o"


def test_an_unknown_model_says_how_to_see_the_known_ones() -> None:
    with pytest.raises(SousError, match="unknown model nope; `llm models`"):
        choose_model("nope", {})


def test_options_are_checked_and_typed_over_the_users_defaults(home: Path) -> None:
    (home / "llm").mkdir()
    (home / "llm" / "model_options.json").write_text(json.dumps({"gpt-4o": {"temperature": 1, "seed": 7}}))
    assert choose_model("gpt-4o", {"temperature": "0.5"}).options == {"temperature": 0.5, "seed": 7}


@pytest.mark.parametrize(("key", "value"), [("nope", "1"), ("temperature", "hot")])
def test_a_wrong_option_lists_what_the_model_takes(key: str, value: str) -> None:
    with pytest.raises(UsageProblem, match=f"option {key} of gpt-4o: .*it takes: .*temperature"):
        choose_model("gpt-4o", {key: value})


def test_an_unknown_model_says_which_may_be_meant() -> None:
    with pytest.raises(SousError, match=r"unknown model sous-statc; did you mean sous-static\?"):
        choose_model("sous-statc", {})
