"""Serve a real small model like OpenAI: `python small_server.py WEIGHTS WINDOW[:PORT]…`, until stdin ends or Ctrl-C."""

from __future__ import annotations

import contextlib
import sys
from typing import Any

MOST = 80  # tokens of an answer, unless a request names another number: small models repeat themselves without end


def serve(weights: str, window: int, port: int) -> Any:
    """Begin to serve; the address is the `listening_address` of what comes back."""
    import xllamacpp  # type: ignore[import-not-found, unused-ignore]  # only where it was installed for this

    params = xllamacpp.CommonParams()
    params.model.path, params.port = weights, port
    params.n_ctx, params.n_parallel, params.n_predict = window, 1, MOST
    params.sampling.temp, params.sampling.seed = 0.0, 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1  # more wait for each other on busy cores
    params.warmup, params.verbosity = False, 0
    return xllamacpp.Server(params)


if __name__ == "__main__":
    windows = [one.partition(":") for one in sys.argv[2:]]
    servers = [serve(sys.argv[1], int(window), int(port or 0)) for window, _, port in windows]
    print(*(server.listening_address for server in servers), sep="\n", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        sys.stdin.read()
