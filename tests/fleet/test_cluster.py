"""Other processes as workers, by a scheduler of Dask's: the same results, nothing paid twice, nobody let in."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("distributed", reason="the extra `fleet`")

from clusters import cluster
from fleet_orders import assignment
from scene import SOUS, committed, write_tree
from sous.errors import SousError
from sous.fleet import cluster as clustered
from sous.fleet.cluster import ClusterWorkers
from sous.fleet.cluster_worker import WorkerTerms
from sous.fleet.scheduler import SchedulerPlace
from sous.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fake_model import FakeModel
    from scene import Run

pytestmark = [
    pytest.mark.real,  # programs of Dask's
    pytest.mark.skipif(os.name == "nt", reason="children by fork"),
    pytest.mark.filterwarnings("default"),  # what Dask leaves open is not ours
]
BAD = "def add(a, b):\n    try:\n        return a - b\n    except:\n        pass\n"
KEY = "sk-of-the-workers-alone"


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """A folder with a list of three repositories."""
    for name in "abc":
        committed(tmp_path / "origins" / name, {"app.py": BAD.replace("add", f"add_{name}")})
    lines = "".join(f"{(tmp_path / 'origins' / name).as_uri()}\n" for name in "abc")
    write_tree(tmp_path / "work", {"repos.txt": lines})
    return tmp_path / "work"


def results(folder: Path) -> list[Path]:
    return sorted(folder.glob("fleet/repos/*/*/result.json"))


def until(holds: Callable[[], object]) -> None:
    ends = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.05)


def test_the_workers_do_it_with_keys_of_their_own(three: Path, run: Run, model: FakeModel, tmp_path: Path) -> None:
    asked = ("fleet", "code-review", "repos.txt", "-m", "gpt-4", "-j", "2")
    with cluster(tmp_path / "c", env={"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": KEY}) as there:
        done = run("sous", *asked, "--scheduler", there.address, cwd=three)
        assert done.code == 0, done.err
        assert "3 repositories: 3 done" in done.err
        again = run("sous", *asked, "--scheduler", there.address, "--max-cost", "0.01", cwd=three)
        assert "3 done (3 as they were)" in again.err
    assert (len(model.requests), len(results(three))) == (3, 3)
    assert model.most_at_once <= 2
    assert list((three / "fleet").glob(".cluster-*")) == []
    told = [path for path in three.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
    assert (told, KEY in done.err + done.out) == ([], False)


def test_workers_without_a_key_are_refused(three: Path, run: Run, model: FakeModel, tmp_path: Path) -> None:
    with cluster(tmp_path / "c") as there:
        done = run("sous", "fleet", "code-review", "repos.txt", "-m", "gpt-4", "--scheduler", there.address, cwd=three)
    assert done.code == 1
    assert len(re.findall(r"the worker at tcp://127.0.0.1:\d+ is refused: no key for gpt-4", done.err)) == 2
    assert "none of the 2 workers can be used" in done.err


def test_a_worker_of_another_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clustered, "__version__", "0.0.1")
    top = assignment(tmp_path, "").out
    with cluster(tmp_path / "c") as there, pytest.raises(SousError, match=r"it has sous \S+, and the driver 0\.0\.1"):
        ClusterWorkers(SchedulerPlace(there.address), top, timeout=60, options=None)


@pytest.mark.parametrize("whole", [False, True], ids=["the worker alone", "all that it has begun"])
def test_a_worker_that_is_killed_costs_nothing_more(
    three: Path, model: FakeModel, tmp_path: Path, *, whole: bool
) -> None:
    with cluster(tmp_path / "c") as there:
        asked = [
            *SOUS,
            "fleet",
            "code-review",
            "repos.txt",
            "-m",
            "slow",
            "--scheduler",
            there.address,
            "--only",
            "*/a",
        ]
        with subprocess.Popen(asked, cwd=three, stderr=subprocess.PIPE, text=True) as job:
            until(lambda: model.requests)
            busy = next(pid for pid in there.workers if nursery_of(pid))
            kill(below(busy) if whole else [busy])
            _, told = job.communicate(timeout=90)
    assert "1 repository: 1 done" in told, told
    # whose answer had not come asks once more; whose child goes on does not
    assert len(model.requests) == (2 if whole else 1)


def nursery_of(process: int) -> list[int]:
    """Return the processes of ours that a worker of Dask has."""
    return [one for one in below(process) if b"sous.fleet.child" in Path(f"/proc/{one}/cmdline").read_bytes()]


def below(process: int) -> list[int]:
    found = [process]
    for one in found:
        for children in Path(f"/proc/{one}/task").glob("*/children"):  # any thread may have begun it
            found += map(int, children.read_text("ascii").split())
    return found


def kill(processes: list[int]) -> None:
    for one in processes:
        os.kill(one, signal.SIGKILL)


def test_a_scheduler_that_is_gone_leaves_the_others(three: Path, model: FakeModel, tmp_path: Path, run: Run) -> None:
    with cluster(tmp_path / "c") as there:
        asked = [*SOUS, "fleet", "code-review", "repos.txt", "-m", "slow", "-j", "1", "--scheduler", there.address]
        with subprocess.Popen(asked, cwd=three, stderr=subprocess.PIPE, text=True) as job:
            until(lambda: model.requests)
            kill([there.job.pid, *there.workers])
            _, told = job.communicate(timeout=90)
    assert "the scheduler has ended; start it and run this again" in told
    assert job.returncode == 1
    done = run("sous", "fleet", "code-review", "repos.txt", "-m", "slow", cwd=three)
    assert "3 repositories: 3 done" in done.err
    assert len(model.requests) == 3


def test_only_who_has_a_certificate_gets_in(three: Path, run: Run, tmp_path: Path) -> None:
    asked = ("fleet", "bundle", "repos.txt", "--scheduler")
    with cluster(tmp_path / "c", "tls") as there, cluster(tmp_path / "d", "tls") as other:
        assert there.address.startswith("tls://")
        for certificates in ([], other.certificates):
            refused = run("sous", *asked, there.address, *certificates, cwd=three)
            assert refused.code == 1
            assert "cannot reach the scheduler at tls://127.0.0.1" in refused.err
            assert refused.err.count("\n") == 1
        done = run("sous", *asked, there.address, *there.certificates, cwd=three)
        assert done.code == 0, done.err
        assert "3 repositories: 3 done" in done.err


def test_what_happens_meanwhile_is_heard_and_ended(tmp_path: Path, model: FakeModel) -> None:
    import dataclasses

    origin = committed(tmp_path / "o", {"a.py": BAD})
    order = dataclasses.replace(
        assignment(tmp_path, origin.as_uri()), tasks=("code-review",), settings=Settings(model="stall")
    )
    heard: list[Mapping[str, Any]] = []
    with (
        cluster(tmp_path / "c") as there,
        closing(ClusterWorkers(SchedulerPlace(there.address), order.out, timeout=60, options=None)) as workers,
    ):
        assert workers.problem() == ""
        future = workers.submit(order, heard.append)
        until(lambda: model.requests)
        until(lambda: [one for one in heard if one.get("doing") == "code-review"])
        workers.stop()
        assert future.result(30)["reason"] == "it was stopped"
    assert not list(order.out.glob(".cluster-*"))


def test_addresses_that_anybody_could_listen_to(three: Path, run: Run) -> None:
    done = run("sous", "fleet", "bundle", "repos.txt", "--scheduler", "tcp://10.0.0.5:8786", cwd=three)
    assert done.code == 2
    assert "tcp://10.0.0.5:8786 has no certificates: whoever reaches it runs code on all workers" in done.err
    with pytest.raises(SousError, match="is reached without certificates"):
        clustered._refuse_open_workers({"tls://10.0.0.5:1": {}, "tcp://10.0.0.6:1": {}})
    clustered._refuse_open_workers({"tls://10.0.0.5:1": {}, "tcp://127.0.0.1:1": {}})


class FakeClient:
    """A client whose scheduler says where it listens, and whose workers never answer."""

    def __init__(self, **identity: Any) -> None:
        self.identity = identity

    def scheduler_info(self, n_workers: int) -> dict[str, Any]:  # noqa: ARG002
        return self.identity

    def run(self, *_: object, **__: object) -> None:
        threading.Event().wait()


@pytest.mark.parametrize("identity", [{"address": "tcp://10.0.0.5:8786"}, {"address": "tcp://0.0.0.0:8786"}, {}])
def test_a_scheduler_that_listens_to_all_is_refused_however_it_is_named(identity: dict[str, Any]) -> None:
    client: Any = FakeClient(**identity)
    with pytest.raises(SousError, match=r"the scheduler at tcp://127\.0\.0\.1:8786 listens at .* without certificates"):
        clustered._refuse_open_scheduler(client, SchedulerPlace("tcp://127.0.0.1:8786"))


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:8786", "tls://10.0.0.5:8786"])
def test_a_scheduler_that_nobody_else_reaches_is_taken(address: str) -> None:
    client: Any = FakeClient(address=address)
    clustered._refuse_open_scheduler(client, SchedulerPlace(address))


def test_workers_that_never_answer_do_not_hold_up_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clustered, "_ANSWERS", 0.1)
    workers = object.__new__(ClusterWorkers)
    waiting: Future[str] = Future()
    terms = WorkerTerms("sous", str(tmp_path), "nonce", 60.0, "1")
    vars(workers).update(_client=FakeClient(), _futures={1: waiting}, _lock=threading.Lock(), _terms=terms)
    begun = time.monotonic()
    workers.stop()
    assert time.monotonic() - begun < 30
    assert waiting.cancelled()


def test_a_scheduler_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clustered, "_CONNECTS", 0.5)
    with pytest.raises(SousError, match=r"cannot reach the scheduler at tcp://127\.0\.0\.1:9: .*Check that it runs$"):
        ClusterWorkers(SchedulerPlace("tcp://127.0.0.1:9"), tmp_path, timeout=60, options=None)
    assert list(tmp_path.iterdir()) == []
