from __future__ import annotations

import pytest

from sous.forge.remote import Repository, parse_name, parse_remote
from sous.git_address import without_password


@pytest.mark.parametrize(
    ("url", "host", "path"),
    [
        ("https://github.com/o/r.git", "github.com", "o/r"),
        ("https://user:secret@github.com/o/r", "github.com", "o/r"),
        ("git@github.com:o/r.git", "github.com", "o/r"),
        ("ssh://git@ssh.github.com:443/o/r.git", "github.com", "o/r"),
        ("git+ssh://git@host.example/o/r/", "host.example", "o/r"),
        ("http://localhost:3000/o/r", "localhost:3000", "o/r"),
        ("https://gitlab.com/group/sub/r.git", "gitlab.com", "group/sub/r"),
        ("https://GitHub.com/o/%72", "github.com", "o/r"),
    ],
)
def test_the_repository_behind_a_remote(url: str, host: str, path: str) -> None:
    assert parse_remote(url) == Repository(host, path)


@pytest.mark.parametrize(
    "url",
    ["/srv/git/r.git", "../r", "C:\\code\\r", "C:/code/r", "file:///srv/o/r", "https://github.com/r", "https://[x/o/r",
     "https://github.com/o/..", "git@github.com:-o/r", "", "https://ho st/o/r"],
)  # fmt: skip
def test_what_names_no_host(url: str) -> None:
    assert parse_remote(url) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [("o/r", "o/r"), ("o/r.git", "o/r"), ("gitlab.com/g/s/r", "gitlab.com/g/s/r"), ("git@h.example:o/r", "h.example/o/r"),
     ("r", None), ("o/r/x y", None)],
)  # fmt: skip
def test_a_name(text: str, name: str | None) -> None:
    found = parse_name(text)
    assert (str(found) if found else None) == name


def test_a_secret_is_not_shown() -> None:
    assert without_password("https://me:x@h.example/o/r") == "https://h.example/o/r"
