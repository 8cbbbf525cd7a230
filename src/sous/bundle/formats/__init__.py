"""The four forms of a bundle, each in a module that writes it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sous.bundle.formats.document import BundleDocument, Writer

_WRITERS = {
    "xml": ("xml", "XmlWriter"),
    "parsable": ("xml", "ParsableWriter"),
    "markdown": ("markdown", "MarkdownWriter"),
    "plain": ("plain", "PlainWriter"),
    "json": ("json_style", "JsonWriter"),
}


def writer_for(document: BundleDocument, *, style: str, parsable: bool) -> Writer:
    """Return what writes `document` in a style; only that style's module is imported."""
    module, name = _WRITERS["parsable" if parsable and style == "xml" else style]
    writer: type[Writer] = getattr(importlib.import_module(f"{__name__}.{module}"), name)
    return writer(document)
