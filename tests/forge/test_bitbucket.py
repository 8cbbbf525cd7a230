from __future__ import annotations

import pytest

from forge_wire import forge
from sous.errors import SousError
from sous.forge.bitbucket import Bitbucket
from sous.forge.forge import Draft
from sous.forge.wire import Reply


def test_pages_follow_the_query_of_the_next_page() -> None:
    first = {"values": [{"id": 1, "title": "one"}], "next": "https://evil.example/x?page=2&token=y"}
    there, wire = forge(
        Bitbucket,
        Reply(200, {}, first),
        Reply(200, {}, {"uuid": "{me}"}),
        Reply(200, {}, {"values": [{"id": 2, "title": "two"}]}),
    )
    assert [issue.title for issue in there.issues()] == ["one", "two"]
    assert [path for _, path, _ in wire.asked if "issues" in path] == [
        "repositories/o/r/issues?sort=created_on&pagelen=50&page=1",
        "repositories/o/r/issues?sort=created_on&pagelen=50&page=2",
    ]


@pytest.mark.parametrize(
    ("state", "is_open", "reason"),
    [("new", True, ""), ("on hold", True, ""), ("resolved", False, ""), ("wontfix", False, "not_planned"),
     ("duplicate", False, "duplicate"), ("closed", False, "")],
)  # fmt: skip
def test_has_states_of_its_own(state: str, is_open: bool, reason: str) -> None:
    data = {"id": 3, "state": state, "reporter": {"uuid": "{me}"}, "content": {"raw": "text"}}
    there, _ = forge(Bitbucket, Reply(200, {}, data), Reply(200, {}, {"uuid": "{me}"}))
    issue = there.issue(3)
    assert issue is not None
    assert (issue.is_open, issue.reason, issue.body, issue.is_mine) == (is_open, reason, "text", True)


def test_lines_and_milestones() -> None:
    there, _ = forge(Bitbucket, Reply(200, {}, {"values": [{"id": 9, "name": "v1"}]}))
    assert there.permalink("abc", "a b.py", 3, 5) == "https://git.example/o/r/src/abc/a%20b.py#lines-3:5"
    assert there.permalink("abc", "a b.py", 3, 3) == "https://git.example/o/r/src/abc/a%20b.py#lines-3"
    assert there.milestone("v1") == 9


@pytest.mark.parametrize("named", [["alice"], ["{a}", "{b}"], ["@me"]])
def test_assigns_to_one_uuid(named: list[str]) -> None:
    there, _ = forge(Bitbucket, Reply(403, {}, {}))
    with pytest.raises(SousError, match="UUID"):
        there.create(Draft("title", "body", assignees=named))
