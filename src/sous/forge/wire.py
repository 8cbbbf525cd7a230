"""Requests to a forge, by `gh` or by HTTP: one call, one answer.

What a forge says of its limits is waited for.
"""

from __future__ import annotations

import contextlib
import email.parser
import json
import math
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from sous.errors import SousError
from sous.proc import ProgramFailed, run
from sous.terminal import one_line, say
from sous.waiting import Waiting

if TYPE_CHECKING:
    from collections.abc import Mapping
    from http.client import HTTPResponse
    from urllib.request import Request

_TIMEOUT = 60.0  # seconds for one request
_MOST = 50_000_000  # bytes of an answer
_LONGEST = 3700.0  # seconds that a limit is waited for: those of GitHub last an hour
# seconds, where a secondary limit does not say how long (docs.github.com, rate limits)
_SECONDARY = 60.0
_TRIES = 10


@dataclass(frozen=True)
class Reply:
    """What a forge answered: the status, its headers (lower-case names), its JSON if any."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    data: Any = None

    @property
    def message(self) -> str:
        """What it says is wrong, with the details of GitHub's and GitLab's forms."""
        data = self.data if isinstance(self.data, dict) else {}
        said = data.get("message") or data.get("error") or ""
        details = []
        for one in data.get("errors") or [] if isinstance(data.get("errors"), list) else []:
            if isinstance(one, dict):
                details.append(
                    str(one.get("message") or f"{one.get('field')} is {one.get('code')}")
                )
            else:
                details.append(str(one))
        text = said if isinstance(said, str) else json.dumps(said)
        return one_line(": ".join(filter(None, [text, ", ".join(details)])))[:300]


class Unreachable(SousError):
    """A forge that gave no answer."""


class Wire(Protocol):
    """A way to a forge."""

    @property
    def name(self) -> str:
        """What it is, for people."""

    def send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Reply:
        """Send one request; `path` is below the base of the interface. Raises Unreachable."""


class NotAsked:
    """No way at all, for a dry run without a token. Sends nothing."""

    name = ""

    def send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Reply:  # noqa: ARG002
        """Raise Unreachable."""
        raise Unreachable(f"no token is configured, so {path} was not asked for")


class ByGh:
    """Sends with `gh api`, old and new: it knows the token, and the token never comes near us."""

    name = "gh"

    def __init__(self, host: str, env: Mapping[str, str]) -> None:
        self._host = host
        quiet = {"GH_PROMPT_DISABLED": "1", "GH_NO_UPDATE_NOTIFIER": "1", "NO_COLOR": "1"}
        self._env = {
            **{
                key: value
                for key, value in env.items()
                if key not in ("GH_DEBUG", "DEBUG", "GH_REPO")
            },
            **quiet,
        }

    def send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Reply:
        """Send one request. Raises Unreachable."""
        argv = ["gh", "api", "--include", "--hostname", self._host, "--method", method]
        argv += ["--header", "X-GitHub-Api-Version: 2022-11-28", path.lstrip("/")]
        data = None
        if body is not None:
            argv += ["--input", "-"]
            data = json.dumps(body).encode()
        try:
            out, said = run(*argv, input=data, env=self._env, timeout=_TIMEOUT), ""
        except ProgramFailed as exc:
            out, said = exc.stdout, exc.stderr or str(exc)
        reply = _parsed(out)
        if reply is None:
            raise Unreachable(
                f"gh could not reach {self._host}: {one_line(said)[:300] or 'it printed nothing'}"
            )
        return reply


def _parsed(out: bytes) -> Reply | None:
    """Return what `gh api --include` printed: status line, headers, a blank line, the body."""
    head, _, rest = out.replace(b"\r\n", b"\n").partition(b"\n\n")
    first, _, lines = head.decode("utf-8", "replace").partition("\n")
    words = first.split()
    if len(words) < 2 or not words[0].startswith("HTTP/") or not words[1].isdigit():  # noqa: PLR2004
        return None
    headers = email.parser.HeaderParser().parsestr(lines)
    return Reply(int(words[1]), {key.lower(): value for key, value in headers.items()}, _json(rest))


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


class ByHttp:
    """Sends over HTTPS with a token for one host: redirects elsewhere are refused."""

    def __init__(self, base: str, headers: Mapping[str, str]) -> None:
        self._base = base.rstrip("/")
        self._headers = headers
        parts = urlsplit(self._base)
        if parts.scheme != "https" and not (
            parts.scheme == "http" and is_loopback(parts.hostname or "")
        ):
            raise SousError(f"{self._base} would get the token without encryption; use https")

    @property
    def name(self) -> str:
        """The host."""
        return urlsplit(self._base).netloc

    def send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Reply:
        """Send one request. Raises Unreachable."""
        from urllib.request import Request

        url = f"{self._base}/{path.lstrip('/')}"
        data = None if body is None else json.dumps(body).encode()
        headers = {"User-Agent": "sous", "Accept": "application/json", **self._headers}
        if data is not None:
            headers["Content-Type"] = "application/json"
        for _ in range(5):
            reply = self._open(Request(url, data, headers, method=method))  # noqa: S310  # https, or loopback: __init__
            location = reply.headers.get("location", "")
            if reply.status not in (301, 302, 307, 308) or not location:
                return reply
            url = self._same_host(url, location, method, reply.status)
        raise Unreachable(f"{self.name} answers with one redirect after another")

    def _same_host(self, url: str, location: str, method: str, status: int) -> str:
        """Return where a redirect leads. Raises SousError for another host."""
        from urllib.parse import urljoin

        to, here = urlsplit(urljoin(url, location)), urlsplit(self._base)
        if (to.scheme, to.netloc) != (here.scheme, here.netloc):
            raise SousError(
                f"{self.name} redirects to {one_line(to.netloc)}, which gets no token from sous"
            )
        if method != "GET" and status in (301, 302):
            raise SousError(
                f"{self.name} says that the repository has moved; name it as it is now, with --repo"
            )
        return to.geturl()

    def _open(self, request: Request) -> Reply:
        import http.client
        import urllib.error
        import urllib.request

        opener = urllib.request.build_opener(_NoRedirects())
        try:
            with opener.open(request, timeout=_TIMEOUT) as answer:
                return _reply(answer)
        except urllib.error.HTTPError as exc:
            with exc, contextlib.suppress(http.client.HTTPException, OSError):
                return _reply(exc)
            return Reply(exc.code)
        except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError) as exc:
            reason = getattr(exc, "reason", None) or exc
            raise Unreachable(
                f"cannot reach {self.name}: {one_line(str(reason) or type(exc).__name__)}"
            ) from exc


def _reply(answer: HTTPResponse | Any) -> Reply:
    headers = {key.lower(): value for key, value in answer.headers.items()}
    return Reply(answer.status, headers, _json(answer.read(_MOST)))


def _NoRedirects() -> Any:  # noqa: N802  # a class, made when it is needed: urllib.request is slow to import
    import urllib.request

    class NoRedirects(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
            return None

    return NoRedirects()


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine."""
    return host in ("localhost", "127.0.0.1", "::1") or host.endswith(".localhost")


class Patient:
    """Waits for the limits of a forge, and says so."""

    def __init__(self, wire: Wire, *, quiet: bool = False) -> None:
        self._wire = wire
        self._quiet = quiet

    @property
    def name(self) -> str:
        """That of the way it sends by."""
        return self._wire.name

    def send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Reply:
        """Send one request, again after a limit.

        Raises Unreachable, or SousError for a limit that is too long.

        What only asks is sent again after an error of the server, too; what creates is not: it may
        have been done.
        """
        for number in range(_TRIES):
            reply = self._wire.send(method, path, body)
            seconds = _limit_of(reply)
            if (
                seconds is None
                and method == "GET"
                and reply.status in (500, 502, 503, 504)
                and number < 3  # noqa: PLR2004
            ):
                seconds = float(1 << number)
            if seconds is None:
                return reply
            self._wait(seconds, reply)
        return reply

    def _wait(self, seconds: float, reply: Reply) -> None:
        if seconds > _LONGEST:
            raise SousError(
                f"{self.name} asks to wait {seconds / 60:.0f} minutes; run it again then "
                "to continue"
            )
        why = "is at its limit" if reply.status in (403, 429) else f"answers {reply.status}"
        say(f"{self.name} {why} ({reply.message or reply.status}); retrying in {seconds:.0f} s")
        with Waiting(f"waiting for {self.name}", enabled=False if self._quiet else None):
            time.sleep(seconds)


def _limit_of(reply: Reply) -> float | None:
    """Return how many seconds a limit wants us to wait, None where none was met.

    Source: docs.github.com, "Rate limits for the REST API", primary and secondary ones.
    """
    if reply.status not in (403, 429):
        return None
    after = _number(reply.headers.get("retry-after"))
    if after is not None:
        return max(after, 0.0)
    if _number(reply.headers.get("x-ratelimit-remaining")) == 0:
        reset = _number(reply.headers.get("x-ratelimit-reset"))
        return max(1.0, (reset or 0) - time.time() + 1) if reset else _SECONDARY
    if reply.status == 429 or "secondary rate limit" in reply.message.lower():  # noqa: PLR2004
        return _SECONDARY
    return None


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "nan")
    except ValueError:
        return None
    return number if math.isfinite(number) else None
