from __future__ import annotations

from sous.setup.check import Check


def test_json_has_the_four_fields() -> None:
    found = Check("git", "fix", "not found", "install it").as_json()
    assert found == {"name": "git", "state": "fix", "found": "not found", "advice": "install it"}
