"""What runs of the tests prove: each case is told by what its tests did, and no program is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sous.proc import Ended
from sous.runner.differences import Difference, Side
from sous.runner.proof import Comparison
from sous.runner.results import Results
from sous.runner.trial import Trial

ADD = "def test_add():\n    assert add(2, 2) == 4\n"


def trial(told: str, code: int = 0) -> Trial:
    """Return a run: `a b !c ~d` is two tests that pass, one that fails, one that is skipped."""
    marks = {"!": "fail", "~": "skip", "x": "xfail"}
    found = {f"t.py::{word.lstrip('!~')}": marks.get(word[0], "pass") for word in told.split()}
    return Trial(Ended(code, "", 0), Results(found))


def runs(
    before: str, after: str, *, old: str | None = None, without: tuple[str, int] | None = None, **more: Any
) -> Comparison:
    texts = more.pop("texts", (ADD, ADD))
    old_side, new_side = (Side("100644", str(at), text) for at, text in enumerate(texts))
    changed = [Difference("t.py", old_side, new_side)]
    return Comparison(
        trial(before), trial(after), None if old is None else trial(old, 1 if "!" in old else 0),
        changed, more.pop("asked", "Add sub"), None if without is None else trial(*without), **more,
    )  # fmt: skip


def test_a_new_test_that_fails_without_the_code_is_proof() -> None:
    found = runs("add", "add sub", without=("add !sub", 1))
    assert found.proofs() == ["t.py::sub"]
    assert (found.problems(), found.unclear()) == ([], [])
    assert found.notes() == ["1 new test", "2 pass"]


def test_a_new_test_that_cannot_even_be_collected_without_the_code_is_proof() -> None:
    assert runs("add", "add sub", without=("add", 2)).proofs() == ["t.py::sub"]


def test_a_new_test_that_passes_or_is_not_run_without_the_code_is_none() -> None:
    assert runs("add", "add sub", without=("add sub", 0)).proofs() == []
    assert runs("add", "add sub", without=("add", 0)).proofs() == []


def test_a_red_test_that_passes_now_is_proof() -> None:
    assert runs("add !half", "add half", without=("add !half", 1)).proofs() == ["t.py::half"]


@pytest.mark.parametrize("after", ["~add sub", "sub ~add"])
def test_a_test_that_is_skipped_now_is_a_problem(after: str) -> None:
    assert runs("add", after).problems() == ["t.py::add passed before and is now skipped"]


def test_a_test_that_is_gone_is_for_a_person_to_judge() -> None:
    found = runs("add other", "sub other", texts=(ADD, "def sub():\n    pass\n"))
    assert found.unclear() == ["t.py::add passed before and no longer runs"]


def test_a_renamed_test_is_known_by_its_body() -> None:
    texts = ("def test_add():\n    assert add(2, 2) == 4\n", "def test_sum():\n    assert add(2, 2) == 4\n")
    found = runs("test_add", "test_sum", texts=texts, old="test_add")
    assert (found.unclear(), found.problems()) == ([], [])
    assert "test_add is now test_sum" in found.notes()


def test_a_changed_expectation_counts_if_its_new_form_fails_on_the_old_code() -> None:
    texts = (ADD, ADD.replace("4", "5"))
    good = runs("test_add", "test_add", old="!test_add", without=("!test_add", 1), texts=texts)
    assert (good.problems(), good.reworked) == ([], ["t.py::test_add"])
    assert "changed: t.py::test_add" in good.notes()
    weak = runs("test_add", "test_add", old="!test_add", without=("test_add", 0), texts=texts)
    assert "does not fail without the new code" in weak.problems()[0]
    bound = runs("test_add", "test_add", old="!test_add", without=("!test_add", 1), texts=texts, is_bound=True)
    assert "behaviour was not supposed to change" in bound.problems()[0]


def test_a_changed_test_that_only_lacks_what_its_helper_needs_is_no_proof() -> None:
    new = "def assert_near(a, b):\n    assert a <= b + sub(0)\n\ndef test_add():\n    assert_near(add(2, 2), 4)\n"
    code = Difference(
        "calc.py", Side("100644", "0", "def add(): 4\n"), Side("100644", "1", "def add(): 0\ndef sub(): 9\n")
    )
    found = runs("test_add", "test_add", old="!test_add", without=("!test_add", 1), texts=(ADD, new))
    found = replace(found, changed=[*found.changed, code])
    assert found.reworked == ["t.py::test_add"]
    assert sorted(found.forms_beside()) == ["calc.py", "t.py"]
    assert replace(found, beside=trial("test_add")).reworked == []
    assert replace(found, beside=trial("!test_add", 1)).reworked == ["t.py::test_add"]
    assert replace(found, beside=trial("other")).reworked != [], "a row that is not run there says nothing"
    renamed = replace(code, new=Side("100644", "1", "def sub(): 9\n"))
    assert replace(found, changed=[found.changed[0], renamed]).forms_beside() == {}, "add is called sub now, perhaps"


def test_what_hides_a_broken_test_is_seen_by_its_old_form() -> None:
    found = runs("test_add test_b", "test_add test_b sub", old="!test_add test_b", without=("!sub test_add test_b", 1))
    assert "t.py::test_add: the old test fails on the new code" in found.problems()[0]


def test_an_old_test_that_is_not_run_though_all_is_well_is_broken() -> None:
    assert runs("test_add other", "test_add other", old="other").broken == ["t.py::test_add"]


def test_a_test_without_assertions_is_told() -> None:
    texts = (ADD, "def test_add():\n    add(2, 2)\n")
    assert runs("test_add", "test_add", old="test_add", texts=texts).problems() == [
        "t.py::test_add no longer asserts anything"
    ]


def test_rows_of_a_table_may_change_but_not_get_fewer() -> None:
    assert runs("add[1] add[2]", "add[1-0] add[2-0] add[3]", old="add[1] add[2]").unclear() == []
    assert runs("add[1] add[2]", "add[1]", old="add[1] add[2]").unclear() != []


def test_a_test_may_go_that_the_step_removes_by_name() -> None:
    texts = (ADD, "x = 1\n")
    assert runs("test_add b", "b", texts=texts, asked="Remove test_add.").unclear() == []
    assert runs("test_add b", "b", texts=texts, asked="Remove the rest.").unclear() != []
