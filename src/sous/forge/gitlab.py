"""GitLab (docs.gitlab.com, REST API v4)."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from sous.errors import SousError
from sous.forge.forge import (
    COLOUR,
    Forge,
    Issue,
    PullRequest,
    anchor_of,
    as_dict,
    as_number,
    as_text,
)
from sous.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sous.forge.forge import Draft


class GitLab(Forge):
    """An issue tracker of GitLab."""

    kind = "gitlab"
    most_title, most_body = 255, 1_000_000
    _update = "PUT"
    hint = "set GITLAB_TOKEN again, with the scope `api`"
    _closing = ({"state_event": "close"},)
    _pulls = "merge_requests"

    @cached_property
    def base(self) -> str:
        """The path of the project in the interface."""
        return f"projects/{quote(self.repository.path, safe='')}"

    @cached_property
    def _members(self) -> set[str]:
        """Usernames of the project's members; empty if the token may not list them."""
        return self._names_in("members/all", "username")

    def issues(self) -> Iterator[Issue]:
        """Yield all issues."""
        query = {"scope": "all", "state": "all", "order_by": "created_at", "sort": "asc"}
        return (self._issue(one) for one in self._pages("issues", query))

    def permalink(self, commit: str, path: str, first: int | None, last: int | None) -> str:
        """Return the address of lines of a file, as it is in a commit."""
        anchor = anchor_of(first, last, to="-")
        return f"{self.web}/{self.repository.quoted}/-/blob/{commit}/{quote(path)}{anchor}"

    def _issue(self, data: Any) -> Issue:
        data = as_dict(data)
        author = as_text(as_dict(data.get("author")), "username")
        return Issue(
            number=as_number(data.get("iid")),
            url=as_text(data, "web_url"),
            title=as_text(data, "title"),
            body=as_text(data, "description"),
            is_open=data.get("state") != "closed",
            is_ours=author == self.me or author in self._members,
            is_mine=self.me is not None and author == self.me,
        )

    def _pull_query(self, head: str, base: str) -> dict[str, str]:
        return {"state": "opened", "source_branch": head, "target_branch": base}

    def _pull_fields(self, head: str, base: str) -> dict[str, Any]:
        return {"source_branch": head, "target_branch": base}

    def _pull(self, data: Any) -> PullRequest:
        data = as_dict(data)
        is_ours = data.get("source_project_id") == data.get("target_project_id")
        return PullRequest(
            as_number(data.get("iid")),
            as_text(data, "web_url"),
            as_text(data, "title"),
            as_text(data, "description"),
            as_text(data, "source_branch") if is_ours else "",
            as_text(data, "target_branch") if is_ours else "",
        )

    def _text_fields(self, body: str) -> dict[str, Any]:
        return {"description": body}

    def _fields(self, draft: Draft) -> dict[str, Any]:
        fields: dict[str, Any] = {"title": draft.title, **self._text_fields(draft.body)}
        if draft.labels:
            fields["labels"] = ",".join(one.replace(",", " ") for one in draft.labels)
        if draft.assignees:
            fields["assignee_ids"] = [self._user(one) for one in draft.assignees]
        if draft.milestone:
            fields["milestone_id"] = int(draft.milestone)
        return fields

    def create_label(self, name: str) -> None:
        """Make a label."""
        self._write("POST", "labels", {"name": name, "color": f"#{COLOUR}"}, f"the label {name}")

    def milestone(self, named: str) -> int:
        """Return the id of a milestone; people know it by its number in the project."""
        known = list(self._pages("milestones", {}))
        found = next(
            (one for one in known if named in (str(one.get("title")), str(one.get("iid")))), None
        )
        if found is None:
            raise SousError(f"{self.repository} has no milestone {named!r}")
        return as_number(found.get("id"))

    def _user(self, name: str) -> int:
        wanted = self.me or "" if name == "@me" else name.lstrip("@")
        reply = self.wire.send("GET", f"users?{urlencode({'username': wanted})}")
        found = reply.data if isinstance(reply.data, list) else []
        if not found:
            raise SousError(
                f"{self.repository.host} has no user {one_line(wanted)!r}; look at --assignee"
            )
        return as_number(as_dict(found[0]).get("id"))
