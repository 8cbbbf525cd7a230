"""A model server on loopback whose behaviour is picked by the model's name: every way in which providers fail.

Speaks OpenAI's Chat Completions and Responses and Anthropic's Messages as far as llm and its plugin use them. Run in a
thread of the test; the programs under test are real processes that talk to it over a socket.
"""

from __future__ import annotations

import json
import random
import re
import socket
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from loopback import Loopback, Served

if TYPE_CHECKING:
    from collections.abc import Callable

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


class Refusal(NamedTuple):
    """What a request is answered with that is too long; `streamed`: as an error inside a stream."""

    status: int
    body: bytes
    type: str = "application/json"
    streamed: bool = False


class FakeModel(Served):
    """The server; `requests` holds the JSON bodies that came, in order."""

    CHAT: ClassVar = (
        "ok", "prose", "notes", "escape", "fence", "markers", "empty", "nobody", "badjson", "length", "filter", "sseerror",
        "nousage", "drop", "dropclean", "rst", "nohead", "stall", "slow", "brisk", "html", "refuse", *_ERRORS,
        "planted", "think", "think-3",
        "once-429", "once-500", "once-drop", "once-dropclean", "asks-to-wait", "chaos", "huge",
        "surrogate", "counts", "bytes", "drip", "third", "scripted",
    )  # fmt: skip
    RESPONSES: ClassVar = ("r-ok", "r-incomplete", "r-failed", "r-drop")

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.times: list[float] = []  # when they came, time.monotonic
        self.faults = random.Random(7)  # noqa: S311  # the same faults each time
        self.most_at_once = self.at_once = 0
        self.lock = threading.Lock()
        self.written = 50  # tokens that a streamed answer of the Chat API is said to have
        self.third = "ok"  # how `third` behaves when it is asked for the third time
        self.script: Callable[[str], str] | None = None  # what `scripted` answers, and any model of no known behaviour
        self.refusals: dict[str, Callable[[str, bytes], Refusal | None]] = {}  # by the model's name
        self.refused: list[str] = []  # the models that refused, in order
        self.pages: dict[str, Any] = {}  # what GET and other POST answer, by path; None: nothing there
        self.asked: list[str] = []  # the paths that were asked for, other than answers
        self.counts: Any = 1000  # the tokens that `counts` says it has read
        self.answered: list[str] = []  # the prompts of which the whole answer went out
        handler = type("Handler", (_Handler,), {"fake": self})
        self.server = Loopback(handler)
        self.url = f"http://{self.server.host}/v1"

    def prompts(self) -> list[str]:
        """Return the user messages that came."""
        return [message_text(body) for body in self.requests]


def message_text(body: dict[str, Any]) -> str:
    """Return the text of the last user message of a request."""
    messages = body.get("messages") or body.get("input") or []
    content = next(message["content"] for message in reversed(messages) if message["role"] == "user")
    return content if isinstance(content, str) else "".join(part["text"] for part in content)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    fake: FakeModel
    seconds_a_byte: float | None = None  # where each byte of an answer is sent by itself

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.loads(raw)
        fake = self.fake
        if not self.path.endswith(("/completions", "/responses", "/messages")):
            self._page()
            return
        with fake.lock:
            fake.requests.append(body)
            fake.times.append(time.monotonic())
            fake.at_once += 1
            fake.most_at_once = max(fake.most_at_once, fake.at_once)
            name = self._behaviour(body)
        refuse = fake.refusals.get(body["model"])
        refusal = refuse(message_text(body), raw) if refuse else None
        try:
            if refusal:
                fake.refused.append(body["model"])
                self._refuse(refusal)
            else:
                self._answer(
                    ("scripted" if fake.script else "planted") if refuse else name,
                    message_text(body),
                    streamed=body.get("stream", False),
                )
        finally:
            with fake.lock:
                fake.at_once -= 1

    def do_GET(self) -> None:
        self._page()

    def _page(self) -> None:
        """Answer what is asked about the server itself."""
        self.fake.asked.append(self.path)
        page = self.fake.pages.get(self.path)
        if self.path == "/api/version" and "/api/show" in self.fake.pages:
            page = {"version": "0.12.0"}
        if isinstance(page, Refusal):
            self._send(page.status, page.body, page.type)
        elif page is None:
            self._send(404, b"{}")
        else:
            self._send(200, json.dumps(page).encode())

    def _refuse(self, refusal: Refusal) -> None:
        if not refusal.streamed:
            self._send(refusal.status, refusal.body, refusal.type)
            return
        self._begin()
        self._raw(f"data: {refusal.body.decode()}\n\n")
        self._end()

    def _behaviour(self, body: dict[str, Any]) -> str:
        """Return how to behave for a model's name: some do so only the first time, or by chance."""
        name: str = body["model"]
        first = sum(other["model"] == name for other in self.fake.requests) == 1
        if name.startswith("once-"):
            return {"429": "e429", "500": "e500"}.get(name[5:], name[5:]) if first else "ok"
        if name == "third":
            return self.fake.third if len(self.fake.requests) == 3 else "planted"
        if name == "asks-to-wait":
            return "e429wait" if first else "ok"
        if name == "chaos":
            faults = ("e429", "e500", "e503", "html", "nohead", "drop", "rst", "dropclean", "badjson", "sseerror")
            return self.fake.faults.choice(faults) if self.fake.faults.random() < 0.1 else "planted"
        return name

    def _answer(self, name: str, prompt: str, *, streamed: bool) -> None:
        if name.startswith("think"):
            time.sleep(float(name.partition("-")[2] or 1))
        if name == "e429wait":
            error = {"error": {"message": "Slow down", "type": "error", "code": "rate_limit_exceeded"}}
            self._send(429, json.dumps(error).encode(), headers={"Retry-After": "1.3"})
        elif name in _ERRORS:
            status, message, code = _ERRORS[name]
            self._send(status, json.dumps({"error": {"message": message, "type": "error", "code": code}}).encode())
        elif name == "html":
            self._send(502, b"<html><body><h1>502 Bad Gateway</h1></body></html>", "text/html")
        elif name == "nohead":
            self._hang_up()
        elif name == "nobody":
            self._send(200, b"", "text/event-stream")
        elif self.fake.script and not streamed:
            self._send(200, json.dumps(_whole(name, self.fake.script(prompt))).encode())
        elif self.path.endswith("/responses"):
            self._responses(name)
        elif self.path.endswith("/messages"):
            self._messages(name)
        else:
            self._chat(name, prompt)

    def _send(
        self, status: int, data: bytes, kind: str = "application/json", headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for key, value in (headers or {}).items():
            self.send_header(key, value)
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
        if self.seconds_a_byte is not None:
            for at in range(len(data)):
                self.wfile.write(b"1\r\n%s\r\n" % data[at : at + 1])
                self.wfile.flush()
                time.sleep(self.seconds_a_byte)
            return
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

    def _chat(self, name: str, prompt: str) -> None:
        head = {"id": "c", "created": 1, "model": name, "object": "chat.completion.chunk"}

        def chunk(delta: dict[str, str], finish: str | None = None) -> None:
            self._event({**head, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})

        self.seconds_a_byte = {"bytes": 0, "drip": 0.05}.get(name)
        self._begin()
        chunk({"role": "assistant", "content": ""})
        script = None if name in self.fake.CHAT and name != "scripted" else self.fake.script
        pieces = [script(prompt)] if script else _pieces(name, prompt)
        for index, piece in enumerate(pieces):
            if index == 3 and self._breaks(name):
                return
            chunk({"content": piece})
            time.sleep({"slow": 0.3, "brisk": 0.05}.get(name, 0))
        chunk({}, {"length": "length", "filter": "content_filter"}.get(name, "stop"))
        if name == "planted":
            self.fake.answered.append(prompt)
        if name != "nousage":
            read: Any = {"counts": self.fake.counts}.get(name, 1000 if len(prompt) < 6000 else len(prompt) // 3 + 1)
            usage: dict[str, Any] = {
                "prompt_tokens": read,
                "completion_tokens": self.fake.written,
                "total_tokens": 1050,
            }
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

    def _messages(self, name: str) -> None:
        """Speak Anthropic's Messages API."""

        def send(kind: str, **data: Any) -> None:
            self._event({"type": kind, **data}, kind)

        usage = {
            "input_tokens": 300, "output_tokens": 1, "cache_read_input_tokens": 600, "cache_creation_input_tokens": 100,
        }  # fmt: skip
        message: dict[str, Any] = {
            "id": "m",
            "type": "message",
            "role": "assistant",
            "model": name,
            "content": [],
            "stop_reason": None,
        }
        self._begin()
        send("message_start", message={**message, "stop_sequence": None, "usage": usage})
        send("content_block_start", index=0, content_block={"type": "text", "text": ""})
        for piece in _pieces(name):
            send("content_block_delta", index=0, delta={"type": "text_delta", "text": piece})
        send("content_block_stop", index=0)
        send("message_delta", delta={"stop_reason": "end_turn", "stop_sequence": None}, usage={"output_tokens": 50})
        send("message_stop")
        self._end()

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


def _whole(name: str, text: str) -> dict[str, Any]:
    """Return an answer of the Chat API that is not streamed."""
    message = {"role": "assistant", "content": text}
    usage = {"prompt_tokens": 1000, "completion_tokens": 50, "total_tokens": 1050}
    head = {"id": "c", "created": 1, "model": name, "object": "chat.completion", "usage": usage}
    return {**head, "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}


def planted(prompt: str) -> str:
    """Return a report with a finding for each line of a bundle that holds `PLANTED`."""
    found, path = [], ""
    for line in prompt.split("\n"):
        opened = re.match(r'<file path="([^"]*)"', line)
        path = opened[1] if opened else path
        numbered = re.match(r" *(\d+): (.*PLANTED (\w+).*)", line)
        if numbered:
            number, quote, severity = numbered.groups()
            found.append(
                f"## Something is wrong in {path}\n\n- **Severity:** {severity}\n"
                f"- **Location:** `{path}:{number}-{number}`\n\n**Quote:**\n\n```\n{quote}\n```\n\n"
                "**What is wrong:** it was planted.\n"
            )
    return "\n".join(found) or "## No findings\n\nAll of it was read.\n"


def _pieces(name: str, prompt: str = "") -> list[str]:
    """Return what the model says, in pieces as it streams."""
    if name == "huge":
        return ["## A title\n\n", *(["x" * 999_999 + "\n"] * 100)]
    texts = {
        "prose": "The code is fine.\n",
        "notes": "# Notes\n\nThe code is fine.\n",
        "escape": "## \x1b]0;owned\x07 \x1b[2Jtitle\n\ntext\n",
        "fence": f"```markdown\n{REPLY}```\n",
        "markers": "# T\n\n<!-- sous:end -->\n\n<!-- sous:begin -->\n\nlast\n",
        "empty": "",
        "surrogate": "## A \ud800 title\n\ntext\n",
        "refuse": "I am sorry, but I cannot help with that.\n",
    }
    text = planted(prompt) if name == "planted" else texts.get(name, REPLY)
    return [
        line + end for line, end in zip(text.split("\n"), ["\n"] * text.count("\n") + [""], strict=True) if line + end
    ]
