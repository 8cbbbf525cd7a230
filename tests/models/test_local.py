"""What servers on this machine say of their window, on loopback."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from fake_model import FakeModel, Refusal
from sous.models.local import Reported, reported_window

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def server() -> Iterator[FakeModel]:
    with FakeModel() as found:
        yield found


def model(url: str) -> Any:
    return SimpleNamespace(model_id="m", model_name="m", api_base=url)


SHOWN = {"details": {}, "model_info": {"llama.context_length": 131072}}
OLLAMA = "/api/show"


@pytest.mark.parametrize(
    ("pages", "options", "found"),
    [
        ({OLLAMA: SHOWN}, {}, Reported(4096, "Ollama", is_assumed=True, answer=2048)),
        ({OLLAMA: SHOWN}, {"num_ctx": 16384}, Reported(16384, "Ollama", answer=8192)),
        ({OLLAMA: {**SHOWN, "parameters": 'stop "x"\nnum_ctx     8192'}}, {}, Reported(8192, "Ollama", answer=4096)),
        ({OLLAMA: {"details": {}, "model_info": {"x.context_length": 2048}}}, {},
         Reported(2048, "Ollama", is_assumed=True, answer=1024)),
        ({OLLAMA: SHOWN, "/api/ps": {"models": [{"name": "m:latest", "context_length": 32768}]}}, {},
         Reported(32768, "Ollama", answer=16384)),
        ({"/props": {"default_generation_settings": {"n_ctx": 2048}}}, {}, Reported(2048, "llama.cpp")),
        ({"/api/v0/models": {"data": [{"id": "m", "loaded_context_length": 4096}, {"id": "o"}]}}, {},
         Reported(4096, "LM Studio")),
        ({"/v1/models": {"data": [{"id": "m", "max_model_len": 16384, "owned_by": "vllm"}]}}, {},
         Reported(16384, "vllm")),
        ({"/v1/models": {"data": [{"id": "a", "max_model_len": 1024}, {"id": "b", "max_model_len": 2048}]}}, {}, None),
        ({"/props": [], OLLAMA: "x", "/v1/models": {"data": 7}, "/api/v0/models": {"data": [None]}}, {}, None),
        ({"/props": {"default_generation_settings": {"n_ctx": 10**30}}}, {}, None),
        ({"/props": Refusal(200, b"[" * 100_000)}, {}, None),
        ({"/props": Refusal(302, b"")}, {}, None),
    ],
)  # fmt: skip
def test_each_server_says_its_window(
    pages: dict[str, Any], options: dict[str, Any], found: Reported | None, server: FakeModel
) -> None:
    server.pages = pages
    assert reported_window(model(server.url), options) == found


def test_nothing_far_is_asked() -> None:
    assert reported_window(model("http://192.0.2.1.example.com/v1"), {}) is None


def test_a_server_that_sends_a_byte_now_and_then_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            connection, _ = listener.accept()
            with connection:
                for _ in range(15):
                    with contextlib.suppress(OSError):
                        connection.sendall(b"H")
                    time.sleep(0.2)

        thread = threading.Thread(target=drip)
        thread.start()
        began = time.monotonic()
        assert reported_window(model(f"http://127.0.0.1:{listener.getsockname()[1]}/v1"), {}) is None
        assert time.monotonic() - began < 4
        thread.join()
