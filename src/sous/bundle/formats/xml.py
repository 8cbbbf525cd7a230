"""The xml style: repomix's sections and elements, not escaped, and its parsable form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.bundle.formats.document import (
    CONTENT,
    GUIDELINES,
    ODD,
    PURPOSE,
    SUMMARY,
    bullets,
    fence_for,
    file_format,
    quoted,
    shown,
    tamed,
)

if TYPE_CHECKING:
    from sous.bundle.formats.document import BundleDocument

_ENTRY = file_format("each in an element that names its path")
# A line of a text that could end its element, or begin another.
STRUCTURE = re.compile(
    r"^</?(?:files?|user_provided_header|directory_structure|git_[a-z_]+|instruction)\b",
    re.MULTILINE,
)
# what XML 1.0 cannot hold in any form
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_IN_NAME = re.compile(f'["{ODD}]|&(?:quot|amp|#\\d+);')
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;", "\r": "&#13;"}


class XmlWriter:
    """The default style."""

    separator = ""

    def __init__(self, document: BundleDocument) -> None:
        self._document = document

    def head(self) -> str:
        """Return all that stands before the first file."""
        document = self._document
        parts = []
        if document.summary:
            parts.append(f"{document.opening}\n\n{self._summary()}")
        if document.header_text:
            parts.append(_section("user_provided_header", document.header_text))
        if document.tree is not None:
            parts.append(_section("directory_structure", document.tree))
        if document.files:
            parts.append(f"<files>\n{CONTENT}\n")
        return document.first_line + "".join(f"{part}\n" for part in parts)

    def _summary(self) -> str:
        sections = {
            "purpose": PURPOSE,
            "file_format": "\n".join(_ENTRY),
            "usage_guidelines": bullets(GUIDELINES),
            "notes": bullets(self._document.notes),
        }
        inside = "\n".join(f"<{name}>\n{text}\n</{name}>\n" for name, text in sections.items())
        return f"<file_summary>\n{SUMMARY}\n\n{inside}\n</file_summary>\n"

    def file(self, path: str, text: str) -> str:
        """Return one file.

        Where a line of it could end the element, both ends carry a word made of its hash.
        """
        end = "" if text.endswith("\n") else "\n"
        name = _attribute(path)
        if not self._document.numbered and STRUCTURE.search(text):
            fence = fence_for(text, "</file")
            return f'<file path="{name}" fence="{fence}">\n{text}{end}</file {fence}>\n\n'
        return f'<file path="{name}">\n{text}{end}</file>\n\n'

    def tail(self) -> str:
        """Return all that stands behind the last file."""
        document = self._document
        parts = ["</files>\n"] if document.files else []
        if document.diffs:
            inside = _section("git_diff_work_tree", document.diffs.work_tree)
            parts.append(
                f"<git_diffs>\n{inside}{_section('git_diff_staged', document.diffs.staged)}"
                "</git_diffs>\n"
            )
        if document.logs is not None:
            commits = "".join(
                f"<git_log_commit>\n<date>{commit.date}</date>\n<message>{commit.subject}</message>\n"
                + _section("files", "\n".join(commit.paths))
                + "</git_log_commit>\n"
                for commit in document.logs
            )
            parts.append(f"<git_logs>\n{commits}</git_logs>\n")
        if document.instruction:
            parts.append(_section("instruction", document.instruction))
        return "\n".join(parts)


class ParsableWriter:
    """One element on one line, everything escaped; repomix's `--parsable-style`."""

    separator = ""

    def __init__(self, document: BundleDocument) -> None:
        self._document = document

    def head(self) -> str:
        """Return all that stands before the first file."""
        document = self._document
        words = document.first_line.strip()
        parts = [f"<!-- {words} -->\n" if words else "", "<repomix>"]
        if document.summary:
            inside = {
                "generation_header": document.opening,
                "purpose": PURPOSE,
                "file_format": "\n".join(_ENTRY),
                "usage_guidelines": bullets(GUIDELINES),
                "notes": bullets(document.notes),
            }
            parts.append(
                f"<file_summary>{SUMMARY}{''.join(_element(*one) for one in inside.items())}"
                "</file_summary>"
            )
        if document.header_text:
            parts.append(_element("user_provided_header", document.header_text))
        if document.tree is not None:
            parts.append(_element("directory_structure", document.tree))
        if document.files:
            parts.append(f"<files>{CONTENT}")
        return "".join(parts)

    def file(self, path: str, text: str) -> str:
        """Return one file."""
        return f'<file path="{_parsable_attribute(path)}">{escaped(text)}</file>'

    def tail(self) -> str:
        """Return all that stands behind the last file."""
        document = self._document
        parts = ["</files>"] if document.files else []
        if document.diffs:
            inside = _element("git_diff_work_tree", document.diffs.work_tree)
            parts.append(
                f"<git_diffs>{inside}{_element('git_diff_staged', document.diffs.staged)}"
                "</git_diffs>"
            )
        if document.logs is not None:
            commits = "".join(
                f"<git_log_commit>{_element('date', commit.date)}"
                + _element("message", commit.subject)
                + "".join(_element("files", path) for path in commit.paths)
                + "</git_log_commit>"
                for commit in document.logs
            )
            parts.append(f"<git_logs>{commits}</git_logs>")
        if document.instruction:
            parts.append(_element("instruction", document.instruction))
        return "".join((*parts, "</repomix>"))


def _section(name: str, text: str) -> str:
    return f"<{name}>\n{tamed(text, STRUCTURE)}\n</{name}>\n"


def _element(name: str, text: str) -> str:
    return f"<{name}>{escaped(text)}</{name}>"


def _attribute(path: str) -> str:
    """Return a path as the value of an attribute; as it is, unless that could not be read back."""
    name = shown(path)
    if not _IN_NAME.search(name):
        return name
    name = re.sub(r"&(?=quot;|amp;|#\d+;)", "&amp;", name).replace('"', "&quot;")
    return _one_line(name)


def _parsable_attribute(path: str) -> str:
    """Return a path as the value of an attribute of real XML.

    What that cannot hold stands in it as in JSON.
    """
    name = shown(path)
    if name.startswith('"') or _NO_XML.search(name):
        name = quoted(name)
    return _one_line(escaped(name))


def _one_line(name: str) -> str:
    return re.sub(f"[{ODD}]", lambda match: f"&#{ord(match[0])};", name)


def escaped(text: str) -> str:
    """Return a text as it stands in the parsable form."""
    return re.sub("[&<>\"'\r]", lambda match: _ESCAPES[match[0]], _NO_XML.sub("\ufffd", text))


def unescaped(text: str) -> str:
    """Return what `escaped` was given."""
    plain = {value: key for key, value in _ESCAPES.items()}
    return re.sub(r"&(?:amp|lt|gt|quot|apos|#13);", lambda match: plain[match[0]], text)
