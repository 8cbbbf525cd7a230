"""What base64 holds: made up words, bytes that count, a public key or a certificate."""

from __future__ import annotations

import base64
import binascii
import itertools
import re
from functools import lru_cache

_BASE64 = re.compile(r"[A-Za-z0-9+/_\-]{8,}={0,2}")
_LONGEST = 16_384  # of it, no more than this is decoded
_FEWEST_COUNTED = 8
_PUBLIC_PEM = re.compile(
    r"\s*-----BEGIN (?:[A-Z0-9]+ ){0,3}(?:CERTIFICATE(?: REQUEST)?|PUBLIC KEY|CRL)-----"
)
_NO_BODY = re.compile(r"\s*(?:-----(?:BEGIN|END) [A-Z0-9 ]+-----\s*)+")
# SubjectPublicKeyInfo of RSA (1024 to 4096 bits), of a curve, of Ed25519: RFC 5280, RFC 8410.
_PUBLIC_DER = re.compile(
    r"MII[BC][Io]jANBgkqhkiG9w0BAQ|MIG[ef]MA0GCSqGSIb3DQEBAQ|MFkwEwYHKoZIzj0C|MHYwEAYHKoZIzj0C|"
    r"MCowBQYDK2Vw"
)


@lru_cache(maxsize=1024)
def bytes_in(value: str) -> bytes:
    """Return what a value holds, if it is base64; else nothing."""
    if not _BASE64.fullmatch(value):
        return b""
    plain = value.rstrip("=")[:_LONGEST].replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4))
    except binascii.Error:
        return b""


def text_in(value: str) -> str:
    """Return the text that a value holds in base64, if that is ASCII and can be read."""
    data = bytes_in(value)
    text = data.decode("ascii", "ignore")
    is_text = len(text) == len(data) and text.translate(_LINE_ENDS).isprintable()
    return text if is_text else ""


_LINE_ENDS = dict.fromkeys(map(ord, "\r\n\t"), " ")


def is_public(value: str) -> bool:
    """Tell whether a value is a public key or a certificate, which open nothing."""
    text = text_in(value) if len(value) <= _LONGEST else ""
    if _NO_BODY.fullmatch(text) or _PUBLIC_DER.match(value):
        return True
    return _PUBLIC_PEM.match(text) is not None and "PRIVATE KEY" not in text


def counts(data: bytes) -> bool:
    """Tell whether each byte is that before it and one number: 00 01 02 03, or all the same."""
    if len(data) < _FEWEST_COUNTED:
        return False
    step = data[1] - data[0]
    return all((second - first - step) % 256 == 0 for first, second in itertools.pairwise(data))
