from __future__ import annotations

import pytest

from sous.runner.config import slug_of


@pytest.mark.parametrize(("one", "other"), [("1.2", "1-2"), ("1.2", "1/2"), ("", "x"), ("é", "-"), ("2 a", "2-a")])
def test_steps_have_files_of_their_own(one: str, other: str) -> None:
    assert slug_of("Step", one) != slug_of("Step", other)


@pytest.mark.parametrize(("number", "slug"), [("3", "step-3"), ("12b", "step-12b"), ("1-2", "step-1-2")])
def test_a_plain_number_is_called_as_it_is(number: str, slug: str) -> None:
    assert slug_of("Step", number) == slug
