"""A model server on loopback whose behaviour is picked by the model's name: every way in which providers fail.

Speaks OpenAI's Chat Completions and Responses APIs as far as llm uses them. Run in a thread of the test; the programs
under test are real processes that talk to it over a socket.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

REPLY = """\
## Adding gives the difference

- **Labels:** bug
- **Severity:** high
- **Confidence:** high
- **Location:** `src/app.py:1-2`

**Quote:**

```python
def add(a, b):
    return a - b
```

**What is wrong:** `add(2, 2)` is 0.

**How to fix:** return the sum.

**Acceptance:** `add(2, 2) == 4`
"""

_ERRORS = {
    "e400ctx": (400, "This model's maximum context length is 8192 tokens.", "context_length_exceeded"),
    "e401": (401, "Incorrect API key provided: sk-****.", "invalid_api_key"),
    "e403": (403, "Forbidden", None),
    "e404": (404, "The model does not exist", "model_not_found"),
    "e429": (429, "Rate limit reached", "rate_limit_exceeded"),
    "e429quota": (429, "You exceeded your current quota", "insufficient_quota"),
    "e500": (500, "The server had an error", None),
    "e503": (503, "Overloaded", None),
}


class FakeModel:
    """The server; `requests` holds the JSON bodies that came, in order."""

    CHAT: ClassVar = (
        "ok", "prose", "escape", "fence", "markers", "empty", "nobody", "badjson", "length", "filter", "sseerror",
        "nousage", "drop", "dropclean", "rst", "nohead", "stall", "slow", "html", "refuse", *_ERRORS,
    )  # fmt: skip
    RESPONSES: ClassVar = ("r-ok", "r-incomplete", "r-failed", "r-drop")

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        handler = type("Handler", (_Handler,), {"fake": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> Self:
        """Begin to serve."""
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """End to serve."""
        self._server.shutdown()
        self._server.server_close()

    def prompts(self) -> list[str]:
        """Return the user messages that came."""
        return [message_text(body) for body in self.requests]


def message_text(body: dict[str, Any]) -> str:
    """Return the text of the one user message of a request."""
    messages = body.get("messages") or body.get("input") or []
    content = next(message["content"] for message in messages if message["role"] == "user")
    return content if isinstance(content, str) else "".join(part["text"] for part in content)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients of these tests hang up; that is no error."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    fake: FakeModel

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        self.fake.requests.append(body)
        name = body["model"]
        if name in _ERRORS:
            status, message, code = _ERRORS[name]
            self._send(status, json.dumps({"error": {"message": message, "type": "error", "code": code}}).encode())
        elif name == "html":
            self._send(502, b"<html><body><h1>502 Bad Gateway</h1></body></html>", "text/html")
        elif name == "nohead":
            self._hang_up()
        elif name == "nobody":
            self._send(200, b"", "text/event-stream")
        elif self.path.endswith("/responses"):
            self._responses(name)
        else:
            self._chat(name)

    def _send(self, status: int, data: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _begin(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _raw(self, text: str) -> None:
        data = text.encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def _event(self, data: dict[str, Any], kind: str = "") -> None:
        self._raw((f"event: {kind}\n" if kind else "") + f"data: {json.dumps(data)}\n\n")

    def _end(self) -> None:
        self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()

    def _hang_up(self, *, reset: bool = False) -> None:
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            self.connection.shutdown(socket.SHUT_RDWR)
        self.connection.close()
        self.close_connection = True

    def _chat(self, name: str) -> None:
        head = {"id": "c", "created": 1, "model": name, "object": "chat.completion.chunk"}

        def chunk(delta: dict[str, str], finish: str | None = None) -> None:
            self._event({**head, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})

        self._begin()
        chunk({"role": "assistant", "content": ""})
        for index, piece in enumerate(_pieces(name)):
            if index == 3 and self._breaks(name):
                return
            chunk({"content": piece})
            if name == "slow":
                time.sleep(0.3)
        chunk({}, {"length": "length", "filter": "content_filter"}.get(name, "stop"))
        if name != "nousage":
            usage = {"prompt_tokens": 1000, "completion_tokens": 50, "total_tokens": 1050}
            self._event({**head, "choices": [], "usage": {**usage, "prompt_tokens_details": {"cached_tokens": 640}}})
        self._raw("data: [DONE]\n\n")
        self._end()

    def _breaks(self, name: str) -> bool:
        """Do what the model's name says after the third piece; tell whether that was the end."""
        if name in ("drop", "rst"):
            self._hang_up(reset=name == "rst")
        elif name == "dropclean":
            self._end()
        elif name == "badjson":
            self._raw('data: {"id": "x", "choi\n\n')
            self._end()
        elif name == "sseerror":
            self._event({"error": {"message": "The server is overloaded", "type": "server_error", "code": None}})
            self._end()
        elif name == "stall":
            time.sleep(2)
            return False
        else:
            return False
        return True

    def _responses(self, name: str) -> None:
        status = {"r-incomplete": "incomplete", "r-failed": "failed"}.get(name, "completed")
        text = {"type": "output_text", "text": REPLY, "annotations": []}
        item = {"id": "m", "type": "message", "role": "assistant", "status": "completed", "content": [text]}
        usage = {
            "input_tokens": 1000, "input_tokens_details": {"cached_tokens": 640},
            "output_tokens": 50, "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 1050,
        }  # fmt: skip
        whole = {
            "id": "r", "object": "response", "created_at": 1, "model": name, "status": status, "output": [item],
            "error": {"code": "server_error", "message": "The model failed"} if status == "failed" else None,
            "incomplete_details": {"reason": "max_output_tokens"} if status == "incomplete" else None,
            "parallel_tool_calls": True, "tool_choice": "auto", "tools": [], "metadata": {}, "usage": usage,
        }  # fmt: skip
        number = 0

        def send(kind: str, **data: Any) -> None:
            nonlocal number
            number += 1
            self._event({"type": kind, "sequence_number": number, **data}, kind)

        self._begin()
        send("response.created", response={**whole, "status": "in_progress", "output": [], "usage": None})
        send("response.output_item.added", output_index=0, item={**item, "content": [], "status": "in_progress"})
        for index, piece in enumerate(_pieces(name)):
            if index == 3 and name == "r-drop":
                self._hang_up()
                return
            if index == 3 and status != "completed":
                break
            send("response.output_text.delta", item_id="m", output_index=0, content_index=0, delta=piece, logprobs=[])
        if status == "completed":
            send("response.output_item.done", output_index=0, item=item)
        send(f"response.{status}", response=whole)
        self._end()


def _pieces(name: str) -> list[str]:
    """Return what the model says, in pieces as it streams."""
    texts = {
        "prose": "The code is fine.\n",
        "escape": "## \x1b]0;owned\x07 \x1b[2Jtitle\n\ntext\n",
        "fence": f"```markdown\n{REPLY}```\n",
        "markers": "# T\n\n<!-- sous:end -->\n\n<!-- sous:begin -->\n\nlast\n",
        "empty": "",
        "refuse": "I am sorry, but I cannot help with that.\n",
    }
    text = texts.get(name, REPLY)
    return [
        line + end for line, end in zip(text.split("\n"), ["\n"] * text.count("\n") + [""], strict=True) if line + end
    ]
