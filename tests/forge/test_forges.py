from __future__ import annotations

from typing import Any, cast

import pytest

from sous.errors import SousError
from sous.forge.bitbucket import Bitbucket
from sous.forge.forges import Draft, Forge, Gitea, GitHub, GitLab
from sous.forge.remote import Repository
from sous.forge.wire import Reply


class Wire:
    """Answers what it is given, in order, and keeps what it was asked."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.asked: list[tuple[str, str, Any]] = []

    def send(self, method: str, path: str, fields: Any = None) -> Reply:
        self.asked.append((method, path, fields))
        return self.replies.pop(0)


def forge(kind: type[Forge], *replies: Reply) -> tuple[Forge, Wire]:
    wire = Wire(*replies)
    return kind(Repository("git.example", "o/r"), cast("Any", wire), "https://git.example"), wire


@pytest.mark.parametrize(
    ("kind", "anchor"),
    [(GitHub, "o/r/blob/abc/a%20b.py#L3-L5"), (GitLab, "o/r/-/blob/abc/a%20b.py#L3-5"),
     (Gitea, "o/r/src/commit/abc/a%20b.py#L3-L5")],
)  # fmt: skip
def test_the_address_of_lines(kind: type[Forge], anchor: str) -> None:
    there, _ = forge(kind)
    link = f"https://git.example/{anchor}"
    assert there.permalink("abc", "a b.py", 3, 5) == link
    assert there.permalink("abc", "a b.py", 3, 3) == f"{link.partition('#')[0]}#L3"
    assert there.permalink("abc", "a b.py", None, None) == link.partition("#")[0]


@pytest.mark.parametrize("data", [None, [], "x", {"number": "3"}, {"number": -1}, {"number": 1 << 70}])
def test_an_answer_that_is_no_issue_is_an_error(data: Any) -> None:
    there, _ = forge(GitHub, Reply(200, {}, {"login": "me"}), Reply(201, {}, data))
    assert there.me == "me"
    with pytest.raises(SousError, match="answers what is no issue"):
        there.create(Draft("title", "body"))


@pytest.mark.parametrize(
    ("status", "message"),
    [(401, "does not take the token"), (403, "does not allow"), (404, "knows no"), (410, "issues are off"),
     (422, "does not take"), (500, "answers 500")],
)  # fmt: skip
def test_what_a_forge_refuses_is_said_in_one_line(status: int, message: str) -> None:
    there, _ = forge(GitLab, Reply(status, {}, None))
    with pytest.raises(SousError, match=message) as caught:
        there.create(Draft("title", "body"))
    assert "\n" not in str(caught.value)


def test_pages_follow_only_the_query_of_the_next_link() -> None:
    link = '<https://evil.example/other?page=2&token=x>; rel="next"'
    there, wire = forge(GitHub, Reply(200, {"link": link}, [{"name": "one"}]), Reply(200, {}, [{"name": "two"}]))
    assert there.labels() == ["one", "two"]
    assert [path for _, path, _ in wire.asked] == [
        "repos/o/r/labels?per_page=100&page=1",
        "repos/o/r/labels?per_page=100&page=2",
    ]


def test_a_list_that_repeats_itself_ends() -> None:
    link = '<https://git.example/x?page=1>; rel="next"'
    there, _ = forge(GitHub, *[Reply(200, {"link": link}, [{"name": "one"}])] * 2)
    assert there.labels() == ["one"]


def test_bitbucket_pages_follow_the_query_of_the_next_page() -> None:
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
def test_bitbucket_has_states_of_its_own(state: str, is_open: bool, reason: str) -> None:
    data = {"id": 3, "state": state, "reporter": {"uuid": "{me}"}, "content": {"raw": "text"}}
    there, _ = forge(Bitbucket, Reply(200, {}, data), Reply(200, {}, {"uuid": "{me}"}))
    issue = there.issue(3)
    assert issue is not None
    assert (issue.is_open, issue.reason, issue.body, issue.is_mine) == (is_open, reason, "text", True)


def test_bitbucket_lines_and_milestones() -> None:
    there, _ = forge(Bitbucket, Reply(200, {}, {"values": [{"id": 9, "name": "v1"}]}))
    assert there.permalink("abc", "a b.py", 3, 5) == "https://git.example/o/r/src/abc/a%20b.py#lines-3:5"
    assert there.permalink("abc", "a b.py", 3, 3) == "https://git.example/o/r/src/abc/a%20b.py#lines-3"
    assert there.milestone("v1") == 9


@pytest.mark.parametrize("named", [["alice"], ["{a}", "{b}"], ["@me"]])
def test_bitbucket_assigns_to_one_uuid(named: list[str]) -> None:
    there, _ = forge(Bitbucket, Reply(403, {}, {}))
    with pytest.raises(SousError, match="UUID"):
        there.create(Draft("title", "body", assignees=named))
