from __future__ import annotations

import pytest

from forge_wire import forge
from sous.errors import SousError
from sous.forge.forge import Draft
from sous.forge.gitlab import GitLab
from sous.forge.wire import Reply

MADE = Reply(201, {}, {"iid": 3, "web_url": "u", "author": {"username": "me"}})
ME = Reply(200, {}, {"username": "me"})


def test_people_are_looked_up_and_labels_hold_no_comma() -> None:
    there, wire = forge(GitLab, Reply(200, {}, [{"id": 7}]), MADE, ME)
    there.create(Draft("t", "b", labels=("a,b", "c"), assignees=("@you",)))
    assert [path for _, path, _ in wire.asked[:2]] == ["users?username=you", "projects/o%2Fr/issues"]
    assert wire.asked[1][2] == {"title": "t", "description": "b", "labels": "a b,c", "assignee_ids": [7]}


def test_nobody_of_a_name_is_an_error() -> None:
    there, _ = forge(GitLab, Reply(200, {}, []))
    with pytest.raises(SousError, match="has no user 'you'"):
        there.create(Draft("t", "b", assignees=("you",)))


@pytest.mark.parametrize("named", ["v1", "12"])
def test_a_milestone_has_a_title_and_a_number_in_the_project(named: str) -> None:
    there, _ = forge(GitLab, Reply(200, {}, [{"id": 900, "iid": 12, "title": "v1"}]))
    assert there.milestone(named) == 900
