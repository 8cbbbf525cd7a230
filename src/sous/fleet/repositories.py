"""Which repositories a fleet has: lines of addresses, repos.toml, folders, lists of gh and GitLab.

An address is data: what starts a program, reads as an option or holds a password is refused before
anything is done, and the same repository in two spellings is taken once.
"""

from __future__ import annotations

import dataclasses
import fnmatch
import hashlib
import json
import posixpath
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from sous.errors import SousError, UsageProblem
from sous.files import read_file, shown_path
from sous.git_clone import is_address, read_place
from sous.root import is_project
from sous.state import state_folder
from sous.terminal import one_line, read_stdin

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

_LARGEST = 50_000_000  # bytes of a list
_SHOWN = 10  # lines of a list that are named where they are refused
# What may be different for one repository: nothing that decides who is asked and paid.
OPTIONS = frozenset(
    {
        "ignore", "include", "style", "line_numbers", "budget", "notebooks", "allow_secrets",
        "context_window",
    }
)  # fmt: skip
_KEYS = {"address", "folder", "ref", "name", "tags", "options"}
_PORT = re.compile(r"(?:\[[^\]]*\]|[^/:]+)(?::\d+)?(?=/)")  # a host with its port
_HOST = re.compile(  # and no name of a branch
    r"[\w.-]+:|[\w.-]+\.[a-z]{2,}/|localhost\b|\d+(?:\.\d+){3}\b|\[", re.IGNORECASE
)
_HOST_OF_URL = re.compile(r"(?:[^:\[]*|\[[^\]]*\])(?::\d*)?")
_SCP = re.compile(r"(?:[\w.+-]+@(?P<host>[\w.-]+):|(?P<alone>[\w.-]+):(?![/\\]))(?P<path>[^\\].*)")
_DEFAULT_PORTS = {"https": 443, "http": 80, "ssh": 22}
# Whose paths are the same in capital letters.
_FOLDED_HOSTS = ("github.com", "gitlab.com", "bitbucket.org", "codeberg.org")
# What a host is called too: where ssh is let through on the port of https.
_SAME_HOSTS = {
    **{f"www.{host}": host for host in _FOLDED_HOSTS},
    "ssh.github.com:443": "github.com", "altssh.gitlab.com:443": "gitlab.com",
    "altssh.bitbucket.org:443": "bitbucket.org",
}  # fmt: skip
# What lists of forges call it: GitHub's `gh repo list --json`, GitLab's API of projects.
_ADDRESSES = ("sshUrl", "http_url_to_repo", "clone_url", "url", "ssh_url_to_repo", "ssh_url")
_TOPICS = ("topics", "tag_list", "repositoryTopics")
_FLAGS = {"isArchived": "archived", "archived": "archived", "isFork": "fork", "fork": "fork"}
_NAMES = ("nameWithOwner", "path_with_namespace", "full_name")


@dataclass(frozen=True, slots=True)
class FleetRepository:
    """A repository of a fleet.

    `identity` is the same for all spellings of its address; `address` and `ref` are for git, or
    `folder` is where it is on this machine. `options` are settings that hold for it alone.
    """

    name: str
    identity: str
    address: str = ""
    ref: str = ""
    folder: str = ""
    tags: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        """The name of its folder: readable, and another for each identity on every file system."""
        known = hashlib.sha256(self.identity.encode("utf-8", "surrogateescape")).hexdigest()[:10]
        readable = re.sub(r"[^a-z0-9.]+", "-", _short(self.identity).lower()).strip("-.")[-60:]
        return f"{readable or 'repository'}-{known}"


@dataclass(frozen=True)
class Chosen:
    """The repositories that are meant, and how many were named more than once."""

    repositories: tuple[FleetRepository, ...]
    doubles: int = 0


def read_repositories(sources: Sequence[str], *, top: Path) -> Chosen:
    """Return the repositories that files, folders and `-` (stdin) name.

    `top` is what a relative path in an argument is relative to. Raises UsageProblem where anything
    that is named is not a repository: nothing is done before all of it is right.
    """
    wrong: list[str] = []
    found: dict[str, FleetRepository] = {}
    doubles = 0
    for source in sources:
        for where, entry in _entries(source, top):
            try:
                one = _repository(entry, top if source == "-" else _folder_of(source, top))
            except SousError as exc:
                wrong.append(f"{where}: {exc}")
                continue
            doubles += one.identity in found
            found.setdefault(one.identity, one)
    if wrong:
        more = f" … and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
        raise UsageProblem(
            f"nothing was done; entries that name no repository: {'; '.join(wrong[:_SHOWN])}{more}"
        )
    return Chosen(tuple(_told_apart(found.values())), doubles)


def _told_apart(repositories: Collection[FleetRepository]) -> Iterator[FleetRepository]:
    """Yield the repositories; those of one name are called by all of their address."""
    counts = Counter(one.name for one in repositories)
    for one in repositories:
        is_alone = counts[one.name] == 1
        yield (
            one if is_alone else dataclasses.replace(one, name=one_line(one.folder or one.identity))
        )


def selected(
    repositories: Iterable[FleetRepository], *, tags: Sequence[str] = (), only: Sequence[str] = ()
) -> tuple[FleetRepository, ...]:
    """Return the repositories that have one of the tags, and whose name one of the globs matches.

    Without tags or globs, any will do.
    """
    return tuple(
        one
        for one in repositories
        if (not tags or set(tags) & set(one.tags))
        and (not only or any(fnmatch.fnmatch(one.name.lower(), glob.lower()) for glob in only))
    )


def _folder_of(source: str, top: Path) -> Path:
    """Return what the entries of a list are relative to: the folder that it is in."""
    path = top / source
    return path if path.is_dir() else path.parent


def _entries(source: str, top: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield what one argument names, each with its place in it."""
    if source == "-":
        yield from _of_text(read_stdin().decode("utf-8", "replace"), "stdin")
        return
    if is_address(source) or source.startswith("-") or has_password(source):
        hidden = has_password(source)
        where = "an address" if hidden else one_line(source.partition("?")[0])
        yield where, {"address": source}
        return
    path = top / source
    if path.is_dir():
        yield from _of_folder(path)
        return
    if not path.exists():
        raise UsageProblem(
            f"{one_line(source)} is neither a file nor a folder; name a list of addresses, "
            "repos.toml or "
            "folders, or give a list on stdin (-)"
        )
    try:
        text = read_file(path, root=None, most=_LARGEST).decode("utf-8", "replace")
    except OSError as exc:
        raise SousError(f"cannot read {shown_path(path)}: {exc.strerror}") from exc
    if path.suffix == ".toml":
        yield from _of_toml(path)
    else:
        yield from _of_text(text, shown_path(path))


def _of_folder(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield a folder, or the projects that it holds."""
    inner = [] if is_project(path) else sorted(one for one in path.iterdir() if one.is_dir())
    projects = [one for one in inner if is_project(one)]
    for folder in projects or [path]:
        yield shown_path(folder), {"folder": str(folder)}


def _of_toml(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    from sous.mise_files import read_toml

    name = shown_path(path)
    entries = read_toml(path).get("repository", [])
    if not isinstance(entries, list) or not entries:
        raise UsageProblem(f"{name} has no [[repository]] with an address or a folder")
    for number, entry in enumerate(entries, 1):
        if not isinstance(entry, dict):
            raise UsageProblem(f"{name}: write each repository as [[repository]]")
        yield f"{name}, repository {number}", entry


def _of_text(text: str, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the entries of JSON, or of lines: an address, and tags behind it."""
    if text.lstrip().startswith(("[", "{")):
        yield from _of_json(text, name)
        return
    for number, line in enumerate(text.splitlines(), 1):
        words = re.sub(r"(?:^|\s)#.*", "", line).split()
        if words:
            yield f"{name}:{number}", {"address": words[0], "tags": words[1:]}


def _of_json(text: str, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the entries of a list of GitHub's, GitLab's or Gitea's, or of our own keys."""
    try:
        listed = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise UsageProblem(f"{name} is not valid JSON: {exc}") from exc
    listed = listed if isinstance(listed, list) else [listed]
    for number, entry in enumerate(listed, 1):
        where = f"{name}, entry {number}"
        if isinstance(entry, str):
            yield where, {"address": entry}
        elif isinstance(entry, dict):
            yield where, entry if entry.keys() & {"address", "folder"} else _of_forge(entry)
        else:
            raise UsageProblem(f"{where} is not a repository: neither an address nor an object")


def _of_forge(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return our entry for one of a forge's list."""
    branch = entry.get("defaultBranchRef") or {}
    ref = branch.get("name") if isinstance(branch, dict) else None
    return {
        "address": _first_text(entry, _ADDRESSES),
        "ref": ref or entry.get("default_branch") or "",
        "name": _first_text(entry, _NAMES),
        "tags": _tags_of_forge(entry),
    }


def _first_text(entry: Mapping[str, Any], keys: Iterable[str]) -> str:
    return next((entry[key] for key in keys if isinstance(entry.get(key), str)), "")


def _tags_of_forge(entry: Mapping[str, Any]) -> list[str]:
    """Return the topics of a repository, and whether it is archived or a fork."""
    topics: list[Any] = next(
        (entry[key] for key in _TOPICS if isinstance(entry.get(key), list)), []
    )
    tags = [one.get("name") if isinstance(one, dict) else one for one in topics]
    tags += sorted({tag for key, tag in _FLAGS.items() if entry.get(key) is True})
    return [tag for tag in tags if isinstance(tag, str) and tag]


def _repository(entry: Mapping[str, Any], folder: Path) -> FleetRepository:
    """Return the repository of an entry. Raises SousError for one that is none."""
    texts, tags, options = _checked(entry)
    if texts["folder"]:
        return _local(texts, folder, tags, options)
    address = texts["address"]
    if not is_address(address) and (folder / address).is_dir():
        return _local({**texts, "folder": address}, folder, tags, options)
    if address.partition("/")[0].lower() in _FOLDED_HOSTS:  # as it stands in a browser
        address = f"https://{address}"
    if has_password(address):
        behind = re.split("[?#]", unicodedata.normalize("NFKC", address).rpartition("@")[2])[0]
        shown = one_line(behind) if "@" in address else "it"
        raise UsageProblem(
            f"{shown} is given with a user, token or password (or a port that is no number): take "
            "it out, and let git's credential helper know it"
        )
    is_path = _is_path(address)
    if not is_path:
        is_web = address.lower().startswith(("https://", "http://"))
        bare, query, _ = (address.partition("#")[0] if is_web else address).partition("?")
        if query:
            raise UsageProblem(
                f"{one_line(bare)} is given with a query (?…), which may hold a token and is no "
                "part of an address: leave it out"
            )
        address = bare
    place = read_place(address, ref=texts["ref"] or None, top=state_folder())
    if _is_path(place.address) and "://" not in place.address and not Path(address).is_absolute():
        raise UsageProblem(f"{one_line(address)} is not an address, and no folder here")
    where = _identity(place.address)
    name = texts["name"] or _short(where)
    identity = f"{where}@{place.ref}" if place.ref else where
    return FleetRepository(
        one_line(name), identity, place.address, place.ref, tags=tags, options=options
    )


def has_password(address: str) -> bool:
    """Tell whether a user, token or password stands in an address, even in one of no known form.

    ssh has users without one; `https://TOKEN@host` is a password.
    """
    scheme, is_url, rest = unicodedata.normalize("NFKC", address).partition("://")
    before, at, after = (rest if is_url else scheme).lstrip("/").partition("@")
    if is_url and scheme.lower() == "file":
        return False
    if is_url and not at:
        host = rest.partition("/")[0]
        return "@" in unquote(host) or not _HOST_OF_URL.fullmatch(host)
    if not is_url:
        is_branch = "/" in before or "/" not in after
        return bool(at) and ":" in before and not (is_branch and not _HOST.match(after))
    is_token = scheme.lower() in ("http", "https") and "/" not in before
    return is_token or ":" in _PORT.sub("", before, count=1)


def _is_path(address: str) -> bool:
    """Tell whether an address is a path on this machine, as `file://` is, too."""
    if "://" in address:
        return address.lower().startswith("file:")
    return not _SCP.fullmatch(address)


def _checked(
    entry: Mapping[str, Any],
) -> tuple[dict[str, str], tuple[str, ...], Mapping[str, Any]]:
    """Return the texts, tags and options of an entry. Raises UsageProblem for wrong ones."""
    unknown = sorted(set(entry) - _KEYS)
    if unknown:
        raise UsageProblem(f"{one_line(unknown[0])} is not a key of a repository")
    texts = {key: entry.get(key, "") for key in ("address", "folder", "ref", "name")}
    tags, options = entry.get("tags", []), entry.get("options", {})
    if not all(isinstance(text, str) for text in texts.values()):
        raise UsageProblem("address, folder, ref and name are texts")
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise UsageProblem("tags must be a list of texts")
    if not isinstance(options, dict) or not options.keys() <= OPTIONS:
        raise UsageProblem(f"options are a table with {', '.join(sorted(OPTIONS))}")
    if bool(texts["address"]) == bool(texts["folder"]):
        raise UsageProblem("name an address or a folder")
    return texts, tuple(tags), options


def _local(
    texts: Mapping[str, str], folder: Path, tags: tuple[str, ...], options: Mapping[str, Any]
) -> FleetRepository:
    if texts["ref"]:
        raise UsageProblem("a folder is taken as it is; leave ref out, or name it as an address")
    path = (folder / texts["folder"]).resolve()
    if not path.is_dir():
        raise UsageProblem(f"{shown_path(path)} is not a folder")
    name = one_line(texts["name"] or path.name)
    return FleetRepository(name, path.as_uri(), folder=str(path), tags=tags, options=options)


def _identity(address: str) -> str:
    """Return what is the same in all spellings of an address: host and path."""
    if (scp := _SCP.fullmatch(address)) and "://" not in address:
        host, path = scp["host"] or scp["alone"], scp["path"]
    elif "://" in address and not address.lower().startswith("file:"):
        try:
            url = urlsplit(address)
            port = url.port
        except ValueError as exc:  # its text may have what stands for a password
            raise UsageProblem("its host or port cannot be read: write https://HOST/NAME") from exc
        host, path = (url.hostname or "").rstrip("."), unquote(url.path)
        host += "" if port in (None, _DEFAULT_PORTS.get(url.scheme.lower())) else f":{port}"
    else:
        path = unquote(urlsplit(address).path) if "://" in address else address
        return path.rstrip("/").removesuffix("/.git").removesuffix(".git")
    host = _SAME_HOSTS.get(host.lower(), host.lower())
    path = posixpath.normpath(f"/{path.strip('/')}").strip("/").removesuffix("/.git")
    path = path.removesuffix(".git").rstrip("/")
    return f"{host}/{path.lower() if host in _FOLDED_HOSTS else path}"


def _short(identity: str) -> str:
    """Return what people call it: owner and name."""
    return "/".join(identity.rstrip("/").split("/")[-2:])
