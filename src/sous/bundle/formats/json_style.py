"""The json style: repomix's keys, files as one table of path and text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sous.bundle.formats.document import GUIDELINES, PURPOSE, bullets, file_format, quoted, shown

if TYPE_CHECKING:
    from sous.bundle.formats.document import BundleDocument

_ENTRY = file_format("a table of path and content")


class JsonWriter:
    """Two spaces a level, as repomix indents."""

    separator = ","

    def __init__(self, document: BundleDocument) -> None:
        self._document = document

    def head(self) -> str:
        """Return all that stands before the first file."""
        document = self._document
        members: dict[str, object] = {}
        if document.part:
            members["part"] = document.first_line.strip()
        if document.summary:
            members["fileSummary"] = {
                "generationHeader": document.opening,
                "purpose": PURPOSE,
                "fileFormat": "\n".join(_ENTRY),
                "usageGuidelines": bullets(GUIDELINES),
                "notes": bullets(document.notes),
            }
        if document.header_text:
            members["userProvidedHeader"] = document.header_text
        if document.tree is not None:
            members["directoryStructure"] = document.tree
        inside = [_member(*one) for one in members.items()]
        if document.files:
            inside.append('  "files": {')
        return "{\n" + ",\n".join(inside)

    def file(self, path: str, text: str) -> str:
        """Return one file."""
        return f"\n    {quoted(shown(path))}: {_dumps(text)}"

    def tail(self) -> str:
        """Return all that stands behind the last file."""
        document = self._document
        close = "\n  }" if document.files else ""
        members: dict[str, object] = {}
        if document.diffs:
            members["gitDiffs"] = {
                "workTree": document.diffs.work_tree,
                "staged": document.diffs.staged,
            }
        if document.logs is not None:
            members["gitLogs"] = [
                {"date": one.date, "message": one.subject, "files": list(one.paths)}
                for one in document.logs
            ]
        if document.instruction:
            members["instruction"] = document.instruction
        before = (
            document.files
            or document.summary
            or document.header_text
            or document.tree is not None
            or document.part
        )
        rest = ",\n".join(_member(*one) for one in members.items())
        return close + (",\n" if rest and before else "") + rest + "\n}"


def _member(name: str, value: object) -> str:
    return "\n".join(
        f"  {line}" for line in f"{json.dumps(name)}: {_dumps(value, indent=2)}".split("\n")
    )


def _dumps(value: object, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)
