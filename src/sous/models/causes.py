"""What an exception of a provider's library really says: its words, and the cause behind it."""

from __future__ import annotations

import html
import json
import re
import socket
import ssl
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from sous.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST = 20_000  # characters of an error that are looked at
_DEEPEST = 8  # levels of JSON in JSON
_WORDS = ("message", "msg", "detail", "error_description", "error", "errors", "reason", "title")
_TITLE = re.compile(r"<(title|h1)\b[^>]*>(.*?)</\1>", re.IGNORECASE | re.DOTALL)
_PAGE = re.compile(r"\s*(?:<!doctype html|<html|<head|<body|<\?xml)", re.IGNORECASE)
_HIDDEN = re.compile(r"(?i)\b(bearer\s+|sk-|key[=: ]+)[^\s'\",}]+")
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")


class Cause(NamedTuple):
    """Why no connection came about, what to do, and whether another try may bring one."""

    told: str
    todo: str
    passing: bool = True


# -- the words of an error


def error_words(error: BaseException) -> str:
    """Return what an error says to people, in one line; nothing where it says nothing."""
    for source in _sources(error):
        found = next((word for word in _spoken(source) if word.strip()), "")
        if found:
            return one_line(found).strip().removesuffix(".")
    return ""


def error_facts(error: BaseException) -> str:
    """Return all that an error says, its numbers with their names too, to be looked through."""
    parts = [part for source in _sources(error) for part in _all_of(source)]
    return "\n".join(dict.fromkeys(parts))[:_MOST]


def body_of(error: BaseException) -> Any:
    """Return the body of an HTTP error as JSON or text, None for an error without one."""
    body = getattr(error, "body", None)
    if body:
        return body
    response = getattr(error, "response", None)
    if isinstance(response, dict):  # of botocore; beside the error are headers with their numbers
        return response.get("Error", response)
    try:
        return getattr(response, "text", None) or None
    except Exception:  # noqa: BLE001  # a stream that was not read, or of a plugin's own making
        return None


def _sources(error: BaseException) -> Iterator[Any]:
    yield from filter(None, (body_of(error), getattr(error, "error", None)))
    try:
        yield str(error)
    except Exception:  # noqa: BLE001  # of a plugin's own making
        yield type(error).__name__


def _spoken(found: Any, depth: int = 0) -> Iterator[str]:
    """Yield the sentences of an error's body, the most telling first."""
    if depth > _DEEPEST:
        return
    if isinstance(found, str):
        yield from _of_text(found[:_MOST], depth)
    elif isinstance(found, dict):
        known = {str(key).lower(): value for key, value in found.items()}
        for key in _WORDS:
            yield from _spoken(known.get(key), depth + 1)
    elif isinstance(found, (list, tuple)):
        for part in found[:5]:
            yield from _spoken(part, depth + 1)


def _of_text(text: str, depth: int) -> Iterator[str]:
    inner = _json_in(text)
    if inner is not None:
        yield from _spoken(inner, depth + 1)
    elif _PAGE.match(text):
        title = _TITLE.search(text)
        words = re.sub(r"<[^>]*>|\s+", " ", title[2]).strip() if title else ""
        yield "an HTML page came back instead of JSON" + (
            f": {html.unescape(words)}" if words else ""
        )
    else:
        yield text


def _json_in(text: str) -> Any:
    """Return the object that a text is, None for one that is plain."""
    stripped = text.strip()
    if stripped[:1] not in ("{", "["):
        return None
    try:
        found = json.loads(stripped)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, (dict, list)) else None


def _all_of(found: Any, depth: int = 0, name: str = "") -> Iterator[str]:
    if depth > _DEEPEST:
        return
    if isinstance(found, dict):
        for key, value in found.items():
            yield from _all_of(value, depth + 1, str(key))
    elif isinstance(found, (list, tuple)):
        for part in found[:50]:
            yield from _all_of(part, depth + 1, name)
    elif isinstance(found, str):
        inner = _json_in(found)
        if inner is not None:
            yield from _all_of(inner, depth + 1, name)
        else:
            yield re.sub(r"<[^>]*>", " ", found) if _PAGE.match(found) else found
    elif isinstance(found, (int, float)) and not isinstance(found, bool):
        yield f"{name}: {found}"


# -- the cause of a failed connection


def causes(error: BaseException) -> list[BaseException]:
    """Return an error and what it came from, the innermost last."""
    found: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in found and len(found) < 20:  # noqa: PLR2004
        found.append(current)
        current = current.__cause__ or current.__context__
    return found


def why_no_connection(error: BaseException, address: str, proxy: str) -> Cause | None:
    """Return why nothing was exchanged with a server at `address`; None for another error.

    `proxy`: the one that the connection went through; empty: none.
    """
    chain = causes(error)
    host = urlsplit(address).netloc.rpartition("@")[2] or address or "the server"
    where = f"the proxy {_CREDENTIALS.sub('', proxy)}" if proxy else host
    for cause in reversed(chain):
        found = _cause_of(cause, where, is_proxy=bool(proxy))
        if found:
            return found
    return None


def _cause_of(cause: BaseException, where: str, *, is_proxy: bool) -> Cause | None:
    if isinstance(cause, ssl.SSLError):
        return _of_tls(cause, where, _without_secrets(cause))
    if isinstance(cause, OSError):
        return _of_socket(cause, where, is_proxy=is_proxy)
    return _of_client(cause, where, _without_secrets(cause))


def _of_socket(cause: OSError, where: str, *, is_proxy: bool) -> Cause | None:
    if isinstance(cause, socket.gaierror):
        check = "HTTP_PROXY and HTTPS_PROXY" if is_proxy else "the model's address and the network"
        passing = cause.errno == getattr(socket, "EAI_AGAIN", None)
        return Cause(f"the host of {where} is not found", f"check {check}", passing)
    if isinstance(cause, ConnectionRefusedError):
        check = "HTTP_PROXY and HTTPS_PROXY" if is_proxy else "that the server runs"
        return Cause(f"nothing listens at {where} (connection refused)", f"check {check}")
    return None


def _of_client(cause: BaseException, where: str, words: str) -> Cause | None:
    """Return what the HTTP client itself objected to, by the names of httpx and requests."""
    name = type(cause).__name__
    is_header = "header" in words.lower() and name in ("LocalProtocolError", "InvalidHeader")
    if is_header or (isinstance(cause, UnicodeEncodeError) and cause.encoding == "ascii"):
        return Cause(
            "the key, or a header, has a line break or another character that no header may have",
            "set the key again, in one line: `llm keys set NAME`",
            passing=False,
        )
    if name == "ProxyError":
        return Cause(
            f"{where} refused the connection ({words})",
            "check HTTP_PROXY and HTTPS_PROXY",
            passing=False,
        )
    if name in ("UnsupportedProtocol", "InvalidURL", "MissingSchema", "InvalidSchema"):
        check = "correct the model's api_base, or the variable with its address"
        return Cause(f"its address is not a URL ({words})", check, passing=False)
    return None


def _of_tls(cause: ssl.SSLError, where: str, words: str) -> Cause:
    if isinstance(cause, ssl.SSLCertVerificationError):
        reason = one_line(getattr(cause, "verify_message", "") or words)
        return Cause(
            f"the certificate of {where} is not trusted ({reason})",
            "set SSL_CERT_FILE to the CA's certificate, or correct the address",
            passing=False,
        )
    if "WRONG_VERSION_NUMBER" in str(cause) or "HTTP_REQUEST" in str(cause):
        return Cause(f"{where} does not speak TLS", "write http:// in its address", passing=False)
    return Cause(
        f"TLS with {where} failed ({words})", "check the address and the network", passing=False
    )


def _without_secrets(error: BaseException) -> str:
    try:
        words = one_line(str(error))
    except Exception:  # noqa: BLE001  # of a plugin's own making
        words = type(error).__name__
    return without_secrets(words)[:160]


def without_secrets(words: str) -> str:
    """Return words without what may be a key or a password in an address."""
    return _CREDENTIALS.sub("", _HIDDEN.sub(r"\1…", words))
