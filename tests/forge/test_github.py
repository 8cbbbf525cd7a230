from __future__ import annotations

from typing import Any

import pytest

from forge_wire import forge
from sous.forge.forge import Draft
from sous.forge.github import GitHub
from sous.forge.wire import Reply

ME = Reply(200, {}, {"login": "me"})


def test_pull_requests_are_no_issues() -> None:
    page = [{"number": 1, "title": "one"}, {"number": 2, "title": "two", "pull_request": {}}]
    there, _ = forge(GitHub, Reply(200, {}, page), ME)
    assert [issue.title for issue in there.issues()] == ["one"]


@pytest.mark.parametrize(
    ("data", "is_ours"),
    [({"author_association": "MEMBER"}, True), ({"author_association": "NONE", "user": {"login": "me"}}, True),
     ({"author_association": "CONTRIBUTOR", "user": {"login": "other"}}, False), ({}, False)],
)  # fmt: skip
def test_only_members_and_we_are_believed(data: dict[str, Any], *, is_ours: bool) -> None:
    there, _ = forge(GitHub, Reply(200, {}, {"number": 3, "html_url": "u", **data}), ME)
    issue = there.issue(3)
    assert issue is not None
    assert issue.is_ours is is_ours


def test_at_me_is_who_we_are() -> None:
    there, wire = forge(GitHub, ME, Reply(201, {}, {"number": 3, "html_url": "u"}))
    there.create(Draft("t", "b", labels=("bug",), assignees=("@me", "@you"), milestone="4"))
    assert wire.asked[-1][2] == {
        "title": "t", "body": "b", "labels": ["bug"], "assignees": ["me", "you"], "milestone": 4,
    }  # fmt: skip
