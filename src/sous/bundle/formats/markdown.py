"""The markdown style: one fence for the whole document, longer than any run of backticks in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.bundle.formats.document import (
    GUIDELINES,
    PURPOSE,
    bullets,
    file_format,
    quoted_if_needed,
    shown,
    tamed,
)
from sous.project.languages import fence_at

if TYPE_CHECKING:
    from sous.bundle.formats.document import BundleDocument

_ENTRY = file_format("each under a heading with its path (## File: PATH), in a fenced block")
_STRUCTURE = re.compile(r"^(?:# Files$|## File: )", re.MULTILINE)


class MarkdownWriter:
    """Headings and fenced blocks."""

    separator = ""

    def __init__(self, document: BundleDocument) -> None:
        self._document = document

    def head(self) -> str:
        """Return all that stands before the first file."""
        document = self._document
        parts = []
        if document.summary:
            parts.append(
                f"{document.opening}\n\n# File Summary\n\n## Purpose\n{PURPOSE}\n\n## File Format\n"
                + "\n".join(_ENTRY)
                + f"\n\n## Usage Guidelines\n{bullets(GUIDELINES)}"
                f"\n\n## Notes\n{bullets(document.notes)}\n"
            )
        if document.header_text:
            parts.append(f"# User Provided Header\n{tamed(document.header_text, _STRUCTURE)}\n")
        if document.tree is not None:
            parts.append(f"# Directory Structure\n{self._block('', document.tree)}")
        if document.files:
            parts.append("# Files\n")
        return document.first_line + "".join(f"{part}\n" for part in parts)

    def file(self, path: str, text: str) -> str:
        """Return one file."""
        return f"## File: {quoted_if_needed(shown(path))}\n{self._block(fence_at(path), text)}\n"

    def tail(self) -> str:
        """Return all that stands behind the last file."""
        document = self._document
        fence, parts = document.fence, []
        if document.diffs:
            parts.append(
                "# Git Diffs\n## Git Diffs Working "
                f"Tree\n{fence}diff\n{document.diffs.work_tree}\n{fence}\n\n"
                f"## Git Diffs Staged\n{fence}diff\n{document.diffs.staged}\n{fence}\n"
            )
        if document.logs is not None:
            commits = "\n\n".join(
                f"## Commit: {commit.date}\n**Message:** {commit.subject}\n\n**Files:**\n"
                + "\n".join(f"- {path}" for path in commit.paths)
                for commit in document.logs
            )
            parts.append(f"# Git Logs\n\n{commits}\n")
        if document.instruction:
            parts.append(f"# Instruction\n{tamed(document.instruction, _STRUCTURE)}")
        return "".join(f"\n{part}" if part.endswith("\n") else f"\n{part}\n" for part in parts)

    def _block(self, language: str, text: str) -> str:
        end = "" if text.endswith("\n") else "\n"
        return f"{self._document.fence}{language}\n{text}{end}{self._document.fence}\n"
