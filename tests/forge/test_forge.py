from __future__ import annotations

from typing import Any

import pytest

from forge_wire import forge
from sous.errors import SousError
from sous.forge.forge import Draft, Forge
from sous.forge.gitea import Gitea
from sous.forge.github import GitHub
from sous.forge.gitlab import GitLab
from sous.forge.wire import Reply


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
    [(401, "rejects the token"), (403, "does not allow"), (404, "knows no"), (410, "issues are off"),
     (422, "rejects"), (500, "answers 500")],
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
