"""The four forms of a bundle, each in a module that writes it and reads it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sous.bundle.formats.json_style import JsonWriter
from sous.bundle.formats.markdown import MarkdownWriter
from sous.bundle.formats.plain import PlainWriter
from sous.bundle.formats.xml import ParsableWriter, XmlWriter

if TYPE_CHECKING:
    from sous.bundle.formats.document import Document, Writer

_WRITERS: dict[str, type[Writer]] = {
    "xml": XmlWriter,
    "markdown": MarkdownWriter,
    "plain": PlainWriter,
    "json": JsonWriter,
}


def writer_for(document: Document, *, style: str, parsable: bool) -> Writer:
    """Return what writes `document` in a style."""
    return ParsableWriter(document) if parsable and style == "xml" else _WRITERS[style](document)
