from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sous.errors import SousError
from sous.forge.access import NoWay, forge_to_draft_for, open_forge
from sous.forge.remote import Repository

if TYPE_CHECKING:
    from pathlib import Path

VARIABLES = """
GH_HOST GITHUB_API_URL GH_TOKEN GITHUB_TOKEN GH_ENTERPRISE_TOKEN GITHUB_ENTERPRISE_TOKEN GITLAB_HOST CI_SERVER_URL
GITLAB_TOKEN GITEA_HOST FORGEJO_HOST GITEA_TOKEN FORGEJO_TOKEN
BITBUCKET_HOST BITBUCKET_TOKEN BITBUCKET_EMAIL BITBUCKET_API_TOKEN
"""


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in VARIABLES.split():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))  # no gh


@pytest.mark.parametrize(
    ("host", "env", "kind", "web"),
    [
        ("github.com", {"GITHUB_TOKEN": "t"}, "github", "https://github.com"),
        ("a.ghe.com", {"GH_ENTERPRISE_TOKEN": "t"}, "github", "https://a.ghe.com"),
        ("git.example", {"GH_HOST": "git.example", "GH_ENTERPRISE_TOKEN": "t"}, "github", "https://git.example"),
        ("gitlab.com", {"GITLAB_TOKEN": "t"}, "gitlab", "https://gitlab.com"),
        ("git.example", {"GITLAB_HOST": "git.example", "GITLAB_TOKEN": "t"}, "gitlab", "https://git.example"),
        ("codeberg.org", {"FORGEJO_TOKEN": "t"}, "gitea", "https://codeberg.org"),
        ("bitbucket.org", {"BITBUCKET_TOKEN": "t"}, "bitbucket", "https://bitbucket.org"),
        (
            "bitbucket.org",
            {"BITBUCKET_EMAIL": "a@b.example", "BITBUCKET_API_TOKEN": "t"},
            "bitbucket",
            "https://bitbucket.org",
        ),
        (
            "localhost:3000",
            {"GITEA_HOST": "http://localhost:3000", "GITEA_TOKEN": "t"},
            "gitea",
            "http://localhost:3000",
        ),
        ("git.example", {"GITEA_HOST": "http://git.example", "GITEA_TOKEN": "t"}, "gitea", "https://git.example"),
    ],
)
def test_the_forge_of_a_host(
    host: str, env: dict[str, str], kind: str, web: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    forge = open_forge(Repository(host, "o/r"), tmp_path, quiet=True)
    assert (forge.kind, forge.web) == (kind, web)


@pytest.mark.parametrize(
    ("host", "env", "message"),
    [
        ("github.com", {}, "set GITHUB_TOKEN"),
        ("a.ghe.com", {"GITHUB_TOKEN": "t"}, "set GH_ENTERPRISE_TOKEN"),
        ("evil.example", {"GITHUB_TOKEN": "t", "GITLAB_TOKEN": "t"}, "nothing is configured for evil.example"),
        ("gitlab.evil.example", {"GITLAB_TOKEN": "t"}, "set GITLAB_TOKEN and GITLAB_HOST=gitlab.evil.example"),
        (
            "gitlab.com",
            {"GITLAB_TOKEN": "t", "GITLAB_HOST": "git.example"},
            "set GITLAB_TOKEN and GITLAB_HOST=gitlab.com",
        ),
        ("gitea.evil.example", {"GITEA_TOKEN": "t"}, "GITEA_HOST=gitea.evil.example"),
        ("bitbucket.org", {"BITBUCKET_API_TOKEN": "t"}, "BITBUCKET_EMAIL"),
        ("bitbucket.org", {"BITBUCKET_TOKEN": "t", "BITBUCKET_HOST": "http://localhost:1"}, "no way to post"),
    ],
)
def test_a_token_goes_only_to_the_host_that_it_is_for(
    host: str, env: dict[str, str], message: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SousError, match=message):
        open_forge(Repository(host, "o/r"), tmp_path, quiet=True)


@pytest.mark.parametrize(
    ("host", "kind"),
    [
        ("github.com", "github"),
        ("gitlab.com", "gitlab"),
        ("codeberg.org", "gitea"),
        ("bitbucket.org", "bitbucket"),
        ("git.example", "github"),
    ],
)
def test_without_a_token_a_forge_is_drafted_for_and_never_asked(host: str, kind: str, tmp_path: Path) -> None:
    there = Repository(host, "o/r")
    with pytest.raises(NoWay):
        open_forge(there, tmp_path, quiet=True)
    forge = forge_to_draft_for(there)
    assert (forge.kind, forge.web) == (kind, f"https://{host}")
    with pytest.raises(SousError, match="no token is configured"):
        forge.check()
