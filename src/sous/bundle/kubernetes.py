"""The values of Kubernetes Secrets in manifests, which are secret by what they are in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.bundle.secret_data import words
from sous.bundle.secret_encoded import text_in
from sous.bundle.secret_values import is_elsewhere, is_placeholder, is_random

if TYPE_CHECKING:
    from collections.abc import Iterator

KIND = "value of a Kubernetes Secret"
_SECRET = re.compile(
    r"""(?m)^[ \t]*["']?kind["']?[ \t]{0,9}:[ \t]{0,9}["']?(?i:secret)["']?[ \t]*,?[ \t]*\r?$"""
)
_KIND_OF = re.compile(r"""kind["']?[ \t]{0,9}:[ \t]{0,9}["']?(?i:secret)""")
_DOCUMENT = re.compile(r"(?m)^---.*$")
_DATA = re.compile(r"""(?m)^([ \t]*)["']?(?:data|stringData)["']?[ \t]*:[ \t]*\{?[ \t]*\r?\n""")
_ENTRY = re.compile(
    r"""[ \t]*["']?(?P<key>[\w.\-]{1,253})["']?[ \t]*:[ \t]*"""
    r"""["']?(?P<secret>[^\s"'|>{][^\s"',]*)?["']?[ \t]*,?[ \t]*(?:#.*)?\r?"""
)
_SHORTEST = 9  # characters: base64 of a word of five letters
# A certificate or a public key, as it stands under a key.
_PUBLIC = re.compile(
    r"[ \t]*-----BEGIN (?:CERTIFICATE|(?:[A-Z]+ )?PUBLIC KEY)-----[^-]{0,20000}"
    r"-----END [A-Z ]+-----"
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_MORE = re.compile(r"[ \t]*(?P<secret>[^\s:]+)[ \t]*\r?")


def kubernetes_secrets(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the values under `data` and `stringData` of each Secret in a manifest."""
    if not _may_hold_one(text) or not _SECRET.search(text):
        return
    start = 0
    for mark in [*_DOCUMENT.finditer(text), None]:
        end = mark.start() if mark else len(text)
        if _SECRET.search(text, start, end):
            for data in _DATA.finditer(text, start, end):
                yield from _values(text, data.end(), end, len(data[1]))
        start = end


def _may_hold_one(text: str) -> bool:
    at = text.find("kind")
    while at >= 0:
        if _KIND_OF.match(text, at):
            return True
        at = text.find("kind", at + 4)
    return False


def _values(text: str, at: int, end: int, depth: int) -> Iterator[tuple[int, int, str]]:
    """Yield the values of the lines that stand deeper than `depth`.

    What is public there (a certificate, the hash of a password) or made up is let be.
    """
    public_to = at
    while at < end:
        stop = text.find("\n", at, end)
        stop = end if stop < 0 else stop
        line = text[at:stop]
        if line.strip():
            if len(line) - len(line.lstrip()) <= depth:
                return
            if public := _PUBLIC.match(text, at, end):
                public_to = public.end()
            match = _ENTRY.fullmatch(line) or _MORE.fullmatch(line)
            key = (match.groupdict().get("key") or "") if match else ""
            if match and at >= public_to and _is_secret(key, match["secret"] or ""):
                first, last = match.span("secret")
                yield at + first, at + last, KIND
        at = stop + 1


def _is_secret(key: str, value: str) -> bool:
    if len(value) < _SHORTEST or is_elsewhere(value) or is_placeholder(value):
        return False
    last = _WORD.findall(key)[-1:]
    return (
        not last
        or last[0].lower() not in words("plain_in_secrets")
        or is_random(text_in(value) or value)
    )
