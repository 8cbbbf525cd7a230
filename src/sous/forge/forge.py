"""What all forges have in common: what is there, make an issue, change one."""

from __future__ import annotations

import abc
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from sous.errors import SousError
from sous.forge.wire import Unreachable
from sous.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sous.forge.remote import Repository
    from sous.forge.wire import Patient, Reply

_MOST_PAGES = 2_000
_MOST_NUMBER = 1 << 60
NOT_PLANNED = "not_planned"
COLOUR = "ededed"  # GitHub's own for a label without one


@dataclass(frozen=True)
class Issue:
    """An issue on a forge.

    `reason`: why it is closed, where that is known.

    `is_ours`: its author may be believed; `is_mine`: its author is the very account that we post
    by.
    """

    number: int
    url: str
    title: str
    body: str
    is_open: bool
    reason: str = ""
    is_ours: bool = True
    is_mine: bool = False


@dataclass(frozen=True)
class Draft:
    """What is to be posted: the title and the body, and names of labels and people.

    `milestone` by number or title.
    """

    title: str
    body: str
    labels: Sequence[str] = ()
    assignees: Sequence[str] = ()
    milestone: str | None = None


@dataclass(frozen=True)
class PullRequest:
    """An open pull request; `head` and `base`: the branches, both of this very repository."""

    number: int
    url: str
    title: str
    body: str
    head: str = ""
    base: str = ""


class Forge(abc.ABC):
    """What all forges share. Raises SousError in one line for what a forge refuses."""

    kind: ClassVar[str]
    most_title: ClassVar[int]
    most_body: ClassVar[int]
    page_size: ClassVar[int] = 100
    hint: ClassVar[str]
    _size_name: ClassVar[str] = "per_page"  # the parameter with the size of a page
    _update: ClassVar[str] = "PATCH"  # the method that changes an issue
    _closing: ClassVar[Sequence[Mapping[str, str]]] = ({"state": "closed"},)
    _pulls: ClassVar[str] = "pulls"  # the list of pull requests

    def __init__(self, repository: Repository, wire: Patient, web: str) -> None:
        self.repository = repository
        self.wire = wire
        self.web = web

    @cached_property
    def base(self) -> str:
        """The path of the repository in the interface."""
        return f"repos/{self.repository.quoted}"

    @cached_property
    def me(self) -> str | None:
        """Who we are, None where the token does not tell."""
        reply = self.wire.send("GET", "user")
        if reply.status == 401:  # noqa: PLR2004
            raise self.refused(reply, "the token")
        data = as_dict(reply.data)
        name = data.get("login") or data.get("username")
        return str(name) if reply.status == 200 and name else None  # noqa: PLR2004

    def check(self) -> None:
        """Raise SousError where no issue can be posted."""
        data = as_dict(self._get("", "the repository"))
        if data.get("archived"):
            raise SousError(f"{self.repository} is archived; nothing can be posted there")
        if data.get("has_issues") is False or data.get("issues_enabled") is False:
            parent = as_dict(data.get("parent")).get("full_name") or as_dict(
                data.get("forked_from_project")
            ).get("path_with_namespace")
            fork = (
                f"; it is a fork of {one_line(str(parent))}: name that with --repo"
                if parent
                else ""
            )
            raise SousError(
                f"issues are off in {self.repository}; "
                f"turn them on in its settings, or use --repo{fork}"
            )

    @abc.abstractmethod
    def issues(self) -> Iterator[Issue]:
        """Yield all issues, open and closed, the oldest first."""

    def issue(self, number: int) -> Issue | None:
        """Return an issue by its number, None where there is none."""
        reply = self.wire.send("GET", self._path(f"issues/{number}"))
        if reply.status != 200 or as_dict(reply.data).get("pull_request"):  # noqa: PLR2004
            return None
        return self._issue(reply.data)

    def create(self, draft: Draft) -> Issue:
        """Post an issue."""
        made = self._issue(self._write("POST", "issues", self._fields(draft), draft.title))
        if not made.number:
            raise Unreachable(
                f"{self.repository.host} answers what is no issue; "
                "run it again, it finds what is there"
            )
        return made

    def update(self, number: int, draft: Draft) -> Issue:
        """Change title and body of an issue; all else of it is left to people."""
        fields = {"title": draft.title, **self._text_fields(draft.body)}
        return self._issue(self._write(self._update, f"issues/{number}", fields, draft.title))

    def close(self, number: int, title: str, body: str) -> Issue:
        """Close an issue as a duplicate and change its body, in one request."""
        path = self._path(f"issues/{number}")
        for closing in self._closing:
            reply = self.wire.send(self._update, path, {**self._text_fields(body), **closing})
            if reply.status in (200, 201):
                return self._issue(reply.data)
            if reply.status != 422:  # noqa: PLR2004  # an older server, which does not know this reason
                break
        raise self.refused(reply, f"“{title[:60]}”")

    def labels(self) -> list[str]:
        """Return the names of the labels that there are."""
        return [str(one.get("name")) for one in self._pages("labels", {})]

    def create_label(self, name: str) -> None:
        """Make a label."""
        self._write("POST", "labels", {"name": name, "color": COLOUR}, f"the label {name}")

    def default_branch(self) -> str:
        """Return the branch that pull requests go into if none is named."""
        data = as_dict(self._get("", "the repository"))
        found = data.get("default_branch") or as_dict(data.get("mainbranch")).get("name")
        if not found:
            raise SousError(f"{self.repository} names no branch of its own: name one with --into")
        return str(found)

    def pull_request(self, head: str, base: str) -> PullRequest | None:
        """Return the open pull request of a branch into another, None where there is none."""
        found = (self._pull(one) for one in self._pages(self._pulls, self._pull_query(head, base)))
        return next((one for one in found if (one.head, one.base) == (head, base)), None)

    def open_pull_request(self, head: str, base: str, title: str, body: str) -> PullRequest:
        """Open a pull request of a branch into another."""
        fields = self._pull_fields(head, base) | {"title": title, **self._pull_text(body)}
        return self._written_pull("POST", self._pulls, fields, f"from {head} into {base}")

    def change_pull_request(self, pull: PullRequest, body: str) -> PullRequest:
        """Change the text of a pull request; all else of it is left to people."""
        # Bitbucket takes no change without the title
        fields = {"title": pull.title, **self._pull_text(body)}
        return self._written_pull(
            self._update, f"{self._pulls}/{pull.number}", fields, f"#{pull.number}"
        )

    def _written_pull(
        self, method: str, name: str, fields: Mapping[str, Any], what: str
    ) -> PullRequest:
        reply = self.wire.send(method, self._path(name), fields)
        if reply.status == 401:  # noqa: PLR2004
            raise self.refused(reply, "the token")
        if reply.status not in (200, 201):
            said = f": {reply.message}" if reply.message else ""
            raise SousError(
                f"{self.repository.host} answers {reply.status} to the pull request {what}{said}"
            )
        return self._pull(reply.data)

    def _pull_query(self, head: str, base: str) -> dict[str, str]:
        """Return what names the open pull requests of a branch, as GitHub calls it."""
        owner = self.repository.path.partition("/")[0]
        return {"state": "open", "head": f"{owner}:{head}", "base": base}

    def _pull_fields(self, head: str, base: str) -> dict[str, Any]:
        return {"head": head, "base": base}

    def _pull_text(self, body: str) -> dict[str, Any]:
        return self._text_fields(body)

    def _pull(self, data: Any) -> PullRequest:
        """Return a pull request, as GitHub and Gitea show it; one of a fork has no branches."""
        data = as_dict(data)
        head, base = as_dict(data.get("head")), as_dict(data.get("base"))
        names = [as_dict(one.get("repo")).get("full_name") for one in (head, base)]
        is_ours = names[0] == names[1]
        return PullRequest(
            as_number(data.get("number")),
            as_text(data, "html_url"),
            as_text(data, "title"),
            as_text(data, "body"),
            as_text(head, "ref") if is_ours else "",
            as_text(base, "ref") if is_ours else "",
        )

    def permalink(self, commit: str, path: str, first: int | None, last: int | None) -> str:
        """Return the address of lines of a file, as it is in a commit."""
        anchor = anchor_of(first, last, to="-L")
        return f"{self.web}/{self.repository.quoted}/blob/{commit}/{quote(path)}{anchor}"

    def milestone(self, named: str) -> int:
        """Return the number by which the interface knows a milestone.

        Raises SousError when there is none.
        """
        known = list(self._pages("milestones", {"state": "all"}))
        for one in known:
            if named in (
                str(one.get("title")),
                str(one.get("number") or one.get("iid") or one.get("id")),
            ):
                return as_number(one.get("number") or one.get("id"))
        titles = ", ".join(one_line(str(one.get("title"))) for one in known[:5]) or "none"
        raise SousError(f"{self.repository} has no milestone {named!r}; it has {titles}")

    def listed(self, name: str, query: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """Yield all of a list of the repository, such as the comments on an issue."""
        return self._pages(name, query)

    def post_text(self, name: str, fields: Mapping[str, Any]) -> None:
        """Add a text to a list of the repository."""
        self._write("POST", name, fields, "the comment")

    def change_text(self, name: str, fields: Mapping[str, Any]) -> None:
        """Change a text that is in a list of the repository."""
        self._write(self._update, name, fields, "the comment")

    def refused(self, reply: Reply, what: str) -> SousError:
        """Return the error for what a forge says no to."""
        host, said = self.repository.host, f" ({reply.message})" if reply.message else ""
        if reply.status == 401:  # noqa: PLR2004
            return SousError(f"{host} rejects the token{said}: {self.hint}")
        if reply.status == 403:  # noqa: PLR2004
            return SousError(
                f"{host} does not allow {what}{said}: "
                f"the token needs to write issues of {self.repository}"
            )
        if reply.status == 404:  # noqa: PLR2004
            return SousError(
                f"{host} knows no {self.repository} that this token may see; "
                "look at --repo and the token"
            )
        if reply.status == 410:  # noqa: PLR2004
            return SousError(
                f"issues are off in {self.repository}; turn them on in its settings, or use --repo"
            )
        if reply.status in (400, 422):
            return SousError(f"{host} rejects {what}{said}; fix it in the file")
        return SousError(
            f"{host} answers {reply.status} to {what}{said}; try again later to continue"
        )

    @abc.abstractmethod
    def _issue(self, data: Any) -> Issue: ...

    def _fields(self, draft: Draft) -> dict[str, Any]:
        """Return what makes an issue, as GitHub and Gitea call it."""
        fields: dict[str, Any] = {"title": draft.title, **self._text_fields(draft.body)}
        if draft.labels:
            fields["labels"] = self._labels_of(draft)
        if draft.assignees:
            fields["assignees"] = [
                self.me or name if name == "@me" else name.lstrip("@") for name in draft.assignees
            ]
        if draft.milestone:
            fields["milestone"] = int(draft.milestone)
        return fields

    def _labels_of(self, draft: Draft) -> list[Any]:
        return list(draft.labels)

    def _names_in(self, people: str, key: str) -> set[str]:
        """Return the names in a list of people; empty if the token may not read it."""
        try:
            return {str(person.get(key)) for person in self._pages(people, {})}
        except SousError:
            return set()

    def _text_fields(self, body: str) -> dict[str, Any]:
        """Return the field that holds the text of an issue."""
        return {"body": body}

    def _path(self, name: str) -> str:
        """Return a path below the repository's, or below the interface where it begins with `/`."""
        if name.startswith("/"):
            return name[1:]
        return f"{self.base}/{name}" if name else self.base

    def _get(self, name: str, what: str) -> Any:
        reply = self.wire.send("GET", self._path(name))
        if reply.status != 200:  # noqa: PLR2004
            raise self.refused(reply, what)
        return reply.data

    def _write(self, method: str, name: str, fields: Mapping[str, Any], what: str) -> Any:
        reply = self.wire.send(method, self._path(name), fields)
        if reply.status not in (200, 201):
            raise self.refused(reply, f"“{what[:60]}”")
        return reply.data

    def _pages(self, name: str, query: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """Yield all of a list.

        Of the address of the next page only the query is taken: it is somebody else's text.
        """
        asked = {
            **query,
            self._size_name: str(self.page_size),
            "page": "1",
        }
        seen: set[str] = set()
        for number in range(1, _MOST_PAGES):
            reply = self.wire.send("GET", f"{self._path(name)}?{urlencode(asked)}")
            page, following = self._page(reply)
            if reply.status != 200 or not isinstance(page, list):  # noqa: PLR2004
                raise self.refused(reply, f"the list of {name.partition('?')[0]}")
            new = [one for one in page if isinstance(one, dict) and _key(one) not in seen]
            seen.update(map(_key, new))
            yield from new
            if not new or (following is None and len(page) < self.page_size):
                return
            asked = {**asked, "page": str(number + 1), **(following or {})}

    def _page(self, reply: Reply) -> tuple[Any, dict[str, str] | None]:
        """Return what a page holds, and the query of the next if the forge says so."""
        return reply.data, _linked_query(reply.headers.get("link", ""))


def _key(one: Mapping[str, Any]) -> str:
    return repr([one.get(name) for name in ("id", "number", "iid", "name", "title")])


def _linked_query(link: str) -> dict[str, str] | None:
    """Return the query of the page that a `Link` header calls the next (RFC 8288)."""
    for part in link.split(","):
        address, _, rest = part.partition(";")
        if 'rel="next"' in rest.replace("'", '"'):
            return query_of(address.strip().strip("<>"))
    return None


def query_of(address: str) -> dict[str, str] | None:
    """Return what names a page in the query of an address."""
    try:
        query = parse_qs(urlsplit(address).query)
    except ValueError:
        return None
    names = ("page", "after", "cursor", "id_after")
    return {key: values[0] for key, values in query.items() if key in names}


def anchor_of(first: int | None, last: int | None, *, to: str) -> str:
    """Return the end of an address that names lines, empty for a file as a whole."""
    if first is None:
        return ""
    return f"#L{first}" if last in (None, first) else f"#L{first}{to}{last}"


def as_number(value: Any) -> int:
    """Return a number of the forge's, 0 for anything that is none."""
    return value if isinstance(value, int) and 0 < value < _MOST_NUMBER else 0


def as_text(data: Mapping[str, Any], key: str) -> str:
    """Return a text of the forge's, empty where it has none."""
    return str(data.get(key) or "")


def as_dict(value: Any) -> dict[str, Any]:
    """Return an object of the forge's, empty for anything that is none."""
    return value if isinstance(value, dict) else {}
