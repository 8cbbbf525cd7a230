from __future__ import annotations

import pytest

from sous.errors import SousError
from sous.setup.check import Check, looked


def test_json_has_the_four_fields() -> None:
    found = Check("git", "fix", "not found", "install it").as_json()
    assert found == {"name": "git", "state": "fix", "found": "not found", "advice": "install it"}


@pytest.mark.parametrize("error", [SousError("git failed\x1b[1m"), OSError(28, "No space left on device")])
def test_what_stops_a_look_is_what_is_to_be_fixed(error: Exception) -> None:
    def look() -> list[Check]:
        raise error

    (found,) = looked("git", look)
    assert (found.name, found.state) == ("git", "fix")
    assert "\x1b" not in found.found
