"""What providers other than OpenAI speak, on loopback, as far as the plugins of llm use it.

One server plays all of them: by their paths, and, for those whose address nobody can change, as a proxy that shows a
certificate of its own for any host. `behaviour` says how it answers.
"""

from __future__ import annotations

import json
import re
import ssl
import struct
import zlib
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, NamedTuple

from fake_model import REPLY
from loopback import Loopback, Served

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PIECES = [f"{line}\n" for line in REPLY.split("\n")[:-1]]
READ, WRITTEN, CACHED = 1000, 50, 640  # tokens that each of them counts


class Wire(NamedTuple):
    """A protocol: an answer as it is streamed (its texts, whether it was cut off), and an error of a status."""

    path: str
    kind: str
    stream: Callable[[list[str], bool], list[bytes]]
    error: Callable[[int], tuple[int, Any]]


def _line(data: Any) -> bytes:
    return json.dumps(data).encode() + b"\n"


def _sse(data: Any, kind: str = "") -> bytes:
    return (f"event: {kind}\n" if kind else "").encode() + b"data: " + _line(data) + b"\n"


def _anthropic(texts: list[str], cut: bool) -> list[bytes]:
    def event(kind: str, **data: Any) -> bytes:
        return _sse({"type": kind, **data}, kind)

    usage = {"input_tokens": READ - CACHED, "output_tokens": 1, "cache_read_input_tokens": CACHED}
    message: dict[str, Any] = {
        "id": "m", "type": "message", "role": "assistant", "model": "claude", "content": [], "stop_reason": None,
        "stop_sequence": None, "usage": {**usage, "cache_creation_input_tokens": 0},
    }  # fmt: skip
    reason = {"stop_reason": "max_tokens" if cut else "end_turn", "stop_sequence": None}
    return [
        event("message_start", message=message),
        event("content_block_start", index=0, content_block={"type": "text", "text": ""}),
        *(event("content_block_delta", index=0, delta={"type": "text_delta", "text": text}) for text in texts),
        event("content_block_stop", index=0),
        event("message_delta", delta=reason, usage={"output_tokens": WRITTEN}),
        event("message_stop"),
    ]


def _gemini(texts: list[str], cut: bool) -> list[bytes]:
    def chunk(text: str, **more: Any) -> dict[str, Any]:
        candidate = {"content": {"parts": [{"text": text}], "role": "model"}, "index": 0, **more}
        usage = {
            "promptTokenCount": READ, "candidatesTokenCount": WRITTEN, "totalTokenCount": READ + WRITTEN,
            "cachedContentTokenCount": CACHED,
        }  # fmt: skip
        return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": "gemini", "responseId": "r"}

    chunks = [*map(chunk, texts), chunk("", finishReason="MAX_TOKENS" if cut else "STOP")]
    starts = [b"[", *([b",\r\n"] * (len(chunks) - 1))]
    return [start + _line(one) for start, one in zip(starts, chunks, strict=True)] + [b"]"]


def _ollama(texts: list[str], cut: bool) -> list[bytes]:
    def chunk(text: str, **more: Any) -> bytes:
        head = {"model": "tiny", "created_at": "2026-01-01T00:00:00Z", "done": False}
        return _line({**head, "message": {"role": "assistant", "content": text}, **more})

    reason = "length" if cut else "stop"
    return [
        *map(chunk, texts),
        chunk("", done=True, done_reason=reason, prompt_eval_count=READ, eval_count=WRITTEN, total_duration=1),
    ]


def _mistral(texts: list[str], cut: bool) -> list[bytes]:
    def chunk(delta: dict[str, str], reason: str | None = None, **more: Any) -> bytes:
        head = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "mistral-small-latest"}
        return _sse({**head, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}], **more})

    usage = {"prompt_tokens": READ, "completion_tokens": WRITTEN, "total_tokens": READ + WRITTEN}
    return [
        chunk({"role": "assistant", "content": ""}),
        *(chunk({"content": text}) for text in texts),
        chunk({"content": ""}, "length" if cut else "stop", usage=usage),
        b"data: [DONE]\n\n",
    ]


def _openrouter(texts: list[str], cut: bool) -> list[bytes]:
    """Speak OpenAI's Responses API, which the plugin takes."""
    status = "incomplete" if cut else "completed"
    item = {
        "id": "m", "type": "message", "role": "assistant", "status": "completed",
        "content": [{"type": "output_text", "text": "".join(texts), "annotations": []}],
    }  # fmt: skip
    usage = {
        "input_tokens": READ, "input_tokens_details": {"cached_tokens": CACHED}, "output_tokens": WRITTEN,
        "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": READ + WRITTEN,
    }  # fmt: skip
    whole = {
        "id": "r", "object": "response", "created_at": 1, "model": "tiny", "status": status, "output": [item],
        "error": None, "incomplete_details": {"reason": "max_output_tokens"} if cut else None, "usage": usage,
        "parallel_tool_calls": True, "tool_choice": "auto", "tools": [], "metadata": {},
    }  # fmt: skip
    at = {"item_id": "m", "output_index": 0, "content_index": 0}
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": {**whole, "status": "in_progress", "output": [], "usage": None}},
        {"type": "response.output_item.added", "output_index": 0, "item": {**item, "content": []}},
        *({"type": "response.output_text.delta", **at, "delta": text, "logprobs": []} for text in texts),
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": f"response.{status}", "response": whole},
    ]
    return [_sse({"sequence_number": number, **event}, event["type"]) for number, event in enumerate(events)]


def _bedrock(texts: list[str], cut: bool) -> list[bytes]:
    usage = {"inputTokens": READ, "outputTokens": WRITTEN, "totalTokens": READ + WRITTEN}
    return [
        _aws("messageStart", {"role": "assistant"}),
        *(_aws("contentBlockDelta", {"delta": {"text": text}, "contentBlockIndex": 0}) for text in texts),
        _aws("contentBlockStop", {"contentBlockIndex": 0}),
        _aws("messageStop", {"stopReason": "max_tokens" if cut else "end_turn"}),
        _aws("metadata", {"usage": usage, "metrics": {"latencyMs": 1}}),
    ]


def _aws(kind: str, data: Any) -> bytes:
    """Return an event of AWS: lengths and checks around headers and JSON (application/vnd.amazon.eventstream)."""
    names = {":event-type": kind, ":content-type": "application/json", ":message-type": "event"}
    headers = b"".join(
        bytes([len(name)]) + name.encode() + b"\x07" + struct.pack("!H", len(value)) + value.encode()
        for name, value in names.items()
    )
    body = json.dumps(data).encode()
    start = struct.pack("!II", len(headers) + len(body) + 16, len(headers))
    message = start + struct.pack("!I", zlib.crc32(start)) + headers + body
    return message + struct.pack("!I", zlib.crc32(message))


_SAID = {401: "the key is not valid", 429: "too many requests", 500: "it broke"}

WIRES = {
    "anthropic": Wire(
        r"/v1/messages",
        "text/event-stream",
        _anthropic,
        lambda status: (status, {"type": "error", "error": {"type": "api_error", "message": _SAID[status]}}),
    ),
    "gemini": Wire(  # an array, and no status of its own for a wrong key
        r"/v1beta/models/[\w.-]+:streamGenerateContent",
        "application/json",
        _gemini,
        lambda status: (
            400 if status == 401 else status,
            [{"error": {"code": status, "message": _SAID[status], "status": "NO"}}],
        ),
    ),
    "ollama": Wire(
        r"/api/chat", "application/x-ndjson", _ollama, lambda status: (status, {"error": _SAID[status]})
    ),
    "mistral": Wire(
        r"/v1/chat/completions",
        "text/event-stream",
        _mistral,
        lambda status: (status, {"object": "error", "message": _SAID[status], "type": "api_error", "code": "1"}),
    ),
    "openrouter": Wire(
        r"/api/v1/responses",
        "text/event-stream",
        _openrouter,
        lambda status: (status, {"error": {"code": status, "message": _SAID[status]}}),
    ),
    "bedrock": Wire(
        r"/model/[^/]+/converse-stream",
        "application/vnd.amazon.eventstream",
        _bedrock,
        lambda status: (status, {"message": _SAID[status]}),
    ),
}  # fmt: skip
_PAGES: dict[str, Any] = {  # what plugins ask before they answer
    "/api/version": {"version": "0.12.0"},
    "/api/tags": {"models": [{"model": "tiny:latest", "name": "tiny:latest", "digest": "d", "size": 1}]},
    "/api/show": {"capabilities": ["completion"], "details": {}, "model_info": {"llama.context_length": 16_384}},
    "/api/ps": {"models": [{"name": "tiny:latest", "model": "tiny:latest", "context_length": 16_384}]},
    "/api/v1/models": {"data": [{"id": "some/tiny", "name": "Tiny", "context_length": 8192}]},
    "/v1/models": {"object": "list", "data": [{"id": "mistral-small-latest", "object": "model"}]},
}


class FakeProviders(Served):
    """The server. `behaviour`: whole, cut (at the output limit), early (a clean end), drop, or the status of an error.

    `hosts`: those that were asked for through it as a proxy; `requests`: the bodies that came.
    """

    def __init__(self, certificate: Path, key: Path) -> None:
        self.behaviour = "whole"
        self.hosts: list[str] = []
        self.requests: list[Any] = []
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        handler = type("Handler", (_Handler,), {"fake": self})
        self.server = Loopback(handler)
        self.url = f"http://{self.server.host}"


class _Handler(BaseHTTPRequestHandler):
    fake: FakeProviders
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""

    def do_CONNECT(self) -> None:
        """Be the host that is asked for."""
        self.fake.hosts.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.flush()
        self.connection = self.request = self.fake.context.wrap_socket(self.connection, server_side=True)
        self.setup()

    def finish(self) -> None:
        """End the connection, the one within TLS too."""
        super().finish()
        self.connection.close()

    def do_GET(self) -> None:
        """Answer what a plugin asks beforehand."""
        self._json(200 if self.path in _PAGES else 404, _PAGES.get(self.path, {}))

    def do_POST(self) -> None:
        """Answer as the behaviour says."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path in _PAGES:
            self._json(200, _PAGES[self.path])
            return
        wire = next(wire for wire in WIRES.values() if re.fullmatch(wire.path, self.path))
        self.fake.requests.append(json.loads(body))
        how = self.fake.behaviour
        if how.isdigit():
            self._json(*wire.error(int(how)))
            return
        self.send_response(200)
        self.send_header("Content-Type", wire.kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        pieces = wire.stream(PIECES[:6] if how == "cut" else PIECES, how == "cut")
        for piece in pieces if how in ("whole", "cut") else pieces[:8]:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        if how == "drop":
            self.close_connection = True
        else:
            self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()

    def _json(self, status: int, data: Any) -> None:
        body = _line(data)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
