"""Text that came from elsewhere, to characters that may stand in a file."""

from __future__ import annotations

import re

_BOM = "\ufeff"
_ANSI = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)|[@-Z\\-_])")
# C0 without tab and line end, DEL, C1, what is no character, and tags that nobody sees.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
_LINE_ENDS = re.compile("\x0c\n?|\x85|\u2028|\u2029")


def as_characters(text: str) -> str:
    """Return a text without halves of characters: those that belong together are put together."""
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def without_controls(text: str) -> str:
    """Return a text without a byte order mark, controls, and what a terminal would obey."""
    text = as_characters(text).replace("\r\n", "\n").replace("\r", "\n")
    if "\x1b" in text:
        text = _ANSI.sub("", text)
    text = _LINE_ENDS.sub("\n", text.replace(_BOM, "")).lstrip("\u200b\u2060")
    return _CONTROLS.sub("", text)
