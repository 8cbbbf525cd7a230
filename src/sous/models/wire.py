"""What is changed between llm and the wire, in the smallest subclass that does it.

Nothing where it does not fit.

The client's own retries are switched off, for they know no deadline and no live line. The last
event of a Responses stream is noted, since llm drops one that says why an answer is not whole. And
the end of the bundle is marked where a provider caches only up to marks: OpenAI from GPT-5.6 on
(`prompt_cache_breakpoint`, docstrings of openai 3.54) and Anthropic (`cache_control`). Tried with
llm 0.36 and llm-anthropic 0.30.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import re
from typing import TYPE_CHECKING, Any

from sous.characters import as_characters

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import llm

_STALLED = 600.0  # seconds without a byte after which a connection is given up
_EXPLICIT = (5, 6)  # the version of GPT from which on only marks are cached
_Blocks = list[dict[str, Any]]


def on_the_wire(model: llm.Model, *, bundle: str, timeout: float | None = None) -> llm.Model:
    """Return `model` as it is to be called with a prompt that begins with `bundle`.

    `timeout` in seconds.
    """
    mixin = _mixin_for(model)
    if mixin is None:
        return model
    kind = type(type(model).__name__, (mixin, type(model)), {"__module__": type(model).__module__})
    changed: llm.Model = object.__new__(kind)  # the class of some models cannot be changed
    changed.__dict__ |= {
        **vars(model),
        "sous_bundle": bundle,
        "sous_timeout": min(timeout or _STALLED, _STALLED),
    }
    return changed


def hang_up(model: llm.Model) -> None:
    """Close the connection of a model that `on_the_wire` returned: llm leaves it open.

    What is read no further would otherwise be written, and paid, to its end.
    """
    client = getattr(model, "sous_client", None)
    if client is not None:
        with contextlib.suppress(Exception):
            client.close()


def _mixin_for(model: llm.Model) -> type | None:
    names = {(base.__module__.partition(".")[0], base.__name__) for base in type(model).__mro__}
    if ("llm", "Chat") in names or ("llm", "Responses") in names or ("llm", "Completion") in names:
        if not hasattr(model, "get_client"):
            return None
        return _MarkedOpenAI if _needs_marks(model) else _OpenAI
    if ("llm_anthropic", "ClaudeMessages") in names and hasattr(model, "build_messages"):
        return _Anthropic
    return _Bedrock if ("llm_bedrock", "BedrockModel") in names else None


def _needs_marks(model: llm.Model) -> bool:
    """Tell whether a model is one of OpenAI's own that cache up to marks only."""
    version = re.match(
        r"gpt-(\d+)(?:\.(\d+))?", str(getattr(model, "model_name", None) or model.model_id)
    )
    own = not getattr(model, "api_base", None)
    return bool(own and version and (int(version[1]), int(version[2] or 0)) >= _EXPLICIT)


def split_block(content: Any, bundle: str, kind: str, mark: dict[str, Any]) -> Any:
    """Return the content of a message with `bundle` as a marked block of its own.

    As it is when it begins otherwise.
    """
    text = content if isinstance(content, str) else None
    if isinstance(content, list) and len(content) == 1 and isinstance(content[0], dict):
        text = content[0].get("text")
    if (
        not bundle
        or not isinstance(text, str)
        or not text.startswith(bundle)
        or len(text) == len(bundle)
    ):
        return content
    return [{"type": kind, "text": bundle, **mark}, {"type": kind, "text": text[len(bundle) :]}]


def _mark_last(messages: Any, bundle: str, kind: str, mark: dict[str, Any]) -> None:
    last = messages[-1] if isinstance(messages, list) and messages else None
    if isinstance(last, dict) and last.get("role") == "user":
        last["content"] = split_block(last.get("content"), bundle, kind, mark)


def whole_characters(pieces: Iterable[Any]) -> Iterator[Any]:
    """Yield the pieces of an answer (text, or llm's events) with no character cut in two.

    Some servers send the halves of one above U+FFFF (UTF-16 surrogates) in two pieces.
    """
    held = ""
    for piece in pieces:
        text = piece if isinstance(piece, str) else getattr(piece, "chunk", None)
        if not isinstance(text, str) or (not held and text.isascii()):
            yield piece
            continue
        text, held = held + text, ""
        if text and "\ud800" <= text[-1] <= "\udbff":
            text, held = text[:-1], text[-1]
        text = as_characters(text)
        yield text if isinstance(piece, str) else dataclasses.replace(piece, chunk=text)


class _OpenAI:
    """No retries by the client, and the reason why a stream of the Responses API ended is kept."""

    sous_bundle: str
    sous_timeout: float
    sous_ended: str | None = None
    sous_client: Any

    def get_client(self, *args: Any, **kwargs: Any) -> Any:
        client = super().get_client(*args, **kwargs)  # type: ignore[misc]  # of the other class
        try:
            client = client.with_options(max_retries=0, timeout=self.sous_timeout)
            if hasattr(self, "_build_responses_input"):  # the attribute alone takes long to import
                create = client.responses.create
                client.responses.create = lambda *args, **kwargs: self._observed(
                    create(*args, **kwargs)
                )
        except (AttributeError, TypeError):
            pass
        self.sous_client = client
        return client

    def execute(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        return whole_characters(super().execute(*args, **kwargs))  # type: ignore[misc]

    def _observed(self, stream: Any) -> Any:
        """Return a stream that notes how it ended; what is no stream as it is."""
        return self._events(stream) if hasattr(stream, "__next__") else stream

    def _events(self, stream: Any) -> Iterator[Any]:
        for event in stream:
            if getattr(event, "type", None) in ("response.incomplete", "response.failed"):
                details = getattr(event.response, "incomplete_details", None)
                self.sous_ended = getattr(details, "reason", None) or str(event.response.status)
            yield event


class _MarkedOpenAI(_OpenAI):
    """The end of the bundle marked, for the Chat and the Responses API."""

    def build_messages(self, *args: Any, **kwargs: Any) -> Any:
        messages = super().build_messages(*args, **kwargs)  # type: ignore[misc]
        _mark_last(
            messages, self.sous_bundle, "text", {"prompt_cache_breakpoint": {"mode": "explicit"}}
        )
        return messages

    def build_kwargs(self, *args: Any, **kwargs: Any) -> Any:
        return self._with_key(super().build_kwargs(*args, **kwargs))  # type: ignore[misc]

    def _build_responses_input(self, *args: Any, **kwargs: Any) -> Any:
        found = super()._build_responses_input(*args, **kwargs)  # type: ignore[misc]
        if isinstance(found, tuple):
            _mark_last(
                found[0],
                self.sous_bundle,
                "input_text",
                {"prompt_cache_breakpoint": {"mode": "explicit"}},
            )
        return found

    def _build_responses_kwargs(self, *args: Any, **kwargs: Any) -> Any:
        return self._with_key(super()._build_responses_kwargs(*args, **kwargs))  # type: ignore[misc]

    def _with_key(self, found: Any) -> Any:
        if isinstance(found, dict) and self.sous_bundle:
            key = hashlib.sha256(self.sous_bundle.encode("utf-8", "replace")).hexdigest()[:32]
            return {"prompt_cache_options": {"mode": "explicit"}, "prompt_cache_key": key, **found}
        return found


class _Anthropic:
    """The end of the bundle marked, and the tokens that came from the cache reported."""

    sous_bundle: str

    def build_messages(self, *args: Any, **kwargs: Any) -> Any:
        messages = super().build_messages(*args, **kwargs)  # type: ignore[misc]
        _mark_last(messages, self.sous_bundle, "text", {"cache_control": {"type": "ephemeral"}})
        return messages

    def set_usage(self, response: Any) -> None:
        usage = dict((response.response_json or {}).get("usage") or {})
        super().set_usage(response)  # type: ignore[misc]
        read, written = (
            int(usage.get(f"cache_{kind}_input_tokens") or 0) for kind in ("read", "creation")
        )
        if read or written:  # llm-anthropic counts neither as input
            details = {
                **(response.token_details or {}),
                "cache_read_input_tokens": read,
                "cache_write_tokens": written,
            }
            response.set_usage(
                input=(response.input_tokens or 0) + read + written,
                output=response.output_tokens,
                details=details,
            )


class _Bedrock:
    """The reason why an answer ended kept, which llm-bedrock 0.4 receives and drops."""

    def execute(self, prompt: Any, stream: Any, response: Any, conversation: Any) -> Iterator[Any]:
        pieces = super().execute(prompt, stream, response, conversation)  # type: ignore[misc]
        events: Any = None
        for piece in pieces:
            frame = getattr(pieces, "gi_frame", None)  # its list of events is in no other place
            events = frame.f_locals.get("chunks") if frame else None
            yield piece
        if stream and isinstance(events, list):
            reasons = [
                one["messageStop"].get("stopReason") for one in events if "messageStop" in one
            ]
            response.response_json = {"stop_reason": reasons[0] if reasons else None}
