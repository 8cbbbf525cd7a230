"""Base64 that holds what is no secret."""

from __future__ import annotations

import base64
import random

import pytest

from sous.bundle.secret_encoded import bytes_in, counts, is_public, text_in

CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIDSzCCAjOgAwIBAgIIcxY\n-----END CERTIFICATE-----\n"


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize("text", ["hello world", "user:password", CERTIFICATE])
def test_text_is_read(text: str) -> None:
    assert text_in(encoded(text)) == text
    assert text_in(encoded(text).rstrip("=")) == text


@pytest.mark.parametrize("value", ["", "short", "no base64!", "a" * 9, encoded("\x00\x01é\x7f\x02\x03")])
def test_what_holds_no_text_has_none(value: str) -> None:
    assert text_in(value) == ""


def test_random_bytes_are_no_text() -> None:
    made = random.Random(5)  # noqa: S311  # the same in each run
    assert not any(text_in(base64.b64encode(made.randbytes(16)).decode()) for _ in range(300))


@pytest.mark.parametrize(
    ("value", "is_it"),
    [
        (encoded(CERTIFICATE), True),
        (encoded("-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----"), True),
        (encoded("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----"), True),  # nothing is in it
        (encoded("-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgk\n-----END PRIVATE KEY-----"), False),
        (encoded(f"{CERTIFICATE}-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgk\n-----END PRIVATE KEY-----"), False),
        (encoded(CERTIFICATE * 200), False),  # what may follow was not looked at
        ("MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAq4yKxb6SNePdDmQi", True),
        ("MIIEvwIBADANBgkqhkiG9w0BAQEFAASCBKkwggSlAgEAAoIBAQDcWWomvlNG", False),
    ],
)
def test_public_keys_and_certificates_are_told(value: str, *, is_it: bool) -> None:
    assert is_public(value) is is_it


def test_bytes_that_count_are_told() -> None:
    assert counts(bytes_in("AAECAwQFBgcICQoLDA0ODw=="))
    assert counts(bytes(32))
    assert not counts(bytes_in("oyArl7zlPECEduNbB1KXgdzDn2Bdpvvw0l8VO51HQnY="))
    assert not counts(b"\x01\x02")
