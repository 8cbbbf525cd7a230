"""Addresses of remotes: which git may be sent to, and what of one may be shown."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote

from sous.errors import SousError
from sous.terminal import clean

_SCHEMES = ("https", "http", "ssh", "git+ssh", "ssh+git", "file")
_URL = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
_SCP = re.compile(r"(?:[\w.+-]+@)?(?P<host>[\w.-]+|\[[0-9a-fA-F:.]+\]):(?!:)(?P<path>.+)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


def check_address(address: str, top: Path) -> str:
    """Return the address of a remote that git may be sent to.

    Raises SousError for one that starts a program (`ext::`), reads as an option, or leads into the
    project itself, whose hooks anybody may have written.
    """
    shown = clean(address)
    if not address or address.startswith("-") or _CONTROL.search(address) or "::" in address:
        raise SousError(f"{shown!r} is not an address that sous sends git to; name another remote")
    url = _URL.fullmatch(address)
    if url:
        if _scheme_of(url, shown) != "file":
            return address
        place = _path_of(url["rest"], shown)
    elif _SCP.fullmatch(address) and not _DRIVE.match(address) and not Path(address).is_absolute():
        if address.rsplit("@", maxsplit=1)[-1].startswith("-"):
            raise SousError(
                f"{shown!r} is not an address that sous sends git to; name another remote"
            )
        return address
    else:
        place = top / address
    real = Path(os.path.realpath(place))
    if any(_is_same(folder, top) for folder in (real, *real.parents)):
        raise SousError(
            f"the remote {shown} lies inside the project, so a clone may have brought it with its "
            "hooks: move it out of the project"
        )
    return real.as_uri() if url else str(real)


def _scheme_of(url: re.Match[str], shown: str) -> str:
    """Return the scheme of an address. Raises SousError for one that is not used."""
    scheme = url["scheme"].lower()
    if scheme not in _SCHEMES or url["rest"].startswith("-"):
        raise SousError(
            f"{shown} has an address of a kind that sous does not use: it takes https, ssh and file"
        )
    return scheme


def _path_of(rest: str, shown: str) -> Path:
    """Return the path of a `file://` address, as git decodes it. Raises SousError for a host."""
    if not rest.startswith("/"):
        raise SousError(f"{shown} names a host, which a file has not: write file:///PATH")
    path = unquote(rest)
    return Path(path[1:] if re.match(r"/[A-Za-z]:[/\\]", path) else path)


def _is_same(folder: Path, top: Path) -> bool:
    """Tell whether two names are of one folder, whatever letters they are written in."""
    try:
        return folder.samefile(top)
    except OSError:
        return False


def without_password(address: str) -> str:
    """Return an address that may be shown.

    Of a URL what stands before the host is left out (also a password with `/` or `@` in it), and
    what stands behind a `?` or `#`, which may hold a token.
    """
    scheme, is_url, rest = address.partition("://")
    if not is_url or scheme.lower() == "file":
        return clean(address)
    named = re.split(r"[?#]", rest.lstrip("/"), maxsplit=1)[0]
    host = named.partition("/")[0]
    if "@" in host or not re.fullmatch(r"[^:]*(:\d*)?|\[.*", host):
        named = named.rpartition("@")[2]
    return clean(f"{scheme}://{named}")
