from __future__ import annotations

from typing import Any

import pytest

from forge_wire import forge
from sous.errors import SousError
from sous.forge.bitbucket import Bitbucket
from sous.forge.comment import put_comment
from sous.forge.gitea import Gitea
from sous.forge.github import GitHub
from sous.forge.gitlab import GitLab
from sous.forge.wire import Reply

MARKER = "<!-- sous ci: code-review -->"
NO_USER = Reply(403, data={"message": "Resource not accessible by integration"})


def comment(identity: int, text: str, login: str = "me", kind: str = "User") -> dict[str, Any]:
    who = {"user": {"login": login, "type": kind}, "author": {"username": login}}
    return {"id": identity, "body": f"{MARKER}\n{text}", **who}


def me(login: str = "me") -> Reply:
    return Reply(200, data={"login": login, "username": login})


@pytest.mark.parametrize(
    ("kind", "listed", "changed", "method"),
    [
        (GitHub, "repos/o/r/issues/7/comments", "repos/o/r/issues/comments/5", "PATCH"),
        (Gitea, "repos/o/r/issues/7/comments", "repos/o/r/issues/comments/5", "PATCH"),
        (GitLab, "projects/o%2Fr/merge_requests/7/notes", "projects/o%2Fr/merge_requests/7/notes/5", "PUT"),
    ],
)
def test_our_comment_is_renewed(kind: Any, listed: str, changed: str, method: str) -> None:
    there, wire = forge(kind, Reply(200, data=[comment(4, "x", "mallory"), comment(5, "old")]), me(), Reply(200))
    assert put_comment(there, 7, "code-review", "new", more="") == "renewed"
    assert wire.asked[0][1].startswith(f"{listed}?")
    assert wire.asked[-1] == (method, changed, {"body": f"{MARKER}\nnew"})


@pytest.mark.parametrize(
    ("login", "kind", "done"),
    [
        ("github-actions[bot]", "Bot", "renewed"),
        ("github-actions[bot]", "User", "posted"),
        ("other[bot]", "Bot", "posted"),
        ("", "Bot", "posted"),
    ],
)
def test_the_token_of_a_workflow_renews_comments_of_workflows_alone(login: str, kind: str, done: str) -> None:
    there, _ = forge(GitHub, Reply(200, data=[comment(5, "old", login, kind)]), NO_USER, Reply(201))
    assert put_comment(there, 7, "code-review", "new", more="") == done


def test_a_forge_whose_token_tells_nothing_gets_a_comment_of_its_own() -> None:
    found = [comment(5, "old", "github-actions[bot]", "Bot")]
    there, _ = forge(GitLab, Reply(200, data=found), NO_USER, Reply(201))
    assert put_comment(there, 7, "code-review", "new", more="") == "posted"


def test_what_is_posted_mentions_nobody_and_is_cut() -> None:
    there, wire = forge(GitHub, Reply(200, data=[]), Reply(201))
    put_comment(there, 7, "code-review", "@all <!-- x --> closes #1\n\n" + "word\n\n" * 20_000, more="The rest: file")
    body = wire.asked[-1][2]["body"]
    assert "@all" not in body
    assert "<!-- x" not in body
    assert "#1" not in body
    assert len(body) <= GitHub.most_body
    assert body.endswith("The rest: file")


def test_one_report_does_not_renew_the_comment_of_another() -> None:
    there, _ = forge(GitHub, Reply(200, data=[comment(5, "old")]), Reply(201))
    assert put_comment(there, 7, "security-review", "new", more="") == "posted"


def test_a_forge_without_such_comments_says_so() -> None:
    there, wire = forge(Bitbucket)
    with pytest.raises(SousError, match="bitbucket are not supported"):
        put_comment(there, 7, "code-review", "new", more="")
    assert wire.asked == []
