from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sous.models.address import address_of, local_addresses, proxy_of


def plugin(module: str) -> Any:
    return type("Model", (), {"__module__": module, "model_id": "m"})()


@pytest.mark.parametrize(
    ("address", "is_near"),
    [
        ("http://127.0.0.1:8080/v1", True),
        ("http://localhost:8080/v1", True),
        ("http://[::1]:8080", True),
        ("http://8.8.8.8/v1", False),
        ("https://api.openai.com/v1", False),
        ("http://localhost.example.com/v1", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_only_this_machine_and_its_network_are_near(address: str, is_near: bool) -> None:
    assert bool(local_addresses(address)) == is_near


@pytest.mark.parametrize(
    ("host", "address"),
    [
        (None, "http://127.0.0.1:11434"),
        ("0.0.0.0", "http://127.0.0.1:11434"),  # noqa: S104  # what people set it to
        ("box:1234", "http://box:1234"),
        ("https://box.lan/", "https://box.lan"),
    ],
)
def test_ollama_is_where_its_variable_says(host: str | None, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OLLAMA_HOST", raising=False)
    if host:
        monkeypatch.setenv("OLLAMA_HOST", host)
    assert address_of(plugin("llm_ollama")) == address


def test_what_the_model_says_comes_first() -> None:
    model: Any = SimpleNamespace(api_base="http://127.0.0.1:1/v1/", model_id="m")
    assert address_of(model) == "http://127.0.0.1:1/v1"


def test_no_proxy_stands_before_loopback() -> None:
    assert proxy_of("http://127.0.0.1:1/v1") == ""
    assert proxy_of("https://api.openai.com/v1") == "http://127.0.0.1:9"
