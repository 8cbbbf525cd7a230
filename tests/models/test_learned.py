from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sous.models import learned
from sous.state import change_state


def model(base: str = "http://127.0.0.1:1/v1") -> Any:
    return SimpleNamespace(model_id="m", model_name="m", api_base=base)


def test_a_window_is_kept_for_the_model_and_its_address() -> None:
    learned.remember(model(), {"tokens": 8192, "more": 1.2, "answer": None})
    assert learned.recalled(model()) == {"tokens": 8192, "more": 1.2, "answer": None}
    assert learned.recalled(model("http://127.0.0.1:2/v1")) is None


@pytest.mark.parametrize("entry", [None, [], {"tokens": "8"}, {"tokens": -1}, {"tokens": 8192, "date": "2001-01-01"}])
def test_what_is_damaged_or_old_is_not_known(entry: Any) -> None:
    with change_state("windows.json") as kept:
        kept["http://127.0.0.1:1/v1 m"] = entry
    assert learned.recalled(model()) is None


def test_a_password_in_an_address_is_not_kept() -> None:
    learned.remember(model("http://me:pass@127.0.0.1/v1"), {"tokens": 8192})
    with change_state("windows.json") as kept:
        assert "pass" not in str(kept)
