"""The words and the innermost cause of errors."""

from __future__ import annotations

import socket
import ssl
from typing import Any

import pytest

from sous.models.causes import error_facts, error_words, why_no_connection


def error(body: Any) -> Exception:
    found = Exception("Error code: 400")
    vars(found)["body"] = body
    return found


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"message": "no"}, "no"),
        ({"detail": "Not authenticated"}, "Not authenticated"),
        ({"detail": [{"loc": ["body"], "msg": "field required"}]}, "field required"),
        ([{"error": {"code": 400, "message": "in a list"}}], "in a list"),
        ({"error": "plain"}, "plain"),
        ({"error": {"message": '{"error": {"message": "JSON in JSON"}}'}}, "JSON in JSON"),
        ({"errors": ["first", "second"]}, "first"),
        ("just text\n", "just text"),
        (
            "<html><head><title>502 Bad &amp; Gateway</title></head></html>",
            "an HTML page came back instead of JSON: 502 Bad & Gateway",
        ),
        ("<!DOCTYPE html><body></body>", "an HTML page came back instead of JSON"),
        ({"unknown": 1}, "Error code: 400"),
        (None, "Error code: 400"),
    ],
)
def test_the_text_of_a_body_of_any_form_is_found(body: Any, words: str) -> None:
    assert error_words(error(body)) == words


def caused(cause: BaseException) -> Exception:
    between, outer = OSError("All connection attempts failed"), RuntimeError("Connection error.")
    between.__cause__, outer.__cause__ = cause, between
    return outer


CLIENT = {name: type(name, (Exception,), {}) for name in ("LocalProtocolError", "ProxyError", "UnsupportedProtocol")}


@pytest.mark.parametrize(
    ("cause", "words", "passing"),
    [
        (ssl.SSLCertVerificationError(1, "certificate verify failed"), "certificate of h:1 is not trusted", False),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number"), "does not speak TLS", False),
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "host of h:1 is not found", False),
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure"), "host of h:1 is not found", True),
        (ConnectionRefusedError(111, "refused"), "nothing listens at h:1", True),
        (
            CLIENT["LocalProtocolError"]("Illegal header value b'Bearer sk-secret\\n'"),
            "has a line break or another character",
            False,
        ),
        (
            UnicodeEncodeError("ascii", "é", 0, 1, "ordinal not in range"),
            "has a line break or another character",
            False,
        ),
        (CLIENT["ProxyError"]("407 Proxy Authentication Required"), "refused the connection", False),
        (CLIENT["UnsupportedProtocol"]("missing http://"), "is not a URL", False),
    ],
)
def test_the_innermost_cause_is_said(cause: BaseException, words: str, passing: bool) -> None:
    found = why_no_connection(caused(cause), "http://h:1/v1", "")
    assert found is not None
    assert words in found.told
    assert found.passing == passing
    assert "secret" not in found.told + found.todo


def test_a_proxy_is_named_without_its_password() -> None:
    found = why_no_connection(caused(ConnectionRefusedError()), "http://h:1/v1", "http://me:pass@proxy:3128")
    assert found is not None
    assert "the proxy http://proxy:3128" in found.told


def test_another_error_has_no_such_cause() -> None:
    assert why_no_connection(ValueError("x"), "http://h", "") is None


def test_of_an_error_of_botocore_only_the_error_is_read() -> None:
    found = Exception("An error occurred (ThrottlingException)")
    answer = {"Error": {"Message": "too many requests", "Code": "Throttling"}}
    headers = {"content-length": "31", "date": "Sun, 29 Nov 2026 20:00:00 GMT"}
    vars(found)["response"] = {**answer, "ResponseMetadata": {"HTTPHeaders": headers}}
    assert error_words(found) == "too many requests"
    assert "31" not in error_facts(found)
