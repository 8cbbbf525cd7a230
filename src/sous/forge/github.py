"""GitHub and GitHub Enterprise (docs.github.com, REST API, version 2022-11-28)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sous.forge.forge import NOT_PLANNED, Forge, Issue, as_dict, as_number, as_text

if TYPE_CHECKING:
    from collections.abc import Iterator


class GitHub(Forge):
    """An issue tracker of GitHub."""

    kind = "github"
    most_title, most_body = 256, 65_536
    hint = "`gh auth login`, or set GITHUB_TOKEN again"
    _closing = (
        {"state": "closed", "state_reason": "duplicate"},
        {"state": "closed", "state_reason": NOT_PLANNED},
    )
    _MEMBERS = ("OWNER", "MEMBER", "COLLABORATOR")

    def issues(self) -> Iterator[Issue]:
        """Yield all issues; pull requests are none."""
        query = {"state": "all", "sort": "created", "direction": "asc"}
        return (
            self._issue(one) for one in self._pages("issues", query) if "pull_request" not in one
        )

    def _issue(self, data: Any) -> Issue:
        data = as_dict(data)
        user = as_dict(data.get("user"))
        is_ours = (
            data.get("author_association") in self._MEMBERS
            or (user.get("login") == self.me if self.me else user.get("type") == "Bot")
        )  # fmt: skip
        return Issue(
            number=as_number(data.get("number")),
            url=as_text(data, "html_url"),
            title=as_text(data, "title"),
            body=as_text(data, "body"),
            is_open=data.get("state") != "closed",
            reason=as_text(data, "state_reason"),
            is_ours=is_ours,
            is_mine=self.me is not None and user.get("login") == self.me,
        )
