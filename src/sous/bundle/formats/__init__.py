"""The four forms of a bundle, each in a module that writes it and reads it back."""

from __future__ import annotations

import importlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sous.bundle.formats.document import Document, Writer

_WRITERS = {
    "xml": ("xml", "XmlWriter"),
    "parsable": ("xml", "ParsableWriter"),
    "markdown": ("markdown", "MarkdownWriter"),
    "plain": ("plain", "PlainWriter"),
    "json": ("json_style", "JsonWriter"),
}


def writer_for(document: Document, *, style: str, parsable: bool) -> Writer:
    """Return what writes `document` in a style; only that style's module is imported."""
    module, name = _WRITERS["parsable" if parsable and style == "xml" else style]
    writer: type[Writer] = getattr(importlib.import_module(f"{__name__}.{module}"), name)
    return writer(document)


# What a style looks like, the module that reads it, and the function there; asked in this order.
_READERS = (
    (r"\A\s*\{", "json_style", "read_json"),
    (r"\A\s*<repomix>", "xml", "read_parsable"),
    (r"(?m)^<files>\r?$|^<file path=", "xml", "read_xml"),
    (r"(?m)^={64}\nFiles\n={64}$", "plain", "read_plain"),
    (r"(?m)^# Files$", "markdown", "read_markdown"),
)


def read_files(text: str) -> Iterator[tuple[str, str]]:
    """Yield path and text of each file in a bundle of any of the styles, as they stand there; nothing for others."""
    for form, module, name in _READERS:
        if re.search(form, text):
            read: Callable[[str], Iterator[tuple[str, str]]] = getattr(
                importlib.import_module(f"{__name__}.{module}"), name
            )
            yield from read(text)
            return
