"""Bitbucket Cloud (developer.atlassian.com/cloud/bitbucket/rest, API 2.0)."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sous.errors import SousError
from sous.forge.forge import (
    NOT_PLANNED,
    Forge,
    Issue,
    PullRequest,
    as_dict,
    as_number,
    as_text,
    query_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sous.forge.forge import Draft
    from sous.forge.wire import Reply

_KINDS = ("bug", "enhancement", "proposal", "task")
_OPEN = ("new", "open", "on hold")
_REASONS = {"duplicate": "duplicate", "invalid": NOT_PLANNED, "wontfix": NOT_PLANNED}


class Bitbucket(Forge):
    """Bitbucket Cloud. A label that is one of its kinds of issues becomes the kind.

    What it says of the longest body is not documented: that of GitHub is taken.
    """

    kind = "bitbucket"
    most_title, most_body = 255, 65_536
    page_size, _size_name = 50, "pagelen"
    hint = "set BITBUCKET_TOKEN again, or BITBUCKET_EMAIL and BITBUCKET_API_TOKEN"
    _update = "PUT"
    _closing = ({"state": "duplicate"},)
    _pulls = "pullrequests"

    @cached_property
    def base(self) -> str:
        """The path of the repository in the interface."""
        return f"repositories/{self.repository.quoted}"

    @cached_property
    def me(self) -> str | None:
        """Who we are, None for the token of a repository or a workspace, which is nobody's."""
        reply = self.wire.send("GET", "user")
        if reply.status == 401:  # noqa: PLR2004
            raise self.refused(reply, "the token")
        return as_text(as_dict(reply.data), "uuid") or None

    @cached_property
    def _members(self) -> set[str]:
        """UUIDs of the workspace's members; empty if the token may not list them."""
        workspace = quote(self.repository.path.partition("/")[0])
        try:
            found = list(self._pages(f"/workspaces/{workspace}/members", {}))
        except SousError:
            return set()
        return {as_text(as_dict(member.get("user")), "uuid") for member in found}

    def issues(self) -> Iterator[Issue]:
        """Yield all issues."""
        return (self._issue(one) for one in self._pages("issues", {"sort": "created_on"}))

    def labels(self) -> list[str]:
        """Return the kinds of issues: there are no labels."""
        return list(_KINDS)

    def create_label(self, name: str) -> None:
        """Raise SousError: there are no labels."""
        raise SousError(
            f"Bitbucket has no labels, so {name} cannot be made; leave --create-labels out"
        )

    def permalink(self, commit: str, path: str, first: int | None, last: int | None) -> str:
        """Return the address of lines of a file, as it is in a commit."""
        end = "" if last in (None, first) else f":{last}"
        anchor = "" if first is None else f"#lines-{first}{end}"
        return f"{self.web}/{self.repository.quoted}/src/{commit}/{quote(path)}{anchor}"

    def milestone(self, named: str) -> int:
        """Return the id of a milestone."""
        for one in self._pages("milestones", {}):
            if named in (as_text(one, "name"), str(one.get("id"))):
                return as_number(one.get("id"))
        raise SousError(f"{self.repository} has no milestone {named!r}")

    def _issue(self, data: Any) -> Issue:
        data = as_dict(data)
        reporter = as_text(as_dict(data.get("reporter")), "uuid")
        state = as_text(data, "state")
        return Issue(
            number=as_number(data.get("id")),
            url=as_text(as_dict(as_dict(data.get("links")).get("html")), "href"),
            title=as_text(data, "title"),
            body=as_text(as_dict(data.get("content")), "raw"),
            is_open=state in _OPEN,
            reason=_REASONS.get(state, ""),
            is_ours=bool(reporter) and (reporter == self.me or reporter in self._members),
            is_mine=self.me is not None and reporter == self.me,
        )

    def _pull_query(self, head: str, base: str) -> dict[str, str]:
        names = {"source": head, "destination": base}
        named = (f"{side}.branch.name = {json.dumps(name)}" for side, name in names.items())
        return {"state": "OPEN", "q": " AND ".join(named)}

    def _pull_fields(self, head: str, base: str) -> dict[str, Any]:
        return {"source": {"branch": {"name": head}}, "destination": {"branch": {"name": base}}}

    def _pull_text(self, body: str) -> dict[str, Any]:
        return {"description": body}

    def _pull(self, data: Any) -> PullRequest:
        data = as_dict(data)
        sides = [as_dict(data.get(name)) for name in ("source", "destination")]
        repositories = [as_dict(side.get("repository")).get("full_name") for side in sides]
        names = [as_text(as_dict(side.get("branch")), "name") for side in sides]
        is_ours = repositories[0] == repositories[1]
        return PullRequest(
            as_number(data.get("id")),
            as_text(as_dict(as_dict(data.get("links")).get("html")), "href"),
            as_text(data, "title"),
            as_text(data, "description"),
            *(names if is_ours else ("", "")),
        )

    def _text_fields(self, body: str) -> dict[str, Any]:
        return {"content": {"raw": body}}

    def _fields(self, draft: Draft) -> dict[str, Any]:
        fields: dict[str, Any] = {"title": draft.title, **self._text_fields(draft.body)}
        kinds = [label for label in draft.labels if label in _KINDS]
        if kinds:
            fields["kind"] = kinds[0]
        if draft.assignees:
            fields["assignee"] = {"uuid": self._assignee(draft.assignees)}
        if draft.milestone:
            fields["milestone"] = {"id": int(draft.milestone)}
        return fields

    def _assignee(self, named: Any) -> str:
        uuid = self.me if named[0] == "@me" else named[0]
        if len(named) > 1 or not uuid or not uuid.startswith("{"):
            raise SousError(
                "Bitbucket assigns an issue to one account, named by its UUID in braces; "
                "look at --assignee"
            )
        return str(uuid)

    def _page(self, reply: Reply) -> tuple[Any, dict[str, str] | None]:
        data = as_dict(reply.data)
        following = as_text(data, "next")
        return data.get("values"), query_of(following) if following else None
