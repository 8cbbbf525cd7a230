"""Which forge a repository is on, and the way there: a token goes only to the host it is for."""

from __future__ import annotations

import base64
import os
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sous.environment import FORGES, refuse_brought
from sous.errors import SousError
from sous.forge.bitbucket import Bitbucket
from sous.forge.gitea import Gitea
from sous.forge.github import GitHub
from sous.forge.gitlab import GitLab
from sous.forge.wire import ByGh, ByHttp, NotAsked, Patient, is_loopback
from sous.proc import ProgramFailed, run
from sous.programs import ProgramMissing, find_program
from sous.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from sous.forge.forge import Forge
    from sous.forge.remote import Repository

_GITHUB_TOKENS = ("GH_TOKEN", "GITHUB_TOKEN")
_ENTERPRISE_TOKENS = ("GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN")
_PUBLIC = {
    "bitbucket.org": "bitbucket",
    "codeberg.org": "gitea",
    "gitea.com": "gitea",
    "gitlab.com": "gitlab",
}


class NoWay(SousError):
    """A forge that nothing leads to: no token is configured for it, and nobody is logged in."""


def open_forge(repository: Repository, root: Path, *, quiet: bool) -> Forge:
    """Return the forge that a repository is on. Raises NoWay, and SousError for bad settings."""
    load_settings(root)  # what the user trusts of the project's environment is let in
    refuse_brought(FORGES)
    env = dict(os.environ)
    kind = _kind(repository.host, env)
    if kind == "gitlab":
        return _gitlab(repository, env, quiet=quiet)
    if kind == "gitea":
        return _gitea(repository, env, quiet=quiet)
    if kind == "bitbucket":
        return _bitbucket(repository, env, quiet=quiet)
    return _github(repository, env, is_known=kind == "github", quiet=quiet)


def forge_to_draft_for(repository: Repository) -> Forge:
    """Return what a repository seems to be on, GitHub if nothing tells; it cannot be asked."""
    kinds: dict[str | None, Callable[..., Forge]] = {
        "gitlab": GitLab,
        "gitea": Gitea,
        "bitbucket": Bitbucket,
    }
    kind = kinds.get(_kind(repository.host, os.environ), GitHub)
    return kind(repository, Patient(NotAsked()), _web(repository.host, None))


def _kind(host: str, env: Mapping[str, str]) -> str | None:
    """Return the kind of forge that is on a host, None where nothing tells."""
    if (
        host == "github.com"
        or host.endswith(".ghe.com")
        or host in (_host(env.get("GH_HOST")), _api_host(env))
    ):
        return "github"
    if host in _PUBLIC:
        return _PUBLIC[host]
    if host == _host(env.get("GITLAB_HOST") or env.get("CI_SERVER_URL")) or host.startswith(
        "gitlab."
    ):
        return "gitlab"
    if host == _host(env.get("BITBUCKET_HOST")):
        return "bitbucket"
    named = [_host(env.get(name)) for name in ("GITEA_HOST", "FORGEJO_HOST")]
    if host in named or host.startswith(("gitea.", "forgejo.", "codeberg.")):
        return "gitea"
    return None


def _host(value: str | None) -> str | None:
    """Return the host, with its port, of a variable that holds a host or an address."""
    if not value:
        return None
    return (urlsplit(value).netloc if "://" in value else value.strip("/")).lower()


def _api_host(env: Mapping[str, str]) -> str | None:
    """Return the host of GitHub that GITHUB_API_URL belongs to."""
    host = _host(env.get("GITHUB_API_URL"))
    return host.removeprefix("api.") if host else None


def _github(
    repository: Repository, env: Mapping[str, str], *, is_known: bool, quiet: bool
) -> Forge:
    host = repository.host
    web = _web(host, None)
    if _gh_knows(host, env):
        return GitHub(repository, Patient(ByGh(host, env), quiet=quiet), web)
    if not is_known:
        raise NoWay(
            f"nothing is configured for {host}, so no token goes there: "
            "set GH_HOST, GITLAB_HOST or GITEA_HOST to it, run `gh auth login --hostname`, "
            "or name another with --repo"
        )
    base, token = _github_base(host, env)
    if not token:
        name = "GITHUB_TOKEN" if host == "github.com" else "GH_ENTERPRISE_TOKEN"
        hint = "run `gh auth login`" if find_program("gh") else "install gh and log in"
        raise NoWay(f"no way to post to {host}: {hint}, or set {name}")
    headers = {
        "Authorization": f"Bearer {token}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    return GitHub(repository, Patient(ByHttp(base, headers), quiet=quiet), web)


def _github_base(host: str, env: Mapping[str, str]) -> tuple[str, str | None]:
    """Return where the interface of a GitHub is, and the token that is configured for it."""
    named = env.get("GITHUB_API_URL")
    token = next((env[name] for name in _GITHUB_TOKENS if env.get(name)), None)
    if named and (host in ("github.com", _api_host(env))):
        return named, token
    if host == "github.com":
        return "https://api.github.com", token
    enterprise = next((env[name] for name in _ENTERPRISE_TOKENS if env.get(name)), None)
    if host.endswith(".ghe.com"):
        return f"https://api.{host}", enterprise
    return f"{_web(host, None)}/api/v3", enterprise


def _gh_knows(host: str, env: Mapping[str, str]) -> bool:
    """Tell whether gh is there and logged in to a host.

    The token that it prints to tell us so is not kept.
    """
    if (
        env.get("GITHUB_API_URL")
        and host in ("github.com", _api_host(env))
        and not _is_public_api(env)
    ):
        return False  # another base is wanted, which gh does not know of
    quiet = {**env, "GH_PROMPT_DISABLED": "1", "GH_NO_UPDATE_NOTIFIER": "1"}
    quiet.pop("GH_DEBUG", None)
    try:
        run("gh", "auth", "token", "--hostname", host, env=quiet, timeout=30)
    except (ProgramMissing, ProgramFailed):
        return False
    return True


def _is_public_api(env: Mapping[str, str]) -> bool:
    return _host(env.get("GITHUB_API_URL")) == "api.github.com"


def _gitlab(repository: Repository, env: Mapping[str, str], *, quiet: bool) -> Forge:
    named = env.get("GITLAB_HOST") or env.get("CI_SERVER_URL")
    for_this = repository.host == (_host(named) or "gitlab.com")
    token = env.get("GITLAB_TOKEN") if for_this else None
    if not token:
        where = (
            ""
            if repository.host == "gitlab.com" and not named
            else f" and GITLAB_HOST={repository.host}"
        )
        raise NoWay(f"no way to post to {repository.host}: set GITLAB_TOKEN{where}")
    web = _web(repository.host, named)
    wire = ByHttp(f"{web}/api/v4", {"PRIVATE-TOKEN": token})
    return GitLab(repository, Patient(wire, quiet=quiet), web)


def _gitea(repository: Repository, env: Mapping[str, str], *, quiet: bool) -> Forge:
    named = env.get("GITEA_HOST") or env.get("FORGEJO_HOST")
    token = env.get("GITEA_TOKEN") or env.get("FORGEJO_TOKEN")
    if not token or repository.host != (_host(named) or "codeberg.org"):
        raise NoWay(
            f"no way to post to {repository.host}: set GITEA_TOKEN or FORGEJO_TOKEN, "
            f"and GITEA_HOST={repository.host}"
        )
    web = _web(repository.host, named)
    wire = ByHttp(f"{web}/api/v1", {"Authorization": f"token {token}"})
    return Gitea(repository, Patient(wire, quiet=quiet), web)


def _bitbucket(repository: Repository, env: Mapping[str, str], *, quiet: bool) -> Forge:
    """Return Bitbucket Cloud, or what BITBUCKET_HOST names, with its interface below /2.0."""
    named = env.get("BITBUCKET_HOST")
    token, email = env.get("BITBUCKET_TOKEN"), env.get("BITBUCKET_EMAIL")
    if not token and email and (secret := env.get("BITBUCKET_API_TOKEN")):
        key = f"Basic {base64.b64encode(f'{email}:{secret}'.encode()).decode()}"
    else:
        key = f"Bearer {token}" if token else ""
    if not key or repository.host != (_host(named) or "bitbucket.org"):
        raise NoWay(
            f"no way to post to {repository.host}: set BITBUCKET_TOKEN, "
            "or BITBUCKET_EMAIL and BITBUCKET_API_TOKEN"
        )
    web = _web(repository.host, named)
    base = f"{web}/2.0" if named else "https://api.bitbucket.org/2.0"
    wire = ByHttp(base, {"Authorization": key})
    return Bitbucket(repository, Patient(wire, quiet=quiet), web)


def _web(host: str, named: str | None) -> str:
    """Return the address of a host: https, but for this machine, where a variable may say http."""
    bare = urlsplit(f"//{host}").hostname or ""
    is_plain = (named or "").startswith("http://") or (named is None and is_loopback(bare))
    return f"{'http' if is_plain and is_loopback(bare) else 'https'}://{host}"
