"""Addresses that git may be sent to, and what of one may be shown."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from sous.errors import SousError
from sous.git_address import check_address, without_password

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "address",
    [
        "https://example.com/a.git", "ssh://git@example.com/a.git", "git@example.com:a/b.git",
        "example.com:a.git", "http://[::1]:3000/a.git".replace("::", "0:"),
    ],
)  # fmt: skip
def test_an_address_elsewhere_is_taken_as_it_is(address: str, tmp_path: Path) -> None:
    assert check_address(address, tmp_path) == address


@pytest.mark.parametrize(
    "address",
    [
        "", "ext::sh -c x", "EXT::sh", "--upload-pack=x", "-oProxyCommand=x:y", "a@-oProxy:x", "git://h/a",
        "https://-x/a", "fd::3", "a\nb", "ssh://-oProxyCommand=x/a", "ftp://h/a", "file://host/a.git",
    ],
)  # fmt: skip
def test_an_address_that_starts_something_is_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(SousError):
        check_address(address, tmp_path)


def test_a_remote_inside_of_the_project_is_refused(tmp_path: Path) -> None:
    top = tmp_path / "project"
    (top / "inner.git").mkdir(parents=True)
    (tmp_path / "link").symlink_to(top)
    for address in (
        "inner.git",
        str(top / "inner.git"),
        f"file://{top}/inner.git",
        f"file://{tmp_path}/pro%6aect/inner.git",
        f"file://{tmp_path}/project/none/../inner.git",
        f"{tmp_path}/link/inner.git",
        "../project",
    ):
        with pytest.raises(SousError, match="lies inside the project"):
            check_address(address, top)
    assert check_address("../other.git", top) == os.path.realpath(tmp_path / "other.git")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://me:secret@example.com/a.git", "https://example.com/a.git"),
        ("https://me:s3/cr@et@example.com/a?private_token=abc", "https://example.com/a"),
        ("https://ex ample/pa?token=abc", "https://ex ample/pa"),
        ("https://example.com/a#access_token=abc", "https://example.com/a"),
        ("https://example.com:8443/@scope/a.git", "https://example.com:8443/@scope/a.git"),
        ("ssh://[::1]:22/@me/a", "ssh://[::1]:22/@me/a"),
        ("file:///home/a#b/c?d@e", "file:///home/a#b/c?d@e"),
        ("git@example.com:me/a.git", "git@example.com:me/a.git"),
    ],
)
def test_a_password_is_not_shown(address: str, shown: str) -> None:
    assert without_password(address) == shown
