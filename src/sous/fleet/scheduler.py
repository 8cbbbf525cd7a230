"""Where the scheduler of other machines is, and whether what is sent there stays secret.

Whoever reaches a scheduler of Dask runs code on all its machines, and it asks nobody who they are;
certificates are the only door.
"""

from __future__ import annotations

import ipaddress
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sous.errors import SousError, UsageProblem
from sous.files import read_file, shown_path
from sous.programs import install_line
from sous.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

CONFIGURED = "dask"  # the word for what Dask's own configuration says
_LARGEST = 1_000_000  # bytes of a scheduler's file


class DaskMissing(SousError):
    """The library of `--scheduler` is not installed."""

    def __init__(self) -> None:
        line = install_line("distributed")
        super().__init__(f"--scheduler needs Dask, here and on the workers: {line}")


@dataclass(frozen=True)
class SchedulerPlace:
    """The address of a scheduler, and the files that say who we are.

    Without files it is Dask's configuration that names them.
    """

    address: str
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    @property
    def is_secret(self) -> bool:
        """Whether it is reached with certificates on both sides."""
        return self.address.startswith("tls://")

    def files(self) -> Mapping[str, str]:
        """Return the files by the names that Dask has for them."""
        named = {
            "tls_ca_file": self.ca, "tls_client_cert": self.certificate, "tls_client_key": self.key,
        }  # fmt: skip
        return {name: str(path) for name, path in named.items() if path}


def scheduler_place(
    where: str, *, ca: Path | None = None, certificate: Path | None = None, key: Path | None = None
) -> SchedulerPlace:
    """Return the place that an address, a file of `dask scheduler`, or the word `dask` names.

    Raises UsageProblem for one that anybody could listen to, and SousError for what is not there.
    """
    address = where
    if where == CONFIGURED:
        address = _configured()
    elif "://" not in where:
        address = _of_file(Path(where))
    place = SchedulerPlace(address, ca, certificate, key)
    refuse_open(place)
    for path in (ca, certificate, key):
        if path and not path.is_file():
            raise SousError(
                f"{shown_path(path)} is not a file; name a certificate or key in PEM form"
            )
    return place


def refuse_open(place: SchedulerPlace) -> None:
    """Raise UsageProblem for an address that is neither with certificates nor on this machine."""
    scheme, host = scheme_and_host(place.address)
    shown = one_line(place.address)
    if scheme not in ("tls", "tcp") or not host:
        raise UsageProblem(f"{shown} is not an address of a scheduler; give tls://HOST:PORT")
    if scheme == "tcp" and not is_loopback(host):
        raise UsageProblem(
            f"{shown} has no certificates: whoever reaches it runs code on all workers, with their "
            "keys. Start scheduler and workers with tls:// (docs/fleet.md); tcp:// is for 127.0.0.1"
        )
    if scheme == "tcp" and place.files():
        raise UsageProblem(f"{shown} takes no certificates; give tls://, or leave --tls-… out")


def scheme_and_host(address: str) -> tuple[str, str]:
    """Return how and where an address is reached; nothing of one that cannot be read."""
    try:
        url = urlsplit(address)
    except ValueError:
        return "", ""
    return url.scheme, url.hostname or ""


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine, by its name alone: no other machine is asked."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_open(address: str) -> bool:
    """Tell whether other machines can reach an address without certificates."""
    scheme, host = scheme_and_host(address)
    return scheme != "tls" and not is_loopback(host)


def _configured() -> str:
    try:
        import dask.config
        import distributed  # noqa: F401
    except ImportError as exc:
        raise DaskMissing from exc
    address = dask.config.get("scheduler-address", None)
    if not isinstance(address, str) or not address:
        raise UsageProblem(
            "Dask's configuration names no scheduler: set scheduler-address in it, or "
            "DASK_SCHEDULER_ADDRESS, or give --scheduler an address"
        )
    return address


def _of_file(path: Path) -> str:
    """Return the address that `dask scheduler --scheduler-file` has left in a file."""
    shown = shown_path(path)
    try:
        said = json.loads(read_file(path, root=None, most=_LARGEST))
    except OSError as exc:
        raise UsageProblem(
            f"{shown} is neither an address (tls://HOST:PORT) nor a file of `dask scheduler "
            f"--scheduler-file`: {exc.strerror}"
        ) from exc
    except (ValueError, RecursionError) as exc:
        raise UsageProblem(f"{shown} is not a file of `dask scheduler`: {exc}") from exc
    address = said.get("address") if isinstance(said, dict) else None
    if not isinstance(address, str):
        raise UsageProblem(f"{shown} is not a file of `dask scheduler`: it has no address")
    return address
