from __future__ import annotations

import subprocess
import sys

import pytest

from sous.models.listed import is_listed


@pytest.mark.parametrize(
    ("names", "known"), [(("gpt-4o-mini",), True), (("mine", "gpt-4o-mini"), True), (("mine",), False), ((), False)]
)
def test_a_model_is_listed_by_any_of_its_names(names: tuple[str, ...], known: bool) -> None:
    assert is_listed(names) is known


def test_of_a_model_that_was_not_listed_the_data_are_not_loaded_again() -> None:
    code = "import sys; from sous.models.listed import is_listed; print(is_listed(('my-own',)), 'genai_prices' in sys.modules)"
    told = [
        subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=True).stdout.split()
        for _ in range(2)
    ]
    assert told == [["False", "True"], ["False", "False"]]
