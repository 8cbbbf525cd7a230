"""What a server on this machine or network says that it reads: asked before a prompt is sent to it.

Ollama cuts a prompt that is too long without a word, others refuse it after minutes. Nothing but
the address that the model is set to is asked, and no redirect is followed.
"""

from __future__ import annotations

import http.client
import json
import re
import socket
import ssl
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from sous.models.address import address_of, local_addresses, proxy_of, server_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import llm

_TIMEOUT = 1.5  # seconds for all questions together
_LARGEST = 4_000_000  # bytes of an answer
_OLLAMA_DEFAULT = 4096  # tokens, where nothing says num_ctx (Ollama's FAQ, since 0.6)
_FRESH = 60.0  # seconds for which an answer is used again
_LEAST, _MOST = 128, 10**9  # tokens that a window can have


@dataclass(frozen=True)
class Reported:
    """How many tokens a server reads, by its own word, and the server; `is_assumed`: its default.

    `answer`: how many of them it keeps from a prompt.
    """

    tokens: int
    server: str
    is_assumed: bool = False
    answer: int | None = None


_known: dict[tuple[str, str, int | None], tuple[float, Reported | None]] = {}


def reported_window(model: llm.Model, options: Mapping[str, Any]) -> Reported | None:
    """Return what the server of a model says that it reads; None where it is not near, or silent.

    It takes at most some two seconds, whatever the server does.
    """
    key = (address_of(model), server_name(model), _asked_for(options))
    asked_at, found = _known.get(key, (0.0, None))
    if asked_at and time.monotonic() - asked_at < _FRESH:
        return found
    results: list[Reported | None] = []
    thread = threading.Thread(target=lambda: results.append(_ask(*key, model)), daemon=True)
    thread.start()
    thread.join(_TIMEOUT + 0.5)
    found = results[0] if results else None
    _known[key] = (time.monotonic(), found)
    return found


def _asked_for(options: Mapping[str, Any]) -> int | None:
    return _tokens(options.get("num_ctx"))


def _ask(address: str, name: str, num_ctx: int | None, model: llm.Model) -> Reported | None:
    near = local_addresses(address)
    if not near or proxy_of(address):
        return None
    server = _Server(address, near[0], _headers(model), time.monotonic() + _TIMEOUT)
    questions: tuple[Callable[[], Reported | None], ...] = (
        lambda: _of_ollama(server, name, num_ctx),
        lambda: _of_vllm(server, name),
        lambda: _of_llama_cpp(server, name),
        lambda: _of_lm_studio(server, name),
    )
    for ask in questions:
        found = ask()
        if found or not server.is_there:
            return found
    return None


def _headers(model: llm.Model) -> dict[str, str]:
    """Return the headers that a call of the model carries to the same address."""
    headers = {str(name): str(value) for name, value in (model_headers(model) or {}).items()}
    import llm

    try:
        alias = getattr(model, "needs_key", None)
        key = getattr(model, "key", None) or (alias and llm.load_keys().get(alias))
    except Exception:  # noqa: BLE001  # a broken file of keys is reported elsewhere
        key = None
    return {**({"Authorization": f"Bearer {key}"} if isinstance(key, str) else {}), **headers}


def model_headers(model: llm.Model) -> dict[str, Any] | None:
    """Return the headers that a model is set to send."""
    found = getattr(model, "headers", None)
    return found if isinstance(found, dict) else None


# -- what each server says


def _of_ollama(server: _Server, name: str, num_ctx: int | None) -> Reported | None:
    """Ask Ollama: a window is set with a call or the model, else what a loaded one has counts.

    What is longer is cut, in newer versions down to half of the window (ollama#17427).
    """
    if not server.json(
        "/api/version"
    ):  # no other server is sent a question it may take for a prompt
        return None
    shown = server.json("/api/show", {"model": name, "name": name})
    if not isinstance(shown, dict) or not {"model_info", "details"}.intersection(shown):
        return None
    trained = _trained(shown.get("model_info"))
    found = num_ctx or _parameter(shown.get("parameters")) or _loaded(server.json("/api/ps"), name)
    tokens = min(found or _OLLAMA_DEFAULT, trained or _MOST)
    return Reported(tokens, "Ollama", is_assumed=found is None, answer=tokens // 2)


def _trained(info: Any) -> int | None:
    """Return the most tokens that a model was made for: `ARCHITECTURE.context_length`."""
    pairs = info.items() if isinstance(info, dict) else ()
    return next((_tokens(at) for key, at in pairs if str(key).endswith(".context_length")), None)


def _parameter(parameters: Any) -> int | None:
    found = re.search(r"^num_ctx\s+(\d{1,10})\s*$", str(parameters or ""), re.MULTILINE)
    return _tokens(int(found[1])) if found else None


def _loaded(running: Any, name: str) -> int | None:
    models = running.get("models") if isinstance(running, dict) else None
    for entry in models if isinstance(models, list) else []:
        if isinstance(entry, dict) and _is_named(entry, name):
            return _tokens(entry.get("context_length"))
    return None


def _of_vllm(server: _Server, name: str) -> Reported | None:
    """Ask vLLM, SGLang and others that list their models with `max_model_len`."""
    entry = _entry(server.json("/v1/models"), name)
    tokens = _tokens(entry.get("max_model_len"))
    return Reported(tokens, str(entry.get("owned_by") or "the server")[:20]) if tokens else None


def _of_llama_cpp(server: _Server, name: str) -> Reported | None:
    """Ask llama.cpp: `n_ctx` is the window of one slot, in which a call runs."""
    for path in ("/props", f"/props?model={quote(name, safe='')}"):  # the second: a router
        data = server.json(path)
        settings = data.get("default_generation_settings") if isinstance(data, dict) else None
        tokens = _tokens(settings.get("n_ctx")) if isinstance(settings, dict) else None
        if tokens:
            return Reported(tokens, "llama.cpp")
    return None


def _of_lm_studio(server: _Server, name: str) -> Reported | None:
    entry = _entry(server.json("/api/v0/models"), name)
    tokens = _tokens(entry.get("loaded_context_length"))
    return Reported(tokens, "LM Studio") if tokens else None


def _entry(data: Any, name: str) -> dict[str, Any]:
    """Return the entry of a model in a list of OpenAI's form; of one alone, whatever its name."""
    found = data.get("data") if isinstance(data, dict) else None
    entries = (
        [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []
    )
    named = [entry for entry in entries if _is_named(entry, name)]
    return (named or (entries if len(entries) == 1 else [{}]))[0]


def _is_named(entry: dict[str, Any], name: str) -> bool:
    names = {str(entry.get(key)).removesuffix(":latest") for key in ("id", "name", "model")}
    return name.removesuffix(":latest") in names


def _tokens(value: Any) -> int | None:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and _LEAST <= value <= _MOST else None


# -- the connection


class _Server:
    """One server at one IP address; no question after `deadline`, or when it cannot be reached."""

    def __init__(self, address: str, ip: str, headers: dict[str, str], deadline: float) -> None:
        parts = urlsplit(address)
        self._parts = parts
        self._ip = ip
        self._headers = {**headers, "Host": parts.netloc.rpartition("@")[2]}
        self._deadline = deadline
        self._root = parts.path.rstrip("/").removesuffix("/v1")
        self.is_there = True

    def json(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Return what a path below its root answers as JSON, None for anything but that."""
        left = self._deadline - time.monotonic()
        if left <= 0 or not self.is_there:
            return None
        try:
            with closing(self._connection(left)) as connection:
                data = None if body is None else json.dumps(body).encode()
                method = "GET" if data is None else "POST"
                more = {"Content-Type": "application/json"} if data else {}
                connection.request(method, f"{self._root}{path}", data, {**self._headers, **more})
                response = connection.getresponse()
                text = response.read(_LARGEST + 1)
                is_good = response.status == http.client.OK and len(text) <= _LARGEST
                return json.loads(text) if is_good else None
        except OSError:
            self.is_there = False
        except (http.client.HTTPException, ValueError, RecursionError):
            pass
        return None

    def _connection(self, timeout: float) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "http":
            return http.client.HTTPConnection(self._ip, port, timeout=timeout)
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(host, port, timeout=timeout, context=context)
        plain = socket.create_connection((self._ip, port or 443), timeout)
        connection.sock = context.wrap_socket(plain, server_hostname=host)
        return connection
