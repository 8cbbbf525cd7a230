"""Which repository a project is on which host: what `origin` names, in any form that git takes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from sous.errors import SousError, UsageProblem
from sous.git import read_git
from sous.git_address import without_password
from sous.proc import ProgramFailed
from sous.terminal import one_line

if TYPE_CHECKING:
    from pathlib import Path

_SCP = re.compile(
    r"^(?:[^@/\s:]+@)?(?P<host>\[[0-9a-fA-F:]+\]|[^/\s:\[\]@]+):(?!//)(?P<path>[^\s].*)$"
)
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*(?::\d{1,5})?")
_BY_OTHER_PORT = {
    "ssh.github.com": "github.com",
    "www.github.com": "github.com",
    "altssh.gitlab.com": "gitlab.com",
}


@dataclass(frozen=True)
class Repository:
    """A repository on a host: `github.com`, `owner/name` (on GitLab there may be more parts)."""

    host: str
    path: str

    def __str__(self) -> str:
        """As people write it."""
        return self.path if self.host == "github.com" else f"{self.host}/{self.path}"

    @property
    def quoted(self) -> str:
        """The path for an address, slashes kept."""
        return quote(self.path, safe="/")


def find_repository(root: Path, named: str | None) -> Repository:
    """Return the repository that is named, else the one that `origin` is. Raises SousError."""
    if named:
        found = parse_name(named)
        if found is None:
            raise UsageProblem(
                f"--repo {one_line(named)!r} is not a repository; write owner/name, or "
                "host/owner/name"
            )
        return found
    try:
        remotes = read_git(root, "remote").decode("utf-8", "replace").split()
        url = (
            read_git(root, "remote", "get-url", "origin").decode("utf-8", "replace").strip()
            if "origin" in remotes
            else ""
        )
    except ProgramFailed as exc:
        if "not a git repository" in exc.stderr:
            raise SousError(
                f"{root} is not a git repository; say where to post: --repo owner/name"
            ) from exc
        raise
    if not url:
        others = f", only {', '.join(one_line(one) for one in remotes[:5])}" if remotes else ""
        raise SousError(
            f"there is no remote `origin`{others}; say where to post: --repo owner/name"
        )
    found = parse_remote(url)
    if found is None:
        raise SousError(
            f"origin is {one_line(without_password(url))}, which names no host; "
            "say --repo owner/name"
        )
    return found


def parse_name(text: str) -> Repository | None:
    """Return the repository of `owner/name`, `host/owner/name` or an address.

    None for anything else.
    """
    if "://" in text or _SCP.match(text):
        return parse_remote(text)
    parts = text.strip().strip("/").removesuffix(".git").split("/")
    if len(parts) == 2 and all(map(_PART.fullmatch, parts)):  # noqa: PLR2004
        return Repository("github.com", "/".join(parts))
    if len(parts) > 2 and _HOST.fullmatch(parts[0]) and all(map(_PART.fullmatch, parts[1:])):  # noqa: PLR2004
        return Repository(parts[0].lower(), "/".join(parts[1:]))
    return None


def parse_remote(url: str) -> Repository | None:
    """Return the repository behind the address of a remote.

    None where it names no host (a folder, a bundle).
    """
    url = url.strip()
    if "://" in url:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            return None
        if parts.scheme not in ("https", "http", "ssh", "git", "git+ssh", "ssh+git", "git+https"):
            return None
        path = unquote(parts.path)
        if port and parts.scheme in ("http", "https"):
            host = f"{host}:{port}"
    else:
        match = _SCP.match(url)
        if match is None or re.match(r"^[A-Za-z]:[\\/]", url):
            return None
        host, path = match["host"], match["path"]
    host = _BY_OTHER_PORT.get(host.lower(), host.lower())
    pieces = path.strip("/").removesuffix(".git").strip("/").split("/")
    if not _HOST.fullmatch(host) or len(pieces) < 2 or not all(map(_PART.fullmatch, pieces)):  # noqa: PLR2004
        return None
    return Repository(host, "/".join(pieces))
