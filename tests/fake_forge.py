"""A forge on loopback: GitHub, GitLab, Gitea and Bitbucket as far as issues go, with limits, refusals and silences on demand.

Run in a thread of the test; the programs under test are real processes that talk to it over a socket. As a proxy
(requests in absolute form) it is what the real `gh` takes for `api.github.localhost`.
"""

from __future__ import annotations

import json
import re
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from loopback import Loopback, Served

if TYPE_CHECKING:
    from typing_extensions import Self


@dataclass
class Seen:
    """A request that came: method, path without its query, body, the headers in lower case."""

    method: str
    path: str
    query: dict[str, list[str]]
    body: Any
    headers: dict[str, str]
    host: str


@dataclass
class FakeForge(Served):
    """The server. `issues`, `labels`, `milestones` are what is there; `seen` all requests in order.

    `answers`: replies for the next requests that change something, in turn: a status, a JSON, headers; None: as usual.
    `silent_after`: how many requests are answered; with the next one the thread is held, before (or, with `late`,
    after) its work is done. `lag`: for how many requests a list does not show what was posted; `accounts`: whose other
    tokens are; `refuses`: reasons for closing that it does not know.
    """

    kind: str = "github"
    token: str = "token-of-ours"
    repo: dict[str, Any] = field(
        default_factory=lambda: {
            "default_branch": "main",
            "has_issues": True,
            "archived": False,
            "issues_enabled": True,
        }
    )
    issues: list[dict[str, Any]] = field(default_factory=list)
    pulls: list[dict[str, Any]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    labels: list[str] = field(default_factory=lambda: ["bug"])
    milestones: list[str] = field(default_factory=lambda: ["v1"])
    seen: list[Seen] = field(default_factory=list)
    answers: list[tuple[int, Any, dict[str, str]] | None] = field(default_factory=list)
    silent_after: int | None = None
    late: bool = False
    checks_token: bool = True
    lag: int = 0
    accounts: dict[str, str] = field(default_factory=dict)
    refuses: tuple[str, ...] = ()
    count: int = 0

    def __enter__(self) -> Self:
        self.lock = threading.Lock()
        self.held = threading.Event()
        self.server = Loopback(_handler(self))
        return super().__enter__()

    @property
    def host(self) -> str:
        """`127.0.0.1:PORT`."""
        return self.server.host

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://{self.host}"

    def made(self) -> list[Seen]:
        """Return the requests that create issues."""
        return [one for one in self.seen if one.method == "POST" and one.path.endswith("/issues")]

    def changed(self) -> list[Seen]:
        """Return the requests that change issues."""
        return [one for one in self.seen if one.method in ("PATCH", "PUT")]

    def add(self, title: str, body: str = "", **more: Any) -> dict[str, Any]:
        """Put an issue there."""
        number = len(self.issues) + 1
        issue = {
            "born": self.count,
            "number": number, "iid": number, "id": 1000 + number, "title": title, "body": body, "description": body,
            "state": "open", "state_reason": None, "labels": [], "user": {"login": "me", "type": "User"},
            "author": {"username": "me"}, "author_association": "NONE",
            "html_url": f"https://forge.example/o/r/issues/{number}", "web_url": f"https://forge.example/o/r/issues/{number}",
            **more,
        }  # fmt: skip
        self.issues.append(issue)
        return issue

    def answer(self, seen: Seen) -> tuple[int, Any, dict[str, str]]:
        """Return status, JSON and headers for a request."""
        self.count += 1
        if self.checks_token and not self._account(seen):
            return 401, {"message": "Bad credentials"}, {}
        if seen.method != "GET" and self.answers:
            told = self.answers.pop(0)
            if told is not None:
                return told
        path = re.sub(r"^/(?:api/v[134]|2\.0)(?=/)", "", seen.path)
        if path == "/user":
            name = self._account(seen) or "me"
            return 200, {"login": name, "username": name, "uuid": f"{{{name}}}", "id": 1}, {}
        if path in ("/users", "/workspaces/o/members"):
            return self._people(path, seen)
        match = re.fullmatch(r"/(?:repos/o/r|repositories/o/r|projects/o%2Fr)(?P<rest>/.*)?", path)
        if match is None:
            return 404, {"message": "Not Found"}, {}
        return self._of_repo(seen, (match["rest"] or "").strip("/"))

    def _people(self, path: str, seen: Seen) -> tuple[int, Any, dict[str, str]]:
        if path == "/users":
            return 200, [{"id": 77, "username": seen.query["username"][0]}], {}
        return self._page(seen, [{"user": {"uuid": f"{{{name}}}"}} for name in ("me", *self.accounts.values())])

    def _account(self, seen: Seen) -> str | None:
        said = " ".join(seen.headers.values())
        return next((name for token, name in {**self.accounts, self.token: "me"}.items() if token in said), None)

    def _of_repo(self, seen: Seen, rest: str) -> tuple[int, Any, dict[str, str]]:
        name, _, number = rest.partition("/")
        if not rest:
            return 200, {"full_name": "o/r", **self.repo}, {}
        if place := re.fullmatch(r"(?:issues|merge_requests)/(?:\d+/)?(?:comments|notes)(?:/(\d+))?", rest):
            return self._of_comments(seen, int(place[1] or 0))
        if name == "issues":
            return self._of_issues(seen, number)
        if name == "pulls":
            return self._of_pulls(seen, number)
        if name == "labels" and seen.method == "POST":
            self.labels.append(seen.body["name"])
            return 201, {"id": len(self.labels), "name": seen.body["name"]}, {}
        lists = {
            "labels": [{"id": at, "name": one} for at, one in enumerate(self.labels, 1)],
            "milestones": [self._milestone(at, one) for at, one in enumerate(self.milestones, 1)],
            "members": [{"username": name} for name in ("me", *self.accounts.values())],
            "collaborators": [{"login": name} for name in ("me", *self.accounts.values())],
        }
        return self._page(seen, lists[name]) if name in lists else (404, {"message": "Not Found"}, {})

    def _of_comments(self, seen: Seen, number: int) -> tuple[int, Any, dict[str, str]]:
        if seen.method == "GET":
            return self._page(seen, self.comments)
        if number:
            found = next(one for one in self.comments if one["id"] == number)
            found.update(seen.body)
            return 200, found, {}
        author = self._account(seen) or "me"
        user = {"user": {"login": author, "type": "User"}, "author": {"username": author}}
        self.comments.append({"id": 100 + len(self.comments), **seen.body, **user})
        return 201, self.comments[-1], {}

    def _of_pulls(self, seen: Seen, number: str) -> tuple[int, Any, dict[str, str]]:
        if seen.method == "GET":
            return self._page(seen, self.pulls)
        if number:
            self.pulls[int(number) - 1].update(seen.body)
            return 200, self.pulls[int(number) - 1], {}
        count = len(self.pulls) + 1
        sides = {side: {"ref": seen.body[side], "repo": {"full_name": "o/r"}} for side in ("head", "base")}
        address = f"https://forge.example/o/r/pull/{count}"
        self.pulls.append({**seen.body, **sides, "number": count, "html_url": address})
        return 201, self.pulls[-1], {}

    def _milestone(self, at: int, title: str) -> dict[str, Any]:
        return {
            "id": 500 + at,
            "iid": at,
            "title": title,
            "name": title,
            **({"number": at} if self.kind == "github" else {}),
        }

    def _of_issues(self, seen: Seen, number: str) -> tuple[int, Any, dict[str, str]]:
        if seen.method == "GET" and number:
            issue = self.issues[int(number) - 1]
            return (410, {"message": "deleted"}, {}) if issue.get("deleted") else (200, self._shown(issue), {})
        if seen.method == "GET":
            shown = [one for one in self.issues if not one.get("gone") and one["born"] + self.lag < self.count]
            return self._page(seen, [self._shown(one) for one in shown])
        body = dict(seen.body)
        text = body.get("body", body.get("description")) if "content" not in body else body["content"]["raw"]
        if text is not None:
            body["body"] = body["description"] = text
        if body.get("state_reason") in self.refuses:
            return 422, {"message": "Validation Failed"}, {}
        if body.pop("state_event", "") == "close":
            body["state"] = "closed"
        if number:
            self.issues[int(number) - 1].update(body)
            return 200, self._shown(self.issues[int(number) - 1]), {}
        author = self._account(seen) or "me"
        who: dict[str, Any] = {"user": {"login": author, "type": "User"}, "author": {"username": author}}
        return 201, self._shown(self.add(**body, **who, author_association="MEMBER")), {}

    def _shown(self, issue: dict[str, Any]) -> dict[str, Any]:
        """Return an issue as this kind of forge shows it."""
        if self.kind != "bitbucket":
            return issue
        return {
            **issue,
            "id": issue["number"],
            "content": {"raw": issue["body"]},
            "links": {"html": {"href": issue["html_url"]}},
            "reporter": {"uuid": f"{{{issue['user']['login']}}}"},
        }

    def _page(self, seen: Seen, every: list[dict[str, Any]]) -> tuple[int, Any, dict[str, str]]:
        sizes = (seen.query.get(name) for name in ("per_page", "limit", "pagelen"))
        size = int(next(filter(None, sizes), ["30"])[0])
        page = int(seen.query.get("page", ["1"])[0])
        following = f'<https://evil.example/steal?page={page + 1}>; rel="next"' if page * size < len(every) else ""
        shown = every[(page - 1) * size : page * size]
        if self.kind == "bitbucket":
            address = f"https://evil.example/steal?page={page + 1}"
            return 200, {"values": shown, **({"next": address} if following else {})}, {}
        return 200, shown, {"Link": following} if following else {}


def _handler(forge: FakeForge) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_args: object) -> None:
            pass

        def _body(self) -> bytes:
            if (self.headers.get("Transfer-Encoding") or "") != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length") or 0))
            data = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                data += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return data

        def _go(self) -> None:
            data = self._body()
            address = urlsplit(self.path)
            body = json.loads(data) if data else None
            headers = {key.lower(): value for key, value in self.headers.items()}
            seen = Seen(self.command, address.path, parse_qs(address.query), body, headers, address.netloc)
            with forge.lock:
                is_held = forge.silent_after is not None and len(forge.seen) >= forge.silent_after
                forge.seen.append(seen)
                status, reply, more = (0, None, {}) if is_held and not forge.late else forge.answer(seen)
            if is_held:
                forge.held.set()
                time.sleep(30)
                return
            text = json.dumps(reply).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PATCH = do_PUT = _go  # noqa: N815  # names of the library's

    return Handler
