from __future__ import annotations

from forge_wire import forge
from sous.forge.forge import Draft
from sous.forge.gitea import Gitea
from sous.forge.wire import Reply

ME = Reply(200, {}, {"login": "me"})


def test_labels_are_sent_by_id() -> None:
    there, wire = forge(
        Gitea,
        Reply(200, {}, [{"id": 5, "name": "bug"}]),
        Reply(201, {}, {"id": 6, "name": "new"}),
        Reply(201, {}, {"number": 3, "html_url": "u", "user": {"login": "me"}}),
        ME,
    )
    assert there.labels() == ["bug"]
    there.create_label("new")
    there.create(Draft("t", "b", labels=("bug", "new", "unknown")))
    assert wire.asked[2][2] == {"title": "t", "body": "b", "labels": [5, 6]}


def test_the_owner_of_the_repository_is_believed() -> None:
    data = {"number": 3, "html_url": "u", "user": {"login": "o"}}
    there, _ = forge(Gitea, Reply(200, {}, data), ME)
    issue = there.issue(3)
    assert issue is not None
    assert (issue.is_ours, issue.is_mine) == (True, False)
