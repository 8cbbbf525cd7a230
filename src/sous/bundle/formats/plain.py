"""The plain style: titles and paths between lines of equals signs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.bundle.formats.document import (
    GUIDELINES,
    PURPOSE,
    bullets,
    fence_for,
    file_format,
    quoted_if_needed,
    shown,
    tamed,
)

if TYPE_CHECKING:
    from sous.bundle.formats.document import BundleDocument

_LONG, _SHORT = "=" * 64, "=" * 16
_ENTRY = file_format("each under its path (File: PATH) between two lines of equals signs")
_STRUCTURE = re.compile(r"^={16}", re.MULTILINE)


class PlainWriter:
    """Text without any markup."""

    separator = ""

    def __init__(self, document: BundleDocument) -> None:
        self._document = document

    def head(self) -> str:
        """Return all that stands before the first file."""
        document = self._document
        parts = []
        if document.summary:
            sections = {
                "Purpose": PURPOSE,
                "File Format": "\n".join(_ENTRY),
                "Usage Guidelines": bullets(GUIDELINES),
                "Notes": bullets(document.notes),
            }
            inside = "\n".join(
                f"{name}:\n{'-' * (len(name) + 1)}\n{text}\n" for name, text in sections.items()
            )
            parts.append(f"{document.opening}\n\n{_title('File Summary')}\n{inside}\n")
        if document.header_text:
            parts.append(
                f"{_title('User Provided Header')}{tamed(document.header_text, _STRUCTURE)}\n"
            )
        if document.tree is not None:
            parts.append(f"{_title('Directory Structure')}{document.tree}\n")
        if document.files:
            parts.append(_title("Files"))
        return document.first_line + "".join(f"{part}\n" for part in parts)

    def file(self, path: str, text: str) -> str:
        """Return one file.

        Where a line of it could begin another, its lines carry a word made of its hash.
        """
        end = "" if text.endswith("\n") else "\n"
        name = quoted_if_needed(shown(path))
        if not self._document.numbered and _STRUCTURE.search(text):
            line = f"{_SHORT} {fence_for(text, _SHORT)}"
            return f"{line}\nFile: {name}\n{line}\n{text}{end}{line}\n\n"
        return f"{_SHORT}\nFile: {name}\n{_SHORT}\n{text}{end}\n"

    def tail(self) -> str:
        """Return all that stands behind the last file."""
        document = self._document
        parts = []
        if document.diffs:
            parts.append(
                f"{_title('Git Diffs')}{_SHORT}\n{document.diffs.work_tree}\n{_SHORT}\n\n"
                f"{_SHORT}\nGit Diffs Staged\n{_SHORT}\n{document.diffs.staged}\n"
            )
        if document.logs is not None:
            commits = "\n".join(
                f"{_SHORT}\nDate: {commit.date}\nMessage: {commit.subject}\nFiles:\n"
                + "".join(f"  - {path}\n" for path in commit.paths)
                + f"{_SHORT}\n"
                for commit in document.logs
            )
            parts.append(f"{_title('Git Logs')}{commits}\n")
        if document.instruction:
            parts.append(
                f"{_title('Instruction')}{tamed(document.instruction, _STRUCTURE).rstrip()}\n\n"
            )
        return "".join(f"\n{part}\n" for part in (*parts, _title("End of Codebase").rstrip("\n")))


def _title(name: str) -> str:
    return f"{_LONG}\n{name}\n{_LONG}\n"
