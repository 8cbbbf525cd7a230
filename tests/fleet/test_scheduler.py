"""Which schedulers orders may be sent to: with certificates, or on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sous.errors import SousError, UsageProblem
from sous.fleet.scheduler import SchedulerPlace, is_open, scheduler_place

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "address", ["tls://scheduler.example:8786", "tcp://127.0.0.1:8786", "tcp://localhost:1", "tcp://[::1]:8786"]
)
def test_addresses_that_nobody_else_listens_to(address: str) -> None:
    assert scheduler_place(address) == SchedulerPlace(address)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("tcp://10.0.0.5:8786", "has no certificates: whoever reaches it runs code"),
        ("tcp://127.0.0.1.evil.example:8786", "has no certificates"),
        ("tcp://localhost.evil.example:8786", "has no certificates"),
        ("tcp://0.0.0.0:8786", "has no certificates"),
        ("ws://127.0.0.1:8786", "is not an address of a scheduler"),
        ("inproc://10.0.0.5/1", "is not an address of a scheduler"),
        ("tls://", "is not an address of a scheduler"),
        ("tls://[::1", "is not an address of a scheduler"),
        ("scheduler.example:8786", "is neither an address"),
        ("", "is neither an address"),
    ],
)
def test_addresses_that_are_refused(address: str, told: str) -> None:
    with pytest.raises(UsageProblem, match=told):
        scheduler_place(address)


@pytest.mark.parametrize("address", ["tls://10.0.0.5:1", "tls://0.0.0.0:1", "tcp://127.0.0.1:1", "tcp://[::1]:1"])
def test_what_listens_here_alone_or_with_certificates_is_not_open(address: str) -> None:
    assert not is_open(address)


@pytest.mark.parametrize(
    "address", ["tcp://10.0.0.5:1", "tcp://0.0.0.0:1", "tcp://[::]:1", "ws://h:1", "tls", "", "None", "tcp://[::1"]
)
def test_what_listens_to_all_is_open(address: str) -> None:
    assert is_open(address)


def test_the_file_of_a_scheduler(tmp_path: Path) -> None:
    path = tmp_path / "scheduler.json"
    path.write_text('{"type": "Scheduler", "address": "tls://10.0.0.5:8786", "workers": {}}')
    assert scheduler_place(str(path)).address == "tls://10.0.0.5:8786"
    for text, told in (
        ("{}", "it has no address"),
        ("[1]", "it has no address"),
        ("{", "is not a file of"),
        ("[" * 200_000, "is not a file of"),
    ):
        path.write_text(text)
        with pytest.raises(UsageProblem, match=told):
            scheduler_place(str(path))
    path.write_text('{"address": "tcp://10.0.0.5:8786"}')
    with pytest.raises(UsageProblem, match="has no certificates"):
        scheduler_place(str(path))


def test_certificates_are_files_and_go_with_tls(tmp_path: Path) -> None:
    pem = tmp_path / "ca.pem"
    pem.write_text("x")
    place = scheduler_place("tls://h:1", ca=pem, certificate=pem, key=pem)
    assert place.files() == dict.fromkeys(("tls_ca_file", "tls_client_cert", "tls_client_key"), str(pem))
    with pytest.raises(SousError, match=r"gone\.pem is not a file; name a certificate or key"):
        scheduler_place("tls://h:1", ca=tmp_path / "gone.pem")
    with pytest.raises(UsageProblem, match="takes no certificates"):
        scheduler_place("tcp://127.0.0.1:1", ca=pem)


def test_what_dask_is_configured_with(monkeypatch: pytest.MonkeyPatch) -> None:
    config = pytest.importorskip("dask.config", reason="the extra `fleet`")
    pytest.importorskip("distributed", reason="the extra `fleet`")
    with config.set({"scheduler-address": "tls://h:8786"}):
        assert scheduler_place("dask").address == "tls://h:8786"
    with config.set({"scheduler-address": None}), pytest.raises(UsageProblem, match="names no scheduler"):
        scheduler_place("dask")
