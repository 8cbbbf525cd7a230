"""A scheduler of Dask and its workers, each a process of its own, beside the tests: `python clusters.py FOLDER [tls]`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PEMS = ("ca.pem", "cert.pem", "key.pem")


@dataclass
class Cluster:
    """A scheduler that runs: its address, the processes of its workers, the folder with certificates."""

    address: str
    workers: list[int]
    folder: Path
    job: subprocess.Popen[bytes]

    @property
    def certificates(self) -> list[str]:
        """The options of sous that let it in."""
        names = ("--tls-ca", "--tls-cert", "--tls-key")
        return [word for name, pem in zip(names, PEMS, strict=True) for word in (name, str(self.folder / pem))]


@contextmanager
def cluster(folder: Path, *words: str, env: Mapping[str, str] | None = None) -> Iterator[Cluster]:
    """Yield a LocalCluster of two workers with two threads each, in the environment of the test and `env`."""
    folder.mkdir(parents=True, exist_ok=True)
    theirs = {**os.environ, **(env or {})}
    argv = [sys.executable, __file__, str(folder), *words]
    with subprocess.Popen(
        argv, env=theirs, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as job:
        assert job.stdin
        assert job.stdout
        try:
            told = json.loads(job.stdout.readline())
            yield Cluster(told["address"], told["workers"], folder, job)
        finally:
            job.stdin.close()
            try:
                job.wait(20)
            except subprocess.TimeoutExpired:
                job.kill()


def main() -> None:
    """Serve until stdin ends."""
    from distributed import LocalCluster, Security

    folder = Path(sys.argv[1])
    more: dict[str, Any] = {}
    if "tls" in sys.argv:
        more["security"] = security = Security.temporary()
        for name, text in zip(
            PEMS, (security.tls_ca_file, security.tls_client_cert, security.tls_client_key), strict=True
        ):
            (folder / name).write_text(text)
    with LocalCluster(
        n_workers=2, threads_per_worker=2, processes=True, memory_limit=None, dashboard_address="127.0.0.1:0",
        host="127.0.0.1", **more,
    ) as made:  # fmt: skip
        pids = [nanny.pid for nanny in made.workers.values()]
        print(json.dumps({"address": made.scheduler_address, "workers": pids}), flush=True)
        sys.stdin.buffer.read()


if __name__ == "__main__":
    main()
