"""Gitea and Forgejo (docs.gitea.com, API 1.x)."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sous.forge.forge import COLOUR, Forge, Issue, anchor_of, as_dict, as_number, as_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sous.forge.forge import Draft
    from sous.forge.remote import Repository
    from sous.forge.wire import Patient


class Gitea(Forge):
    """An issue tracker of Gitea or Forgejo."""

    kind = "gitea"
    most_title, most_body = 255, 65_536
    page_size, _size_name = 50, "limit"
    hint = "set GITEA_TOKEN or FORGEJO_TOKEN again, with the scope `write:issue`"

    def __init__(self, repository: Repository, wire: Patient, web: str) -> None:
        super().__init__(repository, wire, web)
        self._ids: dict[str, int] = {}

    @cached_property
    def _members(self) -> set[str]:
        """Logins of the collaborators; empty if the token may not list them."""
        return self._names_in("collaborators", "login")

    def issues(self) -> Iterator[Issue]:
        """Yield all issues."""
        return (
            self._issue(one) for one in self._pages("issues", {"state": "all", "type": "issues"})
        )

    def labels(self) -> list[str]:
        """Return the names of the labels that there are."""
        self._ids = {
            str(one.get("name")): as_number(one.get("id")) for one in self._pages("labels", {})
        }
        return list(self._ids)

    def create_label(self, name: str) -> None:
        """Make a label."""
        made = as_dict(
            self._write(
                "POST", "labels", {"name": name, "color": f"#{COLOUR}"}, f"the label {name}"
            )
        )
        self._ids[name] = as_number(made.get("id"))

    def permalink(self, commit: str, path: str, first: int | None, last: int | None) -> str:
        """Return the address of lines of a file, as it is in a commit."""
        anchor = anchor_of(first, last, to="-L")
        return f"{self.web}/{self.repository.quoted}/src/commit/{commit}/{quote(path)}{anchor}"

    def _issue(self, data: Any) -> Issue:
        data = as_dict(data)
        author = as_text(as_dict(data.get("user")), "login")
        owner = self.repository.path.partition("/")[0]
        return Issue(
            number=as_number(data.get("number")),
            url=as_text(data, "html_url"),
            title=as_text(data, "title"),
            body=as_text(data, "body"),
            is_open=data.get("state") != "closed",
            is_ours=author in (self.me, owner) or author in self._members,
            is_mine=self.me is not None and author == self.me,
        )

    def _pull_query(self, head: str, base: str) -> dict[str, str]:  # noqa: ARG002  # it lists all
        return {"state": "open"}

    def _labels_of(self, draft: Draft) -> list[Any]:
        return [self._ids[name] for name in draft.labels if name in self._ids]
