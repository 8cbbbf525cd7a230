"""Bytes to text: what a file says of its encoding, else UTF-8, else a guess, which is reported."""

from __future__ import annotations

import codecs
import contextlib
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_JUDGED = 1 << 16  # bytes by which an encoding is guessed
_DECLARES = 1_024  # bytes in which a file says what it is in, as browsers look
_WEAK = 0.06  # chardet's confidence below which a guess may well be wrong (measured)
_FEW = 5  # bytes outside ASCII by which nothing can be guessed
_UTF_16_AND_32 = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like UTF-16, so asked first
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MARKS = {mark[:1] for mark, _ in _UTF_16_AND_32}
# PEP 263 and editors, in the first or last lines; XML; HTML; CSS.
_EDITORS = re.compile(rb"(?:coding[:=]|fileencoding=|\bfenc=)[ \t]*([-\w.]+)")
_MARKUP = re.compile(
    rb"""<\?xml[^>]{0,100}\sencoding\s*=\s*["']([-\w.:]+)|<meta[^>]{1,200}charset\s*=\s*["']?([-\w.:]+)"""
    rb"""|^@charset "([-\w.:]+)\"""",
    re.IGNORECASE,
)
# A name and the larger sets that are written under it, too (encoding.spec.whatwg.org).
_LARGER = {
    "ascii": ("cp1252",),
    "iso8859-1": ("cp1252",),
    "iso8859-9": ("cp1254", "iso8859-9"),
    "tis-620": ("tis-620", "cp874"),
    "gb2312": ("gb18030",),
    "gbk": ("gb18030",),
    "shift_jis": ("shift_jis", "cp932", "shift_jis_2004"),
    "cp932": ("cp932", "shift_jis_2004"),
    "euc_kr": ("euc_kr", "cp949"),
    "big5": ("big5", "cp950", "big5hkscs"),
}
# Letters and signs of Western Europe, one of which alone is what it seems.
_WESTERN = frozenset(
    "àâäáãåæçéèêëíìîïñóòôöõøœúùûüßÿÀÂÄÁÃÅÆÇÉÈÊËÍÌÎÏÑÓÒÔÖÕØŒÚÙÛÜ©®°€§«»–—“”„‘’…·•×±µ¶¿¡£¢¥ªº¹²³¼½¾™"  # noqa: RUF001
)
_NO_TEXT = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"})
_ESCAPES = re.compile(rb"\x1b\$[@B()]")  # ISO 2022, which looks like ASCII


class Decoded(NamedTuple):
    """The text of a file and its encoding.

    `guessed`: nothing says that it is so; `is_weak`: it may well be another. `replaced`: how many
    bytes are no text in it, and stand as U+FFFD.
    """

    text: str
    encoding: str = "utf-8"
    guessed: bool = False
    is_weak: bool = False
    replaced: int = 0

    def note(self) -> str:
        """Return what people should know of it; empty for a file that is what it seems."""
        if not (self.guessed or self.replaced):
            return ""
        parts = []
        if self.guessed:
            parts.append(f"{self.encoding}, {'a weak guess' if self.is_weak else 'guessed'}")
        if self.replaced:
            what = "bytes" if self.replaced > 1 else "byte"
            parts.append(f"{self.replaced:,} bad {what} replaced")
        return ", ".join(parts if self.guessed or not parts else [self.encoding, *parts])


def decoded(data: bytes, hint: Callable[[], str | None] = lambda: None) -> Decoded | None:
    """Return the text of a file's bytes, or None for a binary file (NUL and no byte order mark).

    `hint` tells what an editor was told to read it as.
    """
    for mark, encoding in _UTF_16_AND_32 if data[:1] in _MARKS else ():
        if data.startswith(mark):
            with contextlib.suppress(UnicodeDecodeError):
                return Decoded(data.decode(encoding), encoding)
            return None
    if b"\0" in data and not data.startswith(codecs.BOM_UTF8):
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _not_utf_8(data, hint) if looks_like_text(data) else None
    if "\x1b$" in text and (found := _iso_2022(data)):
        return found
    return Decoded(text)


def looks_like_text(data: bytes) -> bool:
    """Tell whether bytes that are not UTF-8 can be text at all."""
    if data.startswith(b"%PDF-"):
        return False
    head = data[:8192]
    odd = sum(byte < 32 and byte not in b"\t\n\r\f\b\x1b\x1a" for byte in head)  # noqa: PLR2004
    return odd * 100 <= len(head)


def declared(data: bytes) -> str | None:
    """Return the encoding that a file says it is in, as a codec; None where it says none."""
    lines = data[:_DECLARES].split(b"\n")[:5]
    places = [_EDITORS.search(line) for line in lines if line.lstrip()[:1] in b"#/*;%-<\"'.:{"]
    places.append(_MARKUP.search(data[:_DECLARES]))
    for found in places:
        if found and (name := next((one for one in found.groups() if one), None)):
            return _codec(name.decode("ascii", "replace"))
    return None


def _codec(name: str) -> str | None:
    """Return Python's name of an encoding; None for one that is none of text."""
    cleaned = re.sub(r"-(?:unix|dos|mac)$", "", name.strip().lower())
    try:
        info = codecs.lookup(cleaned)
        "".encode(info.name)
    except (LookupError, UnicodeError, ValueError):
        return None
    return None if info.name in _NO_TEXT or info.name.startswith("utf") else info.name


def _not_utf_8(data: bytes, hint: Callable[[], str | None]) -> Decoded:
    for said in filter(None, (declared(data), _codec(hint() or ""))):
        if found := _as(data, said):
            return found
    if found := _mostly_utf_8(data):
        return found
    return _guessed(data)


def _as(data: bytes, encoding: str) -> Decoded | None:
    """Return the text in an encoding; with a few bad bytes replaced, None if there are more."""
    for codec in _LARGER.get(encoding, (encoding,)):
        with contextlib.suppress(UnicodeDecodeError):
            return Decoded(data.decode(codec), codec)
    codec = _LARGER.get(encoding, (encoding,))[0]
    text = data.decode(codec, "replace")
    bad = text.count("\ufffd")
    good = len(re.findall(r"[^\x00-\x7f\ufffd]", text))
    return Decoded(text, codec, replaced=bad) if bad * 10 <= good else None


def _mostly_utf_8(data: bytes) -> Decoded | None:
    """Return UTF-8 with some bytes replaced, where more of it is UTF-8 than is not."""
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd") - data.count("\ufffd".encode())
    good = len(re.findall(r"[^\x00-\x7f\ufffd]", text))
    return Decoded(text, replaced=bad) if good >= bad else None


def _iso_2022(data: bytes) -> Decoded | None:
    """Return text in 7 bits: Japanese, Korean; None for one that merely has such escapes."""
    if not _ESCAPES.search(data):
        return None
    korean = b"\x1b$)C" in data
    for codec in ("iso2022_kr",) if korean else ("iso2022_jp", "iso2022_jp_2", "iso2022_jp_ext"):
        with contextlib.suppress(UnicodeDecodeError):
            text = data.decode(codec)
            if not text.isascii():
                return Decoded(text, codec, guessed=True)
    return None


def _guessed(data: bytes) -> Decoded:
    """Return the text in the encoding that it is most likely in."""
    high = re.findall(rb"[\x80-\xff]+", data)
    is_alone = len(high) < _FEW and all(len(run) == 1 for run in high)
    if is_alone and _WESTERN.issuperset(b"".join(high).decode("cp1252", "replace")):
        return Decoded(data.decode("cp1252"), "cp1252", guessed=True, is_weak=True)
    for name, confidence in _guesses(data):
        found = _as(data, name)
        if found:
            return found._replace(guessed=True, is_weak=confidence < _WEAK)
    text = data.decode("cp1252", "replace")
    return Decoded(text, "cp1252", guessed=True, is_weak=True, replaced=text.count("\ufffd"))


def _guesses(data: bytes) -> Iterator[tuple[str, float]]:
    import chardet

    for guess in chardet.detect_all(data[:_JUDGED]):
        name = _codec(guess["encoding"] or "")
        if name:
            yield name, guess["confidence"]
